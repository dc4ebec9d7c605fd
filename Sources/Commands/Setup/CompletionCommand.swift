import ArgumentParser

/// `varve completion`: the script that makes a shell complete our words.
struct CompletionCommand: VarveCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a script for shell completion",
        discussion: examples(
            ("source <(varve completion -s bash)", "Complete in this bash session"),
            ("varve completion -s zsh > ~/.zfunc/_varve", "Complete in zsh, with ~/.zfunc in $fpath"),
            ("varve completion -s fish > ~/.config/fish/completions/varve.fish", "Complete in fish")))

    @Option(name: .shortAndLong, help: "Shell to write for") var shell = Shell.bash
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let tree = CompletionTree()
        let program = console.invocation.programName
        let script =
            switch shell {
            case .bash: CompletionScript.bash(tree, program: program)
            case .zsh: CompletionScript.zsh(tree, program: program)
            case .fish: CompletionScript.fish(tree, program: program)
            }
        console.show(script, terminator: "")
    }
}
