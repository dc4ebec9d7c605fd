/// Gathers the cells of a column, and finds out what they are.
struct ColumnBuilder {
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
