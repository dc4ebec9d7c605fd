import Documents

/// Parameters in a Python file: assignments of literals at the top, in classes, and to `self` in `__init__`.
///
/// Nothing is run. Whatever is not such an assignment is passed over.
enum PythonLiterals {
    /// Lists inside lists, and classes inside classes.
    private static let depthLimit = 100

    static func parse(_ bytes: [UInt8]) throws(DocumentError) -> Value {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw DocumentError("is not valid utf-8") }
        let lines = try PythonTokenizer.lines(of: bytes)
        var position = 0
        return .mapping(
            block(lines, &position, indentation: lines.first?.indentation ?? 0, onlySelf: false, depth: 0))
    }

    /// The assignments of the statements at one level of indentation.
    private static func block(
        _ lines: [PythonLine], _ position: inout Int, indentation: Int, onlySelf: Bool, depth: Int
    ) -> Mapping {
        var result = Mapping()
        while position < lines.count, lines[position].indentation >= indentation {
            let line = lines[position]
            position += 1
            // Deeper lines belong to an `if`, a loop or a function, which are not looked into.
            guard line.indentation == indentation else { continue }
            if let (name, rest) = line.classHeader {
                var body = body(of: line, lines, &position, onlySelf: false, depth: depth)
                if let (key, value) = assignment(rest, onlySelf: false) { body[key] = value }
                result[name] = .mapping(body)
            } else if line.isInitialiser {
                let body = body(of: line, lines, &position, onlySelf: true, depth: depth)
                for (key, value) in body.entries { result[key] = value }
            } else if let (name, value) = assignment(line.tokens, onlySelf: onlySelf) {
                result[name] = value
            }
        }
        return result
    }

    private static func body(
        of header: PythonLine, _ lines: [PythonLine], _ position: inout Int, onlySelf: Bool, depth: Int
    ) -> Mapping {
        guard depth < depthLimit, position < lines.count, lines[position].indentation > header.indentation else {
            return Mapping()
        }
        return block(
            lines, &position, indentation: lines[position].indentation, onlySelf: onlySelf, depth: depth + 1)
    }

    /// `x = 1`, `x: int = 1` or `self.x = 1`.
    private static func assignment(_ tokens: [PythonToken], onlySelf: Bool) -> (name: String, value: Value)? {
        var rest = tokens[...]
        // `else: x = 1` is no annotated assignment.
        guard case .name(var name)? = rest.popFirst(), !["else", "try", "finally", "except"].contains(name) else {
            return nil
        }
        if name == "self", rest.first == .symbol(UInt8(ascii: ".")) {
            rest.removeFirst()
            guard case .name(let attribute)? = rest.popFirst() else { return nil }
            name = attribute
        } else if onlySelf {
            return nil
        }
        if rest.first == .symbol(UInt8(ascii: ":")) {
            guard let equals = rest.firstIndex(of: .symbol(UInt8(ascii: "="))) else { return nil }
            rest = rest[equals...]
        }
        guard rest.popFirst() == .symbol(UInt8(ascii: "=")) else { return nil }
        var reader = PythonLiteralReader(tokens: rest, depthLimit: depthLimit)
        guard let value = reader.readWhole() else { return nil }
        return (name, value)
    }
}

extension PythonLine {
    /// The name of a class that begins here, and the statement behind the colon for one on a single line.
    fileprivate var classHeader: (name: String, rest: [PythonToken])? {
        guard tokens.count >= 3, tokens[0] == .name("class"), case .name(let name) = tokens[1] else { return nil }
        var depth = 0
        for (index, token) in tokens.enumerated() {
            guard case .symbol(let byte) = token else { continue }
            if "([{".utf8.contains(byte) { depth += 1 }
            if ")]}".utf8.contains(byte) { depth -= 1 }
            if byte == UInt8(ascii: ":"), depth == 0 { return (name, Array(tokens[(index + 1)...])) }
        }
        return nil
    }

    fileprivate var isInitialiser: Bool {
        tokens.count >= 3 && tokens[0] == .name("def") && tokens[1] == .name("__init__")
            && tokens.last == .symbol(UInt8(ascii: ":"))
    }
}

/// Reads one literal: a number, a text, a constant, or a list, tuple, set or dictionary of literals.
private struct PythonLiteralReader {
    var tokens: ArraySlice<PythonToken>
    let depthLimit: Int

    /// The literal that all tokens together make, if they make one; commas at the top make a tuple.
    mutating func readWhole() -> Value? {
        guard let first = read(depth: 0) else { return nil }
        guard !tokens.isEmpty else { return first }
        var items = [first]
        while take(",") {
            if tokens.isEmpty { break }
            guard let next = read(depth: 0) else { return nil }
            items.append(next)
        }
        return tokens.isEmpty ? .array(items) : nil
    }

    private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
        guard tokens.first == .symbol(UInt8(ascii: symbol)) else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func read(depth: Int) -> Value? {
        guard depth < depthLimit, let token = tokens.popFirst() else { return nil }
        switch token {
        case .name("True"): return true
        case .name("False"): return false
        case .name("None"): return .null
        case .name("set") where tokens.count >= 2:
            return take("(") && take(")") ? .array([]) : nil
        case .number(let text): return Self.number(text)
        case .string(var text):
            while case .string(let more)? = tokens.first {
                text += more
                tokens.removeFirst()
            }
            return .string(text)
        case .symbol(UInt8(ascii: "-")): return read(depth: depth + 1)?.negated
        case .symbol(UInt8(ascii: "+")):
            let value = read(depth: depth + 1)
            return value?.negated == nil ? nil : value
        case .symbol(UInt8(ascii: "[")): return items(until: "]", depth: depth).map { .array($0.items) }
        case .symbol(UInt8(ascii: "(")):
            guard let (items, hasComma) = items(until: ")", depth: depth) else { return nil }
            return items.count == 1 && !hasComma ? items[0] : .array(items)
        case .symbol(UInt8(ascii: "{")): return dictionaryOrSet(depth: depth)
        default: return nil
        }
    }

    private mutating func items(until closing: Unicode.Scalar, depth: Int) -> (items: [Value], hasComma: Bool)? {
        var items: [Value] = []
        var hasComma = false
        while !take(closing) {
            guard items.isEmpty || hasComma, let item = read(depth: depth + 1) else { return nil }
            items.append(item)
            hasComma = take(",")
            if !hasComma {
                guard take(closing) else { return nil }
                return (items, items.count > 1)
            }
        }
        return (items, true)
    }

    private mutating func dictionaryOrSet(depth: Int) -> Value? {
        if take("}") { return .mapping(Mapping()) }
        guard let first = read(depth: depth + 1) else { return nil }
        guard take(":") else {
            guard take(",") else { return take("}") ? .array([first]) : nil }
            return items(until: "}", depth: depth).map { .array([first] + $0.items) }
        }
        guard let value = read(depth: depth + 1) else { return nil }
        var mapping = Mapping([(first.pythonText, value)])
        while take(",") {
            if tokens.first == .symbol(UInt8(ascii: "}")) { break }
            guard let key = read(depth: depth + 1), take(":"), let value = read(depth: depth + 1) else { return nil }
            mapping[key.pythonText] = value
        }
        return take("}") ? .mapping(mapping) : nil
    }

    private static func number(_ literal: String) -> Value? {
        let text = literal.filter { $0 != "_" }.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            return Int(text.dropFirst(2), radix: radix).map(Value.int)
        }
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            let digits = text.drop { $0 == "0" }
            // Python allows no leading zeros, except in zero itself.
            guard digits.count == text.count || digits.isEmpty else { return nil }
            return Int(text).map(Value.int) ?? .bigInt(text)
        }
        let isDecimal = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || ".e+-".utf8.contains($0)
        }
        return isDecimal ? Double(text.hasPrefix(".") ? "0" + text : text).map(Value.float) : nil
    }
}

extension Value {
    /// The number with the other sign; `nil` for what is none.
    fileprivate var negated: Value? {
        switch self {
        case .int(.min): .bigInt("9223372036854775808")
        case .int(let number): .int(-number)
        case .float(let number): .float(-number)
        case .bigInt(let digits) where !digits.hasPrefix("-"):
            digits == "9223372036854775808" ? .int(.min) : .bigInt("-" + digits)
        default: nil
        }
    }
}
