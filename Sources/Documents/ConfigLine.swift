/// One line of a settings file: what it is, and the value that it gives.
///
/// Each function stands for one of configobj's patterns and takes the same of several possible readings.
enum ConfigLine {
    typealias Scalars = [Unicode.Scalar]

    struct SectionMarker {
        let name: String
        let depth: Int
        let closingDepth: Int
    }

    static let tripleSingle: Scalars = ["'", "'", "'"]
    static let tripleDouble: Scalars = ["\"", "\"", "\""]

    // MARK: Sections

    /// `[name]`, with more brackets for a section inside a section.
    static func sectionMarker(_ line: Scalars) -> SectionMarker? {
        var position = skippingSpaces(line, from: 0)
        var starts: [Int] = []
        while position < line.count, line[position] == "[" {
            position = skippingSpaces(line, from: position + 1)
            starts.append(position)
        }
        guard starts.count <= 16 else { return nil }
        // As many brackets as possible open the section; fewer where the name would otherwise have no end.
        while let start = starts.last {
            if let (end, closing) = sectionName(line, from: start) {
                return SectionMarker(
                    name: unquoted(Array(line[start..<end])), depth: starts.count, closingDepth: closing)
            }
            starts.removeLast()
        }
        return nil
    }

    private static func sectionName(_ line: Scalars, from start: Int) -> (end: Int, closing: Int)? {
        guard start < line.count else { return nil }
        let quote = line[start]
        let isQuoted = quote == "\"" || quote == "'"
        guard isQuoted || !quote.isConfigSpace else { return nil }
        var seenInk = !isQuoted
        var end = start + 1
        while end < line.count {
            if isQuoted {
                let closes = line[end] == quote && seenInk
                seenInk = seenInk || !line[end].isConfigSpace
                end += 1
                guard closes else { continue }
            }
            if let closing = closingBrackets(line, from: end) { return (end, closing) }
            if !isQuoted { end += 1 }
        }
        return nil
    }

    /// Counts the brackets that end a section marker; `nil` when more than a comment follows, or none is there.
    private static func closingBrackets(_ line: Scalars, from start: Int) -> Int? {
        var count = 0
        var position = skippingSpaces(line, from: start)
        while position < line.count, line[position] == "]" {
            count += 1
            position = skippingSpaces(line, from: position + 1)
        }
        guard count > 0, position == line.count || line[position] == "#" else { return nil }
        return count
    }

    // MARK: Keys

    static func keyAndValue(_ line: Scalars) -> (key: String, value: Scalars)? {
        let indent = skippingSpaces(line, from: 0)
        if let found = keyAndValue(line, from: indent) { return found }
        // A blank may itself begin a key when nothing else can.
        return indent > 0 ? keyAndValue(line, from: indent - 1) : nil
    }

    private static func keyAndValue(_ line: Scalars, from start: Int) -> (key: String, value: Scalars)? {
        guard start < line.count, line[start] != "=" else { return nil }
        let quote = line[start]
        var end = start + 1
        var equals: Int? = nil
        if quote == "\"" || quote == "'" {
            while equals == nil, let next = line[end...].firstIndex(of: quote) {
                end = next + 1
                let sign = skippingSpaces(line, from: end)
                if sign < line.count, line[sign] == "=" { equals = sign }
            }
        } else if let sign = line[end...].firstIndex(of: "=") {
            equals = sign
            end = sign
            while end > start + 1, line[end - 1].isConfigSpace { end -= 1 }
        }
        guard let equals else { return nil }
        let value = line[skippingSpaces(line, from: equals + 1)...]
        return (unquoted(Array(line[start..<end])), Array(value))
    }

    // MARK: Values

    /// A string, or a list where commas stand outside quotes; `nil` when the text is neither.
    static func value(_ text: Scalars) -> Value? {
        var matcher = ListMatcher(text: text)
        if let (items, last) = matcher.match() {
            guard items > 0 else { return .string(unquoted(last)) }
            guard var list = listItems(Array(text[..<items])) else { return nil }
            if !last.isEmpty { list.append(unquoted(last)) }
            return .array(list.map(Value.string))
        }
        if text.first == ",", isEnd(text, from: 1) { return .array([]) }
        return nil
    }

    /// Finds how far the items that end in a comma reach, and the item after them.
    private struct ListMatcher {
        let text: Scalars
        private var failed: Set<Int> = []

        init(text: Scalars) { self.text = text }

        mutating func match() -> (items: Int, last: Scalars)? {
            // Depth-first over the ends that an item may have, the most items first; a place that failed once fails
            // always, and the stack is our own since the text may hold thousands of items.
            var stack = [Item(start: 0)]
            while let depth = stack.indices.last {
                if let end = stack[depth].nextEnd(in: text) {
                    if !failed.contains(end) { stack.append(Item(start: end)) }
                } else {
                    if let last = lastItem(from: stack[depth].start) { return (stack[depth].start, last) }
                    failed.insert(stack[depth].start)
                    stack.removeLast()
                }
            }
            return nil
        }

        /// An item of a list and the places after its comma where the next may begin, the preferred one first.
        private struct Item {
            let start: Int
            /// Where the search for another end goes on; nil when there is none.
            private var cursor: Int?
            /// Blanks after the comma that was found last, which may also begin the next item.
            private var starts: [Int] = []

            init(start: Int) {
                self.start = start
                cursor = start + 1
            }

            mutating func nextEnd(in text: Scalars) -> Int? {
                while starts.isEmpty {
                    guard start < text.count, let from = cursor else { return nil }
                    cursor = nil
                    var comma: Int?
                    switch text[start] {
                    case "\"", "'":
                        guard let quote = text[from...].firstIndex(of: text[start]) else { return nil }
                        cursor = quote + 1
                        comma = ConfigLine.skippingSpaces(text, from: quote + 1)
                    case ",", "#":
                        return nil
                    default:
                        comma = text[from...].firstIndex { $0 == "," || $0 == "#" }
                    }
                    guard let comma, comma < text.count, text[comma] == "," else { continue }
                    starts = Array(comma + 1...ConfigLine.skippingSpaces(text, from: comma + 1))
                }
                return starts.removeLast()
            }
        }

        /// The text of the item at the end of the line; empty when there is none.
        private func lastItem(from start: Int) -> Scalars? {
            if start < text.count {
                let first = text[start]
                switch first {
                case "\"", "'":
                    var end = start + 1
                    while let next = text[end...].firstIndex(of: first) {
                        end = next + 1
                        if ConfigLine.isEnd(text, from: end) { return Array(text[start..<end]) }
                    }
                case ",", "#":
                    break
                default:
                    guard !first.isConfigSpace else { break }
                    let stop = text[start...].firstIndex { $0 == "#" } ?? text.count
                    var end = stop
                    while end > start + 1, text[end - 1].isConfigSpace { end -= 1 }
                    if !text[start..<end].contains(",") { return Array(text[start..<end]) }
                }
            }
            return ConfigLine.isEnd(text, from: start) ? [] : nil
        }
    }

    /// Cuts the part of a list whose items all end in a comma; `nil` when one of them is empty.
    private static func listItems(_ text: Scalars) -> [String]? {
        var items: [String] = []
        var position = 0
        while position < text.count {
            let first = text[position]
            var end: Int? = nil
            if first == "\"" || first == "'" {
                var search = position + 1
                while end == nil, let next = text[search...].firstIndex(of: first) {
                    search = next + 1
                    let comma = skippingSpaces(text, from: search)
                    if comma < text.count, text[comma] == "," { end = search }
                }
            }
            if end == nil, let comma = text[position...].firstIndex(of: ",") {
                var stop = comma
                while stop > position, text[stop - 1].isConfigSpace { stop -= 1 }
                end = stop
            }
            guard let end, end > position else { return nil }
            items.append(unquoted(Array(text[position..<end])))
            position = skippingSpaces(text, from: skippingSpaces(text, from: end) + 1)
        }
        return items
    }

    // MARK: Pieces

    /// Where the closing triple quote begins, provided only a comment follows it.
    static func closing(_ quote: Scalars, of text: Scalars) -> Int? {
        var search = 0
        while let position = position(of: quote, in: text, from: search) {
            if isEnd(text, from: position + quote.count) { return position }
            search = position + 1
        }
        return nil
    }

    static func position(of needle: Scalars, in text: Scalars, from start: Int) -> Int? {
        guard text.count >= needle.count else { return nil }
        var position = start
        while position + needle.count <= text.count {
            if text[position..<position + needle.count].elementsEqual(needle) { return position }
            position += 1
        }
        return nil
    }

    /// True when nothing but blanks and a comment follows.
    static func isEnd(_ text: Scalars, from start: Int) -> Bool {
        let position = skippingSpaces(text, from: start)
        return position >= text.count || text[position] == "#"
    }

    static func skippingSpaces(_ text: Scalars, from start: Int) -> Int {
        var position = start
        while position < text.count, text[position].isConfigSpace { position += 1 }
        return position
    }

    static func unquoted(_ text: Scalars) -> String {
        guard let first = text.first, first == "\"" || first == "'", text.last == first else {
            return String(scalars: text)
        }
        return String(scalars: text.count == 1 ? [] : text[1..<text.count - 1])
    }
}
