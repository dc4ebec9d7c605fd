/// Scalars, and where their lines break.
extension YAMLEmitter {
    /// Plain text fills lines word by word; the blank before a break stays where it fits.
    mutating func writePlain(_ text: [Unicode.Scalar]) {
        if isRoot { isOpenEnded = true }
        guard !text.isEmpty else { return }
        if !whitespace {
            append(" ")
            column += 1
        }
        whitespace = false
        indention = false
        let breaksLines = !isSimpleKey
        var start = 0
        while start < text.count {
            var end = start
            let isSpace = text[start] == " "
            while end < text.count, (text[end] == " ") == isSpace { end += 1 }
            if isSpace {
                if end - start == 1, column >= Self.width, breaksLines, end < text.count {
                    writeIndent()
                    whitespace = false
                    indention = false
                } else {
                    writeText(text[start..<end])
                }
            } else {
                // A break behind two blanks would read back as one blank.
                let isBehindBlanks = start > 1 && text[start - 2] == " "
                if column + (end - start) > Self.width, breaksLines, !isBehindBlanks, let indent, column > indent {
                    writeIndent()
                }
                writeText(text[start..<end])
            }
            start = end
        }
    }

    mutating func writeSingleQuoted(_ text: [Unicode.Scalar]) {
        writeIndicator("'", needsBlank: true)
        var start = 0
        while start < text.count {
            var end = start
            if text[start] == " " {
                while end < text.count, text[end] == " " { end += 1 }
                if end - start == 1, column > Self.width, !isSimpleKey, start != 0, end != text.count {
                    writeIndent()
                } else {
                    writeText(text[start..<end])
                }
            } else if YAMLScalarAnalysis.isBreak(text[start]) {
                while end < text.count, YAMLScalarAnalysis.isBreak(text[end]) { end += 1 }
                if text[start] == "\n" { writeLineBreak() }
                for scalar in text[start..<end] { writeLineBreak(scalar) }
                writeIndent()
            } else if text[start] == "'" {
                append("''")
                column += 2
                end += 1
            } else {
                while end < text.count, text[end] != " ", text[end] != "'", !YAMLScalarAnalysis.isBreak(text[end]) {
                    end += 1
                }
                writeText(text[start..<end])
            }
            start = end
        }
        writeIndicator("'", needsBlank: false)
    }

    // MARK: Double quotes

    mutating func writeDoubleQuoted(_ text: [Unicode.Scalar]) {
        writeIndicator("\"", needsBlank: true)
        var search = YAMLBreakSearch(text)
        var start = 0
        var end = 0
        while end <= text.count {
            let scalar = end < text.count ? text[end] : nil
            if scalar.map(Self.needsEscape) ?? true {
                if start < end {
                    writeText(text[start..<end])
                    start = end
                }
                if let scalar {
                    let escape = Self.escape(scalar)
                    append(escape)
                    column += escape.utf8.count
                    start = end + 1
                }
            }
            if 0 < end, end < text.count - 1, scalar == " " || start >= end,
                column + (end - start) > Self.width, !isSimpleKey
            {
                // Right behind an escape, ruamel.yaml takes a later blank for this one, and the text gains a blank.
                let isBehindEscape = start > end && text[start] != " "
                let needsBackslash = isBehindEscape || !search.isNaturalBreak(at: end, isRunOpen: start != end)
                if start < end {
                    writeText(text[start..<end])
                    start = end
                }
                if needsBackslash { append("\\") }
                writeIndent()
                whitespace = false
                indention = false
                if text[start] == " " {
                    if needsBackslash {
                        append("\\")
                        column += 1
                    } else {
                        start += 1
                    }
                }
            }
            end += 1
        }
        writeIndicator("\"", needsBlank: false)
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "\\", "\n", "\u{2028}", "\u{2029}": true
        default: !YAMLScalarAnalysis.isPrintable(scalar)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\0": "\\0"
        case "\u{07}": "\\a"
        case "\u{08}": "\\b"
        case "\t": "\\t"
        case "\n": "\\n"
        case "\u{0B}": "\\v"
        case "\u{0C}": "\\f"
        case "\r": "\\r"
        case "\u{1B}": "\\e"
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\u{85}": "\\N"
        case "\u{2028}": "\\L"
        case "\u{2029}": "\\P"
        default:
            switch scalar.value {
            case ...0xFF: "\\x" + hex(scalar.value, digits: 2)
            case ...0xFFFF: "\\u" + hex(scalar.value, digits: 4)
            default: "\\U" + hex(scalar.value, digits: 8)
            }
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    // MARK: Block scalars

    mutating func writeLiteral(_ text: [Unicode.Scalar], header: String) {
        let hints = BlockHints(text, isRoot: isRoot)
        writeIndicator("|" + hints.text + header, needsBlank: true)
        if hints.keepsBreaks { isOpenEnded = true }
        writeLineBreak()
        for line in Self.lines(text) {
            for scalar in text[line.breaks] { writeLineBreak(scalar) }
            guard !line.content.isEmpty else { continue }
            if isRoot {
                appendBlanks(hints.indent + (indent ?? 0))
            } else {
                writeIndent()
            }
            for scalar in text[line.content] { append(scalar) }
        }
        if text.last.map({ !YAMLScalarAnalysis.isBreak($0) }) ?? false { writeLineBreak() }
    }

    /// Runs of line breaks, each with the content behind it; the first may lack breaks, the last content.
    private static func lines(_ text: [Unicode.Scalar]) -> [(breaks: Range<Int>, content: Range<Int>)] {
        var result: [(breaks: Range<Int>, content: Range<Int>)] = []
        var start = 0
        while start < text.count {
            var middle = start
            while middle < text.count, YAMLScalarAnalysis.isBreak(text[middle]) { middle += 1 }
            var end = middle
            while end < text.count, !YAMLScalarAnalysis.isBreak(text[end]) { end += 1 }
            result.append((start..<middle, middle..<end))
            start = end
        }
        return result
    }

    /// Folded text keeps the breaks of its source; elsewhere it breaks at a single blank beyond the width.
    mutating func writeFolded(_ text: [Unicode.Scalar], header: String, folds: [Int]) {
        let hints = BlockHints(text, isRoot: isRoot)
        writeIndicator(">" + hints.text + header, needsBlank: true)
        if hints.keepsBreaks { isOpenEnded = true }
        writeLineBreak()
        let folds = Set(folds)
        func isFold(_ index: Int) -> Bool {
            folds.contains(index) && index > 0 && index + 1 < text.count && text[index] == " "
                && !text[index - 1].properties.isWhitespace && !text[index + 1].properties.isWhitespace
        }
        var startsBlank = true
        for line in Self.lines(text) {
            let first = line.content.isEmpty ? nil : text[line.content.lowerBound]
            if !startsBlank, let first, first != " ", text[line.breaks.lowerBound] == "\n" { writeLineBreak() }
            startsBlank = first == " "
            for scalar in text[line.breaks] { writeLineBreak(scalar) }
            guard !line.content.isEmpty else { continue }
            writeIndent()
            var start = line.content.lowerBound
            while start < line.content.upperBound {
                var end = start
                let isSpace = text[start] == " "
                while end < line.content.upperBound, (text[end] == " ") == isSpace { end += 1 }
                if isSpace && isFold(start) {
                    writeLineBreak()
                    writeIndent()
                } else if isSpace && end - start == 1 && column > Self.width {
                    writeIndent()
                } else {
                    writeText(text[start..<end])
                }
                start = end
            }
        }
        if text.last.map({ $0 != " " && !YAMLScalarAnalysis.isBreak($0) }) ?? false { writeLineBreak() }
    }

    /// What stands behind `|` or `>`.
    private struct BlockHints {
        var indent = 0
        var text = ""
        var keepsBreaks = false

        init(_ scalars: [Unicode.Scalar], isRoot: Bool) {
            guard let first = scalars.first, let last = scalars.last else { return }
            if first == " " || YAMLScalarAnalysis.isBreak(first) {
                indent = 2
                text = "2"
            } else if isRoot, Self.hasDocumentMarker(scalars) {
                indent = 2
            }
            if !YAMLScalarAnalysis.isBreak(last) {
                text += "-"
            } else if scalars.count == 1 || YAMLScalarAnalysis.isBreak(scalars[scalars.count - 2]) {
                text += "+"
                keepsBreaks = true
            }
        }

        private static func hasDocumentMarker(_ scalars: [Unicode.Scalar]) -> Bool {
            scalars.split(separator: "\n", omittingEmptySubsequences: true).contains {
                $0.starts(with: ["-", "-", "-"]) || $0.starts(with: [".", ".", "."])
            }
        }
    }
}

/// Finds out where a double-quoted line can break without a backslash; each search goes on where the last one ended.
private struct YAMLBreakSearch {
    private let text: [Unicode.Scalar]
    private var spaceIndex = -1
    private var newlineIndex = -1
    private var quoteIndex = -1

    init(_ text: [Unicode.Scalar]) { self.text = text }

    /// Whether a break at an index reads back as the blank there.
    mutating func isNaturalBreak(at end: Int, isRunOpen: Bool) -> Bool {
        let space = Self.next(in: text, from: end, known: &spaceIndex) { $0 == " " }
        guard space < text.count else { return false }
        let newline = Self.next(in: text, from: end, known: &newlineIndex) { $0 == "\n" }
        let stop = min(space, newline)
        guard stop + 1 < text.count else { return false }
        if text[stop] == "\n" && text[stop + 1] != " " { return false }
        let quote = Self.next(in: text, from: end, known: &quoteIndex) { $0 == "\"" || $0 == "'" }
        guard quote >= stop, text[stop + 1] != " ", text[stop + 1] != "\n", isRunOpen else { return false }
        return !(text[end - 1] == " " && text[end] == " ")
    }

    private static func next(
        in text: [Unicode.Scalar], from start: Int, known: inout Int, where isWanted: (Unicode.Scalar) -> Bool
    ) -> Int {
        if known >= start { return known }
        var index = start
        while index < text.count, !isWanted(text[index]) { index += 1 }
        known = index
        return index
    }
}
