#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Numbers as people read them on axes.
package enum NumberText {
    /// The shortest text that gives the same number back; whole numbers without a fraction.
    static func exact(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
        return "\(number)"
    }

    static func fixed(_ number: Double, decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let scaled = (abs(number) * scale).rounded()
        guard scaled < 9e15 else { return exact(number) }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = number < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// A tick of an axis whose ticks are `step` apart.
    static func tick(_ number: Double, step: Double) -> String {
        if number == 0 { return "0" }
        let size = abs(number)
        if size >= 1e6 || size < 1e-4 {
            // Two ticks that differ stay different.
            let exponent = Int(log10(size).rounded(.down))
            let decimals = max(0, min(6, exponent - Int(log10(step).rounded(.down))))
            return fixed(number / pow(10, Double(exponent)), decimals: decimals) + "e\(exponent)"
        }
        return fixed(number, decimals: max(0, min(12, -Int(log10(step * 1.000001).rounded(.down)))))
    }

    /// About five digits.
    package static func short(_ number: Double) -> String {
        guard number != 0, number.isFinite else { return exact(number) }
        let step = pow(10, log10(abs(number)).rounded(.down) - 4)
        // Numbers too small to have five digits.
        guard step >= .leastNormalMagnitude else { return "\(number)" }
        let text = tick(number, step: step)
        return text.contains("e") ? text : trimmed(text)
    }

    /// A coordinate in a picture.
    static func pixel(_ number: Double) -> String { trimmed(fixed(number, decimals: 2)) }

    /// Without zeros at the end of a fraction.
    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var trimmed = Substring(text)
        while trimmed.last == "0" { trimmed.removeLast() }
        if trimmed.last == "." { trimmed.removeLast() }
        return String(trimmed)
    }
}
