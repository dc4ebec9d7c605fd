package import Basics
import Documents

/// Spaces in the short forms of Hydra's override grammar: `lr=tag(log, interval(1e-5, 1e-1))`, `layers=range(1, 8)`,
/// `opt=choice(adam, sgd)`, `drop=0.1,0.2`.
///
/// What a sweep means for a tuner is what Optuna's sweeper for Hydra makes of it: `interval` is a range of real numbers
/// (of whole ones inside `int(…)`), `range` has both its ends, and the order that `shuffle` and `sort` give is nothing to
/// a tuner.
package enum OverrideGrammar {
    /// Reads `name=value`.
    package static func parameter(_ text: String) throws(Failure) -> Parameter {
        guard let equals = text.firstIndex(of: "=") else {
            throw Failure(
                "'\(text)' is no parameter of a space", remedy: "write it as name=interval(0, 1)", category: .usage)
        }
        var name = String(text[..<equals])
        while name.hasPrefix("+") { name.removeFirst() }
        guard !name.isEmpty, !name.hasPrefix("~") else {
            throw Failure("'\(text)' has no name before '='", category: .usage)
        }
        return Parameter(name, try distribution(String(text[text.index(after: equals)...]), for: name))
    }

    package static func distribution(_ text: String, for name: String) throws(Failure) -> Distribution {
        guard text.utf8.count <= 100_000 else { throw Parameter.wrong(name, "it is too long") }
        var reader = OverrideReader(text: text, name: name)
        return try reader.read().distribution(name)
    }
}

/// What a call of the grammar comes to.
private enum Sweep {
    case interval(low: Double, high: Double, isInt: Bool, tags: [String])
    case range(low: Value, high: Value, step: Value?, tags: [String])
    case choices([Value])

    func distribution(_ name: String) throws(Failure) -> Distribution {
        switch self {
        case .choices(let choices): return try .choices(choices)
        case .interval(let low, let high, let isInt, let tags):
            let isLog = tags.contains("log")
            guard isInt else { return .float(try FloatRange(low, high, log: isLog)) }
            guard let low = Int(exactly: low.rounded()), let high = Int(exactly: high.rounded()) else {
                throw Parameter.wrong(name, "the bounds are too large")
            }
            return .int(try IntRange(low, high, log: isLog))
        case .range(let low, let high, let step, let tags):
            let isLog = tags.contains("log")
            if case .int(let low) = low, case .int(let high) = high {
                switch step {
                case nil: return .int(try IntRange(low, high, log: isLog))
                case .int(let step)?: return .int(try IntRange(low, high, log: isLog, step: step))
                default: break
                }
            }
            guard let low = Distribution.number(low), let high = Distribution.number(high) else {
                throw Parameter.wrong(name, "the bounds of a range must be numbers")
            }
            return .float(try FloatRange(low, high, log: isLog, step: Distribution.number(step) ?? 1))
        }
    }
}

/// Recursive descent over calls, lists and words.
private struct OverrideReader {
    let bytes: [UInt8]
    let text: String
    let name: String
    var position = 0
    var depth = 0

    init(text: String, name: String) {
        self.text = text
        self.name = name
        bytes = Array(text.utf8)
    }

    mutating func read() throws(Failure) -> Sweep {
        let first = try item()
        skipSpace()
        guard position < bytes.count else {
            if case .sweep(let sweep) = first { return sweep }
            return .choices([try first.value(name)])
        }
        // `a,b,c` is a choice.
        var choices = [try first.value(name)]
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: ",") else { throw wrong("'\(rest)' was not expected") }
            position += 1
            choices.append(try item().value(name))
            skipSpace()
        }
        return .choices(choices)
    }

    enum Item {
        case sweep(Sweep)
        case list([Value])
        case value(Value)

        func value(_ name: String) throws(Failure) -> Value {
            guard case .value(let value) = self else {
                throw Parameter.wrong(name, "a sweep or a list cannot stand inside another")
            }
            return value
        }
    }

    private mutating func item() throws(Failure) -> Item {
        depth += 1
        defer { depth -= 1 }
        guard depth < 50 else { throw wrong("it is nested too deeply") }
        skipSpace()
        guard position < bytes.count else { return .value(.string("")) }
        if bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "\"") {
            return .value(.string(try quoted()))
        }
        if bytes[position] == UInt8(ascii: "[") {
            position += 1
            return .list(try values(until: UInt8(ascii: "]")))
        }
        let word = bareWord()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "(") else {
            guard !word.isEmpty else { throw wrong("'\(rest)' was not expected") }
            return .value(Self.scalar(word))
        }
        position += 1
        return .sweep(try call(word))
    }

    private mutating func call(_ function: String) throws(Failure) -> Sweep {
        switch function {
        case "choice":
            var choices: [Value] = []
            for argument in try arguments() {
                switch argument.item {
                case .list(let items): choices.append(contentsOf: items)
                default: choices.append(try argument.item.value(name))
                }
            }
            return .choices(choices)
        case "interval":
            let numbers = try named(["start", "end"])
            guard let low = Distribution.number(numbers["start"] ?? nil),
                let high = Distribution.number(numbers["end"] ?? nil)
            else { throw wrong("interval needs two numbers") }
            return .interval(low: low, high: high, isInt: false, tags: [])
        case "range":
            var given = try named(["start", "stop", "step"])
            // `range(5)` counts from 0.
            if (given["stop"] ?? nil) == nil {
                given["stop"] = given["start"] ?? nil
                given["start"] = .int(0)
            }
            guard let low = given["start"] ?? nil, let high = given["stop"] ?? nil else {
                throw wrong("range needs a start and a stop")
            }
            return .range(low: low, high: high, step: given["step"] ?? nil, tags: [])
        case "tag":
            var tags: [String] = []
            var inner: Sweep?
            for argument in try arguments() {
                switch argument.item {
                case .sweep(let sweep): inner = sweep
                case .value(let value) where argument.name == nil || argument.name == "tags":
                    tags.append(Distribution.text(value))
                case .list(let items): tags += items.map(Distribution.text)
                default: throw wrong("tag needs names and a sweep")
                }
            }
            switch inner {
            case .interval(let low, let high, let isInt, let old):
                return .interval(low: low, high: high, isInt: isInt, tags: old + tags)
            case .range(let low, let high, let step, let old):
                return .range(low: low, high: high, step: step, tags: old + tags)
            case .choices?: return inner ?? .choices([])
            case nil: throw wrong("tag needs a sweep such as interval(0, 1)")
            }
        case "int", "float":
            let arguments = try arguments()
            guard arguments.count == 1, case .sweep(let sweep) = arguments[0].item else {
                throw wrong("\(function) needs a sweep")
            }
            return cast(sweep, toInt: function == "int")
        case "shuffle", "sort":
            var values: [Value] = []
            var isReversed = false
            var inner: Sweep?
            for argument in try arguments() {
                if argument.name == "reverse" {
                    isReversed = try argument.item.value(name).bool ?? false
                    continue
                }
                switch argument.item {
                case .sweep(let sweep): inner = sweep
                case .list(let items): values += items
                case .value(let value): values.append(value)
                }
            }
            _ = isReversed
            return inner ?? .choices(values)
        case "glob":
            throw wrong("glob chooses among the files of a configuration of Hydra, which a tuner does not read")
        default: throw wrong("'\(function)' is no function of the grammar")
        }
    }

    private func cast(_ sweep: Sweep, toInt: Bool) -> Sweep {
        func cast(_ value: Value) -> Value {
            guard let number = Distribution.number(value) else { return value }
            if !toInt { return .float(number) }
            return Int(exactly: number.rounded(.towardZero)).map(Value.int) ?? value
        }
        switch sweep {
        case .interval(let low, let high, _, let tags):
            return .interval(low: low, high: high, isInt: toInt, tags: tags)
        case .range(let low, let high, let step, let tags):
            return .range(low: cast(low), high: cast(high), step: step.map(cast), tags: tags)
        case .choices(let choices): return .choices(choices.map(cast))
        }
    }

    // MARK: Arguments

    private mutating func arguments() throws(Failure) -> [(name: String?, item: Item)] {
        var result: [(name: String?, item: Item)] = []
        while true {
            skipSpace()
            guard position < bytes.count else { throw wrong("a parenthesis is not closed") }
            if bytes[position] == UInt8(ascii: ")") {
                position += 1
                return result
            }
            if !result.isEmpty {
                guard bytes[position] == UInt8(ascii: ",") else { throw wrong("a comma is missing at '\(rest)'") }
                position += 1
                skipSpace()
            }
            let start = position
            let word = bareWord()
            skipSpace()
            if !word.isEmpty, position < bytes.count, bytes[position] == UInt8(ascii: "=") {
                position += 1
                result.append((word, try item()))
            } else {
                position = start
                result.append((nil, try item()))
            }
        }
    }

    private mutating func named(_ names: [String]) throws(Failure) -> [String: Value?] {
        var result: [String: Value?] = [:]
        for (index, argument) in try arguments().enumerated() {
            guard let key = argument.name ?? (index < names.count ? names[index] : nil), names.contains(key) else {
                throw wrong("it has an argument too many")
            }
            result[key] = try argument.item.value(name)
        }
        return result
    }

    private mutating func values(until end: UInt8) throws(Failure) -> [Value] {
        var result: [Value] = []
        while true {
            skipSpace()
            guard position < bytes.count else { throw wrong("a bracket is not closed") }
            if bytes[position] == end {
                position += 1
                return result
            }
            if !result.isEmpty {
                guard bytes[position] == UInt8(ascii: ",") else { throw wrong("a comma is missing at '\(rest)'") }
                position += 1
            }
            result.append(try item().value(name))
        }
    }

    // MARK: Words

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") {
            position += 1
        }
    }

    private mutating func bareWord() -> String {
        let start = position
        while position < bytes.count, !",()[]{}='\"".utf8.contains(bytes[position]) { position += 1 }
        var end = position
        while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func quoted() throws(Failure) -> String {
        let quote = bytes[position]
        position += 1
        var result: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == quote {
                position += 1
            }
            result.append(bytes[position])
            position += 1
        }
        guard position < bytes.count else { throw wrong("a quote is not closed") }
        position += 1
        return String(decoding: result, as: UTF8.self)
    }

    private static func scalar(_ word: String) -> Value {
        if let whole = Int(word) { return .int(whole) }
        switch word.lowercased() {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: break
        }
        let startsLikeNumber = word.utf8.first.map { "+-.0123456789".utf8.contains($0) } ?? false
        if startsLikeNumber, let real = Double(word), real.isFinite { return .float(real) }
        return .string(word)
    }

    private var rest: String { String(decoding: bytes[min(position, bytes.count)...], as: UTF8.self) }

    private func wrong(_ reason: String) -> Failure {
        Parameter.wrong(name, "'\(text)' cannot be read: \(reason)")
    }
}
