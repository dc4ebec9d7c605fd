/// A path, relative to the repository, that patterns are tried on.
struct IgnoreSubject {
    let path: [UInt8]
    let isDirectory: Bool
    /// The path of a folder with a slash behind it; the path itself otherwise.
    let withSlash: [UInt8]
    let hasNewLine: Bool

    init(_ path: [UInt8], isDirectory: Bool) {
        self.path = path
        self.isDirectory = isDirectory
        withSlash = isDirectory ? path + [slash] : path
        hasNewLine = path.contains(newLine)
    }
}

/// One pattern of a `.dvcignore`, with the meaning that DVC gives it.
///
/// DVC hands its patterns to a library that turns them into regular expressions and asks whether a path *begins* with a
/// match; this matches the same paths without regular expressions, in time proportional to pattern times path. What
/// differs from Git, such as `a/**` matching the folder `a` itself, and `*/` matching nothing, is so in DVC.
struct IgnorePattern: Sendable {
    /// Why a pattern cannot be used; DVC stops at such a pattern with an internal error.
    enum Flaw: Error {
        case nothing
        case trailingBackslash
        case reversedRange

        var text: String {
            switch self {
            case .nothing: "it is empty"
            case .trailingBackslash: "it ends with a backslash that escapes nothing"
            case .reversedRange: "a character range in it runs backwards"
            }
        }
    }

    fileprivate enum Token {
        /// These bytes.
        case bytes([UInt8])
        /// `?`: one character other than a slash.
        case anyCharacter
        /// `*`: any number of characters other than slashes.
        case anyCharacters
        /// One character of a class; as in DVC a negated class takes a slash too.
        case oneOf(negated: Bool, [ClosedRange<UInt32>])
        /// A leading `**`: nothing, or folders with a slash behind them.
        case leadingFolders
        /// An inner `**`: nothing, or a slash with folders behind it.
        case innerFolders
        /// The end of the path, or of one of its parts.
        case endOfPart
        /// Any character: `*` and `**` alone.
        case anything
    }

    /// False for `!pattern`.
    let ignores: Bool
    /// Whether it is asked about folders only; it may yet match by a folder above.
    let isForFolders: Bool
    private let tokens: [Token]
    private let shortcut: Shortcut

    /// Shapes that most patterns have, and that need no general matching.
    fileprivate enum Shortcut {
        case none
        /// Some part of the path is this name.
        case name([UInt8], needsSlash: Bool)
        /// Some part of the path ends with this.
        case ending([UInt8])
    }

    /// Nil where the text is a comment, blank, or one that DVC passes over.
    init?(_ text: String) throws(Flaw) {
        let whole = text.trimmingWhitespace(leading: false)
        let scalars = Array(whole.unicodeScalars)
        guard let first = scalars.first, first != "#", scalars != ["/"] else { return nil }
        ignores = first != "!"
        isForFolders = text.unicodeScalars.last == "/"
        let body = ignores ? scalars[...] : scalars.dropFirst()
        var segments = body.split(separator: "/", omittingEmptySubsequences: false).map(Array.init)
        let endsWithSlash = segments.last?.isEmpty == true
        try Self.normalize(&segments)
        let doubleStar: [Unicode.Scalar] = ["*", "*"]
        if segments == [doubleStar] || segments == [doubleStar, ["*"]] || segments == [doubleStar, ["*"], doubleStar] {
            // DVC looks for a slash at the very start of the path, where there never is one.
            let matchesAll = segments.count < 3 && !(segments.count == 1 && endsWithSlash)
            tokens = [matchesAll ? .anything : .bytes([slash])]
            shortcut = .none
            return
        }
        guard let tokens = try Self.tokens(of: segments) else { return nil }
        self.tokens = tokens
        shortcut = Shortcut(tokens)
    }

    /// Whether the path matches; a folder may match with a slash behind it.
    func matches(_ subject: IgnoreSubject) -> Bool {
        if isForFolders && !subject.isDirectory { return false }
        if subject.isDirectory, matches(text: subject.withSlash, hasNewLine: subject.hasNewLine) { return true }
        // With the slash everything matches that does without, but for `$`, which accepts a new line at the end.
        return (!subject.isDirectory || subject.hasNewLine) && matchesWithoutSlash(subject)
    }

    /// Whether the path matches as it is.
    func matchesWithoutSlash(_ subject: IgnoreSubject) -> Bool {
        matches(text: subject.path, hasNewLine: subject.hasNewLine)
    }

    private func matches(text: [UInt8], hasNewLine: Bool) -> Bool {
        if !hasNewLine {
            switch shortcut {
            case .name(let name, let needsSlash): return Self.hasPart(name, needsSlash: needsSlash, in: text)
            case .ending(let ending): return Self.hasPart(endingWith: ending, in: text)
            case .none: break
            }
        }
        return text.withUnsafeBufferPointer { text in
            withUnsafeTemporaryAllocation(of: Bool.self, capacity: (text.count + 1) * 2) { buffer in
                run(text, buffer)
            }
        }
    }

    /// Follows all positions that the tokens so far can end at, token by token, each in one sweep over the text.
    private func run(_ text: UnsafeBufferPointer<UInt8>, _ buffer: UnsafeMutableBufferPointer<Bool>) -> Bool {
        buffer.initialize(repeating: false)
        let size = text.count + 1
        var current = UnsafeMutableBufferPointer(rebasing: buffer[..<size])
        var next = UnsafeMutableBufferPointer(rebasing: buffer[size...])
        current[0] = true
        var first = 0
        for token in tokens {
            guard let reached = Self.advance(token, text, current, first, &next) else { return false }
            current.update(repeating: false)
            swap(&current, &next)
            first = reached
        }
        return true
    }

    /// Marks in `ends` where a token can end that begins at one of `starts`, of which `first` is the smallest.
    /// Returns the smallest end; nil where there is none.
    private static func advance(
        _ token: Token, _ text: UnsafeBufferPointer<UInt8>, _ starts: UnsafeMutableBufferPointer<Bool>, _ first: Int,
        _ ends: inout UnsafeMutableBufferPointer<Bool>
    ) -> Int? {
        var smallest: Int?
        func found(_ end: Int) {
            ends[end] = true
            if end < smallest ?? .max { smallest = end }
        }
        switch token {
        case .anyCharacters:
            var isOpen = false
            var position = first
            while position <= text.count {
                if starts[position] { isOpen = true }
                if isOpen { found(position) }
                if position == text.count { break }
                if text[position] == slash { isOpen = false }
                position += characterLength(text, at: position)
            }
        case .leadingFolders:
            // `.` in the expressions behind this is anything but a new line, and one must come before the slash.
            found(0)
            for position in text.indices.prefix(while: { text[$0] != newLine })
            where text[position] == slash && position > 0 { found(position + 1) }
        case .innerFolders:
            // A slash at a start, at least one character that is not a new line, and then up to another slash.
            var opening: Int?
            for position in first..<starts.count {
                if starts[position] { found(position) }
                guard position < text.count else { break }
                if text[position] == newLine { opening = nil }
                guard text[position] == slash else { continue }
                if let opening, position > opening + 1 { found(position) }
                if starts[position], opening == nil { opening = position }
            }
        default:
            for start in first..<starts.count where starts[start] {
                if let end = end(of: token, text, from: start) { found(end) }
            }
        }
        return smallest
    }

    /// Where a token that starts at `start` ends, for those that have one such place.
    private static func end(of token: Token, _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        switch token {
        case .bytes(let bytes):
            let end = start + bytes.count
            return end <= text.count && text[start..<end].elementsEqual(bytes) ? end : nil
        case .anyCharacter:
            guard start < text.count, text[start] != slash else { return nil }
            return start + characterLength(text, at: start)
        case .oneOf(let negated, let ranges):
            guard start < text.count else { return nil }
            let length = characterLength(text, at: start)
            let character = scalar(text, at: start, length: length)
            return ranges.contains { $0.contains(character) } != negated ? start + length : nil
        case .endOfPart:
            if start == text.count || (start == text.count - 1 && text[start] == newLine) { return start }
            return text[start] == slash ? start + 1 : nil
        case .anything:
            return start < text.count && text[start] != newLine ? start + characterLength(text, at: start) : nil
        case .anyCharacters, .leadingFolders, .innerFolders:
            return nil
        }
    }

    private static func hasPart(_ name: [UInt8], needsSlash: Bool, in text: [UInt8]) -> Bool {
        var start = 0
        while start <= text.count {
            let end = start + name.count
            if end > text.count { return false }
            let ends = end == text.count ? !needsSlash : text[end] == slash
            if ends, text[start..<end].elementsEqual(name) { return true }
            guard let end = text[start...].firstIndex(of: slash) else { return false }
            start = end + 1
        }
        return false
    }

    private static func hasPart(endingWith ending: [UInt8], in text: [UInt8]) -> Bool {
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: slash) ?? text.count
            if end - start >= ending.count, text[(end - ending.count)..<end].elementsEqual(ending) { return true }
            start = end + 1
        }
        return false
    }

    private static func characterLength(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int {
        let wanted: Int
        switch text[start] {
        case 0xF0...: wanted = 4
        case 0xE0...: wanted = 3
        case 0xC0...: wanted = 2
        default: wanted = 1
        }
        return min(wanted, text.count - start)
    }

    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, at start: Int, length: Int) -> UInt32 {
        String(decoding: text[start..<start + length], as: UTF8.self).unicodeScalars.first?.value ?? 0
    }
}

// MARK: Reading a pattern

extension IgnorePattern.Shortcut {
    fileprivate init(_ tokens: [IgnorePattern.Token]) {
        self = .none
        guard case .leadingFolders = tokens.first, tokens.count > 1, tokens.count < 5 else { return }
        if case .bytes(let name) = tokens[1], !name.contains(newLine) {
            if tokens.count == 3, case .endOfPart = tokens[2] {
                self = .name(name, needsSlash: false)
            } else if tokens.count == 2, name.last == slash {
                self = .name(name.dropLast(), needsSlash: true)
            }
        } else if tokens.count == 4, case .anyCharacters = tokens[1], case .bytes(let ending) = tokens[2],
            case .endOfPart = tokens[3], !ending.contains(slash), !ending.contains(newLine)
        {
            self = .ending(ending)
        }
    }
}

extension IgnorePattern {
    private static func normalize(_ segments: inout [[Unicode.Scalar]]) throws(Flaw) {
        let doubleStar: [Unicode.Scalar] = ["*", "*"]
        if segments.first?.isEmpty == true {
            segments.removeFirst()
        } else if segments.count == 1 || (segments.count == 2 && segments[1].isEmpty) {
            if segments[0] != doubleStar { segments.insert(doubleStar, at: 0) }
        }
        guard let last = segments.last else { throw .nothing }
        if last.isEmpty { segments[segments.count - 1] = doubleStar }
        var collapsed: [[Unicode.Scalar]] = []
        for segment in segments where !(segment == doubleStar && collapsed.last == doubleStar) {
            collapsed.append(segment)
        }
        segments = collapsed
    }

    /// Nil where a class is not closed: DVC, like Git, passes over such a pattern.
    private static func tokens(of segments: [[Unicode.Scalar]]) throws(Flaw) -> [Token]? {
        var tokens: [Token] = []
        var needsSlash = false
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment == ["*", "*"] {
                if index == 0 {
                    tokens.append(.leadingFolders)
                } else if isLast {
                    append([slash], to: &tokens)
                } else {
                    tokens.append(.innerFolders)
                    needsSlash = true
                }
                continue
            }
            if needsSlash { append([slash], to: &tokens) }
            if segment == ["*"] {
                tokens += [.anyCharacter, .anyCharacters]
            } else if try !appendGlob(segment, to: &tokens) {
                return nil
            }
            if isLast { tokens.append(.endOfPart) }
            needsSlash = true
        }
        return tokens
    }

    private static func append(_ bytes: [UInt8], to tokens: inout [Token]) {
        if case .bytes(let before) = tokens.last {
            tokens[tokens.count - 1] = .bytes(before + bytes)
        } else {
            tokens.append(.bytes(bytes))
        }
    }

    private static func appendGlob(_ segment: [Unicode.Scalar], to tokens: inout [Token]) throws(Flaw) -> Bool {
        var index = 0
        while index < segment.count {
            let scalar = segment[index]
            index += 1
            switch scalar {
            case "\\":
                guard index < segment.count else { throw .trailingBackslash }
                append(Array(UTF8.encode(segment[index]).map { Array($0) } ?? []), to: &tokens)
                index += 1
            case "*":
                if case .anyCharacters = tokens.last { continue }
                tokens.append(.anyCharacters)
            case "?": tokens.append(.anyCharacter)
            case "[":
                guard let end = endOfClass(segment, from: index) else { return false }
                tokens.append(try characterClass(segment[index..<end]))
                index = end + 1
            default: append(Array(UTF8.encode(scalar).map { Array($0) } ?? []), to: &tokens)
            }
        }
        return true
    }

    /// The place of the bracket that closes a class; one that comes first is a member.
    private static func endOfClass(_ segment: [Unicode.Scalar], from start: Int) -> Int? {
        var index = start
        if index < segment.count, segment[index] == "!" || segment[index] == "^" { index += 1 }
        if index < segment.count, segment[index] == "]" { index += 1 }
        return segment[min(index, segment.count)...].firstIndex(of: "]")
    }

    /// What is between the brackets: single characters and ranges, with backslashes as themselves.
    private static func characterClass(_ text: ArraySlice<Unicode.Scalar>) throws(Flaw) -> Token {
        var rest = text
        var negated = false
        if rest.first == "!" || rest.first == "^" {
            negated = true
            rest.removeFirst()
        }
        var ranges: [ClosedRange<UInt32>] = []
        while let low = rest.popFirst() {
            guard rest.first == "-", rest.count > 1 else {
                ranges.append(low.value...low.value)
                continue
            }
            rest.removeFirst()
            // There is one, because more than the hyphen was left.
            let high = rest.removeFirst()
            guard high.value >= low.value else { throw .reversedRange }
            ranges.append(low.value...high.value)
        }
        return .oneOf(negated: negated, ranges)
    }
}

extension String {
    /// Without the white space that Python strips from the ends of a line.
    func trimmingWhitespace(leading: Bool = true) -> String {
        var view = unicodeScalars[...]
        while let last = view.last, last.isPythonSpace { view.removeLast() }
        while leading, let first = view.first, first.isPythonSpace { view.removeFirst() }
        return String(view)
    }
}

extension Unicode.Scalar {
    fileprivate var isPythonSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}

private let slash = UInt8(ascii: "/")
private let newLine = UInt8(ascii: "\n")
