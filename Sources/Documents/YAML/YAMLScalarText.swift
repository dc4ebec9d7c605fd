/// A scalar as it will be written: its text, whether that is a string's, and the style to use.
struct YAMLScalarText {
    let text: String
    let folds: [Int]
    private let kind: YAMLResolution.Kind
    private let style: YAMLScalarStyle
    /// The tag to write; a string behind one needs no quotes to stay a string.
    let tag: String

    init(_ node: YAMLNode) {
        var folds: [Int] = []
        var style = YAMLScalarStyle.plain
        var kind = YAMLResolution.Kind.string
        var text = ""
        var tag = ""
        if let value = node.value {
            (text, kind) = Self.text(of: value)
            if kind == .string { style = Self.blockStyle(of: node) }
        } else if case .scalar(let written, let writtenStyle) = node.content {
            text = written
            tag = node.writtenTag
            let name =
                node.tag.hasPrefix(YAMLParser.standardTag) ? node.tag.dropFirst(YAMLParser.standardTag.count) : ""
            if let tagged = Self.kinds[String(name)] {
                // A tag that says what the text says anyway is not written again.
                if YAMLResolution.kind(of: written.utf8) == tagged {
                    kind = tagged
                    tag = ""
                }
            } else {
                if node.tag == "!" { tag = "" }
                if writtenStyle != .plain {
                    folds = (node.block?.folds ?? [])
                    style = Self.blockStyle(of: node)
                } else if tag.isEmpty {
                    kind = YAMLResolution.kind(of: written.utf8)
                }
            }
            switch kind {
            case .null: text = ""
            case .bool: text = written.lowercased()
            case .int: text = YAMLNumberText.int(written)
            case .float: text = YAMLNumberText.float(written)
            case .string, .timestamp, .merge: break
            case .value: kind = .string
            }
        }
        self.text = text
        self.kind = kind
        self.style = style
        self.folds = folds
        self.tag = tag
    }

    private static let kinds: [String: YAMLResolution.Kind] = [
        "int": .int, "float": .float, "bool": .bool, "null": .null, "timestamp": .timestamp,
    ]

    /// Length of the tag that the kind would have, which counts towards the length of a key.
    var tagLength: Int {
        switch kind {
        case .string, .int, .value: 5
        case .null, .bool: 6
        case .float, .merge: 7
        case .timestamp: 11
        }
    }

    private static func blockStyle(of node: YAMLNode) -> YAMLScalarStyle {
        if case .scalar(_, let style) = node.content, style.isBlock { return style }
        return .plain
    }

    private static func text(of value: Value) -> (String, YAMLResolution.Kind) {
        switch value {
        case .null: ("", .null)
        case .bool(let value): (value ? "true" : "false", .bool)
        case .int(let value): (String(value), .int)
        case .bigInt(let digits): (digits, .int)
        case .float(let value): (float(value), .float)
        case .string(let value): (value, .string)
        case .date(let value): (value, .timestamp)
        case .array, .mapping: ("", .string)
        }
    }

    /// A number as YAML spells it: `.inf` and `.nan` for what Python has other words for.
    static func float(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        return PythonFloat.repr(number)
    }

    static func isNull(_ node: YAMLNode) -> Bool {
        if let value = node.value { return value.isNull }
        guard case .scalar(let text, .plain) = node.content, node.tag.isEmpty else { return false }
        return YAMLResolution.kind(of: text.utf8) == .null
    }

    // MARK: Style

    /// The text to write and its style at a place.
    func form(isInFlow: Bool, isSimpleKey: Bool, isRoot: Bool) -> (text: [Unicode.Scalar], style: YAMLScalarStyle) {
        if kind == .null {
            // Nothing, where nothing can stand.
            return isInFlow || isSimpleKey || isRoot ? (Array("null".unicodeScalars), .plain) : ([], .plain)
        }
        let scalars = Array(text.unicodeScalars)
        if kind != .string { return (scalars, .plain) }
        let analysis = YAMLScalarAnalysis(scalars)
        if style.isBlock {
            return (scalars, isInFlow || isSimpleKey || analysis.hasSpecialCharacters ? .doubleQuoted : style)
        }
        let isKeyOfLines = isSimpleKey && (analysis.isEmpty || analysis.hasLineBreaks)
        if !isKeyOfLines, isInFlow ? analysis.allowsFlowPlain : analysis.allowsBlockPlain,
            tag == "!!str" || YAMLResolution.kind(of: text.utf8) == .string
        {
            return (scalars, .plain)
        }
        if scalars.contains(where: { $0 == "'" || $0 == "\n" }) { return (scalars, .doubleQuoted) }
        let allowsSingleQuoted = analysis.allowsSingleQuoted && !(isSimpleKey && analysis.hasLineBreaks)
        return (scalars, allowsSingleQuoted ? .singleQuoted : .doubleQuoted)
    }

    /// Whether the text is one word so ordinary that it stands plain anywhere.
    var isWord: Bool {
        guard kind == .string, style == .plain, let first = text.utf8.first, first != UInt8(ascii: "-") else {
            return false
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "-"):
                continue
            case UInt8(ascii: ".") where first != UInt8(ascii: "."): continue
            default: return false
            }
        }
        return YAMLResolution.kind(of: text.utf8) == .string
    }
}

extension YAMLNode {
    /// Data to be written in block style.
    convenience init(_ value: Value) {
        switch value {
        case .array(let items): self.init(.sequence(items.map { YAMLNode($0) }))
        case .mapping(let mapping):
            self.init(.mapping(mapping.entries.map { (YAMLNode(.string($0.key)), YAMLNode($0.value)) }))
        default:
            self.init(.scalar("", .plain))
            self.value = value
        }
    }
}
