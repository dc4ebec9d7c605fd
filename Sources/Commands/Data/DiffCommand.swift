import ArgumentParser
import Basics
import Documents
import FileSystem
import Objects
import Rendering
import Versioning

/// `varve diff`: tracked data of two revisions compared.
struct DiffCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show data added, changed or deleted between revisions",
        discussion: examples(
            ("varve diff", "From the last Git commit to the workspace"),
            ("varve diff v1 v2 --targets images", "What became of a directory between two tags"),
            ("varve diff --md HEAD~1", "A table for a pull request"),
            ("varve diff v1 --rows people.csv --key id", "Rows and columns of a table that changed since v1"),
            ("varve diff v1 --rows people.csv --key id --html", "The same as a page for the browser")))
    static let failureStatus: Int32 = 1

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Outputs, files in them, pointer files or stages to compare", valueName: "paths"),
        completion: .targets)
    var targets: [String] = []
    @Argument(
        help: ArgumentHelp(
            "Older Git revision, HEAD by default, and the newer one, the workspace by default", valueName: "revisions"))
    var revisions: [String] = []
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("show-hash"), help: "Show object IDs") var showHash = false
    @Flag(name: .customLong("md"), help: "Print a Markdown table") var markdown = false
    @Flag(name: .customLong("hide-missing"), help: "Don't tell what is not in the cache") var hideMissing = false
    @Option(
        help: ArgumentHelp("Compare this CSV, TSV or JSON lines file row by row", valueName: "file"),
        completion: .file())
    var rows: String?
    @Option(
        help: ArgumentHelp(
            "Columns that tell rows apart, with commas between; else whole rows are compared", valueName: "columns"))
    var key: [String] = []
    @Option(help: ArgumentHelp("How many changed, removed and added rows to show of each", valueName: "number"))
    var limit: Int?
    @OptionGroup var page: PageOptions
    @Flag(
        name: .customLong("git-driver"),
        help: "Compare two versions of a .dvc file that Git gives (see `varve install`)")
    var gitDriver = false
    @OptionGroup var global: GlobalOptions

    private var from: String { revisions.first ?? "HEAD" }
    private var to: String? { revisions.count > 1 ? revisions[1] : nil }

    func execute(_ console: Console) async throws {
        if gitDriver { return try await compareForGit(console) }
        guard revisions.count <= 2 else {
            throw Failure("at most two revisions can be compared", category: .usage)
        }
        let environment = console.invocation.environment
        try await run(in: Repository(discoveredFrom: environment, progress: console.progress), console)
    }

    /// Git calls with the path in the work tree, then file, digest and mode of the old version and of the new one.
    private func compareForGit(_ console: Console) async throws {
        // Of a file in conflict Git gives the path alone.
        guard revisions.count >= 7 else {
            console.print("diff --varve \(console.displayed(revisions.first ?? "")): unmerged")
            return
        }
        let environment = console.invocation.environment
        let (path, old, new) = (revisions[0], revisions[1], revisions[4])
        let folder = Paths.parent(Paths.absolute(path, from: environment.workingDirectory))
        let repository = try Repository(
            root: ProjectFolder.find(from: folder), environment: environment, progress: console.progress)
        func bytes(_ file: String) throws -> [UInt8] {
            // So Git names a version that is not there.
            if file == "/dev/null" { return [] }
            return try Files.read(Paths.absolute(file, from: environment.workingDirectory))
        }
        let (before, after) = (try bytes(old), try bytes(new))
        let changes = try await repository.pointerChanges(from: before, to: after, path: path)
        console.print(PointerDiffView(path: path, old: before, new: after, changes: changes).text)
    }

    func run(in repository: Repository, _ console: Console) async throws {
        try page.check(against: [("--json", json), ("--md", markdown)])
        if let rows { return try await compareRows(of: rows, in: repository, console) }
        guard key.isEmpty, limit == nil, !page.html else {
            throw Failure("--key, --limit and --html go with --rows", category: .usage)
        }
        var request = DiffRequest()
        request.from = from
        request.to = to
        request.targets = targets
        let view = DiffView(
            try await repository.diff(request), showsHashes: showHash, showsMissing: to == nil && !hideMissing)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else if markdown {
            console.print(view.table.markdown)
        } else if !view.text.isEmpty {
            console.print(view.text)
        }
    }

    private func compareRows(of path: String, in repository: Repository, _ console: Console) async throws {
        guard targets.isEmpty, !showHash else {
            throw Failure("--rows compares one file: --targets and --show-hash do not go with it", category: .usage)
        }
        if let limit, limit < 0 { throw Failure("--limit must not be negative", category: .usage) }
        var request = RowDiffRequest(path: path)
        request.from = from
        request.to = to
        request.keys = key.flatMap { $0.split(separator: ",").map(String.init) }
        request.limit = limit ?? request.limit
        let diff = try await repository.rowDiff(request)
        let view = RowDiffView(diff, path: path)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
            return
        }
        for warning in view.warnings { console.warn(warning) }
        if page.html {
            let rowDiffPage = RowDiffPage(diff, path: path, from: from, to: to ?? Repository.workspaceName)
            try page.show(rowDiffPage.page, named: "varve_rows.html", of: repository, console)
            return
        }
        console.print(markdown ? view.markdown : view.text)
    }
}

/// What `diff` prints.
struct DiffView {
    private let groups: [Group]
    private let isEmpty: Bool
    private let showsHashes: Bool

    private struct Group {
        let title: String
        let rows: [Row]
    }

    private struct Row {
        var old: DataEntry
        /// Where it is not the same.
        var new: DataEntry?
        var isRenamed = false

        var path: String {
            guard isRenamed, let new else { return old.name }
            return "\(old.name) -> \(new.name)"
        }

        /// Short forms of the object IDs.
        var hash: String {
            let before = String((old.id?.text ?? "").prefix(8))
            guard !isRenamed, let new else { return before }
            return "\(before)..\((new.id?.text ?? "").prefix(8))"
        }

        func value(withHash: Bool) -> Value {
            func text(_ entry: DataEntry) -> Value { entry.id.map { .string($0.text) } ?? .null }
            var value = Mapping()
            var hash = text(old)
            if let new, isRenamed {
                value["path"] = .mapping(Mapping([("old", .string(old.name)), ("new", .string(new.name))]))
            } else {
                value["path"] = .string(old.name)
                if let new { hash = .mapping(Mapping([("old", hash), ("new", text(new))])) }
            }
            if withHash { value["hash"] = hash }
            return .mapping(value)
        }
    }

    init(_ diff: DataDiff, showsHashes: Bool, showsMissing: Bool) {
        self.showsHashes = showsHashes
        isEmpty = diff.isEmpty
        groups =
            [
                Group(title: "added", rows: diff.added.map { Row(old: $0) }),
                Group(title: "deleted", rows: diff.deleted.map { Row(old: $0) }),
                Group(title: "renamed", rows: diff.renamed.map { Row(old: $0.old, new: $0.new, isRenamed: true) }),
                Group(title: "modified", rows: diff.modified.map { Row(old: $0.old, new: $0.new) }),
            ] + (showsMissing ? [Group(title: "not in cache", rows: diff.notInCache.map { Row(old: $0) })] : [])
    }

    /// Every kind of change, though there be none of it; nothing at all where nothing differs.
    var value: Mapping {
        if isEmpty { return Mapping() }
        let order = ["added", "deleted", "modified", "renamed", "not in cache"]
        return Mapping(
            order.compactMap { title in
                groups.first { $0.title == title }.map { group in
                    (title, .array(group.rows.map { $0.value(withHash: showsHashes) }))
                }
            })
    }

    var table: Table {
        let rows = groups.flatMap { group in
            group.rows.map { showsHashes ? [group.title, $0.hash, $0.path] : [group.title, $0.path] }
        }
        return Table(showsHashes ? ["Status", "Hash", "Path"] : ["Status", "Path"], rows: rows)
    }

    /// Groups with a blank line after each, then how many files there are of each; folders don't count.
    var text: String {
        var lines: [String] = []
        for group in groups where !group.rows.isEmpty {
            lines.append(group.title.prefix(1).uppercased() + group.title.dropFirst() + ":")
            for row in group.rows { lines.append("    " + (showsHashes ? "\(row.hash)  " : "") + row.path) }
            lines.append("")
        }
        let counts = groups.compactMap { group in
            let files = group.rows.count { !$0.path.hasSuffix("/") }
            return files > 0 ? "\(files) \(group.title)" : nil
        }
        if !counts.isEmpty { lines.append("files summary: " + counts.joined(separator: ", ")) }
        return lines.joined(separator: "\n")
    }
}
