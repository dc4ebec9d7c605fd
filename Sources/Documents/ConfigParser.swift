/// Reads the lines of a settings file into a tree of sections, names as written.
///
/// The grammar is that of configobj's regular expressions, matched by hand so that no input takes more than
/// quadratic time in the length of one (bounded) line.
struct ConfigParser {
    private let lines: [[Unicode.Scalar]]
    private var index = 0
    /// The section that lines are being added to, below those that it is inside of; the file itself comes first.
    private var open: [(name: String, entries: Mapping)] = [("", Mapping())]

    init(_ text: String) {
        lines = Self.split(text)
    }

    mutating func parse() throws(DocumentError) -> Mapping {
        while index < lines.count {
            let line = lines[index]
            guard line.count <= Self.longestLine else { throw error("the line is too long") }
            if let first = line.first(where: { !$0.isConfigSpace }), first != "#" {
                if let marker = ConfigLine.sectionMarker(line) {
                    try begin(marker)
                } else if let (key, value) = ConfigLine.keyAndValue(line) {
                    try add(key, value)
                } else {
                    throw error("Invalid line (\(Self.quoted(line))) (matched as neither section nor keyword)")
                }
            }
            index += 1
        }
        closeSections(downTo: 1)
        return open[0].entries
    }

    private mutating func begin(_ marker: ConfigLine.SectionMarker) throws(DocumentError) {
        guard marker.depth == marker.closingDepth else { throw error("Cannot compute the section depth") }
        guard marker.depth <= min(open.count, Self.deepest) else { throw error("Section too nested") }
        closeSections(downTo: marker.depth)
        guard open[marker.depth - 1].entries[marker.name] == nil else { throw error("Duplicate section name") }
        open.append((marker.name, Mapping()))
    }

    private mutating func closeSections(downTo count: Int) {
        while open.count > count {
            let closed = open.removeLast()
            open[open.count - 1].entries[closed.name] = .mapping(closed.entries)
        }
    }

    private mutating func add(_ key: String, _ text: [Unicode.Scalar]) throws(DocumentError) {
        let start = index
        let value: Value?
        if text.starts(with: ConfigLine.tripleSingle) || text.starts(with: ConfigLine.tripleDouble) {
            value = multilineValue(text).map(Value.string)
            if value == nil {
                index = start
                throw error("Parse error in multiline value")
            }
        } else {
            value = ConfigLine.value(text)
        }
        guard let value else { throw error("Parse error in value") }
        guard open[open.count - 1].entries[key] == nil else {
            index = start
            throw error("Duplicate keyword name")
        }
        open[open.count - 1].entries[key] = value
    }

    /// A value in triple quotes, which may go on over the following lines.
    private mutating func multilineValue(_ text: [Unicode.Scalar]) -> String? {
        let quote = Array(text.prefix(3))
        let first = Array(text.dropFirst(3))
        if let end = ConfigLine.closing(quote, of: first) { return String(scalars: first[..<end]) }
        guard ConfigLine.position(of: quote, in: first, from: 0) == nil else { return nil }
        var value = first
        while index + 1 < lines.count {
            index += 1
            value.append("\n")
            if ConfigLine.position(of: quote, in: lines[index], from: 0) != nil {
                guard let end = ConfigLine.closing(quote, of: lines[index]) else { return nil }
                return String(scalars: value + lines[index][..<end])
            }
            value += lines[index]
        }
        return nil
    }

    /// A line as Python would show it, control characters escaped.
    private static func quoted(_ line: [Unicode.Scalar]) -> String {
        let quote: Unicode.Scalar = line.contains("'") && !line.contains("\"") ? "\"" : "'"
        var text = ""
        for scalar in line {
            switch scalar {
            case "\t": text += "\\t"
            case "\\", quote: text += "\\\(scalar)"
            case "\0"..."\u{1F}", "\u{7F}"..."\u{A0}":
                let digits = String(scalar.value, radix: 16)
                text += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "\(quote)\(text)\(quote)"
    }

    private func error(_ message: String) -> DocumentError {
        DocumentError(message, line: index + 1, excerpt: index < lines.count ? String(scalars: lines[index]) : nil)
    }

    /// Lines as Python's text mode and `splitlines` see them, without their ends.
    private static func split(_ text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = []
        var line: [Unicode.Scalar] = []
        var afterReturn = false
        for scalar in text.unicodeScalars {
            defer { afterReturn = scalar == "\r" }
            switch scalar {
            case "\n" where afterReturn:
                continue
            case "\n", "\r":
                lines.append(line)
                line = []
            case "\u{0B}", "\u{0C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(line + [scalar])
                line = []
            default:
                line.append(scalar)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    private static let longestLine = 8_192
    private static let deepest = 8
}
