import Documents
import FileSystem

/// The text of one option as the value that it stands for.
enum SettingsValue {
    /// Why a value is not what its option takes, as a clause such as `expected int`.
    struct Mismatch: Error {
        let message: String
    }

    static func typed(_ value: Value, _ kind: SettingsSchema.Kind) throws(Mismatch) -> Value {
        switch (kind, value) {
        case (.integer, .int), (.number, .float): return value
        default: break
        }
        switch kind {
        case .linkTypes:
            return try linkTypes(value)
        case .unwritable(let type):
            throw Mismatch(message: "expected \(type)")
        case .flagOrText:
            if let flag = flag(value) { return flag }
            return .string(try text(value, else: "expected true or false"))
        case .text:
            return .string(try text(value, else: "expected str"))
        case .lowercaseText:
            return .string(try text(value, else: "expected str").lowercased())
        case .flag:
            guard let flag = flag(value) else { throw Mismatch(message: "expected true or false") }
            return flag
        case .integer(let range):
            guard let number = integer(try text(value, else: "expected int")) else {
                throw Mismatch(message: "expected int")
            }
            guard number >= range.lowerBound else {
                throw Mismatch(message: "value must be at least \(range.lowerBound)")
            }
            guard number <= range.upperBound else {
                throw Mismatch(message: "value must be at most \(range.upperBound)")
            }
            return .int(number)
        case .number(let least):
            guard let number = number(try text(value, else: "expected float")) else {
                throw Mismatch(message: "expected float")
            }
            guard number >= least else { throw Mismatch(message: "value must be at least \(Int(least))") }
            return .float(number)
        case .choice(let words):
            let word = try text(value, else: "expected one of \(words.joined(separator: ", "))").lowercased()
            guard words.contains(word) else {
                throw Mismatch(message: "expected one of \(words.joined(separator: ", "))")
            }
            return .string(word)
        }
    }

    private static func text(_ value: Value, else message: String) throws(Mismatch) -> String {
        guard let text = value.string else { throw Mismatch(message: message) }
        return text
    }

    private static func flag(_ value: Value) -> Value? {
        if case .bool = value { return value }
        switch value.string?.lowercased() {
        case "true": return true
        case "false": return false
        default: return nil
        }
    }

    private static func linkTypes(_ value: Value) throws(Mismatch) -> Value {
        let names = value.string.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(trimmed) }
        let types = names ?? (value.array ?? []).map { $0.string ?? "" }
        let unknown = types.filter { LinkType(rawValue: $0) == nil }
        guard unknown.isEmpty, value.string != nil || value.array != nil else {
            let list = unknown.sorted().joined(separator: ", ")
            throw Mismatch(message: "Unsupported cache type(s): \(list)")
        }
        return .array(types.map(Value.string))
    }

    /// Whole numbers as Python reads them: blanks around, a sign, underscores between digits.
    static func integer(_ text: String) -> Int? {
        // `Int` takes a sign and ASCII digits, no more.
        withoutUnderscores(trimmed(text)).flatMap { Int($0) }
    }

    static func number(_ text: String) -> Double? {
        guard let plain = withoutUnderscores(trimmed(text))?.lowercased() else { return nil }
        let isWord = ["inf", "infinity", "nan"].contains(plain.drop { $0 == "+" || $0 == "-" })
        guard isWord || plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) }) else {
            return nil
        }
        return Double(plain)
    }

    private static func withoutUnderscores(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
            let isBetweenDigits =
                index > 0 && index + 1 < bytes.count && (0x30...0x39).contains(bytes[index - 1])
                && (0x30...0x39).contains(bytes[index + 1])
            guard isBetweenDigits else { return nil }
        }
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}
