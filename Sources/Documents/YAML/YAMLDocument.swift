/// A step from a collection to what it holds.
package enum YAMLPathElement: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(String)
    case index(Int)

    package init(stringLiteral value: String) { self = .key(value) }
    package init(integerLiteral value: Int) { self = .index(value) }
}

/// A YAML file that people write and programs edit: what is not changed keeps its comments, order and flow style.
///
/// The text comes out as DVC's would: comments and blank lines stay, as do `|` and `>` blocks, flow style, anchors that
/// something refers to, and number notations; other strings get the quotes they need and no more, lines fold at 80
/// columns, lists lose their indentation, `---`, `\r\n` and a byte order mark go. It differs from DVC's where that
/// loses or garbles data:
/// - dates are written as they were;
/// - changing what an alias stands for writes the new value out in its place and leaves the others alone;
/// - strings that DVC would not read back are written as `YAML.emit` writes them;
/// - text that would not read back as the wanted data is replaced by plain data, without comments.
package struct YAMLDocument: Sendable {
    /// What the document says; `null` for an empty one.
    package let value: Value
    private let source: [UInt8]
    private let limits: DocumentLimits

    package init(parsing source: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) {
        let reader = try YAMLReader(source, limits: limits)
        var parser = YAMLParser(reader, limits: limits, keepsComments: false)
        var construction = YAMLConstruction(reader)
        value = if let root = try parser.parseDocument() { try construction.value(of: root) } else { .null }
        self.source = source
        self.limits = limits
    }

    /// Where a value starts, 1-based, columns in Unicode scalars: its first key or dash for a block collection.
    package func mark(at path: [YAMLPathElement]) -> (line: Int, column: Int)? {
        guard let (_, root) = tree(keepsComments: false), var node = root else { return nil }
        for element in path {
            switch (element, node.content) {
            case (.index(let index), .sequence(let items)) where items.indices.contains(index): node = items[index]
            case (.key(let key), .mapping(let pairs)):
                guard
                    let pair = pairs.first(where: {
                        YAMLEditing.name(of: $0.key)?.utf8.elementsEqual(key.utf8) ?? false
                    })
                else {
                    return nil
                }
                node = pair.value
            default: return nil
            }
        }
        return (node.mark.line + 1, node.mark.column + 1)
    }

    /// The text with the least change that makes it say `new`.
    ///
    /// Mappings keep their order, new keys go last, removed keys take their comments along; a list whose length changes
    /// is written anew. What lies at the paths of `replacing` is written anew in any case, its keys in the order of
    /// `new`, as DVC does with the stages of a lock file.
    package func text(updatedTo new: Value, replacing paths: [[YAMLPathElement]] = []) -> String {
        guard case .mapping = new, case .mapping = value, let (_, root) = tree(keepsComments: true), let root else {
            return YAML.emit(new)
        }
        let editing = YAMLEditing(replacing: Set(paths))
        editing.update(root, from: value, to: new, at: [])
        var emitter = YAMLEmitter()
        let text = emitter.document(root)
        guard let result = try? YAML.parse(text, limits: limits), result.isSame(as: new) else { return YAML.emit(new) }
        return text
    }

    /// A tree of one's own to change.
    private func tree(keepsComments: Bool) -> (YAMLReader, YAMLNode?)? {
        guard let reader = try? YAMLReader(source, limits: limits) else { return nil }
        var parser = YAMLParser(reader, limits: limits, keepsComments: keepsComments)
        guard let root = try? parser.parseDocument() else { return nil }
        return (reader, root)
    }
}
