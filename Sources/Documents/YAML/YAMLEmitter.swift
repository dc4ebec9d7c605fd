/// Writes nodes as ruamel.yaml's round-trip dumper does with DVC's settings: indentation of two, lists not indented
/// within mappings, 80 columns.
///
/// Its quirks are kept, trailing blanks and all, because the files are compared byte for byte.
struct YAMLEmitter {
    private(set) var output: [UInt8] = []
    /// Columns, not bytes.
    var column = 0
    /// Whether the last character was a blank or nothing.
    var whitespace = true
    /// Whether there is only indentation and `-`, `?`, `:` on the line so far.
    var indention = true
    /// Whether the next break of a line is to be left out.
    var skipsBreak = false
    /// Whether the document ends in a way that only `...` makes clear.
    var isOpenEnded = false
    var indent: Int?
    private var indents: [(indent: Int?, isSequence: Bool)] = []
    /// The brackets around; a pair without braces counts as nothing.
    private var flowContext: [UInt8] = []
    private(set) var isRoot = false
    private var isInSequence = false
    private var isInMapping = false
    private(set) var isSimpleKey = false
    private var anchors = YAMLAnchors()

    static let width = 80

    var isInFlow: Bool { !flowContext.isEmpty }

    mutating func document(_ root: YAMLNode) -> String {
        anchors = YAMLAnchors(of: root)
        write(root, isRoot: true)
        writeIndent()
        if isOpenEnded {
            writeIndicator("...", needsBlank: true)
            writeIndent()
        }
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: Nodes

    private mutating func write(
        _ node: YAMLNode, isRoot: Bool = false, isItem: Bool = false, isInMapping: Bool = false,
        isSimpleKey: Bool = false
    ) {
        self.isRoot = isRoot
        self.isInSequence = isItem
        self.isInMapping = isInMapping
        self.isSimpleKey = isSimpleKey
        switch anchors.take(node) {
        case .alias(let name):
            writeIndicator("*" + name, needsBlank: true)
            skipsBreak = false
            return
        case .anchor(let name):
            writeIndicator("&" + name, needsBlank: true)
            skipsBreak = false
            if case .scalar = node.content { isInSequence = false }
        case .nothing: break
        }
        switch node.content {
        case .scalar:
            writeScalar(YAMLScalarText(node), of: node)
            return
        default:
            if !node.writtenTag.isEmpty { writeIndicator(node.writtenTag, needsBlank: true) }
        }
        switch node.content {
        case .scalar: break
        case .sequence(let items): writeSequence(items, of: node, isItem: isItem)
        case .mapping(let pairs): writeMapping(pairs, of: node, isItem: isItem)
        }
    }

    private mutating func writeScalar(_ scalar: YAMLScalarText, of node: YAMLNode) {
        if !scalar.tag.isEmpty {
            writeIndicator(scalar.tag, needsBlank: true)
            if isInSequence && !isInFlow { skipsBreak = true }
        }
        increaseIndent(isFlow: true, isSequence: false)
        if scalar.isWord {
            if isInSequence && !isInFlow { writeIndent() }
            writeWord(scalar.text.utf8)
        } else {
            writeForm(of: scalar, node)
        }
        if let comment = node.comments.post { writeComment(comment) }
        popIndent()
    }

    private mutating func writeForm(of scalar: YAMLScalarText, _ node: YAMLNode) {
        let form = scalar.form(isInFlow: isInFlow, isSimpleKey: isSimpleKey, isRoot: isRoot)
        if isInSequence && !isInFlow { writeIndent() }
        switch form.style {
        case .plain: writePlain(form.text)
        case .singleQuoted: writeSingleQuoted(form.text)
        case .doubleQuoted: writeDoubleQuoted(form.text)
        case .literal: writeLiteral(form.text, header: node.block?.header ?? "")
        case .folded: writeFolded(form.text, header: node.block?.header ?? "", folds: scalar.folds)
        }
        // Comments behind a block scalar must not look like part of it.
        if form.style.isBlock, let comment = node.comments.post, comment.column >= indent ?? 0 {
            comment.column = (indent ?? 0) - 1
        }
    }

    private mutating func writeSequence(_ items: [YAMLNode], of node: YAMLNode, isItem: Bool) {
        let isFlow = node.isFlow || items.isEmpty
        let savedIndention = indention
        let savedColumn = column
        var forcesIndent = false
        if !isFlow, let post = node.comments.post {
            writeComment(post)
            indention = false
            skipsBreak = true
        }
        if let pre = node.comments.pre {
            writeLeadingComments(pre, once: true)
            if isFlow { forcesIndent = !(indents.last?.isSequence ?? true) }
            indention = savedIndention
            skipsBreak = !indention
        }
        if isFlow { column = savedColumn }
        if isInFlow || isFlow {
            startFlow("[", forcesIndent: forcesIndent, isSequence: true)
            settleNestedSequence()
            for (index, item) in items.enumerated() {
                separateFlowItem(index)
                write(item, isItem: true)
            }
            endFlow("]", comment: isFlow ? node.comments.post : nil, isEmpty: items.isEmpty)
            return
        }
        increaseIndent(isFlow: false, isSequence: true, isIndentless: isInMapping && !indention)
        settleNestedSequence()
        for item in items {
            if let pre = item.comments.pre, !pre.isEmpty, !anchors.isKnown(item) {
                writeLeadingComments(pre, once: !item.isScalar)
            }
            let leavesOutBreak = column == 0 && skipsBreak
            writeIndent()
            writeIndicator("-", needsBlank: true, isIndention: true)
            if leavesOutBreak { skipsBreak = true }
            write(item, isItem: true)
        }
        if !isItem, let end = node.comments.end, !end.isEmpty { writeLeadingComments(end, once: false) }
        popIndent()
        skipsBreak = false
    }

    /// A list right inside a list starts on the line of the outer dash.
    private mutating func settleNestedSequence() {
        guard indents.count > 1, indents[indents.count - 1].isSequence, indents[indents.count - 2].isSequence else {
            return
        }
        indention = true
        skipsBreak = false
    }

    private mutating func writeMapping(
        _ pairs: [(key: YAMLNode, value: YAMLNode)], of node: YAMLNode, isItem: Bool
    ) {
        let isFlow = node.isFlow || pairs.isEmpty
        var forcesIndent = false
        if !isFlow, let post = node.comments.post { writeComment(post) }
        if let pre = node.comments.pre, !pre.isEmpty {
            writeLeadingComments(pre, once: true)
            if isFlow, let last = indents.last { forcesIndent = !last.isSequence }
        }
        if isInFlow || isFlow {
            let isBare = pairs.count == 1 && flowContext.last == UInt8(ascii: "[")
            startFlow(isBare ? "" : "{", forcesIndent: forcesIndent, isSequence: false)
            for (index, pair) in pairs.enumerated() {
                separateFlowItem(index)
                if isSimple(pair.key) {
                    write(pair.key, isInMapping: true, isSimpleKey: true)
                    writeIndicator(":", needsBlank: false)
                } else {
                    writeIndicator("?", needsBlank: true)
                    write(pair.key, isInMapping: true)
                    if column > Self.width { writeIndent() }
                    writeIndicator(":", needsBlank: true)
                }
                write(pair.value, isInMapping: true)
            }
            endFlow(isBare ? "" : "}", comment: isFlow ? node.comments.post : nil, isEmpty: pairs.isEmpty)
            return
        }
        increaseIndent(isFlow: false, isSequence: false)
        for pair in pairs {
            if let pre = pair.key.comments.pre, !pre.isEmpty, !anchors.isKnown(pair.key) {
                writeLeadingComments(pre, once: !pair.key.isScalar)
            }
            writeIndent()
            if isSimple(pair.key) {
                let isAlias = anchors.isKnown(pair.key)
                write(pair.key, isInMapping: true, isSimpleKey: true)
                if isAlias { append(" ") }
                writeIndicator(":", needsBlank: false)
            } else {
                writeIndicator("?", needsBlank: true, isIndention: true)
                write(pair.key, isInMapping: true)
                writeIndent()
                writeIndicator(":", needsBlank: true, isIndention: true)
            }
            write(pair.value, isInMapping: true)
        }
        if !isItem, let end = node.comments.end, !end.isEmpty { writeLeadingComments(end, once: false) }
        popIndent()
    }

    /// Whether a key can do without `?`.
    private func isSimple(_ key: YAMLNode) -> Bool {
        if anchors.isKnown(key) { return true }
        var length = anchors.name(of: key).map { $0.unicodeScalars.count } ?? 0
        switch key.content {
        case .sequence(let items): return key.isFlow || items.isEmpty
        case .mapping(let pairs): return key.isFlow || pairs.isEmpty
        case .scalar:
            let scalar = YAMLScalarText(key)
            if scalar.isWord && scalar.text.utf8.count < 100 && length == 0 { return true }
            length += scalar.text.unicodeScalars.count + scalar.tagLength
            return length < 128 && !scalar.text.unicodeScalars.contains(where: YAMLScalarAnalysis.isBreak)
        }
    }

    // MARK: Flow style

    private mutating func startFlow(_ bracket: String, forcesIndent: Bool, isSequence: Bool) {
        if forcesIndent { increaseIndent(isFlow: true, isSequence: isSequence) }
        let blanks = max(0, flowAlignment(forcesIndent))
        writeIndicator(
            String(repeating: " ", count: blanks) + bracket, needsBlank: true, leavesBlank: true)
        if !forcesIndent { increaseIndent(isFlow: true, isSequence: isSequence) }
        flowContext.append(bracket.utf8.first ?? 0)
    }

    private func flowAlignment(_ isForced: Bool) -> Int {
        if indents.count < 2 || !(indents.last?.isSequence ?? false) {
            if indents.isEmpty || !isForced { return 0 }
        }
        let base = (indents.last?.indent ?? 0) + 2
        return isForced ? base : base - column - 1
    }

    private mutating func separateFlowItem(_ index: Int) {
        if index > 0 { writeIndicator(",", needsBlank: false) }
        if column > Self.width { writeIndent() }
    }

    private mutating func endFlow(_ bracket: String, comment: YAMLComment?, isEmpty: Bool) {
        popIndent()
        _ = flowContext.popLast()
        if !bracket.isEmpty { writeIndicator(bracket, needsBlank: false) }
        if let comment {
            writeComment(comment)
        } else if !isEmpty {
            skipsBreak = false
        } else if !isInFlow {
            writeLineBreak()
        }
    }

    // MARK: Indentation

    private mutating func increaseIndent(isFlow: Bool, isSequence: Bool, isIndentless: Bool = false) {
        indents.append((indent, isSequence))
        if let indent {
            if !isIndentless { self.indent = indent + 2 }
        } else {
            indent = isFlow ? nil : 0
        }
    }

    private mutating func popIndent() { indent = indents.popLast()?.indent }

    mutating func writeIndent() {
        let indent = self.indent ?? 0
        if !indention || column > indent || (column == indent && !whitespace) {
            if skipsBreak {
                skipsBreak = false
            } else {
                writeLineBreak()
            }
        }
        if column < indent {
            whitespace = true
            appendBlanks(indent - column)
            column = indent
        }
    }

    // MARK: Characters

    mutating func writeIndicator(
        _ indicator: String, needsBlank: Bool, leavesBlank: Bool = false, isIndention: Bool = false
    ) {
        if needsBlank && !whitespace {
            append(" ")
            column += 1
        }
        whitespace = leavesBlank
        indention = indention && isIndention
        column += indicator.unicodeScalars.count
        isOpenEnded = false
        append(indicator)
    }

    mutating func writeLineBreak(_ scalar: Unicode.Scalar = "\n") {
        whitespace = true
        indention = true
        column = 0
        append(scalar)
    }

    /// Text within a line.
    mutating func writeText(_ scalars: ArraySlice<Unicode.Scalar>) {
        column += scalars.count
        for scalar in scalars { append(scalar) }
    }

    /// Plain text without blanks, in ASCII.
    private mutating func writeWord(_ word: String.UTF8View) {
        if isRoot { isOpenEnded = true }
        if !whitespace {
            output.append(0x20)
            column += 1
        }
        whitespace = false
        indention = false
        if column + word.count > Self.width, !isSimpleKey, let indent, column > indent { writeIndent() }
        column += word.count
        output.append(contentsOf: word)
    }

    mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            output.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            output.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        }
    }

    mutating func appendBlanks(_ count: Int) {
        for _ in 0..<max(0, count) { output.append(0x20) }
    }

    // MARK: Comments

    private mutating func writeComment(_ comment: YAMLComment) {
        writeCommentText(comment)
        if comment.text.utf8.last == 0x0A { output.removeLast() }
        writeLineBreak()
    }

    private mutating func writeLeadingComments(_ comments: [YAMLComment], once: Bool) {
        for comment in comments {
            if once && comment.isWritten { continue }
            if column != 0 { writeLineBreak() }
            writeCommentText(comment)
            if once { comment.isWritten = true }
        }
    }

    /// The comment where it stood, or further right where the line has grown beyond that.
    private mutating func writeCommentText(_ comment: YAMLComment) {
        if comment.text.utf8.first != 0x0A {
            let isVisible = comment.text.utf8.contains { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 }
            let blanks = comment.column - column
            appendBlanks(column > 0 && isVisible ? max(1, blanks) : blanks)
        }
        append(comment.text)
    }
}

extension YAMLNode {
    fileprivate var isScalar: Bool { if case .scalar = content { true } else { false } }
}
