/// Makes data of nodes: resolves scalars, refuses duplicate keys and unknown tags, applies merge keys.
struct YAMLConstruction {
    let reader: YAMLReader
    /// Data of nodes that aliases name.
    private var known: [ObjectIdentifier: Value] = [:]

    init(_ reader: YAMLReader) { self.reader = reader }

    mutating func value(of node: YAMLNode) throws(DocumentError) -> Value {
        if node.isShared, let value = known[ObjectIdentifier(node)] { return value }
        let value: Value
        switch node.content {
        case .scalar(let text, let style): value = try scalar(text, style, of: node)
        case .sequence(let items):
            try checkTag(of: node, is: "seq")
            var values: [Value] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try self.value(of: item)) }
            value = .array(values)
        case .mapping(let pairs):
            try checkTag(of: node, is: "map")
            value = .mapping(try mapping(pairs))
        }
        if node.isShared { known[ObjectIdentifier(node)] = value }
        return value
    }

    private mutating func mapping(
        _ pairs: [(key: YAMLNode, value: YAMLNode)]
    ) throws(DocumentError) -> Mapping {
        var own = Mapping()
        var merged: Mapping?
        for pair in pairs {
            if YAMLConstruction.isMergeKey(pair.key) {
                guard merged == nil else { throw duplicate("<<", at: pair.key) }
                merged = try mergedMapping(of: pair.value)
                continue
            }
            let key = try key(of: pair.key)
            guard own.append(try value(of: pair.value), forNewKey: key) else { throw duplicate(key, at: pair.key) }
        }
        guard var merged else { return own }
        for entry in own.entries { merged[entry.key] = entry.value }
        return merged
    }

    /// What `<<: *a` or `<<: [*a, *b]` brings in; of two, the first wins.
    private mutating func mergedMapping(of node: YAMLNode) throws(DocumentError) -> Mapping {
        switch node.content {
        case .mapping: return try value(of: node).mapping ?? Mapping()
        case .sequence(let items):
            var result = Mapping()
            for item in items.reversed() {
                guard case .mapping = item.content else {
                    throw reader.error("Expected a mapping for merging", at: item.mark)
                }
                for entry in try value(of: item).mapping?.entries ?? [] { result[entry.key] = entry.value }
            }
            return result
        case .scalar:
            throw reader.error("Expected a mapping or a list of mappings for merging", at: node.mark)
        }
    }

    private func duplicate(_ key: String, at node: YAMLNode) -> DocumentError {
        reader.error("Found duplicate key \"\(key)\"", at: node.mark)
    }

    static func isMergeKey(_ node: YAMLNode) -> Bool {
        guard node.tag.isEmpty, case .scalar("<<", .plain) = node.content else { return false }
        return true
    }

    private func key(of node: YAMLNode) throws(DocumentError) -> String {
        guard let name = YAMLConstruction.name(of: node) else {
            throw reader.error("Found a key that is a collection", at: node.mark)
        }
        return name
    }

    /// A key as text: numbers in decimal, `true`, `false`, and `null` for no key at all.
    static func name(of node: YAMLNode) -> String? {
        guard case .scalar(let text, let style) = node.content else { return nil }
        guard style == .plain, node.tag.isEmpty || node.tag == "!" else { return text }
        switch YAMLResolution.value(of: text) {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .bigInt(let digits): return digits
        case .float(let value): return YAMLScalarText.float(value)
        default: return text
        }
    }

    // MARK: Scalars

    private func scalar(_ text: String, _ style: YAMLScalarStyle, of node: YAMLNode) throws(DocumentError) -> Value {
        if node.tag.isEmpty || node.tag == "!" {
            guard style == .plain else { return .string(text) }
            if let value = YAMLResolution.value(of: text) { return value }
            throw reader.error("Found '\(text)' where a value should be", at: node.mark)
        }
        guard node.tag.hasPrefix(YAMLParser.standardTag) else { throw unknownTag(of: node) }
        let value: Value?
        switch node.tag.dropFirst(YAMLParser.standardTag.count) {
        case "str": value = .string(text)
        case "null": value = .null
        case "int": value = YAMLResolution.int(text)
        case "float": value = YAMLResolution.float(text).map(Value.float)
        case "timestamp": value = YAMLResolution.kind(of: text.utf8) == .timestamp ? .date(text) : nil
        case "bool":
            switch text.lowercased() {
            case "true", "yes", "y", "on": value = .bool(true)
            case "false", "no", "n", "off": value = .bool(false)
            default: value = nil
            }
        default: throw unknownTag(of: node)
        }
        guard let value else { throw reader.error("Found a value that its tag does not allow", at: node.mark) }
        return value
    }

    private func checkTag(of node: YAMLNode, is name: String) throws(DocumentError) {
        guard node.tag.isEmpty || node.tag == "!" || node.tag == YAMLParser.standardTag + name else {
            throw unknownTag(of: node)
        }
    }

    private func unknownTag(of node: YAMLNode) -> DocumentError {
        reader.error("Could not determine a constructor for the tag '\(node.writtenTag)'", at: node.mark)
    }
}
