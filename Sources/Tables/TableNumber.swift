#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A number as tables write it: decimal, with an exponent maybe. Always the nearest one that there is.
struct TableNumber {
    let value: Double
    /// Whether it is written without a point and exponent.
    let isInteger: Bool

    /// - Returns: `nil` for anything else, hexadecimal numbers, infinities and text around a number among it.
    init?(_ cell: ArraySlice<UInt8>) {
        let number = cell.withUnsafeBufferPointer { bytes -> TableNumber? in
            guard let start = bytes.baseAddress else { return nil }
            let end = start + bytes.count
            guard let (number, next) = Self.scan(start, end), next == end else { return nil }
            return number
        }
        guard let number else { return nil }
        self = number
    }

    @inline(__always)
    private init(value: Double, isInteger: Bool) {
        self.value = value
        self.isInteger = isInteger
    }

    /// Reads the number that the bytes begin with, and tells where it ends.
    ///
    /// - Returns: `nil` where there is none, or one that is too large.
    @inline(__always)
    static func scan(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> (number: TableNumber, next: UnsafePointer<UInt8>)? {
        var place = start
        guard place < end else { return nil }
        let isNegative = place.pointee == UInt8(ascii: "-")
        if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
        let first = place
        var mantissa: UInt64 = 0
        while place < end {
            let digit = place.pointee &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            place += 1
        }
        var digits = place - first
        var exponent = 0
        var isInteger = true
        if place < end, place.pointee == UInt8(ascii: ".") {
            isInteger = false
            place += 1
            let point = place
            while place < end {
                let digit = place.pointee &- UInt8(ascii: "0")
                guard digit <= 9 else { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                place += 1
            }
            exponent = point - place
            digits -= exponent
        }
        guard digits > 0 else { return nil }
        let mantissaEnd = place
        if place < end, place.pointee | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            guard let (power, next) = Self.exponent(place + 1, end) else { return nil }
            exponent += power
            place = next
        }
        let magnitude =
            digits <= 19
            ? Self.nearest(mantissa, exponent) : Self.nearest(digits: first, mantissaEnd, exponent: exponent)
        guard let magnitude, magnitude.isFinite else { return nil }
        return (TableNumber(value: isNegative ? -magnitude : magnitude, isInteger: isInteger), place)
    }

    private static func exponent(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> (power: Int, next: UnsafePointer<UInt8>)? {
        var place = start
        guard place < end else { return nil }
        let isNegative = place.pointee == UInt8(ascii: "-")
        if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
        let first = place
        var power = 0
        while place < end {
            let digit = place.pointee &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            power = min(power * 10 + Int(digit), 1 << 40)
            place += 1
        }
        return place > first ? (isNegative ? -power : power, place) : nil
    }

    /// The nearest number to `mantissa` times ten to the power of `exponent`.
    @inline(__always)
    private static func nearest(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        if mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
            // Both parts are exact, so a single operation rounds once.
            return exponent < 0 ? Double(mantissa) / tens[-exponent] : Double(mantissa) * tens[exponent]
        }
        return divided(mantissa, exponent)
    }

    /// In whole numbers of 128 bits, whose remainder says which way to round; what does not fit in them is left to
    /// the standard library.
    private static func divided(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        guard mantissa != 0 else { return 0 }
        guard exponent >= -27, exponent <= 27 else { return Double("\(mantissa)e\(exponent)") }
        if exponent >= 0 {
            let product = mantissa.multipliedFullWidth(by: fives[exponent])
            guard product.high != 0 else { return rounded(product.low, false, power: exponent) }
            let shift = product.high.leadingZeroBitCount
            let upper = shift == 0 ? product.high : product.high << shift | product.low >> (64 - shift)
            return rounded(upper, product.low << shift != 0, power: exponent + 64 - shift)
        }
        let divisor = fives[-exponent]
        let divisorShift = divisor.leadingZeroBitCount
        let shift = mantissa.leadingZeroBitCount
        let dividend = mantissa << shift
        // The dividend's upper half is less than 2^63, the divisor is not: the quotient fits, and has 63 bits or more.
        let (quotient, remainder) = (divisor << divisorShift).dividingFullWidth((dividend >> 1, dividend << 63))
        return rounded(quotient, remainder != 0, power: divisorShift - shift + exponent - 63)
    }

    /// `significand` times two to the power, to the nearest number, in the middle to the even one.
    ///
    /// - Parameter hasMore: whether a part less than one was cut off the significand, which then has 63 bits or more.
    private static func rounded(_ significand: UInt64, _ hasMore: Bool, power: Int) -> Double {
        let extra = 64 - significand.leadingZeroBitCount - 53
        guard extra > 0 else { return scaled(Double(significand), power) }
        let half: UInt64 = 1 << UInt64(extra - 1)
        let rest = significand & (half << 1 - 1)
        var kept = significand >> UInt64(extra)
        if rest > half || rest == half && (hasMore || kept & 1 == 1) { kept += 1 }
        return scaled(Double(kept), power + extra)
    }

    /// Exact, since the powers that occur here are far from the ends of what there is.
    private static func scaled(_ number: Double, _ power: Int) -> Double {
        number * Double(sign: .plus, exponent: power, significand: 1)
    }

    /// Of more digits than fit in 64 bits.
    private static func nearest(
        digits start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, exponent: Int
    ) -> Double? {
        var text: [UInt8] = []
        var place = start
        while place < end {
            let byte = place.pointee
            if byte != UInt8(ascii: "."), byte != UInt8(ascii: "0") || !text.isEmpty { text.append(byte) }
            place += 1
        }
        guard !text.isEmpty else { return 0 }
        guard text.count > 19 else {
            return nearest(text.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }, exponent)
        }
        return Double(String(decoding: text, as: UTF8.self) + "e\(exponent)")
    }
}

/// Powers of ten that are exact.
private let tens: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]

/// Powers of five that fit in 64 bits.
private let fives: [UInt64] = (0...27).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 5 } }

func logarithm(_ value: Double) -> Double { log(value) }
