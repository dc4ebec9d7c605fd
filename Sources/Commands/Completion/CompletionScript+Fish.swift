extension CompletionScript {
    static func fish(_ tree: CompletionTree, program: String) -> String {
        let descent = tree.nodes.dropFirst().map { node in
            let patterns = node.names.map { "\(node.parent)/\($0)".fishQuoted }.joined(separator: " ")
            return "            case \(patterns)\n                set command \(node.command.fishQuoted)"
        }
        let entries = tree.nodes.flatMap { fishEntries($0, tree, program: program) }
        return """
            # fish completion for \(program); load it with: \(program) completion -s fish | source

            function __\(program)_command
                set -l words (commandline -opc)
                set -e words[1]
                set -l command ''
                set -l skipped 0
                for word in $words
                    if test $skipped = 1
                        set skipped 0
                        continue
                    end
                    switch "$command/$word"
            \(descent.joined(separator: "\n"))
                        case '/--cd'
                            set skipped 1
                        case '*/-*'
                        case '*'
                            break
                    end
                end
                echo $command
            end

            function __\(program)_at
                test (__\(program)_command) = "$argv[1]"
            end

            function __\(program)_words
                \(program) __complete $argv[1] -- (commandline -ct | string replace -r '^--[^=]*=' '') 2>/dev/null
            end

            complete -c \(program) -f
            \(entries.joined(separator: "\n"))

            """
    }

    private static func fishEntries(
        _ node: CompletionTree.Node, _ tree: CompletionTree, program: String
    ) -> [String] {
        let start = "complete -c \(program) -n \("__\(program)_at \(node.command.fishQuoted)".fishQuoted)"
        let commands = node.children.flatMap { child in
            tree.nodes[child].names.map { "\(start) -a \($0) -d \(tree.nodes[child].abstract.fishQuoted)" }
        }
        let options = node.options.map { option in
            let names = option.spellings.map { $0.hasPrefix("--") ? "-l \($0.dropFirst(2))" : "-s \($0.dropFirst(1))" }
            let value = option.value.map { " " + fishWords($0, program: program, isOption: true) } ?? ""
            return "\(start) \(names.joined(separator: " "))\(value) -d \(option.abstract.fishQuoted)"
        }
        let positional =
            node.children.isEmpty
            ? node.positional.map { ["\(start) \(fishWords($0, program: program, isOption: false))"] } ?? [] : []
        return commands + options + positional
    }

    private static func fishWords(_ value: CompletionTree.Value, program: String, isOption: Bool) -> String {
        let required = isOption ? "-r " : ""
        return switch value {
        case .anything: required + "-f"
        case .words(let words): "\(required)-f -a \(words.joined(separator: " ").fishQuoted)"
        case .files: required + "-F"
        case .folders: "\(required)-f -a '(__fish_complete_directories)'"
        case .repository(let kind): "\(required)-f -a '(__\(program)_words \(kind.rawValue))'"
        }
    }
}

extension String {
    fileprivate var fishQuoted: String {
        var quoted = "'"
        for character in self {
            if character == "'" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "'"
    }
}
