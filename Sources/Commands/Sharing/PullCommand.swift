import ArgumentParser
import Indexing
import Rendering
import Versioning

/// `varve pull`: fetch, then check out.
struct PullCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Bring tracked data from a remote into the workspace",
        discussion: examples(
            ("varve pull", "Get all data of the workspace after a clone"),
            ("varve pull images/cats", "Get part of a tracked directory"),
            ("varve pull --force", "Get the data and give up changes that are saved nowhere")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true
    private static let attempt = "pull data from the cloud"

    @OptionGroup var transfer: TransferOptions
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Give up changes that are saved nowhere")
    var force = false
    @Flag(help: ArgumentHelp("Targets are patterns: *, ?, [...] and **", visibility: .hidden)) var glob = false
    @Flag(name: .customLong("allow-missing"), help: "Pass over data that is not in the remote")
    var allowMissing = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = transfer.request
        request.usesPatterns = glob
        let options = Checkout.Options(force: force, allowMissing: allowMissing)
        let result = try await TransferCommandFailed.describing(Self.attempt) { [request] in
            try await repository.pull(request, options)
        }
        let view = CheckoutView(result.checkout)
        for line in view.lines { console.print(line) }
        let fetched = result.fetch.fetched > 0 ? ["\(counted(result.fetch.fetched, "file")) fetched"] : []
        let parts = fetched + view.counts
        if result.checkout.failed == nil || !parts.isEmpty {
            console.showTransferSummary(parts, remote: transfer.remote, repository)
        }
        if let failed = result.checkout.failed {
            throw TransferCommandFailed(attempt: Self.attempt, cause: failed)
        }
    }
}
