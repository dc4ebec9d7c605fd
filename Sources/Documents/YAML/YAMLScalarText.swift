/// A scalar as it will be written: its text, whether that is a string's, and the style to use.
struct YAMLScalarText {
    let text: String
    let tagLength: Int
    let folds: [Int]
    private let isString: Bool
    private let isNull: Bool
    private let style: YAMLScalarStyle

    init(_ node: YAMLNode) {
        var folds: [Int] = []
        if let value = node.value {
            (text, isString, tagLength) = Self.text(of: value)
            isNull = value.isNull
            style = isString ? Self.style(of: node) : .plain
        } else if case .scalar(let written, let style) = node.content {
            if style != .plain || !(node.tag.isEmpty || node.tag == "!") {
                text = written
                isString = true
                isNull = false
                tagLength = 5
                self.style = style.isBlock ? style : .plain
                folds = node.folds
            } else {
                switch YAMLResolution.kind(of: written.utf8) {
                case .string: (text, isString, isNull, tagLength) = (written, true, false, 5)
                case .null: (text, isString, isNull, tagLength) = ("", false, true, 6)
                case .bool:
                    (text, isString, isNull, tagLength) = (written.lowercased(), false, false, 6)
                case .int:
                    (text, isString, isNull, tagLength) = (YAMLNumberText.int(written), false, false, 5)
                case .float:
                    (text, isString, isNull, tagLength) = (YAMLNumberText.float(written), false, false, 7)
                case .timestamp: (text, isString, isNull, tagLength) = (written, false, false, 11)
                case .merge: (text, isString, isNull, tagLength) = (written, false, false, 7)
                case .value: (text, isString, isNull, tagLength) = (written, true, false, 5)
                }
                self.style = .plain
            }
        } else {
            (text, isString, isNull, tagLength, style) = ("", true, false, 5, .plain)
        }
        self.folds = folds
    }

    private static func style(of node: YAMLNode) -> YAMLScalarStyle {
        if case .scalar(_, let style) = node.content, style.isBlock { return style }
        return .plain
    }

    private static func text(of value: Value) -> (String, isString: Bool, tagLength: Int) {
        switch value {
        case .null: ("", false, 6)
        case .bool(let value): (value ? "true" : "false", false, 6)
        case .int(let value): (String(value), false, 5)
        case .bigInt(let digits): (digits, false, 5)
        case .float(let value): (float(value), false, 7)
        case .string(let value): (value, true, 5)
        case .date(let value): (value, false, 11)
        case .array, .mapping: ("", true, 5)
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
        if isNull {
            // Nothing, where nothing can stand.
            return isInFlow || isSimpleKey || isRoot ? (Array("null".unicodeScalars), .plain) : ([], .plain)
        }
        let scalars = Array(text.unicodeScalars)
        if !isString && style == .plain { return (scalars, .plain) }
        if style == .plain, Self.isWord(text.utf8) { return (scalars, .plain) }
        let analysis = YAMLScalarAnalysis(scalars)
        if style.isBlock {
            return (scalars, isInFlow || isSimpleKey || analysis.hasSpecialCharacters ? .doubleQuoted : style)
        }
        let isKeyOfLines = isSimpleKey && (analysis.isEmpty || analysis.hasLineBreaks)
        if !isKeyOfLines, isInFlow ? analysis.allowsFlowPlain : analysis.allowsBlockPlain,
            YAMLResolution.kind(of: text.utf8) == .string
        {
            return (scalars, .plain)
        }
        if scalars.contains(where: { $0 == "'" || $0 == "\n" }) { return (scalars, .doubleQuoted) }
        return (scalars, analysis.allowsSingleQuoted && !(isSimpleKey && analysis.hasLineBreaks) ? .singleQuoted : .doubleQuoted)
    }

    /// Whether text is so ordinary that it needs no closer look.
    private static func isWord(_ bytes: String.UTF8View) -> Bool {
        guard let first = bytes.first, first | 0x20 >= UInt8(ascii: "a"), first | 0x20 <= UInt8(ascii: "z") else {
            return false
        }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return YAMLResolution.kind(of: bytes) == .string
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
