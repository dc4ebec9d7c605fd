#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A number as tables write it: decimal, with an exponent maybe.
struct TableNumber {
    let value: Double
    /// Whether it is written without a point and exponent.
    let isInteger: Bool

    /// - Returns: `nil` for anything else, hexadecimal numbers, infinities and text around a number among it.
    init?(_ cell: ArraySlice<UInt8>) {
        var index = cell.startIndex
        var isNegative = false
        if index < cell.endIndex, cell[index] == UInt8(ascii: "-") || cell[index] == UInt8(ascii: "+") {
            isNegative = cell[index] == UInt8(ascii: "-")
            index += 1
        }
        var digits = 0
        var mantissa: UInt64 = 0
        var decimals = 0
        var hasPoint = false
        var hasExponent = false
        while index < cell.endIndex {
            let byte = cell[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if digits <= 18 { mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0")) }
                if hasPoint { decimals += 1 }
            case UInt8(ascii: ".") where !hasPoint: hasPoint = true
            case UInt8(ascii: "e") where digits > 0, UInt8(ascii: "E") where digits > 0:
                hasExponent = true
            default: return nil
            }
            if hasExponent { break }
            index += 1
        }
        guard digits > 0 else { return nil }
        isInteger = !hasPoint && !hasExponent
        // Up to 2^53 over a power of ten that is exact gives the nearest number at once.
        if !hasExponent, digits <= 15, decimals <= 15 {
            let magnitude = Double(mantissa) / Self.powers[decimals]
            value = isNegative ? -magnitude : magnitude
            return
        }
        guard let parsed = Double(String(decoding: cell, as: UTF8.self)), parsed.isFinite else { return nil }
        value = parsed
    }

    private static let powers: [Double] = (0...15).map { exponent in
        (0..<exponent).reduce(1.0) { power, _ in power * 10 }
    }
}

func logarithm(_ value: Double) -> Double { log(value) }
