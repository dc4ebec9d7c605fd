/// Makes lines of what a program prints in pieces.
struct LineCollector {
    private var begun: [UInt8] = []

    /// - Returns: the lines that are whole now, without their ends. One that never ends comes in parts.
    mutating func take(_ piece: [UInt8]) -> [[UInt8]] {
        begun += piece
        guard let end = begun.lastIndex(of: UInt8(ascii: "\n")) ?? (begun.count > 1 << 16 ? begun.count - 1 : nil)
        else { return [] }
        var lines = begun[...end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        begun.removeSubrange(...end)
        return lines.map(Array.init)
    }

    /// What is there of a line that has not ended, as a terminal shows it.
    var beginning: String { Self.drawn(begun[...]) }

    /// What is left when the program has ended.
    mutating func takeRest() -> [UInt8]? {
        defer { begun = [] }
        return begun.isEmpty ? nil : begun
    }

    /// Of a progress bar that draws over itself, what it drew last.
    static func drawn(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.split(separator: UInt8(ascii: "\r")).last ?? [], as: UTF8.self)
    }
}
