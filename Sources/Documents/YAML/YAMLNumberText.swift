#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Numbers of an edited document: ruamel.yaml keeps width, underscores, radix and exponents of most notations.
enum YAMLNumberText {
    // MARK: Integers

    static func int(_ source: String) -> String {
        let written = Array(source.utf8)
        var digits = written.filter { $0 != UInt8(ascii: "_") }[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var prefix: [UInt8] = []
        if digits.count > 2, digits.first == UInt8(ascii: "0"), !isDigit(digits[digits.startIndex + 1]) {
            prefix = Array(digits.prefix(2))
            digits = digits.dropFirst(2)
        }
        guard !digits.isEmpty else { return source }

        let width = digits.first == UInt8(ascii: "0") ? digits.count : 0
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        var text = significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        if prefix.last == UInt8(ascii: "x") { text = hexDigits(text) }
        let signWidth = isNegative && prefix.isEmpty ? 1 : 0
        text = Array(repeating: UInt8(ascii: "0"), count: max(0, width - signWidth - text.count)) + text
        if isNegative && prefix.isEmpty { text.insert(UInt8(ascii: "-"), at: 0) }

        let trimmed = written.reversed().drop { $0 == UInt8(ascii: "_") }
        if let group = trimmed.firstIndex(of: UInt8(ascii: "_")).map({
            trimmed.distance(from: trimmed.startIndex, to: $0)
        }) {
            if group > 0 {
                var position = text.count - group
                while position > 0 {
                    text.insert(UInt8(ascii: "_"), at: position)
                    position -= group
                }
            }
            if !prefix.isEmpty, written.count > 2, written[2] == UInt8(ascii: "_") {
                text.insert(UInt8(ascii: "_"), at: 0)
            }
            if written.last == UInt8(ascii: "_") { text.append(UInt8(ascii: "_")) }
        }
        let sign = isNegative && !prefix.isEmpty ? "-" : ""
        return sign + String(decoding: prefix + text, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Upper case if the first letter is, else lower case.
    private static func hexDigits(_ digits: [UInt8]) -> [UInt8] {
        let isUpper = digits.first { $0 >= UInt8(ascii: "A") }.map { $0 <= UInt8(ascii: "F") } ?? false
        return digits.map { isDigit($0) ? $0 : isUpper ? $0 & ~0x20 : $0 | 0x20 }
    }

    // MARK: Floats

    static func float(_ source: String) -> String {
        guard let number = YAMLResolution.float(source) else { return source }
        guard number.isFinite || source.utf8.contains(where: isDigit) else { return YAMLScalarText.float(number) }
        guard number.isFinite else { return YAMLScalarText.float(number) }
        let text =
            source.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } ? scientific(source, number) : fixed(source, number)
        // What ruamel.yaml would garble stays as it is.
        guard let text, YAMLResolution.kind(of: text.utf8) == .float, YAMLResolution.float(text) == number else {
            return source
        }
        return text
    }

    private static func sign(of source: String) -> String {
        source.hasPrefix("-") ? "-" : source.hasPrefix("+") ? "+" : ""
    }

    private static func fixed(_ source: String, _ number: Double) -> String? {
        let characters = Array(source.utf8)
        let width = characters.count
        guard let point = characters.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let sign = sign(of: source)
        if point > 0 && point == width - 1 { return sign + format("%.0f", 0, number.magnitude) + "." }
        var text = sign + format("%0*.*f", width - sign.utf8.count, width - point - 1, number.magnitude)
        if point == 0 || (point == 1 && !sign.isEmpty) { text = text.replacingFirst("0.", with: ".") }
        while text.utf8.count < width { text += "0" }
        return text
    }

    private static func scientific(_ source: String, _ number: Double) -> String? {
        guard let split = source.utf8.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return nil }
        let mantissa = Array(source.utf8[..<split])
        let exponentText = source.utf8[source.utf8.index(after: split)...]
        let letter = String(source[split])
        let sign = sign(of: source)
        let leadingZeros = mantissa.prefix { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
            .count { $0 == UInt8(ascii: "0") }
        let width = mantissa.count - sign.utf8.count
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? -1
        let hasSign = exponentText.first == UInt8(ascii: "+") || exponentText.first == UInt8(ascii: "-")

        let formatted = format("%*.*e", width, width + (sign.isEmpty ? 0 : 1), number)
        let parts = formatted.split(separator: "e")
        guard parts.count == 2, var exponent = Int(parts[1]) else { return nil }
        let kept = (point > 0 ? width : width + 1) + (number < 0 ? 1 : 0)
        let halves = parts[0].prefix(kept).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        var whole = String(halves[0])
        var fraction = String(halves[1])
        while whole.utf8.count + fraction.utf8.count < width - (point >= 0 ? 1 : 0) { fraction += "0" }
        if !sign.isEmpty && number > 0 { whole = "+" + whole }
        func exponentDigits() -> String {
            let digits = String(exponent.magnitude)
            let mark = exponent < 0 ? "-" : hasSign ? "+" : ""
            let missing = exponentText.count - mark.utf8.count - digits.utf8.count
            return letter + mark + String(repeating: "0", count: max(0, missing)) + digits
        }
        if point < 0 {
            if fraction == "0" { fraction = "" } else { exponent -= fraction.utf8.count }
            while whole.utf8.count + fraction.utf8.count - (sign.isEmpty ? 0 : 1) < width {
                fraction += "0"
                exponent -= 1
            }
            return whole + fraction + exponentDigits()
        }
        if point == 0 {
            exponent -= fraction.utf8.count
            return whole + fraction + "." + exponentDigits()
        }
        if leadingZeros > 0 {
            fraction = String(repeating: "0", count: leadingZeros - 1) + whole + fraction
            whole = "0"
            fraction = String(fraction.dropLast(leadingZeros))
            exponent += leadingZeros
        }
        while whole.utf8.count < point, let first = fraction.first {
            whole.append(first)
            fraction.removeFirst()
            exponent -= 1
        }
        return whole + "." + fraction + exponentDigits()
    }

    /// C's formatting, with a width and a precision.
    private static func format(_ pattern: String, _ width: Int, _ precision: Int, _ number: Double) -> String {
        print(pattern, [Int32(clamping: width), Int32(clamping: precision), number])
    }

    private static func format(_ pattern: String, _: Int, _ number: Double) -> String { print(pattern, [number]) }

    private static func print(_ pattern: String, _ arguments: [any CVarArg]) -> String {
        let length = withVaList(arguments) { vsnprintf(nil, 0, pattern, $0) }
        guard length > 0 else { return "" }
        var buffer = [CChar](repeating: 0, count: Int(length) + 1)
        _ = withVaList(arguments) { vsnprintf(&buffer, buffer.count, pattern, $0) }
        return String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with other: String) -> String {
        guard hasPrefix(part) || hasPrefix("+" + part) || hasPrefix("-" + part) else { return self }
        let sign = hasPrefix(part) ? "" : String(prefix(1))
        return sign + other + dropFirst(sign.count + part.count)
    }
}
