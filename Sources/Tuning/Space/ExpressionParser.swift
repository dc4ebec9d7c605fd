import Basics
import Documents

/// Reads one formula by recursive descent; parentheses may be a hundred deep.
struct ExpressionParser {
    private enum Token: Equatable {
        case number(Value)
        case word(String)
        case quoted(String)
        case backticked(String)
        case sign(String)
    }

    private let text: String
    private var tokens: [Token] = []
    private var position = 0
    private var depth = 0

    init(_ text: String) { self.text = text }

    mutating func parse() throws(Failure) -> Expression.Node {
        tokens = try scan()
        guard !tokens.isEmpty else { throw wrong("it is empty") }
        let node = try either()
        guard position == tokens.count else { throw wrong("'\(shown(tokens[position]))' was not expected") }
        return node
    }

    // MARK: Grammar, from the loosest to the tightest

    private mutating func either() throws(Failure) -> Expression.Node {
        var node = try both()
        while take(word: "or") || take("||") { node = .either(node, try both()) }
        return node
    }

    private mutating func both() throws(Failure) -> Expression.Node {
        var node = try negation()
        while take(word: "and") || take("&&") { node = .both(node, try negation()) }
        return node
    }

    private mutating func negation() throws(Failure) -> Expression.Node {
        guard take(word: "not") || take("!") else { return try comparison() }
        try descend()
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func comparison() throws(Failure) -> Expression.Node {
        let left = try sum()
        if take(word: "in") { return .among(left, try list()) }
        if position + 1 < tokens.count, tokens[position] == .word("not"), tokens[position + 1] == .word("in") {
            position += 2
            return .not(.among(left, try list()))
        }
        for comparison in Expression.Comparison.allCases where take(comparison.rawValue) {
            return .comparison(comparison, left, try sum())
        }
        return left
    }

    private mutating func list() throws(Failure) -> [Expression.Node] {
        guard take("[") || take("(") else { throw wrong("'in' needs a list such as [a, b]") }
        var items: [Expression.Node] = []
        while !take("]"), !take(")") {
            if !items.isEmpty, !take(",") { throw wrong("the items of a list need commas between them") }
            items.append(try sum())
        }
        return items
    }

    private mutating func sum() throws(Failure) -> Expression.Node {
        var node = try product()
        while true {
            if take("+") {
                node = .arithmetic(.plus, node, try product())
            } else if take("-") {
                node = .arithmetic(.minus, node, try product())
            } else {
                return node
            }
        }
    }

    private mutating func product() throws(Failure) -> Expression.Node {
        var node = try atom()
        while true {
            if take("*") {
                node = .arithmetic(.times, node, try atom())
            } else if take("/") {
                node = .arithmetic(.over, node, try atom())
            } else {
                return node
            }
        }
    }

    private mutating func atom() throws(Failure) -> Expression.Node {
        try descend()
        defer { depth -= 1 }
        guard position < tokens.count else { throw wrong("it ends too early") }
        let token = tokens[position]
        position += 1
        switch token {
        case .number(let value): return .literal(value)
        case .quoted(let text): return .literal(.string(text))
        case .backticked(let name): return .name(name)
        case .sign("-"): return .negative(try atom())
        case .sign("("):
            let node = try either()
            guard take(")") else { throw wrong("a parenthesis is not closed") }
            return node
        case .sign: throw wrong("'\(shown(token))' was not expected")
        case .word(let word):
            switch word {
            case "true", "True": return .literal(.bool(true))
            case "false", "False": return .literal(.bool(false))
            case "null", "None": return .literal(.null)
            case "and", "or", "not", "in": throw wrong("'\(word)' was not expected")
            default: return .name(word)
            }
        }
    }

    // MARK: Words

    private mutating func take(_ sign: String) -> Bool {
        guard position < tokens.count, tokens[position] == .sign(sign) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard position < tokens.count, tokens[position] == .word(word) else { return false }
        position += 1
        return true
    }

    private mutating func descend() throws(Failure) {
        depth += 1
        guard depth <= 100 else { throw wrong("it is nested too deeply") }
    }

    private func scan() throws(Failure) -> [Token] {
        var tokens: [Token] = []
        let bytes = Array(text.utf8)
        var index = 0
        func isWord(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte >= 0x80
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): index += 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                guard let end = bytes[(index + 1)...].firstIndex(of: byte) else { throw wrong("a quote is not closed") }
                let inner = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
                tokens.append(byte == UInt8(ascii: "`") ? .backticked(inner) : .quoted(inner))
                index = end + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                var end = index
                while end < bytes.count {
                    let isExponentSign =
                        (bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "+"))
                        && end > index && bytes[end - 1] | 0x20 == UInt8(ascii: "e")
                    guard isWord(bytes[end]) || isExponentSign else { break }
                    end += 1
                }
                let word = String(decoding: bytes[index..<end], as: UTF8.self)
                if let whole = Int(word) {
                    tokens.append(.number(.int(whole)))
                } else if let real = Double(word), real.isFinite {
                    tokens.append(.number(.float(real)))
                } else {
                    throw wrong("'\(word)' is no number")
                }
                index = end
            default:
                if isWord(byte) {
                    let end = bytes[index...].firstIndex { !isWord($0) } ?? bytes.count
                    tokens.append(.word(String(decoding: bytes[index..<end], as: UTF8.self)))
                    index = end
                    continue
                }
                let pair = index + 1 < bytes.count ? String(decoding: bytes[index...(index + 1)], as: UTF8.self) : ""
                if ["==", "!=", "<=", ">=", "&&", "||"].contains(pair) {
                    tokens.append(.sign(pair))
                    index += 2
                } else if "<>()[],+-*/!".utf8.contains(byte) {
                    tokens.append(.sign(String(decoding: [byte], as: UTF8.self)))
                    index += 1
                } else {
                    throw wrong("'\(String(decoding: [byte], as: UTF8.self))' means nothing here")
                }
            }
        }
        return tokens
    }

    private func shown(_ token: Token) -> String {
        switch token {
        case .number(let value): Distribution.text(value)
        case .word(let word), .quoted(let word), .backticked(let word), .sign(let word): word
        }
    }

    private func wrong(_ reason: String) -> Failure {
        Failure(
            "the formula '\(text)' cannot be read: \(reason)",
            remedy: "formulas look like opt == 'sgd' and layers > 2", category: .usage)
    }
}
