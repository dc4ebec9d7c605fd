/// The same numbers on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            for start in stride(from: 0, to: count, by: 8) {
                withUnsafeBytes(of: next()) { word in
                    for index in start..<min(start + 8, count) { buffer[index] = word[index - start] }
                }
            }
            written = count
        }
    }

    /// Lengths that add up to `total`, from nothing over a few bytes to several blocks.
    mutating func split(_ total: Int) -> [Int] {
        var parts: [Int] = []
        var left = total
        while left > 0 {
            let limit = [0, 1, 63, 64, 65, 200, 5000].randomElement(using: &self) ?? 1
            let part = min(left, Int.random(in: 0...limit, using: &self))
            parts.append(part)
            left -= part
        }
        return parts
    }
}
