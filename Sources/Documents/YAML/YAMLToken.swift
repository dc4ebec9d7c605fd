/// A place in YAML source, 0-based, columns in Unicode scalars.
struct YAMLMark: Equatable {
    var line = 0
    var column = 0
}

/// How a scalar is written.
enum YAMLScalarStyle: UInt8 {
    case plain, singleQuoted, doubleQuoted, literal, folded

    var isBlock: Bool { self == .literal || self == .folded }
}

/// Comment lines, or blank lines, as they stood in the source.
///
/// One comment may hang on several nodes while a document is read; identity tells whether it has been written.
final class YAMLComment {
    /// From `#` or the first blank line through the last line break; later lines carry their own indentation.
    var text: String
    let line: Int
    var column: Int
    /// Whether it has been written before the collection it belongs to.
    var isWritten = false

    init(_ text: String, at mark: YAMLMark) {
        self.text = text
        self.line = mark.line
        self.column = mark.column
    }
}

/// Comments around a token or node.
struct YAMLComments {
    /// What follows on the same line, with all comment lines and blank lines after it.
    var post: YAMLComment?
    /// Lines before it that no earlier token took.
    var pre: [YAMLComment]?
    /// Lines at the end of a collection that no item took.
    var end: [YAMLComment]?

    var isEmpty: Bool { post == nil && pre == nil && end == nil }
}

/// What the scanner makes of the characters.
struct YAMLToken {
    enum Kind: UInt8 {
        case streamStart, streamEnd, directive, documentStart, documentEnd
        case blockSequenceStart, blockMappingStart, blockEnd
        case flowSequenceStart, flowSequenceEnd, flowMappingStart, flowMappingEnd
        case blockEntry, flowEntry, key, value
        case alias, anchor, tag, scalar
        case comment
    }

    /// What few tokens have, kept apart so that tokens move cheaply.
    final class Details {
        var handle = ""
        var folds: [Int] = []
        var header = ""
        var comments = YAMLComments()
    }

    var kind: Kind
    var style = YAMLScalarStyle.plain
    var start: YAMLMark
    var end: YAMLMark
    /// A scalar's content, the name of an anchor or alias, a tag without its handle, a directive.
    var text = ""
    private var details: Details?

    init(kind: Kind, start: YAMLMark, end: YAMLMark, text: String = "", style: YAMLScalarStyle = .plain) {
        self.kind = kind
        self.style = style
        self.start = start
        self.end = end
        self.text = text
    }

    /// A comment on its way to the token that it belongs to.
    init(_ comment: YAMLComment) {
        let mark = YAMLMark(line: comment.line, column: comment.column)
        self.init(kind: .comment, start: mark, end: mark)
        comments.post = comment
    }

    /// What a tag starts with: `!`, `!!` or `!name!`; empty for a verbatim tag.
    var handle: String {
        get { details?.handle ?? "" }
        set { makeDetails().handle = newValue }
    }
    /// Positions in a folded scalar where its source breaks lines, in Unicode scalars.
    var folds: [Int] {
        get { details?.folds ?? [] }
        set { makeDetails().folds = newValue }
    }
    /// The comment behind the indicator of a block scalar, with the blanks before it.
    var header: String {
        get { details?.header ?? "" }
        set { makeDetails().header = newValue }
    }
    var comments: YAMLComments {
        get { details?.comments ?? YAMLComments() }
        set { if details != nil || !newValue.isEmpty { makeDetails().comments = newValue } }
    }
    var hasComments: Bool { details.map { !$0.comments.isEmpty } ?? false }

    private mutating func makeDetails() -> Details {
        if let details { return details }
        let new = Details()
        details = new
        return new
    }

    /// What messages call it.
    var name: String {
        switch kind {
        case .streamStart, .streamEnd: "the end of the document"
        case .directive: "a directive"
        case .documentStart: "'---'"
        case .documentEnd: "'...'"
        case .blockSequenceStart: "a block sequence"
        case .blockMappingStart: "a block mapping"
        case .blockEnd: "the end of a block"
        case .flowSequenceStart: "'['"
        case .flowSequenceEnd: "']'"
        case .flowMappingStart: "'{'"
        case .flowMappingEnd: "'}'"
        case .blockEntry: "'-'"
        case .flowEntry: "','"
        case .key: "a key"
        case .value: "':'"
        case .alias: "an alias"
        case .anchor: "an anchor"
        case .tag: "a tag"
        case .scalar, .comment: "a scalar"
        }
    }

    /// Hands this token's comments to the token after it, where nothing of its own claims them.
    func moveComments(to target: inout YAMLToken) {
        guard hasComments, target.kind != .streamEnd, target.kind != .documentStart else { return }
        if let post = comments.post { target.comments.post = post }
        if let pre = comments.pre { target.comments.pre = pre + (target.comments.pre ?? []) }
    }
}
