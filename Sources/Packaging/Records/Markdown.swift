import FileSystem

/// Text by others inside of Markdown: nothing in it becomes markup.
enum Markdown {
    /// On one line, with what Markdown and HTML would obey escaped.
    static func text(_ text: String) -> String {
        var result = ""
        for character in text.printable {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~", "$", "!": result += "\\\(character)"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
        return result
    }

    /// As it is, in a span of code inside of a table or a line.
    static func code(_ text: String) -> String {
        let shown = text.printable
        let fence = String(repeating: "`", count: longestRun(of: "`", in: shown) + 1)
        let pad = shown.hasPrefix("`") || shown.hasSuffix("`") ? " " : ""
        return fence + pad + shown.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            + pad + fence
    }

    /// Lines as they are, in a block.
    static func block(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
        let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
        return ([fence] + lines + [fence]).joined(separator: "\n")
    }

    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func longestRun(of wanted: Character, in text: String) -> Int {
        var longest = 0
        var run = 0
        for character in text {
            run = character == wanted ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
