import ArgumentParser
import Rendering
import Versioning

/// `varve push`: send data to a remote.
struct PushCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Send tracked data to a remote",
        discussion: examples(
            ("varve push", "Send all data that the workspace names"),
            ("varve push -r backup data.csv.dvc", "Send one file to another remote"),
            ("varve push --all-tags", "Send also the data of all tagged versions")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @OptionGroup var transfer: TransferOptions
    @Flag(help: "Targets are patterns: *, ?, [...] and **") var glob = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = transfer.request
        request.usesPatterns = glob
        let result = try await TransferCommandFailed.describing("push data to the cloud") { [request] in
            try await repository.push(request)
        }
        console.showTransferSummary(
            result.pushed > 0 ? ["\(counted(result.pushed, "file")) pushed"] : [], remote: transfer.remote, repository)
    }
}
