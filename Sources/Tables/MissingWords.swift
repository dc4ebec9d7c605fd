/// Cells that count as missing.
package struct MissingWords: Sendable {
    private let words: [[UInt8]]
    private let firstBytes: [Bool]
    private let longest: Int
    /// Whether one of them could be taken for a number.
    let haveNumbers: Bool

    package init(_ words: Set<String>) {
        self.words = words.map { Array($0.utf8) }.filter { !$0.isEmpty }
        var firstBytes = [Bool](repeating: false, count: 256)
        for word in self.words { firstBytes[Int(word[0])] = true }
        self.firstBytes = firstBytes
        longest = self.words.map(\.count).max() ?? 0
        haveNumbers = self.words.contains { TableNumber($0[...]) != nil }
    }

    /// What tables write for nothing where nobody says otherwise.
    package static let usual: Set<String> = ["NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]

    package func contain(_ cell: ArraySlice<UInt8>) -> Bool { cell.withUnsafeBufferPointer { contain($0) } }

    func contain(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = cell.first, cell.count <= longest, firstBytes[Int(first)] else { return false }
        return words.contains { $0.count == cell.count && $0.elementsEqual(cell) }
    }
}
