package import Basics
package import Documents

/// A formula over parameters and metrics: conditions such as `opt == 'sgd' and layers > 2`, and constraints such as
/// `model.size_mb <= 50`.
///
/// Numbers, words in quotes, `true`, `false` and `null`; names with dots, in backticks where they hold anything else;
/// `+ - * /`, comparisons, `in [a, b]`, `not`, `and`, `or` and parentheses.
package struct Expression: Sendable, Equatable {
    package let text: String
    let root: Node

    indirect enum Node: Sendable, Equatable {
        case literal(Value)
        case name(String)
        case negative(Node)
        case not(Node)
        case arithmetic(Arithmetic, Node, Node)
        case comparison(Comparison, Node, Node)
        case among(Node, [Node])
        case both(Node, Node)
        case either(Node, Node)
    }

    enum Arithmetic: Sendable { case plus, minus, times, over }
    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
    }

    package init(_ text: String) throws(Failure) {
        self.text = text
        guard text.utf8.count <= 10_000 else {
            throw Failure("a formula may have no more than 10,000 bytes", category: .usage)
        }
        var parser = ExpressionParser(text)
        root = try parser.parse()
    }

    /// The names that are used, each once, in the order of their appearance.
    package var names: [String] {
        var names: [String] = []
        func walk(_ node: Node) {
            switch node {
            case .literal: break
            case .name(let name): if !names.contains(name) { names.append(name) }
            case .negative(let inner), .not(let inner): walk(inner)
            case .arithmetic(_, let left, let right), .comparison(_, let left, let right), .both(let left, let right),
                .either(let left, let right):
                walk(left)
                walk(right)
            case .among(let item, let items):
                walk(item)
                items.forEach(walk)
            }
        }
        walk(root)
        return names
    }

    /// Whether the formula holds.
    ///
    /// - Parameter lookup: the value of a name; `nil` for one that has none now, which makes comparisons with it false.
    package func holds(_ lookup: (String) -> Value?) throws(Failure) -> Bool {
        try truth(root, lookup)
    }

    /// By how much the formula is broken: 0 or less where it holds. For `a <= b` that is `a − b`; several joined by
    /// `and` count the worst, and what is no inequality of numbers counts 1 when it does not hold.
    package func violation(_ lookup: (String) -> Value?) throws(Failure) -> Double {
        try violation(root, lookup)
    }

    private func violation(_ node: Node, _ lookup: (String) -> Value?) throws(Failure) -> Double {
        switch node {
        case .both(let left, let right):
            let first = try violation(left, lookup)
            return max(first, try violation(right, lookup))
        case .either(let left, let right):
            let first = try violation(left, lookup)
            return min(first, try violation(right, lookup))
        case .comparison(let comparison, let left, let right):
            guard let a = Distribution.number(try value(left, lookup)),
                let b = Distribution.number(try value(right, lookup))
            else { break }
            // What cannot be compared is as broken as can be, but finite, so that it can be written down.
            guard !a.isNaN, !b.isNaN else { return 1e300 }
            switch comparison {
            case .atMost, .below: return bounded(a - b, isStrict: comparison == .below)
            case .atLeast, .above: return bounded(b - a, isStrict: comparison == .above)
            case .equal: return bounded((a - b).magnitude, isStrict: false)
            case .unequal: break
            }
        default: break
        }
        return try truth(node, lookup) ? 0 : 1
    }

    private func bounded(_ difference: Double, isStrict: Bool) -> Double {
        if isStrict, difference == 0 { return .leastNormalMagnitude }
        return min(max(difference, -1e300), 1e300)
    }

    private func truth(_ node: Node, _ lookup: (String) -> Value?) throws(Failure) -> Bool {
        switch node {
        case .both(let left, let right):
            guard try truth(left, lookup) else { return false }
            return try truth(right, lookup)
        case .either(let left, let right):
            if try truth(left, lookup) { return true }
            return try truth(right, lookup)
        case .not(let inner): return try !truth(inner, lookup)
        case .among(let item, let items):
            guard let item = try value(item, lookup) else { return false }
            for other in items {
                guard let other = try value(other, lookup) else { continue }
                if Self.isEqual(item, other) { return true }
            }
            return false
        case .comparison(let comparison, let left, let right):
            guard let a = try value(left, lookup), let b = try value(right, lookup) else { return false }
            switch comparison {
            case .equal: return Self.isEqual(a, b)
            case .unequal: return !Self.isEqual(a, b)
            default: break
            }
            guard let x = Distribution.number(a), let y = Distribution.number(b) else {
                throw wrong("'\(comparison.rawValue)' compares numbers only")
            }
            switch comparison {
            case .atMost: return x <= y
            case .atLeast: return x >= y
            case .below: return x < y
            case .above: return x > y
            case .equal, .unequal: return false
            }
        case .literal, .name, .negative, .arithmetic:
            switch try value(node, lookup) {
            case .bool(let flag): return flag
            case nil: return false
            default: throw wrong("it must be a condition, such as a == 1")
            }
        }
    }

    private func value(_ node: Node, _ lookup: (String) -> Value?) throws(Failure) -> Value? {
        switch node {
        case .literal(let value): return value
        case .name(let name): return lookup(name)
        case .negative(let inner):
            guard let inner = try value(inner, lookup) else { return nil }
            guard let number = Distribution.number(inner) else { throw wrong("'-' needs a number") }
            return .float(-number)
        case .arithmetic(let operation, let left, let right):
            guard let left = try value(left, lookup), let right = try value(right, lookup) else { return nil }
            guard let a = Distribution.number(left), let b = Distribution.number(right) else {
                throw wrong("it calculates with something that is no number")
            }
            switch operation {
            case .plus: return .float(a + b)
            case .minus: return .float(a - b)
            case .times: return .float(a * b)
            case .over: return .float(a / b)
            }
        case .not, .among, .comparison, .both, .either: return .bool(try truth(node, lookup))
        }
    }

    private static func isEqual(_ a: Value, _ b: Value) -> Bool {
        if a == b { return true }
        switch (a, b) {
        case (.int, .float), (.float, .int): return Distribution.number(a) == Distribution.number(b)
        default: return false
        }
    }

    private func wrong(_ reason: String) -> Failure {
        Failure("the formula '\(text)' cannot be used: \(reason)", category: .usage)
    }
}
