import Documents

/// How mappings become command-line arguments (`parsing.*` of the configuration).
package struct TemplateOptions: Sendable, Equatable {
    /// `parsing.bool = boolean_optional`: false gives `--no-x` rather than nothing.
    package var writesNegatedFlags: Bool
    /// `parsing.list = append`: the option is repeated before each item.
    package var repeatsListOptions: Bool

    package init(writesNegatedFlags: Bool = false, repeatsListOptions: Bool = false) {
        self.writesNegatedFlags = writesNegatedFlags
        self.repeatsListOptions = repeatsListOptions
    }
}

/// Fills in the `${…}` of values of a pipeline file.
struct Template {
    let context: TemplateContext
    var options = TemplateOptions()
    /// The values of files that have been used so far, in order of use.
    private(set) var used: [UsedVariables] = []

    init(context: TemplateContext, options: TemplateOptions = TemplateOptions()) {
        self.context = context
        self.options = options
    }

    /// What kind of value may take the place of a whole text, or of a part of it.
    enum Place {
        /// Scalars only.
        case plain
        /// A mapping inside the text becomes command-line arguments.
        case command
        /// Anything.
        case free
    }

    /// The value with every text in it filled in, keys included.
    mutating func resolve(_ value: Value, _ place: Place) throws(TemplateError) -> Value {
        switch value {
        case .string(let text): return try resolve(text, place)
        case .array(let items):
            var resolved: [Value] = []
            resolved.reserveCapacity(items.count)
            for item in items { resolved.append(try resolve(item, place)) }
            return .array(resolved)
        case .mapping(let mapping):
            var resolved = Mapping()
            for (key, value) in mapping.entries {
                let name = try resolve(key, place).pythonText
                resolved[name] = try resolve(value, place)
            }
            return .mapping(resolved)
        default: return value
        }
    }

    /// A text that is one expression takes on the value's own type.
    mutating func resolve(_ text: String, _ place: Place) throws(TemplateError) -> Value {
        let expressions = Expression.all(in: text)
        if let only = expressions.first, expressions.count == 1, only.range == text.startIndex..<text.endIndex {
            let value = try select(only)
            try check(value, place == .command ? .plain : place)
            return value
        }
        guard !expressions.isEmpty || text.utf8.contains(UInt8(ascii: "\\")) else { return .string(text) }
        var filled = ""
        var position = text.startIndex
        for expression in expressions {
            let value = try select(expression)
            try check(value, place)
            filled += text[position..<expression.range.lowerBound]
            filled += try inlineText(of: value)
            position = expression.range.upperBound
        }
        filled += text[position...]
        return .string(filled.replacingEscapedExpressions)
    }

    /// The value, traced to its origin so that stages generated from its parts can record what they use.
    mutating func trace(_ value: Value) throws(TemplateError) -> TracedValue {
        switch value {
        case .string(let text):
            let expressions = Expression.all(in: text)
            if let only = expressions.first, expressions.count == 1, only.range == text.startIndex..<text.endIndex {
                return try context.select(try only.parsed())
            }
            return .literal(try resolve(text, .free))
        case .array(let items):
            var traced: [TracedValue] = []
            for item in items { traced.append(try trace(item)) }
            return .list(traced)
        case .mapping(let mapping):
            var traced: [(key: String, value: TracedValue)] = []
            for (key, value) in mapping.entries {
                traced.append((try resolve(key, .free).pythonText, try trace(value)))
            }
            return .mapping(traced)
        default: return .literal(value)
        }
    }

    /// Throws at the first expression of a value that could not be parsed, whatever the variables.
    static func checkSyntax(of value: Value) throws(TemplateError) {
        switch value {
        case .string(let text): for expression in Expression.all(in: text) { _ = try expression.parsed() }
        case .array(let items): for item in items { try checkSyntax(of: item) }
        case .mapping(let mapping):
            for (key, value) in mapping.entries {
                try checkSyntax(of: .string(key))
                try checkSyntax(of: value)
            }
        default: break
        }
    }

    private mutating func select(_ expression: Expression) throws(TemplateError) -> Value {
        let selected = try context.select(try expression.parsed())
        if case .context(let value, let path) = selected { record(value, at: path) }
        return selected.value
    }

    private mutating func record(_ value: Value, at path: [String]) {
        guard let file = context.file(of: path, value) else { return }
        let key = path.joined(separator: ".")
        if let index = used.firstIndex(where: { $0.file.hasSameBytes(as: file) }) {
            used[index].values[key] = value
        } else {
            used.append(UsedVariables(file: file, values: Mapping([(key, value)])))
        }
    }

    private func check(_ value: Value, _ place: Place) throws(TemplateError) {
        switch (value, place) {
        case (_, .free), (.mapping, .command): return
        case (.mapping, _), (.array, _):
            throw .parse("Cannot interpolate data of type '\(value.pythonTypeName)'")
        default: return
        }
    }

    private func inlineText(of value: Value) throws(TemplateError) -> String {
        switch value {
        case .bool(let flag): flag ? "true" : "false"
        case .mapping(let mapping): try CommandArguments(options: options).text(of: mapping)
        default: value.pythonText
        }
    }
}

extension String {
    /// `\${` says `${` literally.
    fileprivate var replacingEscapedExpressions: String {
        guard utf8.contains(UInt8(ascii: "\\")) else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count)
        let bytes = Array(utf8)
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "\\") && index + 2 < bytes.count && bytes[index + 1] == UInt8(ascii: "$")
                && bytes[index + 2] == UInt8(ascii: "{")
            if !isEscape { result.append(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
