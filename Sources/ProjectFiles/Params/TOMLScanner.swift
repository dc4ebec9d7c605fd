import Documents

/// Reads the words of a TOML document.
struct TOMLScanner {
    static let depthLimit = 100

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }
    private func peek(_ offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

    func error(_ message: String) -> DocumentError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: bytes[start..<before.endIndex], as: UTF8.self).unicodeScalars.count + 1
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        return DocumentError(
            message, line: line, column: column, excerpt: String(decoding: bytes[start..<end], as: UTF8.self))
    }

    mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    /// Skips blanks, comments and line breaks.
    mutating func skipBlankLines() {
        while let byte = current {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() {
        while let byte = current, byte != UInt8(ascii: "\n") { position += 1 }
    }

    mutating func expectEndOfLine() throws(DocumentError) {
        skipBlanks()
        if current == UInt8(ascii: "#") { skipComment() }
        if current == UInt8(ascii: "\r") { position += 1 }
        guard let byte = current else { return }
        guard byte == UInt8(ascii: "\n") else { throw error("expected the end of the line") }
        position += 1
    }

    mutating func take(_ symbol: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: symbol) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: Unicode.Scalar) throws(DocumentError) {
        skipBlanks()
        try expectAdjacent(symbol)
    }

    mutating func expectAdjacent(_ symbol: Unicode.Scalar) throws(DocumentError) {
        guard take(symbol) else { throw error("expected '\(symbol)'") }
    }

    // MARK: Keys

    /// `a."b c".d`
    mutating func readKeys() throws(DocumentError) -> [String] {
        var keys: [String] = []
        repeat {
            skipBlanks()
            keys.append(try readKey())
            skipBlanks()
            guard keys.count <= Self.depthLimit else { throw error("keys are nested too deeply") }
        } while take(".")
        return keys
    }

    private mutating func readKey() throws(DocumentError) -> String {
        switch current {
        case UInt8(ascii: "\""): return try readBasicText(isMultiLine: false)
        case UInt8(ascii: "'"): return try readLiteralText(isMultiLine: false)
        default:
            let start = position
            while let byte = current, Self.isWord(byte) { position += 1 }
            guard position > start else { throw error("expected a key") }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    // MARK: Scalars

    mutating func readScalar() throws(DocumentError) -> Value {
        switch current {
        case UInt8(ascii: "\""):
            return .string(try readBasicText(isMultiLine: startsMultiLine(UInt8(ascii: "\""))))
        case UInt8(ascii: "'"):
            return .string(try readLiteralText(isMultiLine: startsMultiLine(UInt8(ascii: "'"))))
        default:
            let start = position
            while let byte = current, Self.isWord(byte) || "+.:".utf8.contains(byte) { position += 1 }
            var text = String(decoding: bytes[start..<position], as: UTF8.self)
            // A blank may stand between a date and a time.
            if text.utf8.count == 10, text.isTOMLDate, current == 0x20, let next = peek(1),
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
            {
                position += 1
                while let byte = current, Self.isWord(byte) || "+.:".utf8.contains(byte) { position += 1 }
                text = String(decoding: bytes[start..<position], as: UTF8.self)
            }
            guard let value = Self.scalar(text) else {
                position = start
                throw error("not a valid value")
            }
            return value
        }
    }

    private static func scalar(_ text: String) -> Value? {
        switch text {
        case "true": return true
        case "false": return false
        case "inf", "+inf": return .float(.infinity)
        case "-inf": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        if text.isTOMLDate { return .date(text) }
        guard let digits = text.withoutDigitSeparators else { return nil }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            let number = digits.dropFirst(2)
            return number.first == "-" || number.first == "+" ? nil : Int(number, radix: radix).map(Value.int)
        }
        let unsigned = digits.first == "-" || digits.first == "+" ? digits.dropFirst() : digits[...]
        let isNumber = unsigned.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || ".eE+-".utf8.contains($0)
        }
        guard isNumber, let first = unsigned.first, first.isNumber, unsigned.last?.isNumber == true else { return nil }
        guard unsigned.contains(where: { ".eE".contains($0) }) else {
            if unsigned.count > 1, first == "0" { return nil }
            return Int(digits).map(Value.int) ?? .bigInt(digits.first == "+" ? String(unsigned) : digits)
        }
        return Double(digits).map(Value.float)
    }

    private func startsMultiLine(_ quote: UInt8) -> Bool { peek(1) == quote && peek(2) == quote }

    // MARK: Text

    private mutating func readLiteralText(isMultiLine: Bool) throws(DocumentError) -> String {
        let quote = UInt8(ascii: "'")
        var text: [UInt8] = []
        beginText(isMultiLine)
        while let byte = current {
            if byte == quote, endText(quote, isMultiLine, &text) { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\n"), !isMultiLine { break }
            text.append(byte)
            position += 1
        }
        throw error("unterminated string")
    }

    private mutating func readBasicText(isMultiLine: Bool) throws(DocumentError) -> String {
        let quote = UInt8(ascii: "\"")
        var text: [UInt8] = []
        beginText(isMultiLine)
        while let byte = current {
            if byte == quote, endText(quote, isMultiLine, &text) { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\n"), !isMultiLine { break }
            position += 1
            if byte == UInt8(ascii: "\\") { try readEscape(isMultiLine, into: &text) } else { text.append(byte) }
        }
        throw error("unterminated string")
    }

    private mutating func beginText(_ isMultiLine: Bool) {
        position += isMultiLine ? 3 : 1
        guard isMultiLine else { return }
        // A line break right after the opening quotes does not count.
        if current == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { position += 1 }
        if current == UInt8(ascii: "\n") { position += 1 }
    }

    /// Takes the closing quotes if they stand here; up to two more may belong to the text.
    private mutating func endText(_ quote: UInt8, _ isMultiLine: Bool, _ text: inout [UInt8]) -> Bool {
        guard isMultiLine else {
            position += 1
            return true
        }
        guard startsMultiLine(quote) else { return false }
        var extra = 0
        while extra < 2, peek(3 + extra) == quote { extra += 1 }
        text += Array(repeating: quote, count: extra)
        position += 3 + extra
        return true
    }

    private mutating func readEscape(_ isMultiLine: Bool, into text: inout [UInt8]) throws(DocumentError) {
        guard let byte = current else { throw error("unterminated string") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "e"): text.append(0x1B)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(byte)
        case UInt8(ascii: "u"): try readScalarValue(digits: 4, into: &text)
        case UInt8(ascii: "U"): try readScalarValue(digits: 8, into: &text)
        case 0x20, 0x09, 0x0A, 0x0D:
            // A backslash at the end of a line joins it with the next.
            position -= 1
            skipBlanks()
            guard isMultiLine, current == UInt8(ascii: "\n") || current == UInt8(ascii: "\r") else {
                throw error("not a valid escape")
            }
            while let next = current, [0x20, 0x09, 0x0A, 0x0D].contains(next) { position += 1 }
        default: throw error("not a valid escape")
        }
    }

    private mutating func readScalarValue(digits: Int, into text: inout [UInt8]) throws(DocumentError) {
        let end = min(position + digits, bytes.count)
        let digitText = String(decoding: bytes[position..<end], as: UTF8.self)
        guard digitText.utf8.count == digits, digitText.allSatisfy(\.isHexDigit),
            let code = UInt32(digitText, radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw error("not a valid escape") }
        text += Array(String(Character(scalar)).utf8)
        position = end
    }
}

extension String {
    /// Whether this begins as `2024-01-31` or `07:30` do.
    fileprivate var isTOMLDate: Bool {
        func matches(_ pattern: String) -> Bool {
            utf8.count >= pattern.utf8.count
                && zip(utf8, pattern.utf8).allSatisfy { byte, kind in
                    kind == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == kind
                }
        }
        return matches("0000-00-00") || matches("00:00")
    }

    /// Without the underscores between digits; `nil` if one stands elsewhere.
    fileprivate var withoutDigitSeparators: String? {
        guard utf8.contains(UInt8(ascii: "_")) else { return self }
        let parts = split(separator: "_", omittingEmptySubsequences: false)
        let isValid = zip(parts, parts.dropFirst()).allSatisfy {
            ($0.last?.isHexDigit ?? false) && ($1.first?.isHexDigit ?? false)
        }
        return isValid ? parts.joined() : nil
    }
}
