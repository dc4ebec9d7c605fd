/// Literal (`|`) and folded (`>`) scalars.
extension YAMLScanner {
    private enum Chomping { case clip, strip, keep }

    mutating func scanBlockScalar(_ style: YAMLScalarStyle) throws(DocumentError) -> YAMLToken {
        let start = reader.mark
        reader.skip()
        var token = YAMLToken(kind: .scalar, start: start, end: start, style: style)
        let (chomping, increment) = try scanBlockIndicators()
        let header = try scanBlockHeader()
        if !header.isEmpty { token.header = header }

        let minimum = indent + 1
        var breaks: [String]
        let blockIndent: Int
        if let increment {
            blockIndent = max(minimum, 1) + increment - 1
            breaks = scanBlockBreaks(blockIndent, end: &token.end)
        } else {
            let deepest: Int
            (breaks, deepest) = try scanBlockIndentation(end: &token.end)
            blockIndent = max(minimum, deepest)
        }

        var text = ""
        var count = 0
        func append(_ part: String) {
            text += part
            if style == .folded { count += part.unicodeScalars.count }
        }
        var lastBreak = ""
        var folds: [Int] = []
        while reader.column == blockIndent, !reader.isAtEnd {
            for lineBreak in breaks { append(lineBreak) }
            let startsBlank = reader.peek() == 0x20 || reader.peek() == 0x09
            var length = 0
            while !reader.isLineEnd(length) { length += 1 }
            append(reader.text(length))
            reader.skip(length)
            lastBreak = reader.takeLineBreak()?.text ?? ""
            breaks = scanBlockBreaks(blockIndent, end: &token.end)
            if minimum == 0,
                isAtDocumentMarker(UInt8(ascii: "-")) || isAtDocumentMarker(UInt8(ascii: "."))
            {
                break
            }
            guard reader.column == blockIndent, !reader.isAtEnd else { break }
            let isFolding = style == .folded && lastBreak == "\n"
            if isFolding { folds.append(count) }
            if isFolding, !startsBlank, reader.peek() != 0x20, reader.peek() != 0x09 {
                if breaks.isEmpty { append(" ") }
            } else {
                append(lastBreak)
            }
        }
        if chomping != .strip { append(lastBreak) }
        if chomping == .keep {
            for lineBreak in breaks { append(lineBreak) }
            breaks = []
        }
        token.text = text
        if !folds.isEmpty { token.folds = folds }
        if keepsComments, !breaks.isEmpty {
            let comment = YAMLComment(breaks.joined(), at: token.end)
            while let next = skipToNextToken() {
                comment.text += String(repeating: " ", count: next.column) + next.text
            }
            token.comments.post = comment
        }
        return token
    }

    private mutating func scanBlockIndicators() throws(DocumentError) -> (Chomping, increment: Int?) {
        var chomping = Chomping.clip
        var increment: Int?
        func sign(_ byte: UInt8) -> Chomping? {
            byte == UInt8(ascii: "+") ? .keep : byte == UInt8(ascii: "-") ? .strip : nil
        }
        func digit(_ byte: UInt8) -> Int? {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
        }
        if let found = sign(reader.peek()) {
            chomping = found
            reader.skip()
        }
        if let found = digit(reader.peek()) {
            increment = found
            reader.skip()
            if chomping == .clip, let found = sign(reader.peek()) {
                chomping = found
                reader.skip()
            }
        }
        guard increment != 0, reader.peek() == 0x20 || reader.isLineEnd() else {
            throw reader.error("Expected an indicator of chomping or indentation", at: reader.mark)
        }
        return (chomping, increment)
    }

    /// The comment on the indicator's line, with the blanks before it.
    private mutating func scanBlockHeader() throws(DocumentError) -> String {
        let start = reader.position
        while reader.peek() == 0x20 { reader.skip() }
        var header = ""
        if reader.peek() == UInt8(ascii: "#") {
            while !reader.isLineEnd() { reader.skip() }
            header = reader.text(from: start, to: reader.position)
        }
        guard reader.isLineEnd() else {
            throw reader.error("Expected a comment or a line break", at: reader.mark)
        }
        _ = reader.takeLineBreak()
        return header
    }

    private mutating func scanBlockIndentation(
        end: inout YAMLMark
    ) throws(DocumentError) -> (breaks: [String], deepest: Int) {
        var breaks: [String] = []
        var first = -1
        var deepest = 0
        end = reader.mark
        while true {
            if reader.peek() == 0x20 {
                reader.skip()
                deepest = max(deepest, reader.column)
            } else if reader.lineBreak() > 0 {
                if first < 0 { first = reader.column }
                if let lineBreak = reader.takeLineBreak() { breaks.append(lineBreak.text) }
                end = reader.mark
            } else {
                break
            }
        }
        if first > 0 && deepest > first {
            throw reader.error("Found a line indented more than the first of a block scalar", at: reader.mark)
        }
        return (breaks, deepest)
    }

    private mutating func scanBlockBreaks(_ blockIndent: Int, end: inout YAMLMark) -> [String] {
        var breaks: [String] = []
        end = reader.mark
        while true {
            while reader.peek() == 0x20, reader.column < blockIndent { reader.skip() }
            guard let lineBreak = reader.takeLineBreak() else { return breaks }
            breaks.append(lineBreak.text)
            end = reader.mark
        }
    }
}
