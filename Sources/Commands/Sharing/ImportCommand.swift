import ArgumentParser
import Basics
import Versioning

/// `varve import`: take data of another repository under version control.
struct ImportCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Copy data of another repository and track it with its source",
        discussion: examples(
            ("varve import https://example.com/models.git weights", "Take data or a file of a Git repository"),
            ("varve import ../registry data --rev v2 -o raw", "Take a revision's state, under another name")))
    static let failureStatus: Int32 = 1
    static let locksRepository = true
    static let dialect = Dialect(bareValues: ["out": nil, "rev": nil], exclusive: [["--no-exec", "--no-download"]])

    @Argument(help: "Path or URL of a Git repository") var url: String
    @Argument(help: "A path in it") var path: String
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Where to put the data", valueName: "path"), completion: .file())
    var out: String?
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Replace what is in the way") var force = false
    @Option(help: ArgumentHelp("Git revision to take the data from", valueName: "commit")) var rev: String?
    @Flag(name: .customLong("no-exec"), help: "Only write the pointer file, without a look at the source")
    var noExec = false
    @Flag(name: .customLong("no-download"), help: "Only record the source's commit, without the data")
    var noDownload = false
    @Option(
        name: [.customShort("j"), .customLong("jobs")], help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs: Int?
    @Option(help: ArgumentHelp("Configuration file laid over the repository's own", valueName: "path"))
    var config: String?
    @Option(help: ArgumentHelp("Remote of the repository to use", valueName: "name")) var remote: String?
    @Option(
        name: .customLong("remote-config"), parsing: .upToNextOption,
        help: ArgumentHelp("Options laid over the remote's own", valueName: "name=value"))
    var remoteConfig: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        var request = ImportRequest(url: url, path: path)
        request.output = out
        request.force = force
        request.revision = rev
        request.extent = noExec ? .definition : noDownload ? .record : .data
        request.jobs = jobs
        request.configuration = config
        request.remote = remote
        request.remoteOptions = try KeyValues.parse(remoteConfig, of: "--remote-config")
        do {
            console.showFilesToStage(try await repository.importData(request).filesToStage)
        } catch let error as CloneFailed {
            throw CaughtFailure("failed to import '\(path)'", error)
        } catch let error as any UserFacingError where error.isCaughtByDVC {
            throw CaughtFailure("failed to import '\(path)' from '\(url.withoutSecrets)'.", error)
        }
    }
}
