import ArgumentParser
import Documents
import Versioning

/// `varve metrics`: what stages measured.
struct MetricsCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Show and compare metrics",
        subcommands: [MetricsShowCommand.self, MetricsDiffCommand.self])

    @OptionGroup var global: GlobalOptions
}

/// `varve metrics show`: the metrics of the workspace, and of commits.
struct MetricsShowCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show metrics of the workspace or of many commits",
        discussion: examples(
            ("varve metrics show", "The metrics of the workspace"),
            ("varve metrics show --all-commits --json", "Of every commit, for a program"),
            ("varve metrics show results/eval.json", "Any file, whether or not a stage names it")))
    static let needsProject = false

    @Argument(
        help: ArgumentHelp(
            "Files, or folders with files, to show instead of the project's metrics", valueName: "targets"),
        completion: .file())
    var targets: [String] = []
    @Flag(name: [.customShort("a"), .customLong("all-branches")], help: "Show the tips of all branches, too")
    var allBranches = false
    @Flag(name: [.customShort("T"), .customLong("all-tags")], help: "Show all tags, too")
    var allTags = false
    @Flag(name: [.customShort("A"), .customLong("all-commits")], help: "Show all Git commits, too")
    var allCommits = false
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("md"), help: "Print a Markdown table") var markdown = false
    @Flag(
        name: [.customShort("R"), .customLong("recursive")],
        help: "Look for files in folders that are named; it is done with or without this option, as in DVC")
    var recursive = false
    @Option(
        help: ArgumentHelp("Digits after the point; \(MetricPrecision.standard) by default", valueName: "n"))
    var precision: Int?
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = MetricsRequest()
        request.targets = targets
        request.revisions.allBranches = allBranches
        request.revisions.allTags = allTags
        request.revisions.allCommits = allCommits
        let revisions = try await repository.metrics(request)
        console.tellFailures(revisions, in: repository)
        let view = MetricsView(revisions, in: repository)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else {
            let table = view.table(
                showsRevisions: !request.revisions.isEmpty, precision: MetricPrecision.digits(precision))
            console.show(table, markdown: markdown)
        }
    }
}

/// `varve metrics diff`: the metrics of two states compared.
struct MetricsDiffCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show how metrics differ between revisions",
        discussion: examples(
            ("varve metrics diff", "From the last Git commit to the workspace"),
            ("varve metrics diff main experiment --all", "Between two branches, unchanged metrics included"),
            ("varve metrics diff --md HEAD~1", "A table for a pull request")))
    static let needsProject = false

    @Argument(help: ArgumentHelp("Older Git revision", valueName: "a_rev")) var from = "HEAD"
    @Argument(help: ArgumentHelp("Newer Git revision", valueName: "b_rev")) var to = Repository.workspaceName
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Files, or folders with files, to compare instead of the project's metrics", valueName: "paths"),
        completion: .file())
    var targets: [String] = []
    @Flag(
        name: [.customShort("R"), .customLong("recursive")],
        help: "Look for files in folders that are named; it is done with or without this option, as in DVC")
    var recursive = false
    @Flag(help: "Show metrics that are the same on both sides, too") var all = false
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("md"), help: "Print a Markdown table") var markdown = false
    @Flag(name: .customLong("no-path"), help: "Leave the column of paths out") var noPath = false
    @Option(
        help: ArgumentHelp("Digits after the point; \(MetricPrecision.standard) by default", valueName: "n"))
    var precision: Int?
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        let diff = try await repository.metricsDiff(from: from, to: to, targets: targets, all: all)
        console.tellFailures(diff.map { [$0.old, $0.new] } ?? [], in: repository)
        let view = ValueDiffView(diff, in: repository)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else {
            let table = view.table(
                "Metric", from, to, showsPaths: !noPath, precision: MetricPrecision.digits(precision))
            console.show(table, markdown: markdown)
        }
    }
}
