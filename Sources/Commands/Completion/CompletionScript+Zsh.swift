extension CompletionScript {
    static func zsh(_ tree: CompletionTree, program: String) -> String {
        let descent = tree.nodes.dropFirst().map { node in
            "            (\(pattern(node)) command=\(node.command.shellQuoted) ;;"
        }
        let cases = tree.nodes.map { zshCase($0, tree, program: program) }
        return """
            #compdef \(program)
            # zsh completion for \(program); save it as _\(program) in a folder of $fpath

            _\(program)_words() {
                local -a found
                found=("${(@f)$(\(program) __complete "$1" -- "${(Q)PREFIX}" 2>/dev/null)}")
                compadd -f -- ${found:#}
            }

            _\(program)() {
                local command="" before=${words[CURRENT-1]}
                local -a commands options
                local -i i
                if [[ $PREFIX == --*=* ]]; then
                    before=${PREFIX%%=*}
                    compset -P '*='
                fi
                for ((i = 2; i < CURRENT; i++)); do
                    case "$command/${words[i]}" in
            \(descent.joined(separator: "\n"))
                        (/--cd) ((i++)) ;;
                        (*/-*) ;;
                        (*) break ;;
                    esac
                done
                case "$command" in
            \(cases.joined(separator: "\n"))
                esac
            }

            if [[ $funcstack[1] == _\(program) ]]; then
                _\(program) "$@"
            else
                compdef _\(program) \(program)
            fi

            """
    }

    private static func zshCase(_ node: CompletionTree.Node, _ tree: CompletionTree, program: String) -> String {
        func described(_ names: [String], _ text: String) -> [String] {
            names.map { ($0 + ":" + text).shellQuoted }
        }
        let values = node.options.compactMap { option -> String? in
            guard let value = option.value else { return nil }
            let spellings = option.spellings.joined(separator: "|")
            return "                (\(spellings)) \(zshWords(value, program: program)); return ;;"
        }
        let choices = values.isEmpty ? [] : ["            case \"$before\" in"] + values + ["            esac"]
        let options = node.options.flatMap { option in
            described(option.spellings.filter { $0.hasPrefix("--") }, option.abstract)
        }
        let commands = node.children.flatMap { described(tree.nodes[$0].names, tree.nodes[$0].abstract) }
        let rest =
            commands.isEmpty
            ? [node.positional.map { zshWords($0, program: program) } ?? ":"]
            : ["commands=(\(commands.joined(separator: " ")))", "_describe command commands"]
        let lines =
            ["        (\(node.command.shellQuoted))"] + choices + [
                "            if [[ $PREFIX == -* ]]; then",
                "                options=(\(options.joined(separator: " ")))",
                "                _describe -o option options",
                "            else",
            ] + rest.map { "                " + $0 } + ["            fi ;;"]
        return lines.joined(separator: "\n")
    }

    private static func zshWords(_ value: CompletionTree.Value, program: String) -> String {
        switch value {
        case .anything: ":"
        case .words(let words): "compadd -- \(words.map(\.shellQuoted).joined(separator: " "))"
        case .files: "_files"
        case .folders: "_files -/"
        case .repository(let kind): "_\(program)_words \(kind.rawValue)"
        }
    }
}
