/// Random numbers that a seed decides, the same on every processor and system: xoshiro256** (Blackman and Vigna, 2018),
/// whose state SplitMix64 fills from the seed.
///
/// Everything is made of whole numbers and of operations that IEEE 754 rounds in one way only; nothing asks the C
/// library, whose logarithms differ in their last bit from one to the next. Not for secrets.
package struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)
    private let seed: UInt64

    package init(seed: UInt64) {
        var filler = SplitMix64(state: seed)
        self.init(state: (filler.next(), filler.next(), filler.next(), filler.next()), seed: seed)
    }

    /// For tests, which know what follows a state.
    init(state: (UInt64, UInt64, UInt64, UInt64), seed: UInt64) {
        self.state = state
        self.seed = seed
    }

    package mutating func next() -> UInt64 {
        let result = Self.rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, by: 45)
        return result
    }

    /// A source of its own for a part of the work.
    ///
    /// It follows from the seed and the key alone, not from how many numbers were taken before, so that parts may be
    /// done in any order.
    package func split(_ key: UInt64) -> RandomSource {
        var first = SplitMix64(state: seed)
        var second = SplitMix64(state: key ^ first.next())
        return RandomSource(seed: second.next())
    }

    /// At least 0 and less than 1, with 53 random bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number from 0 up to but not including `bound`, each as likely as the other; 0 where the bound is less
    /// than 2.
    package mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        // Lemire's method: the upper half of a product, drawn again in the narrow band that would favour some.
        let width = UInt64(bound)
        var product = next().multipliedFullWidth(by: width)
        if product.low < width {
            let threshold = (0 &- width) % width
            while product.low < threshold { product = next().multipliedFullWidth(by: width) }
        }
        return Int(product.high)
    }

    /// Of the normal distribution with mean 0 and deviation 1, by Marsaglia's polar method.
    package mutating func normal() -> Double {
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            guard square < 1, square > 0 else { continue }
            return x * (-2 * Self.logarithm(square) / square).squareRoot()
        }
    }

    /// Puts the items into a random order, every order as likely as the other.
    package mutating func shuffle<Item>(_ items: inout [Item]) {
        guard items.count > 1 else { return }
        for last in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(last, below(last + 1)) }
    }

    /// Of a positive, normal number; within one unit in the last place, by the series of the inverse hyperbolic tangent.
    static func logarithm(_ number: Double) -> Double {
        var exponent = Double(number.exponent)
        var significand = number.significand
        if significand > 1.4142135623730951 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var series = 0.0
        for divisor in stride(from: 23.0, through: 3.0, by: -2.0) { series = (series + 1 / divisor) * square }
        // ln 2 in two parts, the first with so few digits that its product is exact.
        return exponent * 0x1.62e42feep-1 + (exponent * 0x1.a39ef35793c76p-33 + (2 * ratio * series + 2 * ratio))
    }

    private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}

/// Steele, Lea and Flood's generator (2014): turns any number, also one with few bits set, into good seeds.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
