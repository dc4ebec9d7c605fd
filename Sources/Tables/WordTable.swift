/// Different words, numbered in the order in which they come.
///
/// Its hash has a seed of chance, so that no file can be made whose words all fall into one place.
struct WordTable {
    private var bytes: [UInt8] = []
    /// Where each word ends in `bytes`.
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// A word's number, or -1; as many as a power of two.
    private var slots = [Int32](repeating: -1, count: 64)
    private static let seed = UInt64.random(in: .min ... .max)

    var count: Int { ends.count }

    func word(_ code: Int) -> ArraySlice<UInt8> { bytes[(code == 0 ? 0 : ends[code - 1])..<ends[code]] }

    /// The number of a word, and whether it is a new one.
    mutating func code(_ word: UnsafeBufferPointer<UInt8>) -> (code: Int32, isNew: Bool) {
        let hash = Self.hash(word)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let code = Int(slots[slot])
            if hashes[code] == hash, isWord(code, word) { return (Int32(truncatingIfNeeded: code), false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let code = Int32(truncatingIfNeeded: ends.count)
        slots[slot] = code
        bytes.append(contentsOf: word)
        ends.append(bytes.count)
        hashes.append(hash)
        if ends.count * 2 > slots.count { grow() }
        return (code, true)
    }

    mutating func code(_ word: ArraySlice<UInt8>) -> Int32 { word.withUnsafeBufferPointer { code($0).code } }

    /// The place of each word in the order of bytes, and the words in that order.
    func ranked() -> (ranks: [Int32], levels: [String]) {
        let sorted = (0..<count).sorted { word($0).lexicographicallyPrecedes(word($1)) }
        var ranks = [Int32](repeating: 0, count: count)
        for (rank, code) in sorted.enumerated() { ranks[code] = Int32(truncatingIfNeeded: rank) }
        return (ranks, sorted.map { String(decoding: word($0), as: UTF8.self) })
    }

    private func isWord(_ code: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = code == 0 ? 0 : ends[code - 1]
        guard ends[code] - start == word.count else { return false }
        return bytes.withUnsafeBufferPointer { held in
            for index in word.indices where held[start + index] != word[index] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: code)
        }
    }

    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = seed
        for byte in word { hash = mixed(hash ^ UInt64(byte)) }
        return hash ^ (hash >> 29)
    }

    /// The two halves of a product of 128 bits, laid over each other.
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
