import ArgumentParser
import Basics
import Versioning

/// `varve list-url`: what lies at a URL.
struct ListURLCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-url", abstract: "List what lies at a path or URL",
        discussion: examples(
            ("varve list-url s3://bucket/raw", "What lies in a folder of a bucket"),
            ("varve list-url remote://storage/raw -R --size", "All files below a folder of a remote, with sizes"),
            ("varve list-url /mnt/share -T -L 2", "The two upper levels as a tree")),
        aliases: ["ls-url"])

    @Argument(help: "Path or URL") var url: String
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Go down into directories") var recursive = false
    @Flag(name: [.customShort("T"), .customLong("tree")], help: "Draw a tree") var tree = false
    @Option(
        name: [.customShort("L"), .customLong("level")],
        help: ArgumentHelp("How many levels to go down", valueName: "depth"))
    var level: Int?
    @Flag(help: "Show sizes") var size = false
    @OptionGroup var access: URLOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let browser = try URLBrowser(url, fsConfig: try access.fsConfig(), console.invocation.environment)
        let columns = ListView.Columns(size: size, digest: false)
        if tree {
            console.print(ListView(try await browser.listTree(depth: level), columns, console).text)
            return
        }
        let items = try await browser.list(isRecursive: recursive, depth: level)
        if !items.isEmpty { console.print(ListView(items, columns, console).text) }
    }
}
