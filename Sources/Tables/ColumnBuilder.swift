/// Gathers the cells of a column, and finds out what they are.
///
/// While all are numbers no word is kept; when the first word comes, those before it are spelled.
struct ColumnBuilder {
    let name: String
    private let isWords: Bool
    private var numbers: [Double] = []
    private var areIntegers = true
    private var codes: [Int32]?
    private var words = WordTable()
    /// Numbers whose spelling is not the usual one, as long as no word has come.
    private var spellings: [Int: [UInt8]] = [:]
    private var missing = 0
    private var numberLine: Int?
    private var wordLine: Int?

    init(name: String, isWords: Bool) {
        self.name = name
        self.isWords = isWords
    }

    mutating func add(_ number: Double, line: Int) {
        guard codes == nil, !isWords, number.isFinite else {
            add(Array(TableWriter.spelling(number).utf8)[...], line: line)
            return
        }
        areIntegers = areIntegers && number == number.rounded(.towardZero) && number.magnitude < 0x1p53
        numberLine = numberLine ?? line
        numbers.append(number)
    }

    mutating func add(_ cell: ArraySlice<UInt8>?, line: Int) {
        guard let cell else {
            missing += 1
            if codes != nil { codes?.append(-1) } else { numbers.append(.nan) }
            return
        }
        if !isWords, let number = TableNumber(cell) {
            areIntegers = areIntegers && number.isInteger
            numberLine = numberLine ?? line
            if codes == nil {
                if !cell.elementsEqual(TableWriter.spelling(number.value).utf8) {
                    spellings[numbers.count] = Array(cell)
                }
                numbers.append(number.value)
                return
            }
        } else {
            wordLine = wordLine ?? line
            if codes == nil { spell() }
        }
        codes?.append(words.code(cell))
    }

    private mutating func spell() {
        var codes: [Int32] = []
        for (index, number) in numbers.enumerated() {
            let spelling = spellings[index] ?? Array(TableWriter.spelling(number).utf8)
            codes.append(number.isNaN ? -1 : words.code(spelling[...]))
        }
        self.codes = codes
        numbers = []
        spellings = [:]
    }

    func column() -> ColumnTable.Column {
        guard let wordLine, let codes else {
            let content: ColumnTable.Content =
                numberLine == nil ? .empty : .numbers(numbers, areIntegers: areIntegers)
            return ColumnTable.Column(name: name, content: content, missing: missing)
        }
        let (ranks, levels) = words.ranked()
        let ranked = codes.map { $0 < 0 ? $0 : ranks[Int($0)] }
        let content: ColumnTable.Content =
            if let numberLine {
                .mixed(codes: ranked, levels: levels, numberLine: numberLine, wordLine: wordLine)
            } else { .words(codes: ranked, levels: levels) }
        return ColumnTable.Column(name: name, content: content, missing: missing)
    }
}
