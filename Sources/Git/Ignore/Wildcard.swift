/// A glob as Git matches it, byte by byte.
///
/// It is run as an automaton, all ways at once, so the work never exceeds pattern times path, whatever the pattern.
struct Wildcard: Sendable {
    private enum Token: Sendable {
        case byte(UInt8)
        /// `?`
        case any
        /// `[…]`: the bytes it takes, one bit each.
        case oneOf([UInt64])
        /// `*`
        case star
        /// `**` at the end of a path pattern: everything below.
        case everything
        /// `**/`: nothing, or any folders with the slash behind them.
        case folders
    }

    private let tokens: [Token]
    /// The pattern where it is plain text.
    private let literal: [UInt8]?
    /// What follows the star in a pattern such as `*.csv`.
    private let suffix: [UInt8]?
    /// In a path `*`, `?` and `[…]` stop at slashes and `**` means folders; in a name there are no slashes.
    private let matchesPath: Bool
    private let ignoresCase: Bool

    /// nil for a pattern that matches nothing: a class that is not closed, or a backslash with nothing behind it.
    init?(_ pattern: ArraySlice<UInt8>, matchesPath: Bool, ignoresCase: Bool) {
        guard let tokens = Self.tokens(of: pattern, matchesPath, ignoresCase) else { return nil }
        self.tokens = tokens
        self.matchesPath = matchesPath
        self.ignoresCase = ignoresCase
        literal = Self.bytes(of: tokens[...])
        if case .star? = tokens.first, !matchesPath {
            suffix = Self.bytes(of: tokens.dropFirst())
        } else {
            suffix = nil
        }
    }

    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        if !ignoresCase {
            if let literal { return text.elementsEqual(literal) }
            if let suffix { return text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix) }
        }
        var current = [Bool](repeating: false, count: tokens.count + 1)
        var next = current
        enter(0, &current)
        for raw in text {
            let byte = ignoresCase ? Self.lowercased(raw) : raw
            var isAlive = false
            for position in 0..<tokens.count where current[position] {
                isAlive = true
                step(position, byte, &next)
            }
            guard isAlive else { return false }
            swap(&current, &next)
            for position in next.indices { next[position] = false }
        }
        return current[tokens.count]
    }

    /// Marks a position as reached, and those behind it that need no byte.
    private func enter(_ position: Int, _ states: inout [Bool]) {
        var position = position
        states[position] = true
        while position < tokens.count {
            switch tokens[position] {
            case .star, .everything, .folders: position += 1
            default: return
            }
            states[position] = true
        }
    }

    private func step(_ position: Int, _ byte: UInt8, _ states: inout [Bool]) {
        let isInPart = byte != UInt8(ascii: "/") || !matchesPath
        switch tokens[position] {
        case .byte(let wanted): if byte == wanted { enter(position + 1, &states) }
        case .any: if isInPart { enter(position + 1, &states) }
        case .oneOf(let set): if isInPart, Self.contains(set, byte) { enter(position + 1, &states) }
        case .star: if isInPart { enter(position, &states) }
        case .everything: enter(position, &states)
        case .folders:
            // Within a folder's name what comes behind cannot begin.
            states[position] = true
            if byte == UInt8(ascii: "/") { enter(position + 1, &states) }
        }
    }
}

// MARK: Reading a pattern

extension Wildcard {
    private static func tokens(
        of pattern: ArraySlice<UInt8>, _ matchesPath: Bool, _ ignoresCase: Bool
    ) -> [Token]? {
        let slash = UInt8(ascii: "/")
        var tokens: [Token] = []
        var isPlain = true
        var rest = pattern
        while let byte = rest.popFirst() {
            defer { isPlain = isPlain && !isSpecial(byte) }
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                tokens.append(.byte(ignoresCase ? lowercased(escaped) : escaped))
            case UInt8(ascii: "?"):
                tokens.append(.any)
            case UInt8(ascii: "*"):
                // Git compares the plain text before the first special character by itself and forgets it, so that in
                // `a**/b` the stars are at the beginning.
                let startsPart = isPlain || pattern[rest.startIndex - 2] == slash
                var isDouble = false
                while rest.first == UInt8(ascii: "*") {
                    rest.removeFirst()
                    isDouble = true
                }
                if matchesPath, isDouble, startsPart, rest.first == slash {
                    rest.removeFirst()
                    tokens.append(.folders)
                } else if matchesPath, isDouble, startsPart, rest.isEmpty {
                    tokens.append(.everything)
                } else {
                    tokens.append(.star)
                }
            case UInt8(ascii: "["):
                guard let set = byteSet(&rest, ignoresCase) else { return nil }
                tokens.append(.oneOf(set))
            default:
                tokens.append(.byte(ignoresCase ? lowercased(byte) : byte))
            }
        }
        return tokens
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"): true
        default: false
        }
    }

    /// Reads a class behind its opening bracket; nil where it does not end or names a class that there is not.
    private static func byteSet(_ rest: inout ArraySlice<UInt8>, _ ignoresCase: Bool) -> [UInt64]? {
        var set: [UInt64] = [0, 0, 0, 0]
        func insert(_ byte: UInt8) { set[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest.removeFirst() }
        var isFirst = true
        var previous: UInt8?
        while let byte = rest.popFirst() {
            defer { isFirst = false }
            var member = byte
            switch byte {
            case UInt8(ascii: "]") where !isFirst:
                if ignoresCase {
                    for lower in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(set, lower - 32) { insert(lower) }
                }
                return isNegated ? set.map { ~$0 } : set
            case UInt8(ascii: "-") where previous != nil && rest.first != nil && rest.first != UInt8(ascii: "]"):
                var high = rest.removeFirst()
                if high == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst() else { return nil }
                    high = escaped
                }
                if let low = previous, low <= high { for byte in low...high { insert(byte) } }
                previous = nil
                continue
            case UInt8(ascii: "[") where rest.first == UInt8(ascii: ":"):
                if let members = namedClass(&rest) {
                    guard let members else { return nil }
                    members.forEach(insert)
                    previous = nil
                    continue
                }
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                member = escaped
            default: break
            }
            insert(member)
            previous = member
        }
        return nil
    }

    /// The members of a class such as `[:digit:]`; inner nil where it is unknown, outer nil where it is no such class.
    private static func namedClass(_ rest: inout ArraySlice<UInt8>) -> [UInt8]?? {
        let body = rest.dropFirst()
        guard let end = body.firstIndex(of: UInt8(ascii: "]")) else { return .some(nil) }
        guard end > body.startIndex, body[end - 1] == UInt8(ascii: ":") else { return nil }
        let name = String(decoding: body[..<(end - 1)], as: UTF8.self)
        rest = body[(end + 1)...]
        let digits: [ClosedRange<UInt8>] = [0x30...0x39]
        let upper: [ClosedRange<UInt8>] = [0x41...0x5A]
        let lower: [ClosedRange<UInt8>] = [0x61...0x7A]
        let punctuation: [ClosedRange<UInt8>] = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        let ranges: [ClosedRange<UInt8>]? =
            switch name {
            case "alnum": digits + upper + lower
            case "alpha": upper + lower
            case "blank": [0x20...0x20, 0x09...0x09]
            case "cntrl": [0x00...0x1F, 0x7F...0x7F]
            case "digit": digits
            case "graph": [0x21...0x7E]
            case "lower": lower
            case "print": [0x20...0x7E]
            case "punct": punctuation
            case "space": [0x20...0x20, 0x09...0x0D]
            case "upper": upper
            case "xdigit": digits + [0x41...0x46, 0x61...0x66]
            default: nil
            }
        return .some(ranges.map { $0.flatMap { Array($0) } })
    }

    private static func contains(_ set: [UInt64], _ byte: UInt8) -> Bool {
        set[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }

    /// The text of tokens that are bytes only.
    private static func bytes(of tokens: ArraySlice<Token>) -> [UInt8]? {
        var bytes: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
