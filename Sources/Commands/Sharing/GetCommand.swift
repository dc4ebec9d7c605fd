import ArgumentParser
import Basics
import Versioning

/// `varve get`: copy data of another repository.
struct GetCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Copy a file or directory of another repository",
        discussion: examples(
            ("varve get https://example.com/models.git weights", "Download data or a file of a Git repository"),
            ("varve get . data --rev v1 -o old", "An earlier state of this repository's own data"),
            ("varve get ../registry model.bin --show-url", "Where the remote keeps it")))
    static let failureStatus: Int32 = 1
    static let dialect = Dialect(bareValues: ["out": nil, "rev": nil])

    @Argument(help: "Path or URL of a Git repository") var url: String
    @Argument(help: "A path in it") var path: String
    @Option(
        name: [.customShort("o"), .customLong("out")],
        help: ArgumentHelp("Where to put the data", valueName: "path"), completion: .file())
    var out: String?
    @Flag(name: .customLong("show-url"), help: "Only print where the remote has the data") var showURL = false
    @Option(
        name: [.customShort("j"), .customLong("jobs")], help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs: Int?
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Replace what is in the way") var force = false
    @OptionGroup var options: SourceOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        var request = GetRequest(try options.source(url, console), path: path)
        request.output = out
        request.force = force
        request.jobs = jobs
        if showURL {
            do {
                console.show(try await request.storageURL(environment, progress: console.progress))
            } catch let error as any UserFacingError where error.category == .failure {
                throw Failure(error.summary, remedy: error.remedy, category: .unexpected)
            }
            return
        }
        do {
            try await request.run(environment, progress: console.progress)
        } catch let error as CloneFailed {
            throw CaughtFailure("failed to get '\(path)'", error)
        } catch let error as any UserFacingError where error.isCaughtByDVC {
            throw CaughtFailure("failed to get '\(path)' from '\(url.withoutSecrets)'", error)
        }
    }
}
