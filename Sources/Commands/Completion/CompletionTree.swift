import ArgumentParser

/// All that a completion script knows before it asks the repository: commands, their options, kinds of values.
struct CompletionTree {
    enum Value: Equatable {
        case anything
        case words([String])
        case files
        case folders
        case repository(CompletedWord)
    }

    struct Option {
        /// With dashes, short ones first.
        let spellings: [String]
        let abstract: String
        /// `nil` for a flag.
        let value: Value?
    }

    struct Node {
        /// Names from the program down, without the program's own; empty for the program.
        let path: [String]
        /// The last name of the path and its aliases.
        let names: [String]
        let abstract: String
        let options: [Option]
        /// What its positional words are; `nil` where it takes none.
        let positional: Value?
        /// Places of the visible commands below it.
        var children: [Int] = []

        var command: String { path.joined(separator: " ") }
        var parent: String { path.dropLast().joined(separator: " ") }
    }

    /// Each command after the family it belongs to.
    private(set) var nodes: [Node] = []

    init(of program: any ParsableCommand.Type = Varve.self) {
        add(program, path: [])
    }

    @discardableResult
    private mutating func add(_ type: any ParsableCommand.Type, path: [String]) -> Int {
        let isProgram = path.isEmpty
        let grammar: CommandGrammar? =
            type is any VarveCommand.Type
            ? CommandGrammar(of: type) : isProgram ? CommandGrammar(of: ProgramOptions.self) : nil
        let help = Option(spellings: ["-h", "--help"], abstract: "Show help", value: nil)
        let options = (grammar?.options ?? []).filter(\.shouldDisplay).map {
            Option(
                spellings: $0.spellings, abstract: $0.abstract ?? "",
                value: $0.kind == .flag ? nil : Self.value(of: $0, otherwise: .anything))
        }
        let place = nodes.count
        nodes.append(
            Node(
                path: path, names: CommandLookup.names(of: type), abstract: type.configuration.abstract,
                options: options + [help],
                positional: grammar?.positionals.first.map { Self.value(of: $0, otherwise: .files) }))
        for child in type.configuration.subcommands where child.configuration.shouldDisplay {
            let childPlace = add(child, path: path + [child._commandName])
            nodes[place].children.append(childPlace)
        }
        return place
    }

    private static func value(of argument: CommandGrammar.Argument, otherwise: Value) -> Value {
        guard let completion = argument.completionKind else { return otherwise }
        if let list = completion.list { return .words(list.values) }
        if completion.file != nil { return .files }
        if completion.directory != nil { return .folders }
        let asked = completion.shellCommand?.command.split(separator: " ").last.map(String.init) ?? ""
        return CompletedWord(rawValue: asked).map(Value.repository) ?? otherwise
    }
}

extension String {
    /// In single quotes, safe in any POSIX shell and zsh.
    var shellQuoted: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
