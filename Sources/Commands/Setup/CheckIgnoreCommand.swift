import ArgumentParser
import Basics
import FileSystem
import Versioning

/// `varve check-ignore`
struct CheckIgnoreCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-ignore", abstract: "Check whether files or folders are left out by .dvcignore",
        discussion: examples(
            ("varve check-ignore data/raw.tmp", "Ask about one file"),
            ("find . | varve check-ignore --details --stdin", "Show the deciding patterns of many")))

    @Argument(help: "Files or folders", completion: .file()) var targets: [String] = []
    @Flag(name: .shortAndLong, help: "Show the deciding pattern with each path") var details = false
    @Flag(name: .shortAndLong, help: .hidden) var all = false
    @Flag(name: .shortAndLong, help: "With --details: show paths that match no pattern too") var nonMatching = false
    @Flag(help: "Read paths from standard input, one a line") var stdin = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let root = try ProjectFolder.find(from: environment.workingDirectory)
        try checkOptions()
        let rules = IgnoreRules(root: root)
        var anyMatches = false
        if stdin {
            // An empty line ends the input, as in DVC.
            while let line = console.readLine(), !line.isEmpty {
                if try show(line, rules, console) { anyMatches = true }
                console.flush()
            }
        } else {
            for target in targets where try show(target, rules, console) { anyMatches = true }
        }
        if !anyMatches { throw ExitCode(1) }
    }

    private func checkOptions() throws {
        if !stdin && targets.isEmpty { throw Self.misuse("`targets` or `--stdin` needed") }
        if stdin && !targets.isEmpty { throw Self.misuse("cannot have both `targets` and `--stdin`") }
        if nonMatching && !details { throw Self.misuse("`--non-matching` is only valid with `--details`") }
        if all && !details { throw Self.misuse("`--all` is only valid with `--details`") }
        if global.isQuiet && details { throw Self.misuse("cannot use both `--details` and `--quiet`") }
    }

    private static func misuse(_ text: String) -> Failure { Failure(text, category: .unexpected) }

    /// - Returns: Whether a pattern decided about the path.
    private func show(_ target: String, _ rules: IgnoreRules, _ console: Console) throws -> Bool {
        let path = Paths.absolute(
            target, from: Paths.resolvingLinks(console.invocation.environment.workingDirectory))
        let match =
            Paths.isInside(path, rules.root)
            ? try rules.match(Paths.relative(path, to: rules.root), isDirectory: Files.isDirectory(path)) : nil
        if details {
            if let match {
                console.print("\(match)\t\(target)")
            } else if nonMatching {
                console.print("::\t\(target)")
            }
        } else if match?.isIgnored == true {
            console.print(target)
        } else {
            return false
        }
        return match != nil
    }
}
