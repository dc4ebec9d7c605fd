import ArgumentParser
import Rendering
import Versioning

/// `varve fetch`: bring data from a remote into the cache.
struct FetchCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Bring tracked data from a remote into the cache",
        discussion: examples(
            ("varve fetch", "Fetch all data that the workspace names"),
            ("varve fetch --max-size 1000000", "Only outputs of less than a megabyte"),
            ("varve fetch --all-commits", "Fetch the data of the whole history")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true

    @OptionGroup var transfer: TransferOptions
    @Option(
        name: .customLong("max-size"),
        help: ArgumentHelp("Only outputs that are smaller", valueName: "bytes"))
    var maximumSize: Int?
    @Option(name: .customLong("type"), help: ArgumentHelp("Only metrics, or only plots", valueName: "type"))
    var kinds: [TransferRequest.Kind] = []
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = transfer.request
        request.maximumSize = maximumSize
        request.kinds = kinds
        let result = try await TransferCommandFailed.describing("fetch data from the cloud") { [request] in
            try await repository.fetch(request)
        }
        console.showTransferSummary(
            result.fetched > 0 ? ["\(counted(result.fetched, "file")) fetched"] : [], remote: transfer.remote,
            repository)
    }
}

extension TransferRequest.Kind: ExpressibleByArgument {}
