import ArgumentParser
import Basics
import Rendering
import Versioning

/// `varve du`: how much data there is.
struct DiskUsageCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "du", abstract: "Show how much space files and tracked data take",
        discussion: examples(
            ("varve du . data", "What lies in a directory, and the whole"),
            ("varve du https://example.com/models.git -s", "All of another repository, in one number")))
    static let dialect = SourceOptions.dialect

    @Argument(help: "Path or URL of a Git repository") var url: String
    @Argument(help: "A path in it") var path: String?
    @Flag(name: [.customShort("s"), .customLong("summarize")], help: "Only the whole") var summarize = false
    @OptionGroup var options: SourceOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let source = try options.source(url, console)
        try await source.browse(console.invocation.environment, progress: console.progress) { browser in
            let rows: [(path: String, size: Int64)]
            do {
                rows = try await browser.diskUsage(path ?? "", summarize: summarize)
            } catch let error as MissingPath {
                throw Failure(error.summary, category: .unexpected)
            }
            let table = Table(rows: rows.map { [ByteCount($0.size).description, console.displayed($0.path)] })
            console.print(table.plain)
        }
    }
}
