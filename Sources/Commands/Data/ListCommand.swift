import ArgumentParser
import Basics
import Documents
import Rendering
import Versioning

/// `varve list`: what a repository holds.
struct ListCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what a repository holds, tracked data included",
        discussion: examples(
            ("varve list . -R --dvc-only", "All data of this repository"),
            ("varve list https://example.com/models.git weights --rev v2", "A directory of another repository"),
            ("varve list . -T -L 2", "The two upper levels as a tree")),
        aliases: ["ls"])
    static let failureStatus: Int32 = 1
    static let dialect = SourceOptions.dialect

    @Argument(help: "Path or URL of a Git repository") var url: String
    @Argument(help: "A path in it") var path: String?
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Go down into directories") var recursive = false
    @Flag(name: [.customShort("T"), .customLong("tree")], help: "Draw a tree") var tree = false
    @Option(
        name: [.customShort("L"), .customLong("level")],
        help: ArgumentHelp("How many levels to go down", valueName: "depth"))
    var level: Int?
    @Flag(name: .customLong("dvc-only"), help: "Only tracked data") var onlyTracked = false
    @Flag(name: .customLong("json"), help: "Print JSON") var asJSON = false
    @Flag(help: "Show sizes") var size = false
    @Flag(name: .customLong("show-hash"), help: "Show digests") var showHash = false
    @OptionGroup var options: SourceOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        if tree && asJSON {
            throw Failure("Cannot use --tree and --json options together.", category: .unexpected)
        }
        let columns = ListView.Columns(size: size, digest: showHash)
        do {
            let source = try options.source(url, console)
            try await source.browse(console.invocation.environment, progress: console.progress) { browser in
                if tree {
                    let branch = try await browser.listTree(path ?? "", onlyTracked: onlyTracked, depth: level)
                    console.print(ListView(branch, columns, console).text)
                    return
                }
                var options = RepositoryBrowser.ListOptions()
                options.isRecursive = recursive
                options.onlyTracked = onlyTracked
                options.depth = level
                let items = try await browser.list(path ?? "", options)
                if asJSON {
                    console.showJSON(JSON.emitPython(.array(items.map(\.json))))
                } else if !items.isEmpty {
                    console.print(ListView(items, columns, console).text)
                }
            }
        } catch let error as MissingPath {
            throw error
        } catch let error as any UserFacingError where error.category == .failure {
            throw FailedStep("failed to list '\(url)'", error)
        }
    }
}

/// Items as lines or as a tree, with the columns that were asked for.
struct ListView {
    struct Columns {
        var size: Bool
        var digest: Bool
    }

    private let rows: [(item: BrowsedItem, label: String)]
    private let columns: Columns

    init(_ items: [BrowsedItem], _ columns: Columns, _ console: Console) {
        self.columns = columns
        rows = items.map { ($0, ListView.label($0, console)) }
    }

    init(_ branch: RepositoryBrowser.Branch, _ columns: Columns, _ console: Console) {
        self.columns = columns
        let lines = ListView.drawing(branch, console).lines
        rows = Array(zip(ListView.flattened(branch), lines))
    }

    private static func drawing(_ branch: RepositoryBrowser.Branch, _ console: Console) -> TextTree {
        TextTree(label(branch.item, console), branch.children.map { drawing($0, console) })
    }

    private static func flattened(_ branch: RepositoryBrowser.Branch) -> [BrowsedItem] {
        [branch.item] + branch.children.flatMap(flattened)
    }

    private static func label(_ item: BrowsedItem, _ console: Console) -> String {
        let name = console.displayed(item.path)
        if item.isDirectory { return console.outputStyle.paint(name, .blue) }
        return item.isExecutable ? console.outputStyle.paint(name, .green) : name
    }

    var text: String {
        guard columns.size || columns.digest else { return rows.map(\.label).joined(separator: "\n") }
        var table = Table(keepsSpaces: true)
        table.alignments = columns.size ? [.right] : []
        table.rows = rows.map { item, label in
            var cells: [String] = []
            if columns.size { cells.append(item.sizeText) }
            if columns.digest { cells.append(item.digest ?? "-") }
            return cells + [label]
        }
        return table.plain
    }
}

extension BrowsedItem {
    /// Nothing where it is not known, and for directories without a size.
    fileprivate var sizeText: String {
        guard let size, size > 0 || !isDirectory else { return "" }
        return ByteCount(size).description
    }

    fileprivate var json: Value {
        .mapping(
            Mapping([
                ("isout", .bool(isOutput)), ("isdir", .bool(isDirectory)), ("isexec", .bool(isExecutable)),
                ("size", size.map { .int(Int($0)) } ?? .null), ("md5", digest.map(Value.string) ?? .null),
                ("path", .string(path)),
            ]))
    }
}
