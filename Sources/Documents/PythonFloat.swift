#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Floating-point numbers as Python writes them.
package enum PythonFloat {
    /// The shortest text that reads back as the same number: `0.1`, `1.0`, `1e-05`, `1e+16`, `inf`, `nan`.
    package static func repr(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
        let (digits, point) = shortestDigits(of: number.magnitude)
        let sign = number.sign == .minus ? "-" : ""
        guard (-3...16).contains(point) else {
            let exponent = point - 1
            var text = sign + digits.prefix(1)
            if digits.count > 1 { text += "." + digits.dropFirst() }
            let magnitude = String(exponent.magnitude)
            return text + (exponent < 0 ? "e-" : "e+") + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// Significant digits, and where the decimal point stands relative to the first of them.
    ///
    /// Swift finds the same shortest digits as Python; only the layout differs.
    private static func shortestDigits(of number: Double) -> (digits: String, point: Int) {
        if number == 0 { return ("0", 1) }
        var digits: [UInt8] = []
        var point = 0
        var exponent = 0
        var isAfterPoint = false
        var text = Substring(number.description).utf8
        while let byte = text.popFirst() {
            switch byte {
            case UInt8(ascii: "."): isAfterPoint = true
            case UInt8(ascii: "e"):
                exponent = Int(String(Substring(text))) ?? 0
                text = Substring().utf8
            default:
                if digits.isEmpty && byte == UInt8(ascii: "0") {
                    if isAfterPoint { point -= 1 }
                } else {
                    digits.append(byte)
                    if !isAfterPoint { point += 1 }
                }
            }
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (String(decoding: digits, as: UTF8.self), point + exponent)
    }
}

extension PythonFloat {
    /// A decimal number without underscores, as Python's `float` reads it; too large a one is infinite.
    static func parse(_ text: String) -> Double? { Double(text) }
}

extension PythonFloat {
    /// What Python's `round` gives: the number rounded to so many digits after the point, or to tens, hundreds and so on
    /// for a negative count. The exact value counts, so `1.005` is below the half and becomes `1.0`.
    package static func rounded(_ number: Double, digits: Int) -> Double {
        guard number.isFinite, number != 0, digits <= 323 else { return number }
        if digits >= 0 { return Double(formatted(number, "%.*f", digits)) ?? number }
        let last = -digits
        let lead = shortestDigits(of: number.magnitude).point - 1
        if lead >= last { return Double(formatted(number, "%.*e", lead - last)) ?? number }
        let zero = number.sign == .minus ? -0.0 : 0.0
        // One digit below the last that stays: up only where it is more than half.
        guard lead == last - 1, let half = Double("5e\(lead)"), let unit = Double("1e\(last)") else { return zero }
        guard number.magnitude > half else { return zero }
        return number.sign == .minus ? -unit : unit
    }

    private static func formatted(_ number: Double, _ format: String, _ digits: Int) -> String {
        // A double has at most 309 digits before the point.
        var buffer = [CChar](repeating: 0, count: digits + 330)
        let count = withVaList([Int32(clamping: digits), number]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(max(0, count))).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
