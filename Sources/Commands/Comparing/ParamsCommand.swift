import ArgumentParser
import Documents
import Versioning

/// `varve params`: what stages were told.
struct ParamsCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "params", abstract: "Compare parameters", subcommands: [ParamsDiffCommand.self])

    @OptionGroup var global: GlobalOptions
}

/// `varve params diff`: the parameters of two states compared.
struct ParamsDiffCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show how parameters differ between revisions",
        discussion: examples(
            ("varve params diff", "From the last Git commit to the workspace"),
            ("varve params diff v1 v2 --deps", "Between two tags, only what stages depend on"),
            ("varve params diff HEAD~2 --targets config.toml", "Any file, whether or not a stage names it")))
    static let needsProject = false

    @Argument(help: ArgumentHelp("Older Git revision", valueName: "a_rev")) var from = "HEAD"
    @Argument(help: ArgumentHelp("Newer Git revision", valueName: "b_rev")) var to = Repository.workspaceName
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files to compare instead of the project's parameters", valueName: "paths"),
        completion: .file())
    var targets: [String] = []
    @Flag(help: "Show parameters that are the same on both sides, too") var all = false
    @Flag(help: "Show only parameters that stages depend on") var deps = false
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("md"), help: "Print a Markdown table") var markdown = false
    @Flag(name: .customLong("no-path"), help: "Leave the column of paths out") var noPath = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = ParamsDiffRequest()
        request.from = from
        request.to = to
        request.targets = targets
        request.all = all
        request.onlyDependencies = deps
        let diff = try await repository.paramsDiff(request)
        console.tellFailures(diff.map { [$0.old, $0.new] } ?? [], in: repository)
        let view = ValueDiffView(diff, in: repository)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else {
            console.show(
                view.table("Param", from, to, showsPaths: !noPath, precision: nil), markdown: markdown)
        }
    }
}
