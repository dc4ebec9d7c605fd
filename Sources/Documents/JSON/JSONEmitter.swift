/// Writes JSON in ASCII, on one line or indented.
struct JSONEmitter {
    private(set) var output: [UInt8] = []
    let sortsKeys: Bool
    /// Blanks by which each level is set in; `nil` for all on one line.
    let indentation: Int?
    private var depth = 0

    init(sortsKeys: Bool, indentation: Int? = nil) {
        self.sortsKeys = sortsKeys
        self.indentation = indentation
    }

    mutating func write(_ value: Value) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .bigInt(let digits): append(digits)
        case .float(let value): append(float(value))
        case .string(let text), .date(let text): write(text)
        case .array(let items):
            open("[")
            for (index, item) in items.enumerated() {
                separate(isFirst: index == 0)
                write(item)
            }
            close("]", isEmpty: items.isEmpty)
        case .mapping(let mapping):
            open("{")
            var entries = mapping.entries
            if sortsKeys { entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            for (index, entry) in entries.enumerated() {
                separate(isFirst: index == 0)
                write(entry.key)
                append(": ")
                write(entry.value)
            }
            close("}", isEmpty: entries.isEmpty)
        }
    }

    private mutating func open(_ bracket: String) {
        append(bracket)
        depth += 1
    }

    private mutating func close(_ bracket: String, isEmpty: Bool) {
        depth -= 1
        if !isEmpty { breakLine() }
        append(bracket)
    }

    private mutating func separate(isFirst: Bool) {
        if !isFirst { append(indentation == nil ? ", " : ",") }
        breakLine()
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * indentation))
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
