/// One line of a `.gitignore`, with the meaning that Git gives it.
struct GitIgnorePattern: Sendable {
    /// `!pattern`: what matches is not ignored after all.
    let isNegated: Bool
    /// `pattern/`
    private let isForFolders: Bool
    /// Without a slash in it the pattern is for names in all folders, with one for paths from its file's folder.
    private let isForNames: Bool
    private let wildcard: Wildcard

    /// nil for an empty line, a comment, and a pattern that matches nothing.
    init?(line: ArraySlice<UInt8>, ignoresCase: Bool) {
        let slash = UInt8(ascii: "/")
        var text = Self.trimmingSpaces(line)
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        isForFolders = text.last == slash
        if isForFolders { text.removeLast() }
        isForNames = !text.contains(slash)
        if text.first == slash { text.removeFirst() }
        guard !text.isEmpty, let wildcard = Wildcard(text, matchesPath: !isForNames, ignoresCase: ignoresCase) else {
            return nil
        }
        self.wildcard = wildcard
    }

    /// Whether it matches a path relative to the folder of its file; `name` is the path's last part.
    func matches(_ path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isDirectory: Bool) -> Bool {
        if isForFolders, !isDirectory { return false }
        return wildcard.matches(isForNames ? name : path)
    }

    /// Spaces at the end do not count, but for one behind a backslash.
    private static func trimmingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var firstSpace: Int?
        var position = line.startIndex
        while position < line.endIndex {
            switch line[position] {
            case UInt8(ascii: " "):
                firstSpace = firstSpace ?? position
            case UInt8(ascii: "\\"):
                position += 1
                fallthrough
            default:
                firstSpace = nil
            }
            position += 1
        }
        return line[..<(firstSpace ?? line.endIndex)]
    }
}

/// The patterns of one ignore file.
struct GitIgnoreList: Sendable {
    private let patterns: [GitIgnorePattern]
    /// How many bytes of a path are the folder of the file, with its slash.
    private let baseLength: Int

    init(_ text: [UInt8], baseLength: Int, ignoresCase: Bool) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = text.starts(with: byteOrderMark) ? text.dropFirst(3) : text[...]
        patterns = body.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            return GitIgnorePattern(line: line, ignoresCase: ignoresCase)
        }
        self.baseLength = baseLength
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// Whether the last pattern that matches ignores; nil where none does.
    func verdict(_ path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isDirectory: Bool) -> Bool? {
        let relative = path.dropFirst(baseLength)
        return patterns.last { $0.matches(relative, name: name, isDirectory: isDirectory) }.map { !$0.isNegated }
    }
}
