import ArgumentParser
import Basics
import FileSystem
import Objects
import Transfers
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `varve gc`: remove objects that nobody uses.
struct GCCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove unused objects from the cache or a remote",
        discussion: examples(
            ("varve gc --workspace --dry", "Show what is not used by the workspace"),
            ("varve gc --all-branches --all-tags", "Keep what the tips of branches and all tags use"),
            ("varve gc --workspace --not-in-remote", "Make room: keep only what is not in the remote")))
    static let locksRepository = true

    @Flag(name: .shortAndLong, help: "Keep what the workspace uses; every other scope implies it")
    var workspace = false
    @Option(help: ArgumentHelp("Keep what a Git commit uses", valueName: "commit"), completion: .revisions)
    var rev: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("With --rev or --all-branches: so many commits back from each", valueName: "number"))
    var num: Int?
    @Flag(name: [.customShort("a"), .customLong("all-branches")], help: "Keep what the tips of all branches use")
    var allBranches = false
    @Flag(name: [.customShort("T"), .customLong("all-tags")], help: "Keep what all tags use")
    var allTags = false
    @Flag(name: [.customShort("A"), .customLong("all-commits")], help: "Keep what all Git commits use")
    var allCommits = false
    @Option(help: ArgumentHelp("Keep what commits of this day and later use", valueName: "yyyy-mm-dd"))
    var date: String?
    @Flag(name: .customLong("all-experiments"), help: "Keep what all experiments use")
    var allExperiments = false
    @Flag(name: .customLong("not-in-remote"), help: "Of what is used, keep only what is not in the remote")
    var notInRemote = false
    @Flag(name: .shortAndLong, help: "Remove from the remote, too") var cloud = false
    @Option(
        name: .shortAndLong, help: ArgumentHelp("Remote instead of the default one", valueName: "name"),
        completion: .remotes)
    var remote: String?
    @Flag(name: .customLong("skip-failed"), help: "Go on without commits whose project files can't be read")
    var skipFailed = false
    @Flag(name: .shortAndLong, help: "Don't ask") var force = false
    @Option(name: .shortAndLong, help: ArgumentHelp("Requests at once", valueName: "number")) var jobs: Int?
    @Option(
        name: .shortAndLong, parsing: .upToNextOption,
        help: ArgumentHelp("Other projects that use the same cache", valueName: "paths"), completion: .directory)
    var projects: [String] = []
    @Flag(help: "Only show what would be removed") var dry = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        try checkOptions()
        let request = try self.request
        console.warn(scope(from: repository))
        if !force, !dry, !console.confirm("Are you sure you want to proceed?") { throw ExitCode(1) }
        let result = try await repository.collectGarbage(request)
        show(result, console)
        guard result.failed.isEmpty else {
            throw MultipleFailures(
                "\(result.failed.count) objects could not be removed",
                result.failed.map { failed in
                    (failed.error as? any UserFacingError) ?? Failure("'\(failed.key)': \(failed.error)")
                })
        }
    }

    /// What DVC refuses, in its words.
    private func checkOptions() throws {
        if remote != nil, !cloud, !notInRemote {
            throw Failure("`--remote` requires `--cloud` or `--not-in-remote`")
        }
        if notInRemote, cloud {
            throw Failure("`--not-in-remote` and `--cloud` are mutually exclusive")
        }
        guard workspace || rev != nil || allBranches || allTags || allCommits || allExperiments || date != nil else {
            throw Failure(
                "Either of `-w|--workspace`, `-a|--all-branches`, `-T|--all-tags` "
                    + "`--all-experiments`, `--all-commits`, `--date` or `--rev` needs to be set.")
        }
        if num != nil, rev == nil, !allBranches {
            throw Failure("`--num` can only be used alongside `--rev` or `--all-branches`")
        }
    }

    private var request: GarbageRequest {
        get throws {
            var request = GarbageRequest()
            request.revisions.revisions = rev.map { [$0] } ?? []
            request.revisions.allBranches = allBranches
            request.revisions.allTags = allTags
            request.revisions.allCommits = allCommits
            request.revisions.allExperiments = allExperiments
            request.revisions.since = try date.map { try CalendarDay($0).start }
            request.revisions.depth = num.flatMap { $0 == 0 ? nil : $0 } ?? 1
            request.fromRemote = cloud
            request.onlyKeepsUnpushed = notInRemote
            request.remote = remote
            request.jobs = jobs
            request.skipsFailed = skipFailed
            request.force = force || dry
            request.projects = projects
            request.isDry = dry
            request.now = Int64(time(nil))
            return request
        }
    }

    /// What will stay, in DVC's words.
    private func scope(from repository: Repository) -> String {
        var text = "This will remove all cache except items used in the workspace"
        let depth = num.flatMap { $0 == 0 ? nil : $0 }
        if allCommits {
            text += " and all git commits"
        } else {
            switch (allBranches, allTags, depth) {
            case (true, true, let depth?):
                text += " and last \(depth) commits from all git branches and all git tags"
            case (true, true, nil): text += " and all git branches and tags"
            case (true, false, let depth?): text += " and last \(depth) commits from all git branches"
            case (true, false, nil): text += " and all git branches"
            case (false, true, _): text += " and all git tags"
            case (false, false, _): break
            }
            // DVC says "before" and means the same: commits of the day and later stay.
            if let date { text += " and all git commits since date \(date)" }
            if let rev { text += " and last \(depth ?? 1) commits from \(rev)" }
        }
        if allExperiments { text += " and all experiments" }
        if notInRemote { text += " that are not present in the DVC remote" }
        if projects.isEmpty { return text + " of the current repo." }
        let folder = repository.environment.workingDirectory
        return text + " of the current and the following repos:"
            + projects.map { "\n  - " + Paths.absolute($0, from: folder) }.joined()
    }

    private func show(_ result: GarbageResult, _ console: Console) {
        for part in result.parts {
            for path in part.paths { console.print("Removing \(console.displayed(path))") }
            switch part.place {
            case .cache(let layout):
                let name = layout == .current ? "repo" : "legacy"
                console.print(
                    part.count > 0
                        ? "Removed \(part.count) objects from \(name) cache." : "No unused '\(name)' cache to remove.")
            case .remote:
                console.print(
                    part.count > 0
                        ? "Removed \(part.count) objects from remote." : "No unused cache to remove from remote.")
            }
        }
    }
}
