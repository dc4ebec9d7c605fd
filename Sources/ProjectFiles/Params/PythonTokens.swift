import Documents

/// A word of Python source, as far as reading literals needs it.
enum PythonToken: Equatable {
    case name(String)
    case number(String)
    case string(String)
    /// A text that is no plain string: formatted or bytes.
    case otherString
    case symbol(UInt8)
}

/// A statement: one line, or several where brackets or backslashes join them.
struct PythonLine {
    let number: Int
    let indentation: Int
    var tokens: [PythonToken] = []
}

/// Splits Python source into logical lines of tokens.
struct PythonTokenizer {
    private let bytes: [UInt8]
    private var position = 0
    private var lineNumber = 1
    private var depth = 0

    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
    }

    static func lines(of bytes: [UInt8]) throws(DocumentError) -> [PythonLine] {
        var tokenizer = PythonTokenizer(bytes)
        return try tokenizer.run()
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
    private func peek(_ offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

    private mutating func run() throws(DocumentError) -> [PythonLine] {
        var lines: [PythonLine] = []
        while position < bytes.count {
            let indentation = skipIndentation()
            var line = PythonLine(number: lineNumber, indentation: indentation)
            try readLine(into: &line.tokens)
            if !line.tokens.isEmpty { lines.append(contentsOf: line.splitAtSemicolons) }
        }
        guard depth == 0 else { throw DocumentError("unexpected end of file inside brackets", line: lineNumber) }
        return lines
    }

    /// - Returns: the width of the blanks, tabs reaching to the next multiple of eight.
    private mutating func skipIndentation() -> Int {
        var width = 0
        while let byte = current {
            switch byte {
            case 0x20: width += 1
            case 0x09: width = (width / 8 + 1) * 8
            case 0x0C: width = 0
            default: return width
            }
            position += 1
        }
        return width
    }

    private mutating func readLine(into tokens: inout [PythonToken]) throws(DocumentError) {
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                position += byte == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n") ? 2 : 1
                lineNumber += 1
                if depth == 0 { return }
            case UInt8(ascii: "#"):
                while let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "\n"):
                position += 2
                lineNumber += 1
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "\r") && peek(2) == UInt8(ascii: "\n"):
                position += 3
                lineNumber += 1
            case 0x20, 0x09, 0x0C: position += 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"): tokens.append(try readString(prefix: ""))
            case UInt8(ascii: "0")...UInt8(ascii: "9"): tokens.append(.number(readNumber()))
            case UInt8(ascii: ".") where peek(1).map(Self.isDigit) == true: tokens.append(.number(readNumber()))
            case _ where Self.isNamePart(byte): tokens.append(try readName())
            default:
                try track(bracket: byte)
                tokens.append(.symbol(byte))
                position += 1
            }
        }
    }

    private mutating func track(bracket byte: UInt8) throws(DocumentError) {
        if "([{".utf8.contains(byte) { depth += 1 }
        guard ")]}".utf8.contains(byte) else { return }
        guard depth > 0 else { throw DocumentError("unmatched bracket", line: lineNumber) }
        depth -= 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            true
        default: isDigit(byte)
        }
    }

    private mutating func readNumber() -> String {
        let start = position
        while let byte = current {
            let follows = bytes[start] == UInt8(ascii: "0") && position == start + 1 && "xXoObB".utf8.contains(byte)
            let isExponentSign =
                "+-".utf8.contains(byte) && "eE".utf8.contains(bytes[position - 1]) && position > start
                && !(bytes[start] == UInt8(ascii: "0") && "xX".utf8.contains(bytes[min(start + 1, bytes.count - 1)]))
            guard Self.isNamePart(byte) || byte == UInt8(ascii: ".") || isExponentSign || follows else { break }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func readName() throws(DocumentError) -> PythonToken {
        let start = position
        while let byte = current, Self.isNamePart(byte) { position += 1 }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        let isPrefix = name.utf8.count <= 2 && name.utf8.allSatisfy { "rRbBuUfFtT".utf8.contains($0) }
        if isPrefix, let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            return try readString(prefix: name.lowercased())
        }
        return .name(name)
    }

    private mutating func readString(prefix: String) throws(DocumentError) -> PythonToken {
        let opening = lineNumber
        let quote = bytes[position]
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        let isRaw = prefix.utf8.contains(UInt8(ascii: "r"))
        var text: [UInt8] = []
        while let byte = current {
            if byte == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                position += isTriple ? 3 : 1
                let isPlain = prefix.utf8.allSatisfy { "ru".utf8.contains($0) }
                return isPlain ? .string(String(decoding: text, as: UTF8.self)) : .otherString
            }
            if byte == UInt8(ascii: "\n") {
                guard isTriple else { break }
                lineNumber += 1
            }
            position += 1
            guard byte == UInt8(ascii: "\\"), let escaped = current else {
                text.append(byte)
                continue
            }
            if escaped == UInt8(ascii: "\n") { lineNumber += 1 }
            if isRaw {
                text += [byte, escaped]
                position += 1
            } else {
                readEscape(into: &text)
            }
        }
        throw DocumentError("unterminated string", line: opening)
    }

    /// Reads what follows a backslash; an unknown escape stands for itself.
    private mutating func readEscape(into text: inout [UInt8]) {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\n"): break
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "a"): text.append(0x07)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "v"): text.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): text.append(byte)
        case UInt8(ascii: "x"): appendScalar(digits: 2, radix: 16, else: byte, to: &text)
        case UInt8(ascii: "u"): appendScalar(digits: 4, radix: 16, else: byte, to: &text)
        case UInt8(ascii: "U"): appendScalar(digits: 8, radix: 16, else: byte, to: &text)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            var count = 1
            while count < 3, let next = peek(count), (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(next) {
                count += 1
            }
            appendScalar(digits: count, radix: 8, else: byte, to: &text)
        default: text += [UInt8(ascii: "\\"), byte]
        }
    }

    private mutating func appendScalar(digits: Int, radix: Int, else letter: UInt8, to text: inout [UInt8]) {
        let end = min(position + digits, bytes.count)
        guard let code = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: radix),
            let scalar = Unicode.Scalar(code)
        else {
            text += [UInt8(ascii: "\\"), letter]
            return
        }
        text += Array(String(Character(scalar)).utf8)
        position = end
    }
}

extension PythonLine {
    /// `a = 1; b = 2` is two statements.
    fileprivate var splitAtSemicolons: [PythonLine] {
        tokens.split(separator: .symbol(UInt8(ascii: ";"))).map {
            PythonLine(number: number, indentation: indentation, tokens: Array($0))
        }
    }
}
