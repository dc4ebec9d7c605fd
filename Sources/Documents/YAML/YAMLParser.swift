/// Makes the tree of nodes of one document, and hangs comments where ruamel.yaml hangs them, since that decides where
/// they are written again.
struct YAMLParser {
    private var scanner: YAMLScanner
    private let limits: DocumentLimits
    private var handles: [String: String] = [:]
    private var anchors: [String: YAMLNode] = [:]
    /// Anchored collections that are still being read.
    private var open: Set<ObjectIdentifier> = []
    private var depth = 0
    private var aliasedNodes = 0

    init(_ reader: YAMLReader, limits: DocumentLimits, keepsComments: Bool) {
        scanner = YAMLScanner(reader, keepsComments: keepsComments)
        self.limits = limits
    }

    /// The root; `nil` for a document without content.
    mutating func parseDocument() throws(DocumentError) -> YAMLNode? {
        try moveComments(of: try scanner.take())
        guard try scanner.next() != .streamEnd else { return nil }
        try readDirectives()
        var root: YAMLNode?
        if try scanner.next() == .documentStart {
            _ = try scanner.take()
            switch try scanner.next() {
            case .documentStart, .documentEnd, .streamEnd, .directive: break
            default: root = try parseNode(isBlock: true)
            }
        } else {
            root = try parseNode(isBlock: true)
        }
        let end = try scanner.next()
        guard end == .documentEnd || end == .documentStart || end == .streamEnd else {
            throw unexpected("Expected the end of the document")
        }
        try skipDocumentEnds()
        guard try scanner.next() == .streamEnd else {
            throw scanner.reader.error(
                "Expected a single document, but found another one", at: scanner.token.start)
        }
        return root
    }

    private mutating func skipDocumentEnds() throws(DocumentError) {
        while try scanner.next() == .documentEnd { _ = try scanner.take() }
    }

    private mutating func readDirectives() throws(DocumentError) {
        handles = ["!": "!", "!!": Self.standardTag]
        var isFirst = true
        while try scanner.next() == .directive {
            let token = try scanner.take()
            let words = token.text.split(separator: " ", omittingEmptySubsequences: true)
            switch words.first {
            case "%YAML":
                guard isFirst, words.count > 1, words[1] == "1.2" else {
                    throw scanner.reader.error("Expected YAML 1.2", at: token.start)
                }
                isFirst = false
            case "%TAG":
                guard words.count > 2 else { throw scanner.reader.error("Expected a tag's prefix", at: token.start) }
                handles[String(words[1])] = String(words[2])
            default: break
            }
            guard try scanner.next() == .directive || scanner.token.kind == .documentStart else {
                throw unexpected("Expected '---' after a directive")
            }
        }
    }

    static let standardTag = "tag:yaml.org,2002:"

    private mutating func unexpected(_ message: String) -> DocumentError {
        let token = scanner.token
        return scanner.reader.error(message + ", but found \(token.name)", at: token.start)
    }

    private mutating func moveComments(of token: YAMLToken) throws(DocumentError) {
        guard token.hasComments else { return }
        _ = try scanner.next()
        token.moveComments(to: &scanner.token)
    }

    // MARK: Nodes

    private mutating func parseNode(isBlock: Bool, isIndentless: Bool = false) throws(DocumentError) -> YAMLNode {
        if try scanner.next() == .alias { return try resolveAlias(try scanner.take()) }
        guard depth < limits.depth else {
            throw scanner.reader.error("Found collections nested too deeply", at: scanner.token.start)
        }

        var anchor: String?
        var tag = ""
        var writtenTag = ""
        let start = scanner.token.start
        while true {
            let kind = try scanner.next()
            if kind == .anchor && anchor == nil {
                let token = try scanner.take()
                try moveComments(of: token)
                anchor = token.text
            } else if kind == .tag && tag.isEmpty {
                let token = try scanner.take()
                try moveComments(of: token)
                writtenTag = token.handle.isEmpty ? "!<\(token.text)>" : token.handle + token.text
                tag = try resolveTag(token)
            } else {
                break
            }
        }

        let node = YAMLNode(.scalar("", .plain), at: start)
        if anchor != nil || !tag.isEmpty {
            node.properties = YAMLNode.Properties(anchor: anchor, tag: tag, writtenTag: writtenTag)
        }
        if let anchor {
            anchors[anchor] = node
            open.insert(ObjectIdentifier(node))
        }
        switch try scanner.next() {
        case .blockEntry where isIndentless: try parseIndentlessSequence(into: node)
        case .scalar:
            let token = try scanner.take()
            node.content = .scalar(token.text, token.style)
            if token.hasComments { node.comments = token.comments }
            if token.style.isBlock { node.block = YAMLNode.BlockStyle(folds: token.folds, header: token.header) }
        case .flowSequenceStart: try parseFlowSequence(into: node)
        case .flowMappingStart: try parseFlowMapping(into: node)
        case .blockSequenceStart where isBlock: try parseBlockSequence(into: node)
        case .blockMappingStart where isBlock: try parseBlockMapping(into: node)
        default:
            guard anchor != nil || !tag.isEmpty else { throw unexpected("Expected a value") }
        }
        if anchor != nil { open.remove(ObjectIdentifier(node)) }
        return node
    }

    private mutating func resolveAlias(_ token: YAMLToken) throws(DocumentError) -> YAMLNode {
        guard let node = anchors[token.text] else {
            throw scanner.reader.error("Found undefined alias '\(token.text)'", at: token.start)
        }
        guard !open.contains(ObjectIdentifier(node)) else {
            throw scanner.reader.error("Found alias '\(token.text)' inside what it names", at: token.start)
        }
        aliasedNodes = aliasedNodes.addingReportingOverflow(node.weight).partialValue
        guard aliasedNodes <= limits.aliasedNodes, depth + node.height <= limits.depth else {
            throw scanner.reader.error("Found aliases that expand too far", at: token.start)
        }
        node.isShared = true
        return node
    }

    private func resolveTag(_ token: YAMLToken) throws(DocumentError) -> String {
        if token.handle.isEmpty { return token.text }
        if token.handle == "!" && token.text.isEmpty { return "!" }
        let handles = handles.isEmpty ? ["!": "!", "!!": Self.standardTag] : handles
        guard let prefix = handles[token.handle] else {
            throw scanner.reader.error("Found undefined tag handle '\(token.handle)'", at: token.start)
        }
        return prefix + token.text
    }

    private func emptyScalar(at mark: YAMLMark) -> YAMLNode { YAMLNode(.scalar("", .plain), at: mark) }

    // MARK: Block collections

    private mutating func parseBlockSequence(into node: YAMLNode) throws(DocumentError) {
        let opening = try scanner.take()
        if opening.comments.pre != nil {
            node.comments = opening.comments
        } else {
            node.comments.post = opening.comments.post
        }
        try enter()
        var items: [YAMLNode] = []
        while try scanner.next() == .blockEntry {
            let entry = try scanner.take()
            try moveComments(of: entry)
            switch try scanner.next() {
            case .blockEntry, .blockEnd: items.append(emptyScalar(at: entry.end))
            default: items.append(try parseNode(isBlock: true))
            }
        }
        guard try scanner.next() == .blockEnd else { throw unexpected("Expected the end of a block sequence") }
        node.comments.end = try scanner.take().comments.pre
        leave(node, with: .sequence(items))
    }

    private mutating func parseIndentlessSequence(into node: YAMLNode) throws(DocumentError) {
        if let post = scanner.token.comments.post {
            node.comments.post = post
            scanner.token.comments.post = nil
        } else if let pre = scanner.token.comments.pre {
            node.comments.pre = pre
            scanner.token.comments.pre = nil
        }
        try enter()
        var items: [YAMLNode] = []
        while try scanner.next() == .blockEntry {
            let entry = try scanner.take()
            try moveComments(of: entry)
            switch try scanner.next() {
            case .blockEntry, .key, .value, .blockEnd: items.append(emptyScalar(at: entry.end))
            default: items.append(try parseNode(isBlock: true))
            }
        }
        node.comments.end = scanner.token.comments.pre
        scanner.token.comments.pre = nil
        leave(node, with: .sequence(items))
    }

    private mutating func parseBlockMapping(into node: YAMLNode) throws(DocumentError) {
        node.comments = try scanner.take().comments
        try enter()
        var pairs: [(key: YAMLNode, value: YAMLNode)] = []
        while true {
            let key: YAMLNode
            switch try scanner.next() {
            case .key:
                let token = try scanner.take()
                try moveComments(of: token)
                switch try scanner.next() {
                case .key, .value, .blockEnd: key = emptyScalar(at: token.end)
                default: key = try parseNode(isBlock: true, isIndentless: true)
                }
            case .value: key = emptyScalar(at: scanner.token.start)
            case .blockEnd:
                let ending = try scanner.take()
                if try scanner.next() == .streamEnd || scanner.token.kind == .documentStart {
                    node.comments.end = ending.comments.pre
                } else {
                    try moveComments(of: ending)
                }
                return leave(node, with: .mapping(pairs))
            default: throw unexpected("Expected the end of a block mapping")
            }
            pairs.append((key, try parseBlockValue()))
        }
    }

    private mutating func parseBlockValue() throws(DocumentError) -> YAMLNode {
        guard try scanner.next() == .value else { return emptyScalar(at: scanner.token.start) }
        let token = try scanner.take()
        var hasKeptComments = true
        let next = try scanner.next()
        if next != .key && token.hasComments && next != .streamEnd && next != .documentStart {
            try moveComments(of: token)
            hasKeptComments = false
        }
        switch next {
        case .key, .value, .blockEnd: break
        default: return try parseNode(isBlock: true, isIndentless: true)
        }
        let scalar = emptyScalar(at: token.end)
        if hasKeptComments && token.hasComments {
            scalar.comments = token.comments
        } else {
            scalar.comments.post = scanner.token.comments.post
            scanner.token.comments.post = nil
        }
        return scalar
    }

    // MARK: Flow collections

    private mutating func parseFlowSequence(into node: YAMLNode) throws(DocumentError) {
        node.isFlow = true
        node.comments = try scanner.take().comments
        try enter()
        var items: [YAMLNode] = []
        while try scanner.next() != .flowSequenceEnd {
            if !items.isEmpty {
                guard try scanner.next() == .flowEntry else { throw unexpected("Expected ',' or ']'") }
                _ = try scanner.take()
            }
            switch try scanner.next() {
            case .flowSequenceEnd: break
            case .key: items.append(try parsePair())
            default: items.append(try parseNode(isBlock: false))
            }
        }
        try closeFlow(node, with: .sequence(items))
    }

    /// `[a: b]` is a list of one mapping.
    private mutating func parsePair() throws(DocumentError) -> YAMLNode {
        let token = try scanner.take()
        let node = YAMLNode(.scalar("", .plain), at: token.start)
        node.isFlow = true
        try enter()
        let key: YAMLNode
        switch try scanner.next() {
        case .value, .flowEntry, .flowSequenceEnd: key = emptyScalar(at: token.end)
        default: key = try parseNode(isBlock: false)
        }
        let value = try parseFlowValue(until: .flowSequenceEnd)
        leave(node, with: .mapping([(key, value)]))
        return node
    }

    private mutating func parseFlowValue(until end: YAMLToken.Kind) throws(DocumentError) -> YAMLNode {
        guard try scanner.next() == .value else { return emptyScalar(at: scanner.token.start) }
        let token = try scanner.take()
        let next = try scanner.next()
        return next == .flowEntry || next == end ? emptyScalar(at: token.end) : try parseNode(isBlock: false)
    }

    private mutating func parseFlowMapping(into node: YAMLNode) throws(DocumentError) {
        node.isFlow = true
        node.comments = try scanner.take().comments
        try enter()
        var pairs: [(key: YAMLNode, value: YAMLNode)] = []
        while try scanner.next() != .flowMappingEnd {
            if !pairs.isEmpty {
                guard try scanner.next() == .flowEntry else { throw unexpected("Expected ',' or '}'") }
                _ = try scanner.take()
            }
            switch try scanner.next() {
            case .flowMappingEnd: break
            case .key:
                let token = try scanner.take()
                let key: YAMLNode
                switch try scanner.next() {
                case .value, .flowEntry, .flowMappingEnd: key = emptyScalar(at: token.end)
                default: key = try parseNode(isBlock: false)
                }
                pairs.append((key, try parseFlowValue(until: .flowMappingEnd)))
            case .value:
                pairs.append((emptyScalar(at: scanner.token.end), try parseFlowValue(until: .flowMappingEnd)))
            default:
                let key = try parseNode(isBlock: false)
                _ = try scanner.next()
                pairs.append((key, emptyScalar(at: scanner.token.start)))
            }
        }
        try closeFlow(node, with: .mapping(pairs))
    }

    private mutating func closeFlow(_ node: YAMLNode, with content: YAMLNode.Content) throws(DocumentError) {
        let comments = try scanner.take().comments
        if !comments.isEmpty {
            node.comments = YAMLComments(post: comments.post, end: comments.pre)
        }
        leave(node, with: content)
    }

    // MARK: Measuring

    private mutating func enter() throws(DocumentError) {
        depth += 1
        guard depth <= limits.depth else {
            throw scanner.reader.error("Found collections nested too deeply", at: scanner.token.start)
        }
    }

    private mutating func leave(_ node: YAMLNode, with content: YAMLNode.Content) {
        depth -= 1
        node.content = content
        var weight = 1
        var height = 0
        func add(_ child: YAMLNode) {
            weight = weight &+ child.weight
            height = max(height, child.height)
        }
        switch content {
        case .scalar: break
        case .sequence(let items): for item in items { add(item) }
        case .mapping(let pairs):
            for pair in pairs {
                add(pair.key)
                add(pair.value)
            }
        }
        node.weight = weight
        node.height = height + 1
    }
}
