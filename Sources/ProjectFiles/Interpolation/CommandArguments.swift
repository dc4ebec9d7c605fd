import Documents

/// Writes a mapping as command-line arguments: `--lr 0.1 --layers.size 3 --verbose`.
struct CommandArguments {
    let options: TemplateOptions

    /// Nested keys are joined with dots; texts are quoted for a POSIX shell.
    func text(of mapping: Mapping) throws(TemplateError) -> String {
        var words: [String] = []
        try append(mapping, prefix: "", to: &words)
        var text = words.joined(separator: " ")
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    private func append(_ mapping: Mapping, prefix: String, to words: inout [String]) throws(TemplateError) {
        for (key, value) in mapping.entries {
            let name = prefix + key
            switch value {
            case .mapping(let inner): try append(inner, prefix: name + ".", to: &words)
            case .bool(true): words.append("--" + name)
            case .bool(false): if options.writesNegatedFlags { words.append("--no-" + name) }
            case .array(let items):
                for (index, item) in items.enumerated() {
                    guard item.array == nil, item.mapping == nil else {
                        throw .parse("Cannot interpolate nested iterable in '\(name)'")
                    }
                    if index == 0 || options.repeatsListOptions { words.append("--" + name) }
                    words.append(Self.quoted(item))
                }
            default:
                words.append("--" + name)
                words.append(Self.quoted(value))
            }
        }
    }

    private static func quoted(_ value: Value) -> String {
        guard case .string(let text) = value else { return value.pythonText }
        let isSafe = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        if isSafe && !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\"'\"'") + "'"
    }
}
