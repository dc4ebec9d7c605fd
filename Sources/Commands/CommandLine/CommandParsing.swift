import ArgumentParser

extension VarveCommand {
    /// Reads the words after this command's name by argparse's rules; `nil` when help is asked for.
    static func parsed(from words: [String]) throws(UsageError) -> (any VarveCommand)? {
        // Without options there is no dialect to speak, and describing the command, which takes milliseconds, is spared.
        // Words that fail are read again below, for argparse's message.
        if dialect.oneRequired.isEmpty, !words.contains(where: { $0.utf8.first == 0x2D }),
            let command = try? parseAsRoot(["--"] + words) as? any VarveCommand
        {
            return command
        }
        let grammar = CommandGrammar(of: Self.self)
        guard case .words(let written) = try WordReader(grammar, dialect).read(words) else { return nil }
        do {
            return try parseAsRoot(written) as? any VarveCommand
        } catch {
            throw usageError(error, grammar, Self.self)
        }
    }
}

extension ParsableArguments {
    /// Reads options that stand for themselves, such as those behind `--`; `nil` when help is asked for.
    static func read(_ words: [String]) throws(UsageError) -> Self? {
        let grammar = CommandGrammar(of: Self.self)
        guard case .words(let written) = try WordReader(grammar, Dialect()).read(words) else { return nil }
        do {
            return try parse(written)
        } catch {
            throw usageError(error, grammar, Self.self)
        }
    }
}

extension ProgramOptions {
    /// Reads the options before the command and returns them with the words that follow, `nil` when help is asked for.
    static func parsed(from words: [String]) throws(UsageError) -> (options: ProgramOptions, rest: [String])? {
        try WithCommand.read(words).map { ($0.options, $0.command) }
    }

    private struct WithCommand: ParsableArguments {
        @OptionGroup var options: ProgramOptions
        @Argument(parsing: .postTerminator) var command: [String] = []
    }
}

/// ArgumentParser only converts values by now, so what it finds wrong is a value; argparse's words for that.
private func usageError(
    _ error: any Error, _ grammar: CommandGrammar, _ type: any ParsableArguments.Type
) -> UsageError {
    let message = type.message(for: error)
    // The value 'x' is invalid for '-j <number>'
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "The value ", parts[2] == " is invalid for ", parts[4].isEmpty else {
        return UsageError(message)
    }
    let name = parts[3].split(separator: " ").first.map(String.init) ?? ""
    let argument =
        (grammar.options + grammar.positionals).first { $0.spellings.contains(name) || "<\($0.title)>" == name }
    return .argument(argument?.title ?? name, "invalid int value: '\(parts[1])'")
}
