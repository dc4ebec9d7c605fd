import ArgumentParser
import Basics

/// Finds the command that the first words name, without building a parser for all the others.
enum CommandLookup {
    enum Outcome {
        case command(any VarveCommand.Type, words: [String])
        case help
        case failure(UsageError)
    }

    /// Where the search ended, and the names that lead there.
    struct Place {
        var type: any ParsableCommand.Type
        var path: [String]
    }

    /// Goes down from `place` along `words`. Options between a family's name and its command are handed on to the
    /// command.
    static func find(_ words: [String], from place: inout Place) -> Outcome {
        var rest = words[...]
        var early: [String] = []
        while let word = rest.popFirst() {
            if word == "-h" || word == "--help" { return .help }
            if word.hasPrefix("-"), word.utf8.count > 1 {
                // Options of a family that is a command itself, such as `varve run tune -n 10`, are that command's.
                if !plain.contains(word), let command = standIn(for: &place) {
                    return .command(command, words: early + [word] + rest)
                }
                early.append(word)
                continue
            }
            if let failure = descend(word, from: &place) { return .failure(failure) }
            if let command = place.type as? any VarveCommand.Type { return .command(command, words: early + rest) }
        }
        if let command = standIn(for: &place) { return .command(command, words: early) }
        if let option = early.first(where: { !plain.contains($0) }) {
            return .failure(UsageError("unrecognized arguments: \(option)"))
        }
        return .failure(UsageError("the following arguments are required: \(title(at: place))"))
    }

    /// The options that every command has.
    private static let plain = ["-q", "--quiet", "-v", "--verbose"]

    /// The member that a family means when none is named.
    private static func standIn(for place: inout Place) -> (any VarveCommand.Type)? {
        guard let member = place.type.configuration.defaultSubcommand, let command = member as? any VarveCommand.Type
        else { return nil }
        place.type = member
        place.path.append(member._commandName)
        return command
    }

    /// The command or family that words name in full, for `varve help`.
    static func topic(_ words: [String], from place: inout Place) -> Outcome {
        for word in words where !word.hasPrefix("-") {
            if let failure = descend(word, from: &place) { return .failure(failure) }
        }
        return .help
    }

    private static func descend(_ word: String, from place: inout Place) -> UsageError? {
        let members = place.type.configuration.subcommands
        guard let found = members.first(where: { names(of: $0).contains(word) }) else {
            let visible = members.filter { $0.configuration.shouldDisplay }.flatMap { names(of: $0) }
            return UsageError(
                "argument \(title(at: place)): invalid choice: '\(word)'",
                remedy: nearest(to: word, among: visible).map { "did you mean '\($0)'?" })
        }
        place.type = found
        place.path.append(found._commandName)
        return nil
    }

    /// argparse's word for the missing name: `command` after the program, `cmd` after a family.
    private static func title(at place: Place) -> String { place.path.count == 1 ? "command" : "cmd" }

    static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }
}
