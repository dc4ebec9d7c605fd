/// Pieces of GitHub's Markdown in which text by others stays text.
package enum MarkdownText {
    /// A text as code, in a table as well: nothing in it is markup, a link or somebody's name.
    package static func code(_ text: String) -> String {
        let line = text.map { $0.isNewline ? " " : String($0) }.joined().escapingControlCharacters
        if line.allSatisfy({ $0 == " " }) { return "" }
        var fence = "`"
        while line.contains(fence) { fence += "`" }
        // A backtick at either end would run into the fence.
        let needsSpace = line.hasPrefix("`") || line.hasSuffix("`")
        let body = (needsSpace ? " \(line) " : line).replacing("|", with: "\\|")
        return fence + body + fence
    }

    /// Rows under headings; cells are Markdown already.
    package static func table(_ headings: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return ([line(headings), "|" + headings.map { _ in "---|" }.joined()] + rows.map(line))
            .joined(separator: "\n")
    }

    /// Something that is folded up until a reader opens it.
    package static func folded(_ title: String, _ body: String) -> String {
        "<details><summary>\(title)</summary>\n\n\(body)\n\n</details>"
    }
}
