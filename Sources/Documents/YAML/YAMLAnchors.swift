/// Which nodes are written with an anchor, and which as an alias of one written before.
struct YAMLAnchors {
    enum Mark {
        case nothing
        case anchor(String)
        case alias(String)
    }

    private var names: [ObjectIdentifier: String] = [:]
    private var written: Set<ObjectIdentifier> = []

    init() {}

    /// Names what occurs twice, and scalars with an anchor; an anchor of a collection that nothing refers to is
    /// dropped, as ruamel.yaml drops it.
    init(of root: YAMLNode) {
        var seen: Set<ObjectIdentifier> = []
        visit(root, &seen)
    }

    private mutating func visit(_ node: YAMLNode, _ seen: inout Set<ObjectIdentifier>) {
        if let anchor = node.anchor, !YAMLScalarText.isNull(node) {
            if !seen.insert(ObjectIdentifier(node)).inserted {
                names[ObjectIdentifier(node)] = anchor
                return
            }
            if case .scalar = node.content { names[ObjectIdentifier(node)] = anchor }
        }
        switch node.content {
        case .scalar: break
        case .sequence(let items): for item in items { visit(item, &seen) }
        case .mapping(let pairs):
            for pair in pairs {
                visit(pair.key, &seen)
                visit(pair.value, &seen)
            }
        }
    }

    func name(of node: YAMLNode) -> String? { names.isEmpty ? nil : names[ObjectIdentifier(node)] }

    /// Whether a node has been written and is now but an alias.
    func isKnown(_ node: YAMLNode) -> Bool { !written.isEmpty && written.contains(ObjectIdentifier(node)) }

    mutating func take(_ node: YAMLNode) -> Mark {
        guard let name = name(of: node) else { return .nothing }
        return written.insert(ObjectIdentifier(node)).inserted ? .anchor(name) : .alias(name)
    }
}
