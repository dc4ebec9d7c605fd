/// YAML source as checked bytes with a position; line breaks are `\n`, and zero marks the end.
struct YAMLReader {
    private let bytes: [UInt8]
    private let isASCII: Bool
    private(set) var position = 0
    private(set) var line = 0
    /// A position on the current line whose column is known.
    private var known = (position: 0, column: 0)

    /// Refuses what is not UTF-8, and characters that YAML does not allow.
    ///
    /// Windows and old Mac line breaks become `\n`, as they do for DVC, which reads in text mode.
    init(_ source: [UInt8], limits: DocumentLimits) throws(DocumentError) {
        guard source.count <= limits.bytes else {
            throw DocumentError("Found a document larger than \(limits.bytes) bytes")
        }
        var isASCII = true
        var hasReturn = false
        var isSuspicious = false
        for byte in source {
            if byte >= 0x80 { isASCII = false }
            if byte < 0x20 || byte == 0x7F {
                if byte == 0x0D {
                    hasReturn = true
                } else if byte != 0x0A && byte != 0x09 {
                    isSuspicious = true
                }
            }
        }
        bytes = hasReturn ? Self.normalizingLineBreaks(source) : source
        self.isASCII = isASCII
        if isSuspicious || !isASCII { try checkCharacters() }
        // The byte order mark counts for nothing, not even a column.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            position = 3
            known.position = 3
        }
    }

    private static func normalizingLineBreaks(_ source: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var previous: UInt8 = 0
        for byte in source {
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || previous != 0x0D {
                result.append(byte)
            }
            previous = byte
        }
        return result
    }

    private func checkCharacters() throws(DocumentError) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var mark = YAMLMark()
        while true {
            switch decoder.decode(&iterator) {
            case .emptyInput: return
            case .error: throw error("Found bytes that are not valid UTF-8", at: mark)
            case .scalarValue(let scalar):
                switch scalar.value {
                case 0x0A:
                    mark.line += 1
                    mark.column = 0
                    continue
                case 0xFEFF where mark == YAMLMark(): continue
                case 0x09, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: break
                default: throw error("Found a character that is not allowed", at: mark)
                }
                mark.column += 1
            }
        }
    }

    // MARK: Looking

    /// The byte at a distance from the position; zero beyond the end.
    @inline(__always)
    func peek(_ distance: Int = 0) -> UInt8 {
        let index = position &+ distance
        return index < bytes.count ? bytes[index] : 0
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// Length in bytes of the line break at a distance: 0 for none. Beside `\n` these are U+0085, U+2028 and U+2029.
    @inline(__always)
    func lineBreak(at distance: Int = 0) -> Int {
        let byte = peek(distance)
        if byte == 0x0A { return 1 }
        if byte < 0xC2 { return 0 }
        return wideLineBreak(byte, at: distance)
    }

    private func wideLineBreak(_ byte: UInt8, at distance: Int) -> Int {
        if byte == 0xC2 { return peek(distance + 1) == 0x85 ? 2 : 0 }
        guard byte == 0xE2, peek(distance + 1) == 0x80 else { return 0 }
        let last = peek(distance + 2)
        return last == 0xA8 || last == 0xA9 ? 3 : 0
    }

    /// Whether a line break or the end is at a distance.
    @inline(__always)
    func isLineEnd(_ distance: Int = 0) -> Bool { peek(distance) == 0 || lineBreak(at: distance) > 0 }

    /// Whether a blank, a line break or the end is at a distance.
    @inline(__always)
    func isBlankOrEnd(_ distance: Int = 0) -> Bool {
        let byte = peek(distance)
        return byte == 0x20 || byte == 0x09 || byte == 0 || lineBreak(at: distance) > 0
    }

    func text(_ length: Int) -> String { text(from: position, to: position + length) }

    func text(from start: Int, to end: Int) -> String {
        String(decoding: bytes[start..<min(end, bytes.count)], as: UTF8.self)
    }

    // MARK: Moving

    /// Moves over bytes of the current line.
    @inline(__always)
    mutating func skip(_ count: Int = 1) { position = min(position &+ count, bytes.count) }

    /// Moves over a line break and gives what it means for content, or `nil` if there is none.
    mutating func takeLineBreak() -> YAMLLineBreak? {
        switch lineBreak() {
        case 0: return nil
        case 1:
            position += 1
            line += 1
            known = (position, 0)
            return .newline
        case 2:
            position += 2
            return .newline
        default:
            let isLineSeparator = peek(2) == 0xA8
            position += 3
            return isLineSeparator ? .lineSeparator : .paragraphSeparator
        }
    }

    /// Column of the position, in Unicode scalars.
    var column: Int {
        mutating get {
            if isASCII { return position - known.position + known.column }
            var column = known.column
            for index in known.position..<position where bytes[index] & 0xC0 != 0x80 { column += 1 }
            known = (position, column)
            return column
        }
    }

    var mark: YAMLMark { mutating get { YAMLMark(line: line, column: column) } }

    func error(_ message: String, at mark: YAMLMark) -> DocumentError {
        var current = 0
        var start = 0
        while current < mark.line, let next = bytes[start...].firstIndex(of: 0x0A) {
            current += 1
            start = next + 1
        }
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        return DocumentError(
            message, line: mark.line + 1, column: mark.column + 1,
            excerpt: String(decoding: bytes[start..<end], as: UTF8.self))
    }
}

/// A line break as content.
enum YAMLLineBreak {
    case newline, lineSeparator, paragraphSeparator

    var text: String {
        switch self {
        case .newline: "\n"
        case .lineSeparator: "\u{2028}"
        case .paragraphSeparator: "\u{2029}"
        }
    }
}
