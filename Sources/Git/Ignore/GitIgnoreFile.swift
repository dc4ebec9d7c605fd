/// The lines of a `.gitignore` file, edited the way DVC does; every byte that is not edited stays as it was.
package struct GitIgnoreFile: Sendable, Equatable {
    /// What the file holds.
    package let contents: [UInt8]

    package init(_ contents: [UInt8] = []) { self.contents = contents }
    package init(text: String) { contents = Array(text.utf8) }

    /// Whether nothing is left, so that the file goes.
    package var isEmpty: Bool { contents.isEmpty }

    /// The line that ignores a file or folder of this name beside the `.gitignore` file, and nothing else.
    ///
    /// The escapes are DVC's, which leaves a space at the end alone although Git does not count it. A line break cannot
    /// be escaped; it becomes `?`, which matches it, rather than a second line.
    package static func pattern(forName name: String) -> String {
        var line: [UInt8] = [UInt8(ascii: "/")]
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                line.append(UInt8(ascii: "?"))
            case UInt8(ascii: "\\"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "!"), UInt8(ascii: "*"),
                UInt8(ascii: "#"), UInt8(ascii: "?"):
                line += [UInt8(ascii: "\\"), byte]
            default:
                line.append(byte)
            }
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// The file with a line at its end; nil where it has that line.
    package func adding(_ pattern: String) -> GitIgnoreFile? {
        if lines.contains(where: { Self.matches($0, pattern) }) { return nil }
        let newline = UInt8(ascii: "\n")
        let separator = contents.isEmpty || contents.last == newline ? [] : [newline]
        return GitIgnoreFile(contents + separator + Array(pattern.utf8) + [newline])
    }

    /// The file without the lines that are the pattern, empty when it had no others; nil where it has none.
    package func removing(_ pattern: String) -> GitIgnoreFile? {
        let kept = lines.filter { !Self.matches($0, pattern) }
        return kept.count == lines.count ? nil : GitIgnoreFile(Array(kept.joined()))
    }

    /// With their line ends.
    private var lines: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = contents[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(rest[...end])
            rest = rest[(end + 1)...]
        }
        return rest.isEmpty ? lines : lines + [rest]
    }

    private static func matches(_ line: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        var line = line
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line.elementsEqual(pattern.utf8)
    }
}
