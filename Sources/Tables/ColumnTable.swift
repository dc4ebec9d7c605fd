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
        package var missing = MissingWords.usual
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
        guard format != .jsonl else { return try readByRows(path, format: format, wish: wish, name: name) }
        return try SeparatedColumns(
            path: path, format: format, name: name ?? path, missing: MissingWords(wish.missing)
        ).read(wish)
    }

    /// The same, one record after the other.
    static func readByRows(_ path: String, format: TableFormat, wish: Wish, name: String?) throws -> ColumnTable {
        var file = try TableFile(path, format: format, name: name)
        let wanted = try positions(of: wish, in: file.columns, file: file.name)
        let missing = MissingWords(wish.missing)
        var builders = wanted.map { ColumnBuilder(name: $0.name, isWords: $0.isWords) }
        var lines: [Int32] = []
        var row = TableRow()
        while try file.next(&row) {
            lines.append(Int32(clamping: row.line))
            for (place, column) in wanted.enumerated() {
                let cell = row[column.position]
                let isMissing = cell.map { missing.contain($0) } ?? true
                builders[place].add(isMissing ? nil : cell, line: row.line)
            }
        }
        if let problem = file.problems.first {
            throw TableError(path: file.name, line: problem.line, reason: problem.reason)
        }
        guard !lines.isEmpty else { throw TableError(path: file.name, line: nil, reason: "has no rows") }
        return ColumnTable(
            name: file.name, rows: lines.count, columns: arranged(builders.map { $0.column() }, wish), lines: lines)
    }

    /// One for each name of the wish, also where a name is there twice.
    static func arranged(_ columns: [Column], _ wish: Wish) -> [Column] {
        wish.columns?.compactMap { name in columns.first { $0.name.utf8.elementsEqual(name.utf8) } } ?? columns
    }

    /// Where the columns of a wish stand in a file; each once.
    static func positions(of wish: Wish, in columns: [String], file: String) throws -> [WantedColumn] {
        guard !columns.isEmpty else {
            throw TableError(path: file, line: nil, reason: "is empty: there is not even a heading")
        }
        var wanted: [WantedColumn] = []
        for name in wish.columns ?? columns {
            guard let position = columns.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw TableError(
                    path: file, line: nil,
                    reason: "has no column '\(name)'; it has " + columns.joined(separator: ", "))
            }
            guard !wanted.contains(where: { $0.position == position }) else { continue }
            wanted.append(WantedColumn(name: name, position: position, isWords: wish.asWords.contains(name)))
        }
        return wanted
    }
}

/// A column that somebody wants, in the file.
struct WantedColumn {
    let name: String
    let position: Int
    let isWords: Bool
}
