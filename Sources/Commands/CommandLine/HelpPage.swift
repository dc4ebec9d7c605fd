import ArgumentParser

/// What `--help` shows of a command, in argparse's order: usage, what it does, arguments, options, examples.
struct HelpPage {
    struct Entry: Equatable {
        let term: String
        let text: String
    }

    struct Section {
        let title: String
        let entries: [Entry]
    }

    let usage: String
    let abstract: String
    let sections: [Section]
    let discussion: String

    /// The page of a command or a family of commands.
    init(of type: any ParsableCommand.Type, path: [String]) {
        if let command = type as? any VarveCommand.Type {
            self.init(ofCommand: command, path: path)
        } else {
            self.init(ofFamily: type, path: path)
        }
    }

    /// The page of one command.
    ///
    /// - Parameter path: the names up to the command's own: `varve`, `remote`, `add`.
    private init(ofCommand command: any VarveCommand.Type, path: [String]) {
        let grammar = CommandGrammar(of: command)
        let name = path.joined(separator: " ")
        let positionals = grammar.positionals.filter(\.shouldDisplay)
        usage = (["usage: \(name) [options]"] + positionals.map(Self.positionalUsage)).joined(separator: " ")
        abstract = command.configuration.abstract
        discussion = command.configuration.discussion
        sections = [
            Section(
                title: "arguments",
                entries: positionals.map { Entry(term: "<\($0.title)>", text: Self.text(of: $0)) }),
            Section(title: "options", entries: Self.optionEntries(grammar, command.dialect)),
        ].filter { !$0.entries.isEmpty }
    }

    /// The page of a family of commands, or of the program itself.
    private init(ofFamily family: any ParsableCommand.Type, path: [String]) {
        let configuration = family.configuration
        let name = path.joined(separator: " ")
        let isProgram = family == Varve.self
        usage = "usage: \(name) \(isProgram ? "[options] " : "")<command> ..."
        abstract = configuration.abstract
        var sections: [Section] = []
        if isProgram {
            let grammar = CommandGrammar(of: ProgramOptions.self)
            sections.append(Section(title: "options", entries: Self.optionEntries(grammar, Dialect())))
        }
        let ungrouped = Section(title: "commands", entries: Self.entries(of: configuration.ungroupedSubcommands))
        let grouped = configuration.groupedSubcommands.map {
            Section(title: $0.name, entries: Self.entries(of: $0.subcommands))
        }
        self.sections = (sections + [ungrouped] + grouped).filter { !$0.entries.isEmpty }
        let closing = "Run `\(name) <command> --help` for the options of a command."
        discussion = [configuration.discussion, closing].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The page as text of at most `width` columns, where words allow; it ends with a line end.
    func text(width: Int) -> String {
        let width = min(max(width, 40), 100)
        let longest = sections.lazy.flatMap(\.entries).map(\.term.count).filter { $0 <= 26 }.max() ?? 0
        var parts = [usage, abstract.wrapped(to: width, indent: 0)].filter { !$0.isEmpty }
        for section in sections {
            let lines = section.entries.map { Self.line($0, column: longest + 4, width: width) }
            parts.append("\(section.title):\n" + lines.joined(separator: "\n"))
        }
        if !discussion.isEmpty {
            let lines = discussion.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            parts.append(
                lines.map { $0.hasPrefix(" ") ? $0 : $0.wrapped(to: width, indent: 0) }.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func line(_ entry: Entry, column: Int, width: Int) -> String {
        let term = "  " + entry.term
        if entry.text.isEmpty { return term }
        let text = entry.text.wrapped(to: width, indent: column)
        if term.count + 2 > column { return term + "\n" + String(repeating: " ", count: column) + text }
        return term + String(repeating: " ", count: column - term.count) + text
    }

    // MARK: - Entries

    private static func entries(of commands: [any ParsableCommand.Type]) -> [Entry] {
        commands.filter { $0.configuration.shouldDisplay }.map { command in
            let aliases = command.configuration.aliases
            let suffix = aliases.isEmpty ? "" : " (\(aliases.joined(separator: ", ")))"
            return Entry(term: command._commandName + suffix, text: command.configuration.abstract)
        }
    }

    private static func optionEntries(_ grammar: CommandGrammar, _ dialect: Dialect) -> [Entry] {
        var entries: [Entry] = []
        for option in grammar.options where option.shouldDisplay {
            let term = option.spellings.joined(separator: ", ") + valueUsage(option, dialect)
            // `--run-cache` and `--no-run-cache` are two flags to ArgumentParser and one to a reader.
            if let last = entries.last, term == "--no-" + last.term.dropFirst(2) {
                entries[entries.count - 1] = Entry(term: last.term + ", " + term, text: last.text)
            } else {
                entries.append(Entry(term: term, text: text(of: option)))
            }
        }
        return entries + [Entry(term: "-h, --help", text: "Show this help")]
    }

    private static func valueUsage(_ option: CommandGrammar.Argument, _ dialect: Dialect) -> String {
        guard option.kind == .option else { return "" }
        let value = option.allValues.map { "{\($0.joined(separator: ","))}" } ?? "<\(option.valueName ?? "value")>"
        if option.takesManyWords { return " [\(value)...]" }
        let mayStandAlone = option.spellings.contains { dialect.bareValues[$0] != nil }
        return mayStandAlone ? " [\(value)]" : " \(value)"
    }

    private static func positionalUsage(_ positional: CommandGrammar.Argument) -> String {
        let name = "<\(positional.title)>" + (positional.isRepeating ? "..." : "")
        return positional.isOptional ? "[\(name)]" : name
    }

    private static func text(of argument: CommandGrammar.Argument) -> String {
        let abstract = argument.abstract ?? ""
        guard argument.kind != .flag, let value = argument.defaultValue, !value.isEmpty else { return abstract }
        return abstract + (abstract.isEmpty ? "" : " ") + "(default: \(value))"
    }
}

extension String {
    /// The words in lines of at most `width` columns; lines after the first begin with `indent` spaces, and all count
    /// as if they did.
    fileprivate func wrapped(to width: Int, indent: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return (lines + [line]).joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
