package import Documents

extension Value {
    /// What Python's `str` makes of the value.
    package var pythonText: String {
        if case .string(let text) = self { return text }
        return pythonRepresentation
    }

    /// What Python's `repr` makes of the value.
    var pythonRepresentation: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .bigInt(let digits): digits
        case .float(let value): PythonFloat.repr(value)
        case .string(let text): text.pythonQuoted
        case .date(let text): text
        case .array(let items): "[" + items.map(\.pythonRepresentation).joined(separator: ", ") + "]"
        case .mapping(let mapping):
            "{"
                + mapping.entries.map { "\($0.key.pythonQuoted): \($0.value.pythonRepresentation)" }
                .joined(separator: ", ") + "}"
        }
    }

    /// What Python calls the type.
    var pythonTypeName: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .int, .bigInt: "int"
        case .float: "float"
        case .string: "str"
        case .date(let text): text.utf8.count > 10 ? "datetime" : "date"
        case .array: "list"
        case .mapping: "dict"
        }
    }
}

extension String {
    /// As a Python literal: single quotes, unless only those occur inside.
    var pythonQuoted: String {
        let quote: Unicode.Scalar = utf8.contains(0x27) && !utf8.contains(0x22) ? "\"" : "'"
        var text = String(quote)
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case quote: text += "\\" + String(quote)
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || (0x7f...0xa0).contains(scalar.value) || scalar.value == 0xad:
                let hex = String(scalar.value, radix: 16)
                text += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + String(quote)
    }
}
