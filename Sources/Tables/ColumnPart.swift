/// The cells of one column in one block of a table, as numbers until a word comes.
final class ColumnPart {
    private(set) var count = 0
    private(set) var missing = 0
    private(set) var numbers: UnsafeMutablePointer<Double>
    private(set) var codes: UnsafeMutablePointer<Int32>?
    private(set) var words = WordTable()
    private(set) var areIntegers = true
    /// The line of the first number.
    private(set) var numberLine: Int?
    /// The line of the first word.
    private(set) var wordLine: Int?
    /// Whether words came after numbers, whose spelling was not kept: the column must be read again as words.
    private(set) var isIncomplete = false
    private let isWords: Bool
    private let capacity: Int

    /// - Parameters:
    ///   - capacity: no more cells than these are added.
    ///   - isWords: whether numbers are words as well.
    init(capacity: Int, isWords: Bool) {
        self.capacity = max(1, capacity)
        self.isWords = isWords
        numbers = .allocate(capacity: isWords ? 1 : self.capacity)
        if isWords { codes = .allocate(capacity: self.capacity) }
    }

    deinit {
        numbers.deallocate()
        codes?.deallocate()
    }

    var wantsNumbers: Bool { codes == nil }

    @inline(__always)
    func add(_ number: TableNumber, line: Int) {
        numbers[count] = number.value
        count += 1
        areIntegers = areIntegers && number.isInteger
        if numberLine == nil { numberLine = line }
    }

    func addMissing() {
        if let codes { codes[count] = -1 } else { numbers[count] = .nan }
        count += 1
        missing += 1
    }

    func add(word: UnsafeBufferPointer<UInt8>, line: Int) {
        if codes == nil {
            guard numberLine == nil else {
                isIncomplete = true
                if wordLine == nil { wordLine = line }
                numbers[count] = .nan
                count += 1
                return
            }
            let codes = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
            // Nothing but missing cells came so far.
            codes.initialize(repeating: -1, count: count)
            self.codes = codes
        }
        let (code, isNew) = words.code(word)
        codes?[count] = code
        count += 1
        guard isNew, numberLine == nil || wordLine == nil else { return }
        if !isWords, TableNumber(words.word(Int(code))) != nil {
            if numberLine == nil { numberLine = line }
        } else if wordLine == nil {
            wordLine = line
        }
    }
}
