/// A YAML document as it is written: styles, anchors and comments beside the content.
///
/// An alias is the very node that its anchor names, so the tree is a graph without cycles; hence a class.
final class YAMLNode {
    enum Content {
        case scalar(String, YAMLScalarStyle)
        case sequence([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    var content: Content
    /// The explicit tag in full, such as `tag:yaml.org,2002:str`; empty without one.
    var tag = ""
    /// The explicit tag as written.
    var writtenTag = ""
    var anchor: String?
    var isFlow = false
    /// Where it starts.
    var mark: YAMLMark
    var comments = YAMLComments()
    /// Positions in a folded scalar where its source breaks lines.
    var folds: [Int] = []
    /// The comment behind the indicator of a block scalar.
    var header = ""
    /// Whether an alias names it.
    var isShared = false
    /// What a number, a truth value or a null made by the program says; resolved from the text otherwise.
    var value: Value?
    /// Nodes in it, those of aliases included.
    var weight = 1
    /// Collections inside collections, from here down.
    var height = 0

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
