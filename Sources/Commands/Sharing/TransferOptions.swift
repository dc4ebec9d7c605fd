import ArgumentParser
import Versioning

/// What `push`, `fetch` and `pull` have in common.
struct TransferOptions: ParsableArguments {
    @Argument(help: "Pointer files, stages or tracked paths; everything by default", completion: .targets)
    var targets: [String] = []
    @Option(
        name: [.customShort("j"), .customLong("jobs")],
        help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs: Int?
    @Option(
        name: .customLong("bwlimit"),
        help: ArgumentHelp("Bytes per second in each direction, also as 500K, 10M, 1G", valueName: "rate"))
    var bandwidth: ByteRate?
    @Option(
        name: [.customShort("r"), .customLong("remote")],
        help: ArgumentHelp("Remote to use instead of the default one", valueName: "name"), completion: .remotes)
    var remote: String?
    @Flag(name: [.customShort("a"), .customLong("all-branches")], help: "Also what the tips of all branches use")
    var allBranches = false
    @Flag(name: [.customShort("T"), .customLong("all-tags")], help: "Also what all tags use")
    var allTags = false
    @Flag(name: [.customShort("A"), .customLong("all-commits")], help: "Also what all Git commits use")
    var allCommits = false
    @Flag(name: [.customShort("d"), .customLong("with-deps")], help: "Also what the targets depend on")
    var withDependencies = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Everything below target directories")
    var recursive = false
    @Flag(
        name: .customLong("run-cache"), inversion: .prefixedNo,
        help: "Also the records of earlier runs of stages")
    var runCache = false

    var request: TransferRequest {
        var request = TransferRequest()
        request.targets = targets
        request.selection = TargetOptions(recursive: recursive, withDependencies: withDependencies)
        request.revisions.allBranches = allBranches
        request.revisions.allTags = allTags
        request.revisions.allCommits = allCommits
        request.remote = remote
        request.jobs = jobs
        request.bandwidth = bandwidth?.bytesPerSecond
        request.withRunCache = runCache
        return request
    }
}
