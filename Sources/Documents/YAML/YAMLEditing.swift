/// Changes a tree of nodes until it says something else, touching as little as DVC does.
struct YAMLEditing {
    let replacing: Set<[YAMLPathElement]>

    func update(_ node: YAMLNode, from old: Value, to new: Value, at path: [YAMLPathElement]) {
        switch (node.content, old, new) {
        case (.mapping(let pairs), .mapping(let old), .mapping(let new)):
            if pairs.isEmpty { node.isFlow = false }
            node.content = .mapping(updated(pairs, from: old, to: new, at: path))
        case (.sequence(let items), .array(let old), .array(let new)):
            if items.isEmpty { node.isFlow = false }
            node.content = .sequence(updated(items, from: old, to: new, at: path))
        default: break
        }
    }

    private func updated(
        _ pairs: [(key: YAMLNode, value: YAMLNode)], from old: Mapping, to new: Mapping, at path: [YAMLPathElement]
    ) -> [(key: YAMLNode, value: YAMLNode)] {
        var result: [(key: YAMLNode, value: YAMLNode)] = []
        var known = Mapping()
        // A merge key stays while every key that it brings in is still wanted; other values for them come after.
        let own = Mapping(pairs.compactMap { pair in Self.name(of: pair.key).map { ($0, .null) } })
        let merged = old.entries.filter { own[$0.key] == nil }
        let keepsMerge = merged.allSatisfy { new[$0.key] != nil }
        for pair in pairs {
            if YAMLConstruction.isMergeKey(pair.key) {
                pair.key.comments = YAMLComments()
                guard keepsMerge else { continue }
                for entry in merged where new[entry.key]?.isSame(as: entry.value) ?? false { known[entry.key] = .null }
                result.append(pair)
                continue
            }
            guard let key = Self.name(of: pair.key), let wanted = new[key], let current = old[key] else {
                continue
            }
            known[key] = .null
            result.append((pair.key, updated(pair.value, from: current, to: wanted, at: extended(path, .key(key)))))
        }
        for entry in merged where known[entry.key] == nil {
            guard let wanted = new[entry.key] else { continue }
            known[entry.key] = .null
            result.append((YAMLNode(.string(entry.key)), YAMLNode(wanted)))
        }
        for entry in new.entries where known[entry.key] == nil {
            result.append((YAMLNode(.string(entry.key)), YAMLNode(entry.value)))
        }
        return result
    }

    private func updated(
        _ items: [YAMLNode], from old: [Value], to new: [Value], at path: [YAMLPathElement]
    ) -> [YAMLNode] {
        guard items.count == new.count, old.count == new.count else { return new.map { YAMLNode($0) } }
        return items.indices.map { updated(items[$0], from: old[$0], to: new[$0], at: extended(path, .index($0))) }
    }

    private func updated(_ node: YAMLNode, from old: Value, to new: Value, at path: [YAMLPathElement]) -> YAMLNode {
        if !replacing.isEmpty && replacing.contains(path) { return replacement(of: node, with: new) }
        switch (old, new) {
        case (.mapping, .mapping), (.array, .array):
            if node.isShared && old.isSame(as: new) { return node }
            let target = node.isShared ? node.copy() : node
            update(target, from: old, to: new, at: path)
            return target
        default: return old.isSame(as: new) ? node : replacement(of: node, with: new)
        }
    }

    private func extended(_ path: [YAMLPathElement], _ element: YAMLPathElement) -> [YAMLPathElement] {
        replacing.isEmpty ? path : path + [element]
    }

    /// New data where a node was; a block scalar stays one.
    private func replacement(of node: YAMLNode, with new: Value) -> YAMLNode {
        let result = YAMLNode(new)
        result.comments = YAMLComments(post: node.comments.post, pre: node.comments.pre)
        if case .string = new, case .scalar(_, let style) = node.content, style.isBlock {
            result.content = .scalar("", style)
        }
        return result
    }

    /// The text of a key, `nil` for a merge key or a collection.
    static func name(of node: YAMLNode) -> String? {
        YAMLConstruction.isMergeKey(node) ? nil : YAMLConstruction.name(of: node)
    }
}

extension YAMLNode {
    /// The same in its own right, so that a change does not reach the aliases of the original.
    fileprivate func copy() -> YAMLNode {
        let result = YAMLNode(content, at: mark)
        result.properties = Properties(anchor: nil, tag: tag, writtenTag: writtenTag)
        result.block = block
        result.isFlow = isFlow
        result.comments = comments
        result.value = value
        switch content {
        case .scalar: break
        case .sequence(let items): result.content = .sequence(items.map { $0.isShared ? $0 : $0.copy() })
        case .mapping(let pairs):
            result.content = .mapping(pairs.map { ($0.key, $0.value.isShared ? $0.value : $0.value.copy()) })
        }
        return result
    }
}

extension Value {
    /// Equality as Python has it, where `1`, `1.0` and `true` are equal; what is equal is not rewritten.
    func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && left.entries.allSatisfy { right[$0.key]?.isSame(as: $0.value) ?? false }
        case (.float(let left), .float(let right)) where left.isNaN && right.isNaN: return true
        default:
            if let left = number, let right = other.number { return left == right }
            return self == other
        }
    }

    private var number: Double? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): Double(exactly: value)
        case .float(let value): value
        default: nil
        }
    }
}
