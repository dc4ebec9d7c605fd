/// Writes completion scripts. They hold commands and options, and ask `__complete` for what only the repository knows.
enum CompletionScript {
    static func bash(_ tree: CompletionTree, program: String) -> String {
        let descent = tree.nodes.dropFirst().map { node in
            "            \(pattern(node)) command=\(node.command.shellQuoted) ;;"
        }
        let cases = tree.nodes.map { bashCase($0, tree, program: program) }
        return """
            # bash completion for \(program); load it with: source <(\(program) completion -s bash)

            _\(program)_words() {
                mapfile -t COMPREPLY < <(\(program) __complete "$1" -- "$cur" 2>/dev/null)
                compopt -o filenames 2>/dev/null
            }

            _\(program)() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command="" i
                # --option=value arrives as three words
                if [[ $cur == "=" ]]; then
                    cur=""
                elif [[ $prev == "=" && $COMP_CWORD -gt 2 ]]; then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$command/${COMP_WORDS[i]}" in
            \(descent.joined(separator: "\n"))
                        /--cd) ((i++)) ;;
                        */-*) ;;
                        *) break ;;
                    esac
                done
                case "$command" in
            \(cases.joined(separator: "\n"))
                esac
            }

            complete -o default -F _\(program) \(program)

            """
    }

    /// The alternatives of a case that goes from a command's family to it: `/push)`, `experiments/rm|experiments/remove)`.
    static func pattern(_ node: CompletionTree.Node) -> String {
        node.names.map { "\(node.parent)/\($0)".shellQuoted }.joined(separator: "|") + ")"
    }

    private static func bashCase(_ node: CompletionTree.Node, _ tree: CompletionTree, program: String) -> String {
        let values = node.options.compactMap { option -> String? in
            guard let value = option.value else { return nil }
            return
                "                \(option.spellings.joined(separator: "|"))) \(bashWords(value, program: program)); return ;;"
        }
        let choices = values.isEmpty ? [] : ["            case \"$prev\" in"] + values + ["            esac"]
        let options = node.options.flatMap(\.spellings).filter { $0.hasPrefix("--") }.joined(separator: " ")
        let rest =
            node.children.isEmpty
            ? node.positional.map { bashWords($0, program: program) } ?? ":"
            : bashWords(.words(node.children.flatMap { tree.nodes[$0].names }), program: program)
        let lines =
            ["        \(node.command.shellQuoted))"] + choices + [
                "            if [[ $cur == -* ]]; then",
                "                mapfile -t COMPREPLY < <(compgen -W \(options.shellQuoted) -- \"$cur\")",
                "            else",
                "                \(rest)",
                "            fi ;;",
            ]
        return lines.joined(separator: "\n")
    }

    private static func bashWords(_ value: CompletionTree.Value, program: String) -> String {
        switch value {
        case .anything: ":"
        case .words(let words):
            "mapfile -t COMPREPLY < <(compgen -W \(words.joined(separator: " ").shellQuoted) -- \"$cur\")"
        case .files: "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); compopt -o filenames 2>/dev/null"
        case .folders: "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); compopt -o filenames 2>/dev/null"
        case .repository(let kind): "_\(program)_words \(kind.rawValue)"
        }
    }
}
