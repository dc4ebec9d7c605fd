import ArgumentParser
import Basics
import Versioning

/// `varve get-url`: copy data from a URL.
struct GetURLCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "get-url", abstract: "Copy a file or directory from a path or URL",
        discussion: examples(
            ("varve get-url https://example.com/data.csv", "Download a file into this directory"),
            ("varve get-url s3://bucket/raw data", "Download a folder of a bucket as data/")))
    static let failureStatus: Int32 = 1

    @Argument(help: "Path or URL") var url: String
    @Argument(help: "Where to put the data", completion: .file()) var out: String?
    @Option(
        name: [.customShort("j"), .customLong("jobs")], help: ArgumentHelp("Transfers at once", valueName: "number"))
    var jobs: Int?
    @Flag(name: [.customShort("f"), .customLong("force")], help: "Replace what is in the way") var force = false
    @OptionGroup var access: URLOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        var request = GetURLRequest(url: url)
        request.output = out
        request.force = force
        request.jobs = jobs
        request.fsConfig = try access.fsConfig()
        do {
            try await request.run(console.invocation.environment, progress: console.progress)
        } catch let error as any UserFacingError where error.isCaughtByDVC {
            throw CaughtFailure("failed to get '\(url.withoutSecrets)'", error)
        }
    }
}
