import ArgumentParser

/// One page of the command line reference, written from what the command itself declares.
struct ReferencePage {
    /// `varve-remote-add.md`
    let fileName: String
    let title: String
    let abstract: String
    let isFamily: Bool
    private let page: HelpPage
    private let aliases: [String]
    private let failureStatus: Int32?

    init(_ type: any ParsableCommand.Type, path: [String]) {
        fileName = path.joined(separator: "-") + ".md"
        title = path.joined(separator: " ")
        abstract = type.configuration.abstract
        aliases = type.configuration.aliases
        page = HelpPage(of: type, path: path)
        failureStatus = (type as? any VarveCommand.Type)?.failureStatus
        isFamily = failureStatus == nil
    }

    /// The pages of all visible commands, families before their commands.
    static func all() -> [ReferencePage] {
        pages(below: Varve.self, path: ["varve"])
    }

    private static func pages(below type: any ParsableCommand.Type, path: [String]) -> [ReferencePage] {
        let visible = type.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        return [ReferencePage(type, path: path)]
            + visible.flatMap { pages(below: $0, path: path + [$0._commandName]) }
    }

    var markdown: String {
        var parts = ["# \(title)", Self.escaped(abstract)]
        if !aliases.isEmpty { parts.append("Also: " + aliases.map { "`\($0)`" }.joined(separator: ", ")) }
        parts.append("```\n\(page.usage)\n```")
        for section in page.sections {
            let entries = section.entries.map { entry in
                let term = isFamily && section.title != "options" ? link(entry.term) : "`\(entry.term)`"
                return "- \(term)" + (entry.text.isEmpty ? "" : ": \(Self.escaped(entry.text))")
            }
            parts.append("## \(section.title.prefix(1).uppercased() + section.title.dropFirst())")
            parts.append(entries.joined(separator: "\n"))
        }
        if !isFamily, !page.discussion.isEmpty { parts += discussionParts }
        if let failureStatus { parts += ["## Exit status", Self.statuses(failureStatus)] }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// Prose as it is; the indented examples as a block that can be copied.
    private var discussionParts: [String] {
        let lines = page.discussion.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "Examples:") else { return [page.discussion] }
        let prose = lines[..<start].joined(separator: "\n").split(separator: "\n\n").joined(separator: "\n\n")
        let block = lines[(start + 1)...].map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : String($0) }
        return (prose.isEmpty ? [] : [prose])
            + ["## Examples", "```sh\n" + block.joined(separator: "\n") + "\n```"]
    }

    /// A command in a family's list, linked to its own page.
    private func link(_ term: String) -> String {
        let name = term.split(separator: " ").first.map(String.init) ?? term
        let page = (title + " " + name).split(separator: " ").joined(separator: "-")
        return "[`\(name)`](\(page).md)" + term.dropFirst(name.count)
    }

    private static func statuses(_ failureStatus: Int32) -> String {
        let rows: [(Int32, String)] = [
            (ExitStatus.success, "it worked, or there was nothing to do"),
            (failureStatus, "it failed; the reason is on standard error"),
            (ExitStatus.configuration, "a setting is wrong"),
            (ExitStatus.interrupted, "Ctrl-C"),
            (ExitStatus.notARepository, "not inside a repository"),
            (ExitStatus.usage, "the words on the command line cannot be read"),
            (ExitStatus.unexpected, "anything else went wrong"),
        ]
        // The command's own status for failures may be the one for everything else.
        let shown = failureStatus == ExitStatus.unexpected ? rows.filter { $0.1 != rows[1].1 } : rows
        let table = ["| status | when |", "|---|---|"] + shown.map { "| \($0.0) | \($0.1) |" }
        return table.joined(separator: "\n")
    }

    /// `<name>` would be taken for HTML.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\<")
    }
}
