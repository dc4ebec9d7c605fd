/// A YAML document as it is written: styles, anchors and comments beside the content.
///
/// An alias is the very node that its anchor names, so the tree is a graph without cycles; hence a class.
final class YAMLNode {
    enum Content {
        case scalar(String, YAMLScalarStyle)
        case sequence([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    /// What stands before the content of some nodes.
    final class Properties {
        let anchor: String?
        /// The explicit tag in full, such as `tag:yaml.org,2002:str`; empty without one.
        let tag: String
        /// The explicit tag as written.
        let writtenTag: String

        init(anchor: String?, tag: String, writtenTag: String) {
            self.anchor = anchor
            self.tag = tag
            self.writtenTag = writtenTag
        }
    }

    /// How a literal or folded scalar is laid out.
    final class BlockStyle {
        /// Positions in a folded scalar where its source breaks lines.
        let folds: [Int]
        /// The comment behind the indicator.
        let header: String

        init(folds: [Int], header: String) {
            self.folds = folds
            self.header = header
        }
    }

    var content: Content
    /// What a scalar made by the program says; resolved from the text otherwise.
    var value: Value?
    var properties: Properties?
    var block: BlockStyle?
    var comments = YAMLComments()
    /// Where it starts.
    var mark: YAMLMark
    /// Nodes in it, those of aliases included.
    var weight = 1
    /// Collections inside collections, from here down.
    var height = 0
    var isFlow = false
    /// Whether an alias names it.
    var isShared = false

    var anchor: String? { properties?.anchor }
    var tag: String { properties?.tag ?? "" }
    var writtenTag: String { properties?.writtenTag ?? "" }

    init(_ content: Content, at mark: YAMLMark = YAMLMark()) {
        self.content = content
        self.mark = mark
    }

    var isEmpty: Bool {
        switch content {
        case .scalar: false
        case .sequence(let items): items.isEmpty
        case .mapping(let pairs): pairs.isEmpty
        }
    }
}
