extension ConfigDocument {
    /// The bytes that DVC would write for these settings.
    ///
    /// Values that the format cannot carry, such as one with both kinds of triple quotes, are an error rather than a
    /// file that cannot be read again.
    package func serialized() throws(DocumentError) -> [UInt8] {
        let packed = packed()
        var lines: [String] = []
        try Self.write(packed, depth: 0, into: &lines)
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        // Triple quotes and line breaks have corners that do not survive; better to find out before writing.
        var parser = ConfigParser(String(decoding: bytes, as: UTF8.self))
        guard let reread = try? parser.parse(), reread == Self.asText(packed) else {
            throw DocumentError("a name or value cannot be written so that it can be read again")
        }
        return bytes
    }

    /// Plain sections in their order without the empty ones, then the named ones.
    private func packed() -> Mapping {
        var result = Mapping()
        for (name, value) in sections.entries where !Self.namedKinds.contains(name) {
            guard value != .mapping(Mapping()), value != "", value != .array([]) else { continue }
            result[name] = value
        }
        for kind in Self.namedKinds {
            guard let named = sections[kind]?.mapping else {
                if let value = sections[kind] { result[kind] = value }
                continue
            }
            for (name, value) in named.entries { result["\(kind) \"\(name)\""] = value }
        }
        return result
    }

    private static func write(_ section: Mapping, depth: Int, into lines: inout [String]) throws(DocumentError) {
        let indent = String(repeating: "    ", count: depth)
        for (key, value) in section.entries where value.mapping == nil {
            lines.append("\(indent)\(try quoted(key, multiline: false)) = \(try quoted(value))")
        }
        for (key, value) in section.entries {
            guard let inner = value.mapping else { continue }
            let (open, close) = (String(repeating: "[", count: depth + 1), String(repeating: "]", count: depth + 1))
            lines.append("\(indent)\(open)\(try quoted(key, multiline: false))\(close)")
            try write(inner, depth: depth + 1, into: &lines)
        }
    }

    private static func quoted(_ value: Value) throws(DocumentError) -> String {
        guard case .array(let items) = value else { return try quoted(text(value), multiline: true) }
        guard let first = items.first else { return "," }
        if items.count == 1 { return try quoted(text(first), multiline: false) + "," }
        var parts: [String] = []
        for item in items { parts.append(try quoted(text(item), multiline: false)) }
        return parts.joined(separator: ", ")
    }

    private static func quoted(_ text: String, multiline: Bool) throws(DocumentError) -> String {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.first, let last = scalars.last else { return "\"\"" }
        let (single, double) = (scalars.contains("'"), scalars.contains("\""))
        if multiline, (single && double) || scalars.contains("\n") {
            guard ConfigLine.position(of: ConfigLine.tripleDouble, in: scalars, from: 0) != nil else {
                return "'''\(text)'''"
            }
            guard ConfigLine.position(of: ConfigLine.tripleSingle, in: scalars, from: 0) == nil else {
                throw DocumentError("Value \"\(text)\" cannot be safely quoted")
            }
            return "\"\"\"\(text)\"\"\""
        }
        let blanks: [Unicode.Scalar] = [" ", "\r", "\n", "\u{0B}", "\t", "'", "\""]
        guard blanks.contains(first) || blanks.contains(last) || scalars.contains(",") || scalars.contains("#") else {
            return text
        }
        guard !(single && double), !scalars.contains("\n") else {
            throw DocumentError("Value \"\(text)\" cannot be safely quoted")
        }
        return double ? "'\(text)'" : "\"\(text)\""
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .string(let text), .bigInt(let text), .date(let text): text
        case .bool(let flag): flag ? "True" : "False"
        case .int(let number): String(number)
        case .float(let number): String(number)
        case .null, .array, .mapping: ""
        }
    }

    /// The tree as reading it back would give it.
    private static func asText(_ section: Mapping) -> Mapping {
        var result = Mapping()
        for (key, value) in section.entries {
            switch value {
            case .mapping(let inner): result[key] = .mapping(asText(inner))
            case .array(let items): result[key] = .array(items.map { .string(text($0)) })
            default: result[key] = .string(text(value))
            }
        }
        return result
    }
}
