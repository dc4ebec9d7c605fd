import ArgumentParser
import Basics
import Documents
import Rendering
import Versioning

/// `varve data`: commands about data alone, without pipelines.
struct DataCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Compare tracked data with Git and the workspace",
        subcommands: [DataStatusCommand.self])

    @OptionGroup var global: GlobalOptions
}

/// `varve data status`: the last Git commit, the project files and the workspace compared.
struct DataStatusCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show changes between the last Git commit, the project files and the workspace",
        discussion: examples(
            ("varve data status", "What is not committed to varve or to Git"),
            ("varve data status --granular images", "Every changed file of a directory"),
            ("varve data status --not-in-remote", "Also what still is to be pushed")))
    static let dialect = Dialect(bareValues: ["--untracked-files": "all"])

    @Argument(help: "Tracked files and directories; everything by default", completion: .targets)
    var targets: [String] = []
    @Flag(help: "Print JSON") var json = false
    @Flag(help: "Show every file of tracked directories") var granular = false
    @Flag(help: "Also show what has not changed") var unchanged = false
    @Option(
        name: .customLong("untracked-files"),
        help: ArgumentHelp("Show files that Git does not know", valueName: "which"))
    var untrackedFiles = UntrackedFiles.no
    @Option(
        name: [.short, .long], help: ArgumentHelp("Remote for --not-in-remote", valueName: "name"),
        completion: .remotes)
    var remote: String?
    @Flag(name: .customLong("not-in-remote"), help: "Show what the remote lacks") var notInRemote = false
    @Flag(name: .customLong("no-remote-refresh"), help: "Accepted for DVC's sake; the remote is always asked")
    var noRemoteRefresh = false
    @OptionGroup var global: GlobalOptions

    enum UntrackedFiles: String, ExpressibleByArgument, CaseIterable {
        case no, all
    }

    func run(in repository: Repository, _ console: Console) async throws {
        var request = DataStatusRequest()
        request.targets = targets
        request.isGranular = granular
        request.findsUntracked = untrackedFiles == .all
        request.findsUnchanged = unchanged
        request.asksRemote = notInRemote
        request.remote = remote
        let view = DataStatusView(
            try await repository.dataStatus(request), style: console.outputStyle)
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else {
            for line in view.lines { console.print(line) }
        }
    }
}

/// What `data status` prints.
struct DataStatusView {
    private let sections: [Section]
    private let git: DataStatus.GitState
    private let style: Style

    private struct Section {
        let key: String
        let title: String
        let hints: [String]
        let ink: Style.Ink?
        let content: Content
    }

    private enum Content {
        case names([String])
        case changes(DataChanges)

        var isEmpty: Bool {
            switch self {
            case .names(let names): names.isEmpty
            case .changes(let changes): changes.isEmpty
            }
        }
    }

    init(_ status: DataStatus, style: Style) {
        git = status.git
        self.style = style
        sections = [
            Section(
                key: "not_in_cache", title: "Not in cache", hints: [#"use "dvc fetch <file>..." to download files"#],
                ink: .red, content: .names(status.notInCache)),
            Section(
                key: "not_in_remote", title: "Not in remote", hints: [#"use "dvc push <file>..." to upload files"#],
                ink: .red, content: .names(status.notInRemote)),
            Section(
                key: "committed", title: "DVC committed changes",
                hints: ["git commit the corresponding dvc files to update the repo"], ink: .green,
                content: .changes(status.committed)),
            Section(
                key: "uncommitted", title: "DVC uncommitted changes",
                hints: [
                    #"use "dvc commit <file>..." to track changes"#,
                    #"use "dvc checkout <file>..." to discard changes"#,
                ], ink: .yellow, content: .changes(status.uncommitted)),
            Section(
                key: "untracked", title: "Untracked files",
                hints: [#"use "git add <file> ..." or "dvc add <file>..." to commit to git or to dvc"#], ink: .cyan,
                content: .names(status.untracked)),
            Section(
                key: "unchanged", title: "DVC unchanged files", hints: [], ink: nil,
                content: .names(status.unchanged)),
        ].filter { !$0.content.isEmpty }
    }

    /// Only what there is anything of.
    var value: Mapping {
        Mapping(
            sections.map { section in
                switch section.content {
                case .names(let names): (section.key, .array(names.map(Value.string)))
                case .changes(let changes): (section.key, .mapping(changes.value))
                }
            })
    }

    var lines: [String] {
        var lines: [String] = []
        if sections.isEmpty {
            if case .repository(isUnborn: true, _) = git {
                lines.append("No changes in an empty git repo.")
            } else {
                lines.append("No changes.")
            }
        }
        for section in sections {
            if !lines.isEmpty { lines.append("") }
            lines.append(section.title + ":")
            lines += section.hints.map { "  (\($0))" }
            let items =
                switch section.content {
                case .names(let names): names
                case .changes(let changes): changes.labelled
                }
            lines += items.map { item in
                let line = "        " + item
                return section.ink.map { style.paint(line, $0) } ?? line
            }
        }
        if case .repository(_, isDirty: true) = git {
            let other = sections.isEmpty ? "" : "other "
            let hint = #"(there are \#(other)changes not tracked by dvc, use "git status" to see)"#
            lines.append(style.paint(hint, .blue))
        }
        return lines
    }
}

extension DataChanges {
    fileprivate var value: Mapping {
        var value = Mapping()
        func note(_ key: String, _ names: [String]) {
            if !names.isEmpty { value[key] = .array(names.map(Value.string)) }
        }
        note("added", added)
        note("modified", modified)
        note("deleted", deleted)
        if !renamed.isEmpty {
            value["renamed"] = .array(
                renamed.map { .mapping(Mapping([("old", .string($0.old)), ("new", .string($0.new))])) })
        }
        note("unknown", unknown)
        return value
    }

    /// Each change with its kind before it.
    fileprivate var labelled: [String] {
        added.map { "added: " + $0 } + modified.map { "modified: " + $0 } + deleted.map { "deleted: " + $0 }
            + renamed.map { "renamed: \($0.old) -> \($0.new)" } + unknown.map { "unknown: " + $0 }
    }
}
