/// Writes JSON on one line, in ASCII.
struct JSONEmitter {
    private(set) var output: [UInt8] = []
    let sortsKeys: Bool

    init(sortsKeys: Bool) { self.sortsKeys = sortsKeys }

    mutating func write(_ value: Value) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .bigInt(let digits): append(digits)
        case .float(let value): append(float(value))
        case .string(let text), .date(let text): write(text)
        case .array(let items):
            append("[")
            for (index, item) in items.enumerated() {
                if index > 0 { append(", ") }
                write(item)
            }
            append("]")
        case .mapping(let mapping):
            append("{")
            var entries = mapping.entries
            if sortsKeys { entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            for (index, entry) in entries.enumerated() {
                if index > 0 { append(", ") }
                write(entry.key)
                append(": ")
                write(entry.value)
            }
            append("}")
        }
    }

    private func float(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return PythonFloat.repr(number)
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func write(_ text: String) {
        append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{08}": append("\\b")
            case "\u{0C}": append("\\f")
            case " "..."~": output.append(UInt8(truncatingIfNeeded: scalar.value))
            default: for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { writeEscape(unit) }
            }
        }
        append("\"")
    }

    private mutating func writeEscape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
    }
}
