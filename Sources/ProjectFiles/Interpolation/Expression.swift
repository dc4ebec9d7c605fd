/// A `${…}` in a text of a pipeline file.
struct Expression: Sendable {
    /// Where the expression lies, with its braces.
    let range: Range<String.Index>
    /// What stands between the braces.
    let inner: String

    /// All expressions of a text. `\${` escapes one; without a closing brace on its line there is none.
    static func all(in text: String) -> [Expression] {
        let bytes = text.utf8
        guard bytes.contains(UInt8(ascii: "$")) else { return [] }
        var found: [Expression] = []
        var index = bytes.startIndex
        var previous: UInt8?
        while index < bytes.endIndex {
            defer { previous = index > bytes.startIndex ? bytes[bytes.index(before: index)] : nil }
            let next = bytes.index(after: index)
            guard
                bytes[index] == UInt8(ascii: "$"), next < bytes.endIndex, bytes[next] == UInt8(ascii: "{"),
                previous != UInt8(ascii: "\\")
            else {
                index = next
                continue
            }
            let start = bytes.index(after: next)
            let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "\n") }
            guard let end, bytes[end] == UInt8(ascii: "}") else {
                index = next
                continue
            }
            found.append(Expression(range: index..<bytes.index(after: end), inner: String(text[start..<end])))
            index = bytes.index(after: end)
        }
        return found
    }

    /// The expression without brackets, `a[0].b` becoming `a.0.b`.
    ///
    /// Grammar: `word ('.' word | '[' word ']')*`, where a word is anything without `.`, `[` and `]`; blanks may stand
    /// between the parts once a bracket has closed.
    func parsed() throws(TemplateError) -> String {
        let scalars = Array(inner.unicodeScalars)
        func isWord(_ index: Int) -> Bool { index < scalars.count && !".[]".unicodeScalars.contains(scalars[index]) }
        func endOfWord(from start: Int) -> Int {
            var end = start
            while isWord(end) { end += 1 }
            return end
        }
        func skippingBlanks(from start: Int) -> Int {
            var index = start
            while index < scalars.count, " \t\n\r".unicodeScalars.contains(scalars[index]) { index += 1 }
            return index
        }
        func text(_ range: Range<Int>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            return String(view)
        }

        var position = endOfWord(from: 0)
        guard position > 0 else { throw syntaxError(at: 0, expected: "!W:(.[])", scalars) }
        var words = [text(0..<position)]
        while true {
            let start = skippingBlanks(from: position)
            guard start < scalars.count else { break }
            let end = endOfWord(from: start + 1)
            if scalars[start] == ".", end > start + 1 {
                words.append(text(start + 1..<end))
                position = end
            } else if scalars[start] == "[", end > start + 1, end < scalars.count, scalars[end] == "]" {
                words.append(text(start + 1..<end))
                position = end + 1
            } else {
                throw syntaxError(at: start, expected: "end of text", scalars)
            }
        }
        return words.joined(separator: ".")
    }

    /// The expression, a line with a caret below the culprit, and what the parser had hoped for.
    private func syntaxError(at position: Int, expected: String, _ scalars: [Unicode.Scalar]) -> TemplateError {
        let embraced = Array("${".unicodeScalars) + scalars + ["}"]
        let index = position + 2
        var end = index + 1
        func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        }
        if isAlphanumeric(embraced[index]) {
            while end < embraced.count, end < index + 16, isAlphanumeric(embraced[end]) { end += 1 }
        }
        var culprit = String.UnicodeScalarView()
        culprit.append(contentsOf: embraced[index..<end])
        return .parse(
            """
            ${\(inner)}
            \(String(repeating: " ", count: index))^
            ParseException: Expected \(expected), found '\(String(culprit))'  (at char \(index)), \
            (line:1, col:\(index + 1))
            """)
    }
}

/// Why a template cannot be filled in; the place is added by whoever knows it.
enum TemplateError: Error {
    /// The expression itself is wrong.
    case parse(String)
    /// A name that nothing defines.
    case missing(String)
    /// A name that two sources define.
    case merge(String)
    /// A file asked for in whole and in part.
    case alreadyLoaded(String)
    /// A file that cannot serve, or another misuse.
    case load(String)

    var text: String {
        switch self {
        case .missing(let key): "Could not find '\(key)'"
        case .parse(let text), .merge(let text), .alreadyLoaded(let text), .load(let text): text
        }
    }

    /// - Parameter place: such as `'stages.train.cmd'`.
    func located(_ place: String, in file: String) -> ProjectFileError {
        let separator =
            switch self {
            case .parse, .merge, .alreadyLoaded: "\n"
            case .missing, .load: " "
            }
        return ProjectFileError(file, .invalid("failed to parse \(place) in '\(file)':\(separator)\(text)"))
    }
}
