/// One pass over JSON text.
struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let maximumDepth: Int
    private let duplicateKeys: JSON.DuplicateKeys
    private var position = 0
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int, duplicateKeys: JSON.DuplicateKeys) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.duplicateKeys = duplicateKeys
    }

    mutating func parseDocument() throws(DocumentError) -> Value {
        skipBlanks()
        let value = try parseValue()
        skipBlanks()
        guard position == bytes.count else { throw error("data after the end of the document") }
        return value
    }

    /// The byte at the position; zero at the end, where no token may stand.
    @inline(__always)
    private var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func parseValue() throws(DocumentError) -> Value {
        switch byte {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        case UInt8(ascii: "N") where take("NaN"): return .float(.nan)
        case UInt8(ascii: "I") where take("Infinity"): return .float(.infinity)
        case UInt8(ascii: "-") where take("-Infinity"): return .float(-.infinity)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw error(position == bytes.count ? "unexpected end of the document" : "expected a value")
        }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] {
            return false
        }
        position += word.utf8CodeUnitCount
        return true
    }

    // MARK: Collections

    private mutating func enter() throws(DocumentError) {
        depth += 1
        guard depth <= maximumDepth else { throw error("collections nested too deeply") }
        position += 1
        skipBlanks()
    }

    private mutating func parseArray() throws(DocumentError) -> Value {
        try enter()
        var items: [Value] = []
        if byte != UInt8(ascii: "]") {
            while true {
                items.append(try parseValue())
                skipBlanks()
                guard byte == UInt8(ascii: ",") else { break }
                position += 1
                skipBlanks()
            }
        }
        guard byte == UInt8(ascii: "]") else { throw error("expected ',' or ']'") }
        position += 1
        depth -= 1
        return .array(items)
    }

    private mutating func parseObject() throws(DocumentError) -> Value {
        try enter()
        var mapping = Mapping()
        if byte != UInt8(ascii: "}") {
            while true {
                guard byte == UInt8(ascii: "\"") else { throw error("expected a key in double quotes") }
                let start = position
                let key = try parseString()
                if duplicateKeys == .rejected, mapping[key] != nil {
                    throw error("duplicate key \"\(key)\"", at: start)
                }
                skipBlanks()
                guard byte == UInt8(ascii: ":") else { throw error("expected ':'") }
                position += 1
                skipBlanks()
                mapping[key] = try parseValue()
                skipBlanks()
                guard byte == UInt8(ascii: ",") else { break }
                position += 1
                skipBlanks()
            }
        }
        guard byte == UInt8(ascii: "}") else { throw error("expected ',' or '}'") }
        position += 1
        depth -= 1
        return .mapping(mapping)
    }

    // MARK: Numbers

    private mutating func parseNumber() throws(DocumentError) -> Value {
        let start = position
        if byte == UInt8(ascii: "-") { position += 1 }
        if byte == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        var isInteger = true
        if byte == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger { return Int(text).map(Value.int) ?? .bigInt(text) }
        guard let number = PythonFloat.parse(text) else { throw error("expected a number", at: start) }
        return .float(number)
    }

    private mutating func skipDigits() throws(DocumentError) {
        let start = position
        while byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    // MARK: Strings

    private mutating func parseString() throws(DocumentError) -> String {
        let opening = position
        position += 1
        var start = position
        var text: [UInt8] = []
        var isSimple = true
        while true {
            guard position < bytes.count else { throw error("string without its closing quote", at: opening) }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw error("control character in a string") }
            if byte == UInt8(ascii: "\\") {
                isSimple = false
                text.append(contentsOf: bytes[start..<position])
                try parseEscape(into: &text)
                start = position
            } else {
                position += 1
            }
        }
        let rest = bytes[start..<position]
        position += 1
        let string: String?
        if isSimple {
            string = String(validating: rest, as: UTF8.self)
        } else {
            text.append(contentsOf: rest)
            string = String(validating: text, as: UTF8.self)
        }
        guard let string else { throw error("bytes that are not valid UTF-8", at: opening) }
        return string
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(DocumentError) {
        let start = position
        position += 1
        let escape = byte
        position += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try parseHex()
            if code & 0xFC00 == 0xD800, byte == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try parseHex()
                guard low & 0xFC00 == 0xDC00 else { throw error("half of a surrogate pair", at: start) }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else {
                throw error("half of a surrogate pair", at: start)
            }
            text.append(contentsOf: encoded)
        default: throw error("unknown escape in a string", at: start)
        }
    }

    private mutating func parseHex() throws(DocumentError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error("expected four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    // MARK: Errors

    private func error(_ message: String, at place: Int? = nil) -> DocumentError {
        let place = min(place ?? position, bytes.count)
        var line = 1
        var start = 0
        for index in 0..<place where bytes[index] == 0x0A {
            line += 1
            start = index + 1
        }
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        let column = bytes[start..<place].count { $0 & 0xC0 != 0x80 } + 1
        return DocumentError(
            message, line: line, column: column, excerpt: String(decoding: bytes[start..<end], as: UTF8.self))
    }
}
