/// Makes tokens of YAML 1.2 source, deciding as ruamel.yaml does where the specification leaves room.
///
/// The difficulty of YAML is that a key shows itself only by the colon behind it: tokens wait in a queue for as long
/// as their first one may turn out to be a key.
struct YAMLScanner {
    var reader: YAMLReader
    /// Whether comments and blank lines are hung on tokens or dropped.
    let keepsComments: Bool

    /// Tokens not yet taken, from `head` on.
    var queue: [YAMLToken] = []
    var head = 0
    private var taken = 0
    private var isReady = false
    private var isDone = false

    /// Column of the current block collection; -1 outside of any.
    var indent = -1
    private var indents: [Int] = []
    /// The opening brackets around the position.
    var flowContext: [UInt8] = []
    /// Whether a key, or a block collection, may start here.
    var allowsSimpleKey = true
    /// A place for a possible key at each flow level.
    private var simpleKeys: [SimpleKey?] = [nil]
    /// No level below this one has a possible key.
    private var lowestKeyLevel = 0

    private struct SimpleKey {
        var token: Int
        var isRequired: Bool
        var mark: YAMLMark
    }

    init(_ reader: YAMLReader, keepsComments: Bool) {
        self.reader = reader
        self.keepsComments = keepsComments
        let mark = self.reader.mark
        queue.append(YAMLToken(kind: .streamStart, start: mark, end: mark))
    }

    var isInFlow: Bool { !flowContext.isEmpty }

    // MARK: Taking tokens

    /// Kind of the next token.
    mutating func next() throws(DocumentError) -> YAMLToken.Kind {
        try fill()
        return queue[head].kind
    }

    /// The next token, left in place. `next()` comes first; without it there may be none but an end.
    var token: YAMLToken {
        get {
            if head < queue.count { return queue[head] }
            var reader = reader
            let mark = reader.mark
            return YAMLToken(kind: .streamEnd, start: mark, end: mark)
        }
        set { if head < queue.count { queue[head] = newValue } }
    }

    /// Takes the next token, with the comments that follow it where it is of a kind that keeps them.
    mutating func take() throws(DocumentError) -> YAMLToken {
        try fill()
        if keepsComments { try attachFollowingComments() }
        let token = queue[head]
        // The end stays in place, so that there always is a next token.
        if token.kind == .streamEnd { return token }
        head += 1
        taken += 1
        isReady = false
        if head == queue.count {
            queue.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 256 {
            queue.removeFirst(head)
            head = 0
        }
        return token
    }

    private mutating func fill() throws(DocumentError) {
        if isReady { return }
        while try needsMore() { try fetch() }
        if keepsComments { try gatherComments() }
        isReady = true
    }

    private mutating func needsMore() throws(DocumentError) -> Bool {
        if isDone { return false }
        if head == queue.count { return true }
        try dropStaleKeys()
        while lowestKeyLevel < simpleKeys.count {
            if let key = simpleKeys[lowestKeyLevel] { return key.token == taken }
            lowestKeyLevel += 1
        }
        return false
    }

    // MARK: Comments

    /// Hangs comments that come first in the queue on the token after them.
    private mutating func gatherComments() throws(DocumentError) {
        var comments: [YAMLComment] = []
        func isComment(_ scanner: YAMLScanner) -> Bool {
            scanner.head < scanner.queue.count && scanner.queue[scanner.head].kind == .comment
        }
        if isComment(self) { comments.append(dropComment(at: 0)) }
        while try needsMore() {
            try fetch()
            if isComment(self) { comments.append(dropComment(at: 0)) }
        }
        if !comments.isEmpty { queue[head].comments.pre = comments }
        if !isDone && queue.count - head < 2 { try fetch() }
    }

    private mutating func attachFollowingComments() throws(DocumentError) {
        guard queue.count - head > 1, queue[head + 1].kind == .comment,
            let comment = queue[head + 1].comments.post
        else { return }
        let token = queue[head]
        switch token.kind {
        case .scalar: break
        case .value, .flowSequenceEnd, .flowMappingEnd:
            if token.end.line != comment.line { return }
        default: return
        }
        _ = dropComment(at: 1)
        if token.end.line != comment.line {
            comment.text =
                String(repeating: "\n", count: max(0, comment.line - token.end.line))
                + String(repeating: " ", count: comment.column) + comment.text
        }
        queue[head].comments.post = comment
        try fetch()
        while queue.count - head > 1, queue[head + 1].kind == .comment {
            let next = dropComment(at: 1)
            comment.text += String(repeating: " ", count: next.column) + next.text
            try fetch()
        }
    }

    private mutating func dropComment(at offset: Int) -> YAMLComment {
        taken += 1
        let token = queue.remove(at: head + offset)
        return token.comments.post ?? YAMLComment("", at: token.start)
    }

    // MARK: Fetching

    private mutating func fetch() throws(DocumentError) {
        if let comment = skipToNextToken() {
            while comment.text.utf8.last == UInt8(ascii: " ") { comment.text.removeLast() }
            queue.append(YAMLToken(comment))
            return
        }
        try dropStaleKeys()
        if !isInFlow { unwindIndent(to: reader.column) }
        if reader.isAtEnd { return try fetchStreamEnd() }

        switch reader.peek() {
        case UInt8(ascii: "%") where reader.column == 0: return try fetchDirective()
        case UInt8(ascii: "-") where isAtDocumentMarker(UInt8(ascii: "-")):
            return try fetchDocumentMarker(.documentStart)
        case UInt8(ascii: ".") where isAtDocumentMarker(UInt8(ascii: ".")):
            return try fetchDocumentMarker(.documentEnd)
        case UInt8(ascii: "["): return try fetchFlowStart(.flowSequenceStart)
        case UInt8(ascii: "{"): return try fetchFlowStart(.flowMappingStart)
        case UInt8(ascii: "]"): return try fetchFlowEnd(.flowSequenceEnd)
        case UInt8(ascii: "}"): return try fetchFlowEnd(.flowMappingEnd)
        case UInt8(ascii: ","):
            allowsSimpleKey = true
            try removeSimpleKey()
            return appendIndicator(.flowEntry)
        case UInt8(ascii: "-") where reader.isBlankOrEnd(1): return try fetchBlockEntry()
        case UInt8(ascii: "?") where isInFlow || reader.isBlankOrEnd(1): return try fetchKey()
        case UInt8(ascii: ":") where isAtValue: return try fetchValue()
        case UInt8(ascii: "*"):
            try saveSimpleKey()
            allowsSimpleKey = false
            return queue.append(try scanAnchor(.alias))
        case UInt8(ascii: "&"):
            try saveSimpleKey()
            allowsSimpleKey = false
            return queue.append(try scanAnchor(.anchor))
        case UInt8(ascii: "!"):
            try saveSimpleKey()
            allowsSimpleKey = false
            return queue.append(try scanTag())
        case UInt8(ascii: "|") where !isInFlow:
            allowsSimpleKey = true
            try removeSimpleKey()
            return queue.append(try scanBlockScalar(.literal))
        case UInt8(ascii: ">") where !isInFlow:
            allowsSimpleKey = true
            try removeSimpleKey()
            return queue.append(try scanBlockScalar(.folded))
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            try saveSimpleKey()
            allowsSimpleKey = false
            return queue.append(try scanQuoted())
        default: break
        }
        guard isAtPlain else { throw reader.error(unexpectedCharacter, at: reader.mark) }
        try saveSimpleKey()
        allowsSimpleKey = false
        queue.append(scanPlain())
    }

    private var unexpectedCharacter: String {
        switch reader.peek() {
        case 0x09: "Found a tab where a token should start"
        case let byte where byte < 0x80:
            "Found character '\(Character(Unicode.Scalar(byte)))' that cannot start any token"
        default: "Found a character that cannot start any token"
        }
    }

    private mutating func fetchStreamEnd() throws(DocumentError) {
        unwindIndent(to: -1)
        try removeSimpleKey()
        allowsSimpleKey = false
        simpleKeys = [nil]
        lowestKeyLevel = 0
        let mark = reader.mark
        queue.append(YAMLToken(kind: .streamEnd, start: mark, end: mark))
        isDone = true
    }

    private mutating func fetchDirective() throws(DocumentError) {
        unwindIndent(to: -1)
        try removeSimpleKey()
        allowsSimpleKey = false
        let start = reader.mark
        var length = 0
        while !reader.isLineEnd(length) { length += 1 }
        let text = reader.text(length)
        reader.skip(length)
        queue.append(YAMLToken(kind: .directive, start: start, end: reader.mark, text: text))
    }

    func isAtDocumentMarker(_ byte: UInt8) -> Bool {
        guard reader.peek() == byte, reader.peek(1) == byte, reader.peek(2) == byte, reader.isBlankOrEnd(3) else {
            return false
        }
        var reader = reader
        return reader.column == 0
    }

    private mutating func fetchDocumentMarker(_ kind: YAMLToken.Kind) throws(DocumentError) {
        unwindIndent(to: -1)
        try removeSimpleKey()
        allowsSimpleKey = false
        appendIndicator(kind, length: 3)
    }

    private mutating func fetchFlowStart(_ kind: YAMLToken.Kind) throws(DocumentError) {
        try saveSimpleKey()
        flowContext.append(reader.peek())
        while simpleKeys.count <= flowContext.count { simpleKeys.append(nil) }
        allowsSimpleKey = true
        appendIndicator(kind)
    }

    private mutating func fetchFlowEnd(_ kind: YAMLToken.Kind) throws(DocumentError) {
        try removeSimpleKey()
        _ = flowContext.popLast()
        allowsSimpleKey = false
        appendIndicator(kind)
    }

    private mutating func fetchBlockEntry() throws(DocumentError) {
        if !isInFlow {
            guard allowsSimpleKey else {
                throw reader.error("Sequence entries are not allowed here", at: reader.mark)
            }
            startBlock(.blockSequenceStart)
        }
        allowsSimpleKey = true
        try removeSimpleKey()
        appendIndicator(.blockEntry)
    }

    private mutating func fetchKey() throws(DocumentError) {
        if !isInFlow {
            guard allowsSimpleKey else {
                throw reader.error("Mapping keys are not allowed here", at: reader.mark)
            }
            startBlock(.blockMappingStart)
        }
        allowsSimpleKey = !isInFlow
        try removeSimpleKey()
        appendIndicator(.key)
    }

    private mutating func fetchValue() throws(DocumentError) {
        if let key = simpleKeys[flowContext.count] {
            simpleKeys[flowContext.count] = nil
            let index = max(head, min(queue.count, key.token - taken + head))
            queue.insert(YAMLToken(kind: .key, start: key.mark, end: key.mark), at: index)
            if !isInFlow, indent < key.mark.column {
                pushIndent(key.mark.column)
                queue.insert(YAMLToken(kind: .blockMappingStart, start: key.mark, end: key.mark), at: index)
            }
            allowsSimpleKey = false
        } else {
            if !isInFlow {
                guard allowsSimpleKey else {
                    throw reader.error("Mapping values are not allowed here", at: reader.mark)
                }
                startBlock(.blockMappingStart)
            }
            allowsSimpleKey = !isInFlow
            try removeSimpleKey()
        }
        appendIndicator(.value)
    }

    private mutating func appendIndicator(_ kind: YAMLToken.Kind, length: Int = 1) {
        let start = reader.mark
        reader.skip(length)
        queue.append(YAMLToken(kind: kind, start: start, end: reader.mark))
    }

    private var isAtValue: Bool {
        guard let bracket = flowContext.last else { return reader.isBlankOrEnd(1) }
        if bracket == UInt8(ascii: "[") || queue.count > head && queue[queue.count - 1].kind == .value {
            return reader.isBlankOrEnd(1)
        }
        return true
    }

    private var isAtPlain: Bool {
        let byte = reader.peek()
        switch byte {
        case UInt8(ascii: "-"): return !reader.isBlankOrEnd(1)
        case UInt8(ascii: "?"): return !isInFlow && !reader.isBlankOrEnd(1)
        case UInt8(ascii: ":"):
            return isInFlow ? reader.peek(1) != 0x20 && reader.peek(1) != 0x09 : !reader.isBlankOrEnd(1)
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"),
            UInt8(ascii: ">"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"),
            UInt8(ascii: "`"):
            return false
        default: return !reader.isBlankOrEnd()
        }
    }

    // MARK: Indentation

    private mutating func startBlock(_ kind: YAMLToken.Kind) {
        let mark = reader.mark
        guard indent < mark.column else { return }
        pushIndent(mark.column)
        queue.append(YAMLToken(kind: kind, start: mark, end: mark))
    }

    private mutating func pushIndent(_ column: Int) {
        indents.append(indent)
        indent = column
    }

    private mutating func unwindIndent(to column: Int) {
        guard !isInFlow else { return }
        while indent > column {
            indent = indents.popLast() ?? -1
            let mark = reader.mark
            queue.append(YAMLToken(kind: .blockEnd, start: mark, end: mark))
        }
    }

    // MARK: Possible keys

    /// A key without `?` ends on its line, within 1024 characters.
    private mutating func dropStaleKeys() throws(DocumentError) {
        while lowestKeyLevel < simpleKeys.count {
            if let key = simpleKeys[lowestKeyLevel] {
                if key.mark.line == reader.line && reader.column - key.mark.column <= 1024 { return }
                if key.isRequired { throw missingColon(after: key) }
                simpleKeys[lowestKeyLevel] = nil
            }
            lowestKeyLevel += 1
        }
    }

    private mutating func saveSimpleKey() throws(DocumentError) {
        guard allowsSimpleKey else { return }
        try removeSimpleKey()
        let mark = reader.mark
        let level = flowContext.count
        simpleKeys[level] = SimpleKey(
            token: taken + queue.count - head, isRequired: level == 0 && indent == mark.column, mark: mark)
        lowestKeyLevel = min(lowestKeyLevel, level)
    }

    mutating func removeSimpleKey() throws(DocumentError) {
        guard let key = simpleKeys[flowContext.count] else { return }
        if key.isRequired { throw missingColon(after: key) }
        simpleKeys[flowContext.count] = nil
    }

    private func missingColon(after key: SimpleKey) -> DocumentError {
        reader.error("Could not find the ':' after a key", at: key.mark)
    }
}
