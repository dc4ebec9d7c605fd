package import Documents

/// JSON for people and diffs: two spaces deeper for each level, small lists of numbers on one line, keys in their order.
///
/// NaN and infinities are strings, as DVCLive writes them, since JSON has no numbers for them.
package enum IndentedJSON {
    package static func text(_ value: Value) -> String {
        var text = ""
        write(value, depth: 0, into: &text)
        return text + "\n"
    }

    /// A number for a file of metrics: whole ones stay floating-point numbers.
    package static func number(_ number: Double) -> Value {
        if number.isNaN { return .string("NaN") }
        if number.isInfinite { return .string(number < 0 ? "-Infinity" : "Infinity") }
        return .float(number)
    }

    private static func write(_ value: Value, depth: Int, into text: inout String) {
        switch value {
        case .array(let items) where !items.isEmpty && !items.allSatisfy(isPlain):
            text += "[\n"
            for (place, item) in items.enumerated() {
                indent(depth + 1, &text)
                write(item, depth: depth + 1, into: &text)
                text += place == items.count - 1 ? "\n" : ",\n"
            }
            indent(depth, &text)
            text += "]"
        case .mapping(let mapping) where !mapping.isEmpty:
            text += "{\n"
            for (place, entry) in mapping.entries.enumerated() {
                indent(depth + 1, &text)
                text += JSON.emitPython(.string(entry.key)) + ": "
                write(entry.value, depth: depth + 1, into: &text)
                text += place == mapping.count - 1 ? "\n" : ",\n"
            }
            indent(depth, &text)
            text += "}"
        default: text += JSON.emitPython(value)
        }
    }

    private static func isPlain(_ value: Value) -> Bool {
        switch value {
        case .array, .mapping, .string: false
        default: true
        }
    }

    private static func indent(_ depth: Int, _ text: inout String) { text += String(repeating: "  ", count: depth) }
}
