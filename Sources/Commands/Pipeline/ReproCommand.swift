import ArgumentParser
import Basics
import Pipelines
import Processes
import Rendering
import Versioning

/// `varve repro`: run what is stale.
struct ReproCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "repro", abstract: "Run the stages of a pipeline that are not up to date",
        discussion: examples(
            ("varve repro", "Bring everything in dvc.yaml up to date"),
            ("varve repro train", "Bring one stage and what it needs up to date"),
            ("varve repro -j 4 -k", "Run up to four stages at once, and go on past failures"),
            ("varve repro --dry", "Only show which commands would run")))
    static let dialect = Dialect()

    @Argument(help: "Stages, pipeline files or pointer files; dvc.yaml by default", completion: .targets)
    var targets: [String] = []
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Run stages that have not changed, too")
    var force = false
    @Flag(name: [.customShort("i"), .customLong("interactive")], help: "Ask before running each stage")
    var interactive = false
    @Flag(name: [.customShort("s"), .customLong("single-item")], help: "Only the targets, not what they need")
    var singleItem = false
    @Flag(name: [.customShort("p"), .customLong("pipeline")], help: "The whole pipelines that the targets belong to")
    var pipeline = false
    @Flag(name: [.customShort("P"), .customLong("all-pipelines")], help: "All pipelines of the repository")
    var allPipelines = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "All stages below target directories")
    var recursive = false
    @Flag(help: "From the targets on instead of up to them") var downstream = false
    @Flag(name: .customLong("force-downstream"), help: "Run everything that reads from a stage that ran")
    var forceDownstream = false
    @Flag(help: "Fetch what is missing, and earlier runs") var pull = false
    @Flag(name: .customLong("allow-missing"), help: "Missing data alone is no reason to run")
    var allowMissing = false
    @Flag(help: "Only show what would run") var dry = false
    @Flag(name: [.customShort("k"), .customLong("keep-going")], help: "Run what does not need a stage that failed")
    var keepGoing = false
    @Flag(name: .customLong("ignore-errors"), help: "Run everything, whatever fails") var ignoreErrors = false
    @Flag(help: "Targets are patterns of stage names") var glob = false
    @Flag(name: .customLong("no-commit"), help: "Leave outputs out of the cache") var noCommit = false
    @Flag(name: .customLong("no-run-cache"), help: "Run even what has been run before with the same dependencies")
    var noRunCache = false
    @Option(
        name: [.customShort("j"), .customLong("jobs")],
        help: ArgumentHelp("How many stages may run at once", valueName: "number"))
    var jobs: Int?
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        if let jobs, jobs < 1 { throw Failure("--jobs must be at least 1", category: .usage) }
        let outlet = ConsoleOutlet(console)
        Interruption.watchTermination()
        do {
            let request = request(repository, console)
            let result = try await outlet.withLiveTail { try await repository.reproduce(request, outlet) }
            if !result.unlinked.isEmpty { console.warnOfLinks(result.unlinked) }
            console.showFilesToStage(result.filesToStage)
            if result.hasReproduced {
                console.print("Use `dvc push` to send your updates to remote storage.")
            } else {
                console.print("Data and pipelines are up to date.")
            }
            if !dry { console.note(ReproductionSummary(result).text) }
        } catch let failure as ReproductionFailed {
            console.note(ReproductionSummary(failure.result).text)
            throw failure
        }
    }

    private func request(_ repository: Repository, _ console: Console) -> ReproductionRequest {
        var request = ReproductionRequest()
        request.targets = targets
        request.usesPatterns = glob
        request.isRecursive = recursive
        request.onlyTargets = singleItem
        request.wholePipelines = pipeline
        request.allPipelines = allPipelines
        request.downstream = downstream
        request.force = force
        request.forcesDownstream = forceDownstream
        request.pulls = pull
        request.allowsMissing = allowMissing
        request.isDry = dry
        request.withoutCommit = noCommit
        request.usesRunCache = !noRunCache
        request.onFailure = ignoreErrors ? .ignore : keepGoing ? .keepGoing : .stop
        request.jobs = jobs ?? 1
        if console.invocation.waitsForLock { request.patience = .forever }
        if interactive || repository.settings.flag("core", "interactive") {
            request.consent = { console.outputTerminal.isInteractive && console.confirm($0) }
        }
        return request
    }
}

/// What a run came to, in one line.
struct ReproductionSummary {
    private let result: ReproductionResult

    init(_ result: ReproductionResult) { self.result = result }

    /// `2 stages run in 3.1 s, 1 restored, 4 unchanged`; `nil` where nothing ran.
    var text: String? {
        func count(_ outcomes: StageReport.Outcome...) -> Int {
            result.reports.count { outcomes.contains($0.outcome) }
        }
        guard result.hasReproduced || count(.failed) > 0 else { return nil }
        var parts: [String] = []
        let ran = count(.ran)
        if ran > 0 { parts.append("\(counted(ran, "stage")) run in \(Duration.seconds(result.seconds).shortText)") }
        for (number, word) in [
            (count(.restored), "restored from the run cache"), (count(.verified), "verified"),
            (count(.pulled), "pulled"), (count(.unchanged), "unchanged"), (count(.failed), "failed"),
            (count(.skipped), "skipped"),
        ] where number > 0 {
            parts.append("\(number) \(word)")
        }
        return parts.joined(separator: ", ")
    }
}
