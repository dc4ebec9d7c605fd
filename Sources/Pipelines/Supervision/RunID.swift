/// The name of one execution of a stage: a UUID of version 7, so that names sort by time.
package struct RunID: Sendable, Hashable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// - Returns: `nil` for what is no such name, and could lead out of the folder of records.
    package init?(checking text: String) {
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) })
        else { return nil }
        self.text = text
    }

    /// - Parameter seconds: since 1970.
    package init(at seconds: Double) {
        var random = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, seconds * 1000))
        let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xFFF, using: &random)
        let low = UInt64.random(in: 0...UInt64.max, using: &random) & (UInt64.max >> 2) | 1 << 63
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let digits = Array(hex(high) + hex(low))
        text = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
