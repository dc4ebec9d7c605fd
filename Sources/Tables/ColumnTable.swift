/// Columns of a table, whole in memory, for work that goes over them more than once.
package struct ColumnTable: Sendable {
    /// How messages call the file.
    package let name: String
    package let rows: Int
    /// In the order of the file, or of the wish.
    package let columns: [Column]
    /// The number of the line on which each row begins, for messages.
    package let lines: [Int32]

    package init(name: String, rows: Int, columns: [Column], lines: [Int32]) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.lines = lines
    }

    /// - Returns: `nil` where the table has no such column.
    package func column(_ name: String) -> Column? {
        columns.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// One column, as numbers or as words.
    package struct Column: Sendable {
        package let name: String
        package let content: Content
        package let missing: Int

        package init(name: String, content: Content, missing: Int) {
            self.name = name
            self.content = content
            self.missing = missing
        }

        /// The numbers of a column that has nothing else; NaN where a cell is missing.
        package var numbers: [Double]? {
            if case .numbers(let numbers, _) = content { numbers } else { nil }
        }
    }

    package enum Content: Sendable {
        /// Every cell that holds something is a number. Missing cells are NaN.
        case numbers([Double], areIntegers: Bool)
        /// Words by their place in `levels`, which stand in byte order; -1 where a cell is missing.
        case words(codes: [Int32], levels: [String])
        /// Numbers and words in one column, as words; with the first line of each kind.
        case mixed(codes: [Int32], levels: [String], numberLine: Int, wordLine: Int)
        /// No cell holds anything.
        case empty
    }

    /// What to read, and how.
    package struct Wish: Sendable {
        /// `nil` for every column.
        package var columns: [String]?
        /// Cells that count as missing beside empty ones.
        package var missing: Set<String> = ["NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]
        /// Columns to be read as words, whatever they hold.
        package var asWords: Set<String> = []

        package init() {}
    }

    /// Reads columns of a table.
    ///
    /// - Throws: `TableError` for a missing column, no row at all, or a record that cannot be used.
    package static func read(_ path: String, format: TableFormat, wish: Wish = Wish(), name: String? = nil) throws
        -> ColumnTable
    {
        var file = try TableFile(path, format: format, name: name)
        let wanted = wish.columns ?? file.columns
        let positions = try wanted.map { column in
            guard let position = file.columns.firstIndex(where: { $0.utf8.elementsEqual(column.utf8) }) else {
                throw TableError(
                    path: file.name, line: nil,
                    reason: "has no column '\(column)'; it has " + file.columns.joined(separator: ", "))
            }
            return position
        }
        let missing = Set(wish.missing.map { Array($0.utf8) })
        var builders = wanted.map { ColumnBuilder(name: $0, isWords: wish.asWords.contains($0)) }
        var lines: [Int32] = []
        var row = TableRow()
        while try file.next(&row) {
            lines.append(Int32(clamping: row.line))
            for (place, position) in positions.enumerated() {
                let cell = row[position]
                builders[place].add(cell.flatMap { missing.contains(Array($0)) ? nil : $0 }, line: row.line)
            }
        }
        if let problem = file.problems.first {
            throw TableError(path: file.name, line: problem.line, reason: problem.reason)
        }
        guard !lines.isEmpty else { throw TableError(path: file.name, line: nil, reason: "has no rows") }
        return ColumnTable(
            name: file.name, rows: lines.count, columns: builders.map { $0.column() }, lines: lines)
    }
}

/// Gathers the cells of a column, and finds out what they are.
private struct ColumnBuilder {
    let name: String
    let isWords: Bool
    private var numbers: [Double] = []
    private var areIntegers = true
    private var codes: [Int32] = []
    private var places: [[UInt8]: Int32] = [:]
    private var missing = 0
    private var numberLine: Int?
    private var wordLine: Int?

    init(name: String, isWords: Bool) {
        self.name = name
        self.isWords = isWords
    }

    mutating func add(_ cell: ArraySlice<UInt8>?, line: Int) {
        guard let cell else {
            missing += 1
            numbers.append(.nan)
            codes.append(-1)
            return
        }
        if !isWords, let number = TableNumber(cell) {
            numbers.append(number.value)
            areIntegers = areIntegers && number.isInteger
            numberLine = numberLine ?? line
        } else {
            numbers.append(.nan)
            wordLine = wordLine ?? line
        }
        let word = Array(cell)
        let code = places[word] ?? Int32(places.count)
        places[word] = code
        codes.append(code)
    }

    func column() -> ColumnTable.Column {
        guard let wordLine else {
            let content: ColumnTable.Content =
                numberLine == nil ? .empty : .numbers(numbers, areIntegers: areIntegers)
            return ColumnTable.Column(name: name, content: content, missing: missing)
        }
        let sorted = places.keys.sorted { $0.lexicographicallyPrecedes($1) }
        var order = [Int32](repeating: 0, count: sorted.count)
        for (rank, word) in sorted.enumerated() { order[Int(places[word] ?? 0)] = Int32(rank) }
        let codes = self.codes.map { $0 < 0 ? $0 : order[Int($0)] }
        let levels = sorted.map { String(decoding: $0, as: UTF8.self) }
        let content: ColumnTable.Content =
            if let numberLine {
                .mixed(codes: codes, levels: levels, numberLine: numberLine, wordLine: wordLine)
            } else { .words(codes: codes, levels: levels) }
        return ColumnTable.Column(name: name, content: content, missing: missing)
    }
}
