extension YAMLScanner {
    // MARK: Between tokens

    /// Moves over blanks to the next token, or over one comment, which it gives back where comments are kept.
    mutating func skipToNextToken() -> YAMLComment? {
        while true {
            while reader.peek() == 0x20 || (isInFlow && reader.peek() == 0x09) { reader.skip() }
            if reader.peek() == UInt8(ascii: "#") {
                let comment = skipComment()
                if keepsComments { return comment }
                continue
            }
            guard reader.takeLineBreak() != nil else { return nil }
            if !isInFlow { allowsSimpleKey = true }
            if keepsComments, reader.peek() == 0x0A { return skipBlankLines() }
        }
    }

    private mutating func skipComment() -> YAMLComment {
        let mark = reader.mark
        let start = reader.position
        while !reader.isLineEnd() { reader.skip() }
        let comment = YAMLComment(keepsComments ? reader.text(from: start, to: reader.position) : "", at: mark)
        if reader.isAtEnd { comment.text += "\n" }
        while let lineBreak = reader.takeLineBreak() {
            if keepsComments { comment.text += lineBreak.text }
        }
        if !isInFlow { allowsSimpleKey = true }
        return comment
    }

    private mutating func skipBlankLines() -> YAMLComment {
        let comment = YAMLComment("", at: reader.mark)
        var text = ""
        var sinceBreak = ""
        while true {
            if let lineBreak = reader.takeLineBreak() {
                text += sinceBreak + lineBreak.text
                sinceBreak = ""
            } else if reader.peek() == 0x20 || reader.peek() == 0x09 {
                sinceBreak.unicodeScalars.append(Unicode.Scalar(reader.peek()))
                reader.skip()
            } else {
                break
            }
        }
        comment.text = reader.peek() == UInt8(ascii: "#") ? text : text + sinceBreak
        return comment
    }

    // MARK: Anchors and tags

    mutating func scanAnchor(_ kind: YAMLToken.Kind) throws(DocumentError) -> YAMLToken {
        let start = reader.mark
        reader.skip()
        var length = 0
        while Self.isAnchorByte(reader.peek(length)), reader.lineBreak(at: length) == 0 { length += 1 }
        guard length > 0, reader.isBlankOrEnd(length) || Self.isFlowIndicator(reader.peek(length)) else {
            reader.skip(length)
            throw reader.error("Expected the name of an anchor", at: reader.mark)
        }
        let name = reader.text(length)
        reader.skip(length)
        return YAMLToken(kind: kind, start: start, end: reader.mark, text: name)
    }

    private static func isAnchorByte(_ byte: UInt8) -> Bool {
        (byte > 0x20 && byte != 0x7F) && !isFlowIndicator(byte)
    }

    static func isFlowIndicator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
            || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
    }

    mutating func scanTag() throws(DocumentError) -> YAMLToken {
        let start = reader.mark
        var token = YAMLToken(kind: .tag, start: start, end: start)
        reader.skip()
        if reader.peek() == UInt8(ascii: "<") {
            reader.skip()
            token.text = scanTagURI()
            guard !token.text.isEmpty, reader.peek() == UInt8(ascii: ">") else {
                throw reader.error("Expected a tag between '<' and '>'", at: reader.mark)
            }
            reader.skip()
        } else {
            token.handle = "!"
            var length = 0
            while Self.isWordByte(reader.peek(length)) { length += 1 }
            if reader.peek(length) == UInt8(ascii: "!") {
                token.handle = "!" + reader.text(length + 1)
                reader.skip(length + 1)
            }
            token.text = scanTagURI()
        }
        guard reader.isBlankOrEnd() && reader.peek() != 0x09 else {
            throw reader.error("Expected a blank after a tag", at: reader.mark)
        }
        token.end = reader.mark
        return token
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func scanTagURI() -> String {
        var length = 0
        while Self.isWordByte(reader.peek(length)) || ";/?:@&=+$,.!~*'()[]%#".utf8.contains(reader.peek(length)) {
            length += 1
        }
        defer { reader.skip(length) }
        return reader.text(length)
    }

    // MARK: Plain scalars

    mutating func scanPlain() -> YAMLToken {
        let start = reader.mark
        var token = YAMLToken(kind: .scalar, start: start, end: start)
        var isFirst = true
        var spaces = ""
        while reader.peek() != UInt8(ascii: "#") {
            let length = plainLength
            if length == 0 { break }
            allowsSimpleKey = false
            if isFirst {
                token.text = reader.text(length)
                isFirst = false
            } else {
                token.text += spaces + reader.text(length)
            }
            reader.skip(length)
            token.end = reader.mark
            spaces = scanPlainSpaces()
            if spaces.isEmpty || reader.peek() == UInt8(ascii: "#") || (!isInFlow && reader.column <= indent) { break }
        }
        if keepsComments, spaces.utf8.first == 0x0A {
            // Blank lines belong to the scalar before them.
            token.comments.post = YAMLComment(spaces + "\n", at: start)
        }
        return token
    }

    /// Bytes of the run without blanks at the position.
    private var plainLength: Int {
        var length = 0
        while true {
            let byte = reader.peek(length)
            if byte == UInt8(ascii: ":") {
                if reader.isBlankOrEnd(length + 1) { return length }
            } else if byte <= 0x20 || byte >= 0x80 {
                if reader.isBlankOrEnd(length) { return length }
            } else if isInFlow && Self.isFlowIndicator(byte) {
                return length
            }
            length += 1
        }
    }

    /// What the blanks at the position mean between two words of one scalar.
    private mutating func scanPlainSpaces() -> String {
        var length = 0
        while reader.peek(length) == 0x20 { length += 1 }
        reader.skip(length)
        guard reader.lineBreak() > 0 else {
            return length == 1 ? " " : String(repeating: " ", count: length)
        }
        guard let first = reader.takeLineBreak() else { return "" }
        allowsSimpleKey = true
        if isAtDocumentMarker(UInt8(ascii: "-")) || isAtDocumentMarker(UInt8(ascii: ".")) { return "" }
        var breaks = ""
        while true {
            if reader.peek() == 0x20 {
                reader.skip()
            } else if let lineBreak = reader.takeLineBreak() {
                breaks += lineBreak.text
                if isAtDocumentMarker(UInt8(ascii: "-")) || isAtDocumentMarker(UInt8(ascii: ".")) { return "" }
            } else {
                break
            }
        }
        switch first {
        case .newline: return breaks.isEmpty ? " " : breaks
        default: return first.text + breaks
        }
    }

    // MARK: Quoted scalars

    mutating func scanQuoted() throws(DocumentError) -> YAMLToken {
        let start = reader.mark
        let quote = reader.peek()
        let isDouble = quote == UInt8(ascii: "\"")
        reader.skip()
        var text: [UInt8] = []
        while true {
            try scanQuotedWord(into: &text, isDouble: isDouble)
            if reader.peek() == quote { break }
            try scanQuotedSpaces(into: &text, start: start)
        }
        reader.skip()
        return YAMLToken(
            kind: .scalar, start: start, end: reader.mark, text: String(decoding: text, as: UTF8.self),
            style: isDouble ? .doubleQuoted : .singleQuoted)
    }

    private mutating func scanQuotedWord(into text: inout [UInt8], isDouble: Bool) throws(DocumentError) {
        let single = UInt8(ascii: "'")
        let double = UInt8(ascii: "\"")
        let backslash = UInt8(ascii: "\\")
        while true {
            let byte = reader.peek()
            switch byte {
            case single where !isDouble:
                guard reader.peek(1) == single else { return }
                text.append(single)
                reader.skip(2)
            case double where isDouble: return
            case backslash where isDouble: try scanEscape(into: &text)
            default:
                if reader.isBlankOrEnd() { return }
                text.append(byte)
                reader.skip()
            }
        }
    }

    private mutating func scanEscape(into text: inout [UInt8]) throws(DocumentError) {
        reader.skip()
        if reader.takeLineBreak() != nil {
            try scanQuotedBreaks(into: &text)
            return
        }
        let byte = reader.peek()
        let digits: Int
        switch byte {
        case UInt8(ascii: "x"): digits = 2
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        default:
            guard let escaped = Self.escapes[byte] else {
                throw reader.error("Found an unknown escape in a double-quoted string", at: reader.mark)
            }
            reader.skip()
            text.append(contentsOf: escaped.utf8)
            return
        }
        reader.skip()
        var code: UInt32 = 0
        for offset in 0..<digits {
            guard let digit = Self.hexDigit(reader.peek(offset)) else {
                throw reader.error("Expected an escape of \(digits) hexadecimal digits", at: reader.mark)
            }
            code = code << 4 | digit
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw reader.error("Found an escape that names no character", at: reader.mark)
        }
        reader.skip(digits)
        text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private static let escapes: [UInt8: String] = [
        UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{07}", UInt8(ascii: "b"): "\u{08}", UInt8(ascii: "t"): "\t",
        0x09: "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{0B}", UInt8(ascii: "f"): "\u{0C}",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "e"): "\u{1B}", 0x20: " ", UInt8(ascii: "\""): "\"",
        UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "_"): "\u{A0}",
        UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
    ]

    private mutating func scanQuotedSpaces(into text: inout [UInt8], start: YAMLMark) throws(DocumentError) {
        var blanks: [UInt8] = []
        while reader.peek() == 0x20 || reader.peek() == 0x09 {
            blanks.append(reader.peek())
            reader.skip()
        }
        if reader.isAtEnd { throw reader.error("Found a quoted string without its closing quote", at: start) }
        guard let lineBreak = reader.takeLineBreak() else {
            text.append(contentsOf: blanks)
            return
        }
        let count = text.count
        try scanQuotedBreaks(into: &text)
        switch lineBreak {
        case .newline: if text.count == count { text.append(0x20) }
        default: text.insert(contentsOf: lineBreak.text.utf8, at: count)
        }
    }

    private mutating func scanQuotedBreaks(into text: inout [UInt8]) throws(DocumentError) {
        while true {
            if isAtDocumentMarker(UInt8(ascii: "-")) || isAtDocumentMarker(UInt8(ascii: ".")) {
                throw reader.error("Found a document marker inside a quoted string", at: reader.mark)
            }
            while reader.peek() == 0x20 || reader.peek() == 0x09 { reader.skip() }
            guard let lineBreak = reader.takeLineBreak() else { return }
            text.append(contentsOf: lineBreak.text.utf8)
        }
    }
}
