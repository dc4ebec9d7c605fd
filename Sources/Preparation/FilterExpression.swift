/// A condition on a row, such as `age >= 18 and species in ("Adelie", "Gentoo")`.
///
/// Columns are called by their names, in backticks where these are no plain words. A comparison with a missing cell is
/// neither true nor false, as in SQL; a row stays where the whole condition is true.
package struct FilterExpression: Sendable, Equatable {
    /// As it was written.
    package let text: String
    let root: Node

    indirect enum Node: Sendable, Equatable {
        case or(Node, Node)
        case and(Node, Node)
        case not(Node)
        case compare(Operand, Comparison, Operand)
        case among(Operand, [Operand])
        case isMissing(Operand)
        /// A column of true and false.
        case flag(Operand)
    }

    enum Operand: Sendable, Equatable {
        case column(String)
        case number(Double)
        case text([UInt8])
    }

    enum Comparison: String, Sendable {
        case equal = "=="
        case different = "!="
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
    }

    package init(_ text: String) throws(FilterProblem) {
        self.text = text
        var parser = FilterParser(try FilterToken.all(in: text))
        root = try parser.expression()
    }

    /// The columns that it looks at, each once.
    var columns: [String] {
        var found: [String] = []
        func visit(_ operand: Operand) {
            if case .column(let name) = operand, !found.contains(name) { found.append(name) }
        }
        func visit(_ node: Node) {
            switch node {
            case .or(let left, let right), .and(let left, let right):
                visit(left)
                visit(right)
            case .not(let inner): visit(inner)
            case .compare(let left, _, let right):
                visit(left)
                visit(right)
            case .among(let operand, let others):
                visit(operand)
                others.forEach(visit)
            case .isMissing(let operand), .flag(let operand): visit(operand)
            }
        }
        visit(root)
        return found
    }
}

/// Why a condition cannot be understood, and where.
package struct FilterProblem: Error, Equatable {
    package let reason: String
    /// From 1, in characters.
    package let column: Int
    package var remedy: String?

    package var message: String { "\(reason) at column \(column)" }
}

/// A word or sign of a condition.
struct FilterToken: Equatable {
    enum Kind: Equatable {
        case name(String)
        /// A name in backticks, which is never a keyword.
        case quotedName(String)
        case number(Double)
        case text(String)
        case sign(String)
        case end
    }

    let kind: Kind
    let column: Int

    static func all(in text: String) throws(FilterProblem) -> [FilterToken] {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= 10_000 else {
            throw FilterProblem(reason: "a condition of more than 10000 characters", column: 1)
        }
        var tokens: [FilterToken] = []
        var place = 0
        while place < scalars.count {
            let start = place
            let first = scalars[place]
            place += 1
            switch first {
            case " ", "\t", "\n", "\r": continue
            case "'", "\"", "`":
                let content = try quoted(scalars, &place, by: first)
                tokens.append(
                    FilterToken(kind: first == "`" ? .quotedName(content) : .text(content), column: start + 1))
            case "(", ")", ",": tokens.append(FilterToken(kind: .sign(String(first)), column: start + 1))
            case "<", ">", "=", "!":
                let isPair = place < scalars.count && scalars[place] == "="
                if isPair { place += 1 }
                guard isPair || first == "<" || first == ">" else {
                    throw FilterProblem(
                        reason: "'\(first)' stands alone", column: start + 1,
                        remedy: first == "=" ? "compare with ==" : "write not, or != to compare")
                }
                tokens.append(FilterToken(kind: .sign(String(first) + (isPair ? "=" : "")), column: start + 1))
            case "0"..."9", ".", "-", "+":
                while place < scalars.count, isNumberPart(scalars[place], after: scalars[place - 1]) { place += 1 }
                let word = String(String.UnicodeScalarView(scalars[start..<place]))
                guard let number = Double(word), number.isFinite else {
                    throw FilterProblem(reason: "'\(word)' is no number", column: start + 1)
                }
                tokens.append(FilterToken(kind: .number(number), column: start + 1))
            default:
                guard isNamePart(first) else {
                    throw FilterProblem(
                        reason: "'\(first)' is not known", column: start + 1,
                        remedy: first == "&" ? "write and" : first == "|" ? "write or" : nil)
                }
                while place < scalars.count, isNamePart(scalars[place]) { place += 1 }
                let word = String(String.UnicodeScalarView(scalars[start..<place]))
                tokens.append(FilterToken(kind: .name(word), column: start + 1))
            }
        }
        tokens.append(FilterToken(kind: .end, column: scalars.count + 1))
        return tokens
    }

    private static func quoted(
        _ scalars: [Unicode.Scalar], _ place: inout Int, by quote: Unicode.Scalar
    ) throws(FilterProblem) -> String {
        let start = place
        var content = String.UnicodeScalarView()
        while place < scalars.count {
            let scalar = scalars[place]
            place += 1
            if scalar == quote {
                guard place < scalars.count, scalars[place] == quote else { return String(content) }
                place += 1
            }
            content.append(scalar)
        }
        throw FilterProblem(reason: "the quote that opens is never closed", column: start)
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_"
    }

    private static func isNumberPart(_ scalar: Unicode.Scalar, after last: Unicode.Scalar) -> Bool {
        if scalar == "-" || scalar == "+" { return last == "e" || last == "E" }
        return ("0"..."9").contains(scalar) || scalar == "." || scalar.properties.isAlphabetic || scalar == "_"
    }
}

/// Takes a condition apart by descent.
struct FilterParser {
    private let tokens: [FilterToken]
    private var place = 0
    private var depth = 0

    private static let keywords: Set<String> = ["and", "or", "not", "in", "is", "missing"]

    init(_ tokens: [FilterToken]) { self.tokens = tokens }

    mutating func expression() throws(FilterProblem) -> FilterExpression.Node {
        let node = try alternatives()
        guard case .end = next.kind else { throw problem("something more stands") }
        return node
    }

    private var next: FilterToken { tokens[min(place, tokens.count - 1)] }

    private func problem(_ reason: String) -> FilterProblem { FilterProblem(reason: reason, column: next.column) }

    private mutating func take(_ word: String) -> Bool {
        switch next.kind {
        case .name(let name) where name == word && Self.keywords.contains(word), .sign(let name) where name == word:
            place += 1
            return true
        default: return false
        }
    }

    private mutating func alternatives() throws(FilterProblem) -> FilterExpression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 50 else { throw problem("more than 50 conditions lie in one another") }
        var node = try conjunction()
        while take("or") { node = .or(node, try conjunction()) }
        return node
    }

    private mutating func conjunction() throws(FilterProblem) -> FilterExpression.Node {
        var node = try negation()
        while take("and") { node = .and(node, try negation()) }
        return node
    }

    private mutating func negation() throws(FilterProblem) -> FilterExpression.Node {
        var isNegated = false
        while take("not") { isNegated.toggle() }
        let node = try comparison()
        return isNegated ? .not(node) : node
    }

    private mutating func comparison() throws(FilterProblem) -> FilterExpression.Node {
        if take("(") {
            let node = try alternatives()
            guard take(")") else { throw problem("')' is expected") }
            return node
        }
        let left = try operand()
        if take("is") {
            let isNegated = take("not")
            guard take("missing") else { throw problem("'missing' is expected") }
            return isNegated ? .not(.isMissing(left)) : .isMissing(left)
        }
        let isNegated = take("not")
        if take("in") {
            guard take("(") else { throw problem("'(' is expected") }
            var others = [try operand()]
            while take(",") { others.append(try operand()) }
            guard take(")") else { throw problem("',' or ')' is expected") }
            return isNegated ? .not(.among(left, others)) : .among(left, others)
        }
        guard !isNegated else { throw problem("'in' is expected") }
        if case .sign(let sign) = next.kind, let comparison = FilterExpression.Comparison(rawValue: sign) {
            place += 1
            return .compare(left, comparison, try operand())
        }
        guard case .column = left else { throw problem("a comparison is expected") }
        return .flag(left)
    }

    private mutating func operand() throws(FilterProblem) -> FilterExpression.Operand {
        let token = next
        switch token.kind {
        case .name(let name):
            guard !Self.keywords.contains(name) else { throw problem("a column or a value is expected") }
            place += 1
            return .column(name)
        case .quotedName(let name):
            place += 1
            return .column(name)
        case .number(let number):
            place += 1
            return .number(number)
        case .text(let text):
            place += 1
            return .text(Array(text.utf8))
        case .sign, .end: throw problem("a column or a value is expected")
        }
    }
}
