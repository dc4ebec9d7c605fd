import ArgumentParser

/// Finds the command that the first words name, without building a parser for all the others.
enum CommandLookup {
    enum Outcome {
        case command(any VarveCommand.Type, words: [String], family: [String])
        case help(any ParsableCommand.Type)
        case failure(UsageError, at: any ParsableCommand.Type)
    }

    /// Goes down from `family` along `words`. Options between a family's name and its command are handed on to the
    /// command.
    static func find(_ words: [String], in family: any ParsableCommand.Type) -> Outcome {
        var family = family
        var rest = words[...]
        var early: [String] = []
        var path: [String] = []
        while let word = rest.popFirst() {
            if word == "-h" || word == "--help" { return .help(family) }
            if word.hasPrefix("-"), word.utf8.count > 1 {
                early.append(word)
                continue
            }
            let members = family.configuration.subcommands
            guard let found = members.first(where: { names(of: $0).contains(word) }) else {
                return .failure(unknown(word, among: members, isTop: path.isEmpty), at: family)
            }
            if let command = found as? any VarveCommand.Type {
                return .command(command, words: early + rest, family: path)
            }
            path.append(found._commandName)
            family = found
        }
        if let option = early.first(where: { !["-q", "--quiet", "-v", "--verbose"].contains($0) }) {
            return .failure(UsageError("unrecognized arguments: \(option)"), at: family)
        }
        let missing = path.isEmpty ? "command" : "cmd"
        return .failure(UsageError("the following arguments are required: \(missing)"), at: family)
    }

    /// The command or family that words name in full, for `help`.
    static func topic(_ words: [String], in family: any ParsableCommand.Type) -> Outcome {
        var current = family
        for word in words where !word.hasPrefix("-") {
            let members = current.configuration.subcommands
            guard let found = members.first(where: { names(of: $0).contains(word) }) else {
                return .failure(unknown(word, among: members, isTop: current == family), at: current)
            }
            current = found
        }
        return .help(current)
    }

    static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }

    private static func unknown(_ word: String, among members: [any ParsableCommand.Type], isTop: Bool) -> UsageError {
        let visible = members.filter { $0.configuration.shouldDisplay }.flatMap { names(of: $0) }
        return UsageError(
            "argument \(isTop ? "command" : "cmd"): invalid choice: '\(word)'",
            remedy: nearest(to: word, among: visible).map { "did you mean '\($0)'?" })
    }
}
