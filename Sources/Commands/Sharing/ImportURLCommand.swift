import ArgumentParser
import Basics
import Versioning

/// `varve import-url`: take data from a URL under version control.
struct ImportURLCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-url", abstract: "Copy data from a path or URL and track it with its source",
        discussion: examples(
            ("varve import-url https://example.com/data.csv", "Download a file and remember where it came from"),
            ("varve import-url remote://storage/raw data", "Take a folder of a remote as data/"),
            ("varve import-url s3://bucket/big --to-remote", "Send data to the remote without keeping it here")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true
    static let dialect = Dialect(exclusive: [["--no-exec", "--no-download"]])

    @Argument(help: "Path or URL") var url: String
    @Argument(help: "Where to put the data", completion: .file()) var out: String?
    @Flag(name: .customLong("to-remote"), help: "Send the data to the remote without keeping it here")
    var toRemote = false
    @Option(
        name: [.customShort("r"), .customLong("remote")],
        help: ArgumentHelp("Remote for --to-remote", valueName: "name"), completion: .remotes)
    var remote: String?
    @Flag(name: .customLong("no-exec"), help: "Only write the pointer file, without a look at the source")
    var noExec = false
    @Flag(name: .customLong("no-download"), help: "Only record what the source has, without the data")
    var noDownload = false
    @Option(
        name: [.customShort("j"), .customLong("jobs")], help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs: Int?
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Replace what is in the way") var force = false
    @Flag(name: .customLong("version-aware"), help: "Also record the versions that the store keeps")
    var versionAware = false
    @OptionGroup var access: URLOptions
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = ImportURLRequest(url: url)
        request.output = out
        request.extent = toRemote ? .remote : noExec ? .definition : noDownload ? .record : .data
        request.remote = remote
        request.jobs = jobs
        request.force = force
        request.isVersionAware = versionAware
        request.fsConfig = try access.fsConfig()
        do {
            if toRemote, noExec || noDownload {
                throw Failure("--no-exec/--no-download/--version-aware cannot be combined with --to-remote")
            }
            console.showFilesToStage(try await repository.importURL(request).filesToStage)
        } catch let error as any UserFacingError where error.isCaughtByDVC {
            throw CaughtFailure(
                "failed to import \(url.withoutSecrets). You could also try downloading it manually, and adding it "
                    + "with `varve add`.", error)
        }
    }
}
