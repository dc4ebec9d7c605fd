/// What plain text means in YAML 1.2 as ruamel.yaml understands it: `1e5` is a number, `yes` and `1:30` are strings.
enum YAMLResolution {
    enum Kind { case string, null, bool, int, float, timestamp, merge, value }

    /// The kind of a plain scalar, by its look alone.
    static func kind(of text: some Collection<UInt8>) -> Kind {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
            return isOne(of: bools, text) ? .bool : .string
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "~"):
            return isOne(of: nulls, text) ? .null : .string
        case UInt8(ascii: "<"): return text.elementsEqual("<<".utf8) ? .merge : .string
        case UInt8(ascii: "="): return text.count == 1 ? .value : .string
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let bytes = Array(text)
            if isFloat(bytes) { return .float }
            if first != UInt8(ascii: "."), isInt(bytes) { return .int }
            return isTimestamp(bytes) ? .timestamp : .string
        default: return .string
        }
    }

    private static let bools = ["true", "True", "TRUE", "false", "False", "FALSE"]
    private static let nulls = ["~", "null", "Null", "NULL"]

    private static func isOne(of words: [String], _ text: some Collection<UInt8>) -> Bool {
        text.count <= 5 && words.contains { $0.utf8.elementsEqual(text) }
    }

    /// What a plain scalar says; `nil` for `<<` and `=`, which mean nothing as values.
    static func value(of text: String) -> Value? {
        switch kind(of: text.utf8) {
        case .string: .string(text)
        case .null: .null
        case .bool: .bool(text.utf8.first == UInt8(ascii: "t") || text.utf8.first == UInt8(ascii: "T"))
        case .int: int(text) ?? .string(text)
        case .float: float(text).map(Value.float) ?? .string(text)
        case .timestamp: .date(text)
        case .merge, .value: nil
        }
    }

    // MARK: Numbers

    /// An integer in any of the notations, of any size.
    static func int(_ text: String) -> Value? {
        var digits = text.utf8.filter { $0 != UInt8(ascii: "_") }[...]
        var isNegative = false
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits = digits.dropFirst()
        }
        var radix = 10
        if digits.first == UInt8(ascii: "0"), digits.count > 1 {
            switch digits[digits.startIndex + 1] {
            case UInt8(ascii: "b"): radix = 2
            case UInt8(ascii: "o"): radix = 8
            case UInt8(ascii: "x"): radix = 16
            default: break
            }
            if radix != 10 { digits = digits.dropFirst(2) }
        }
        guard !digits.isEmpty else { return nil }
        let magnitude = String(decoding: digits, as: UTF8.self)
        if let number = Int((isNegative ? "-" : "") + magnitude, radix: radix) { return .int(number) }
        guard let decimal = DecimalDigits(magnitude, radix: radix) else { return nil }
        return decimal.value(isNegative: isNegative)
    }

    static func float(_ text: String) -> Double? {
        var bytes = text.utf8.filter { $0 != UInt8(ascii: "_") }[...]
        var sign = 1.0
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { sign = -1 }
            bytes = bytes.dropFirst()
        }
        switch String(decoding: bytes, as: UTF8.self) {
        case ".inf", ".Inf", ".INF": return sign * .infinity
        case ".nan", ".NaN", ".NAN": return .nan
        case let digits:
            guard digits.utf8.contains(where: { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
                return nil
            }
            return PythonFloat.parse(digits).map { sign * $0 }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isFloat(_ bytes: [UInt8]) -> Bool {
        var index = 0
        func run(_ accepts: (UInt8) -> Bool) -> Int {
            let start = index
            while index < bytes.count, accepts(bytes[index]) { index += 1 }
            return index - start
        }
        func exponent(needsSign: Bool) -> Bool {
            guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else { return false }
            index += 1
            let signs = index < bytes.count && (bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"))
            if signs { index += 1 }
            return (signs || !needsSign) && run(isDigit) > 0 && index == bytes.count
        }
        let hasSign = bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-")
        if hasSign { index = 1 }
        guard index < bytes.count else { return false }
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            let rest = bytes[index...]
            if ["inf", "Inf", "INF"].contains(where: { $0.utf8.elementsEqual(rest) }) { return true }
            if !hasSign, ["nan", "NaN", "NAN"].contains(where: { $0.utf8.elementsEqual(rest) }) { return true }
            guard run({ isDigit($0) || $0 == UInt8(ascii: "_") }) > 0 else { return false }
            return index == bytes.count || exponent(needsSign: true)
        }
        guard isDigit(bytes[index]), run({ isDigit($0) || $0 == UInt8(ascii: "_") }) > 0, index < bytes.count else {
            return false
        }
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            _ = run { isDigit($0) || $0 == UInt8(ascii: "_") }
            return index == bytes.count || exponent(needsSign: false)
        }
        return exponent(needsSign: false)
    }

    private static func isInt(_ bytes: [UInt8]) -> Bool {
        var digits = bytes[...]
        if digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return false }
        func all(_ digits: ArraySlice<UInt8>, _ accepts: (UInt8) -> Bool) -> Bool {
            !digits.isEmpty && digits.allSatisfy { $0 == UInt8(ascii: "_") || accepts($0) }
        }
        if all(digits, isDigit) { return true }
        guard digits.first == UInt8(ascii: "0"), digits.count > 2 else { return false }
        let rest = digits.dropFirst(2)
        switch digits[digits.startIndex + 1] {
        case UInt8(ascii: "b"): return all(rest) { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }
        case UInt8(ascii: "o"): return all(rest) { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") }
        case UInt8(ascii: "x"):
            return all(rest) { isDigit($0) || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "f")) }
        default: return false
        }
    }

    // MARK: Dates

    /// `2021-01-01`, or a date with a time such as `2001-12-14t21:59:43.10-05:00`.
    private static func isTimestamp(_ bytes: [UInt8]) -> Bool {
        var index = 0
        func digits(_ range: ClosedRange<Int>) -> Bool {
            let start = index
            while index < bytes.count, index - start < range.upperBound, isDigit(bytes[index]) { index += 1 }
            return index - start >= range.lowerBound
        }
        func one(_ accepted: String) -> Bool {
            guard index < bytes.count, accepted.utf8.contains(bytes[index]) else { return false }
            index += 1
            return true
        }
        func blanks() -> Int {
            let start = index
            while one(" \t") {}
            return index - start
        }
        guard digits(4...4), one("-") else { return false }
        let month = index
        guard digits(1...2), one("-") else { return false }
        let monthDigits = index - month - 1
        let day = index
        guard digits(1...2) else { return false }
        if index == bytes.count { return monthDigits == 2 && index - day == 2 }
        guard one("Tt") || blanks() > 0 else { return false }
        guard digits(1...2), one(":"), digits(2...2), one(":"), digits(2...2) else { return false }
        if one(".") { while index < bytes.count, isDigit(bytes[index]) { index += 1 } }
        let end = index
        _ = blanks()
        if index == bytes.count { return index == end }
        if one("Z") { return index == bytes.count }
        guard one("+-"), digits(1...2) else { return false }
        if index == bytes.count { return true }
        return one(":") && digits(2...2) && index == bytes.count
    }
}

/// Decimal digits of an integer that fits no machine word.
struct DecimalDigits {
    private let text: String

    /// `nil` where a character is no digit; also for other radices beyond 4096 digits, which would take too long.
    init?(_ digits: String, radix: Int) {
        if radix == 10 {
            guard digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
            let significant = digits.utf8.drop { $0 == UInt8(ascii: "0") }
            text = significant.isEmpty ? "0" : String(Substring(significant))
            return
        }
        guard digits.utf8.count <= 4096 else { return nil }
        // Little-endian groups of nine decimal digits.
        var groups: [Int] = [0]
        for character in digits {
            guard var carry = Int(String(character), radix: radix) else { return nil }
            for index in groups.indices {
                let product = groups[index] * radix + carry
                groups[index] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            if carry > 0 { groups.append(carry) }
        }
        text = groups.reversed().enumerated().map { index, group in
            let part = String(group)
            return index == 0 ? part : String(repeating: "0", count: 9 - part.utf8.count) + part
        }.joined()
    }

    func value(isNegative: Bool) -> Value {
        let signed = (isNegative ? "-" : "") + text
        return Int(signed).map(Value.int) ?? .bigInt(signed)
    }
}
