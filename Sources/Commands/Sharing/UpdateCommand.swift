import ArgumentParser
import Basics
import Versioning

/// `varve update`: bring imports up to date.
struct UpdateCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Bring imported data to what its source has now",
        discussion: examples(
            ("varve update data.csv.dvc", "Get the newest state of an import"),
            ("varve update model.dvc --rev v2", "Follow another revision of the source's repository"),
            ("varve update -R .", "Update all imports of this repository")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true
    static let dialect = Dialect(bareValues: ["rev": nil])

    @Argument(help: "Pointer files of imports", completion: .targets) var targets: [String]
    @Option(help: ArgumentHelp("Git revision of the source's repository", valueName: "commit")) var rev: String?
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "All imports below target directories")
    var recursive = false
    @Flag(name: .customLong("no-download"), help: "Only record what the source has, without the data")
    var noDownload = false
    @Flag(name: .customLong("to-remote"), help: "Send the data to the remote without keeping it here")
    var toRemote = false
    @Option(
        name: [.customShort("r"), .customLong("remote")],
        help: ArgumentHelp("Remote for --to-remote", valueName: "name"), completion: .remotes)
    var remote: String?
    @Option(
        name: [.customShort("j"), .customLong("jobs")], help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs: Int?
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = UpdateRequest(targets: targets)
        request.revision = rev
        request.isRecursive = recursive
        request.extent = toRemote ? .remote : noDownload ? .record : .data
        request.remote = remote
        request.jobs = jobs
        do {
            if toRemote, noDownload { throw Failure("--to-remote can't be used with --no-download") }
            try await repository.update(request)
        } catch let error as any UserFacingError where error.isCaughtByDVC {
            throw CaughtFailure("failed update data", error)
        }
    }
}
