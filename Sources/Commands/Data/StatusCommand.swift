import ArgumentParser
import Basics
import Documents
import ProjectFiles
import Versioning

/// `varve status`: what is not as recorded.
struct StatusCommand: RepositoryCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show changed data and stages, or what the remote lacks",
        discussion: examples(
            ("varve status", "What differs from the project files"),
            ("varve status train", "Only this stage"),
            ("varve status --cloud", "What the cache and the remote don't share"),
            ("varve status -q || varve repro", "Do something only where anything changed")))
    static let failureStatus: Int32 = 1

    @Argument(help: "Pointer files, stages or tracked paths; everything by default", completion: .targets)
    var targets: [String] = []
    @Option(name: [.short, .long], help: ArgumentHelp("Questions to the remote at once", valueName: "number"))
    var jobs: Int?
    @Flag(name: [.short, .long], help: "Compare the cache with the remote") var cloud = false
    @Option(
        name: [.short, .long], help: ArgumentHelp("Remote to compare the cache with", valueName: "name"),
        completion: .remotes)
    var remote: String?
    @Flag(name: [.customShort("a"), .customLong("all-branches")], help: "Data of all branches; with --cloud")
    var allBranches = false
    @Flag(name: [.customShort("T"), .customLong("all-tags")], help: "Data of all tags; with --cloud")
    var allTags = false
    @Flag(name: [.customShort("A"), .customLong("all-commits")], help: "Data of all Git commits; with --cloud")
    var allCommits = false
    @Flag(name: [.customShort("d"), .customLong("with-deps")], help: "Also what the targets depend on")
    var withDependencies = false
    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Everything below target directories")
    var recursive = false
    @Flag(help: "Print JSON") var json = false
    @Flag(name: .customLong("no-updates"), help: "Don't ask whether imports have updates") var noUpdates = false
    @OptionGroup var global: GlobalOptions

    func run(in repository: Repository, _ console: Console) async throws {
        if cloud || remote != nil {
            try await compareWithRemote(repository, console)
            return
        }
        try refuseMeaningless()
        var request = StatusRequest()
        request.targets = targets
        request.selection = TargetOptions(recursive: recursive, withDependencies: withDependencies)
        request.checksUpdates = !noUpdates
        let result = try await repository.status(request)
        try show(StatusView(result), isEmptyProject: result.hasNoStages, clean: StatusView.clean, console)
    }

    private func compareWithRemote(_ repository: Repository, _ console: Console) async throws {
        var request = TransferRequest()
        request.targets = targets
        request.selection = TargetOptions(recursive: recursive, withDependencies: withDependencies)
        request.revisions.allBranches = allBranches
        request.revisions.allTags = allTags
        request.revisions.allCommits = allCommits
        request.remote = remote
        request.jobs = jobs
        let view = StatusView(try await repository.cloudStatus(request), isIndented: cloud)
        let isEmptyProject = try view.value.isEmpty && repository.workspace().stages.isEmpty
        let name = remote ?? repository.settings.defaultRemote ?? "None"
        try show(
            view, isEmptyProject: isEmptyProject, clean: "Cache and remote '\(name)' are in sync.", console)
    }

    private func refuseMeaningless() throws {
        let given = [
            ("--all-branches", allBranches), ("--all-tags", allTags), ("--all-commits", allCommits),
            ("--jobs", (jobs ?? 0) != 0),
        ].filter(\.1).map(\.0)
        guard given.isEmpty else {
            throw Failure(
                "The following options are meaningless for local status: \(given.joined(separator: ", "))")
        }
    }

    private func show(_ view: StatusView, isEmptyProject: Bool, clean: String, _ console: Console) throws {
        if json {
            console.showJSON(JSON.emitPython(.mapping(view.value)))
        } else if global.isQuiet {
            if !view.value.isEmpty { throw ExitCode(1) }
        } else if !view.value.isEmpty {
            for line in view.lines { console.print(line) }
        } else {
            console.print(isEmptyProject ? StatusView.emptyProject : clean)
        }
    }
}

/// What `status` prints: the same tree as text and as JSON.
struct StatusView {
    static let clean = "Data and pipelines are up to date."
    static let emptyProject = """
        There are no data or pipelines tracked in this project yet.
        See <https://dvc.org/doc/start> to get started!
        """

    /// By stage, or by path for what the remote lacks.
    let value: Mapping
    /// How far the text is moved to the right.
    private let indentation: Int

    init(_ result: StatusResult) {
        value = Mapping(result.changed.map { ($0.address, .array(Self.parts(of: $0))) })
        indentation = 0
    }

    /// - Parameter isIndented: whether lines begin with a tab, as DVC has them under `--cloud`.
    init(_ differences: [(path: String, state: CloudState)], isIndented: Bool) {
        value = Mapping(differences.map { ($0.path, .string($0.state.rawValue)) })
        indentation = isIndented ? 1 : 0
    }

    private static func parts(of stage: StageStatus) -> [Value] {
        var parts: [Value] = []
        for (title, items) in [("changed deps", stage.dependencies), ("changed outs", stage.outputs)]
        where !items.isEmpty {
            parts.append(.mapping(Mapping([(title, .mapping(Mapping(items.map { ($0.name, $0.state.value) })))])))
        }
        if stage.isAlwaysChanged { parts.append("always changed") }
        if stage.commandChanged { parts.append("changed command") }
        if stage.definitionChanged { parts.append("changed checksum") }
        return parts
    }

    var lines: [String] { Self.lines(.mapping(value), indentation) }

    private static func lines(_ value: Value, _ indentation: Int) -> [String] {
        let indent = String(repeating: "\t", count: indentation)
        switch value {
        case .string(let text): return [indent + text]
        case .array(let items): return items.flatMap { lines($0, indentation) }
        case .mapping(let mapping):
            return mapping.entries.flatMap { key, value in
                if let state = value.string { return [indent + padded(state + ":") + key] }
                return ["\(indent)\(key):"] + lines(value, indentation + 1)
            }
        default: return []
        }
    }

    private static func padded(_ state: String) -> String {
        state + String(repeating: " ", count: max(0, 20 - state.count))
    }
}

extension ItemState {
    /// DVC's word for the state, or one for each value of a parameter file.
    fileprivate var value: Value {
        switch self {
        case .new: "new"
        case .modified: "modified"
        case .deleted: "deleted"
        case .notInCache: "not in cache"
        case .updateAvailable: "update available"
        case .values(let changes):
            .mapping(Mapping(changes.map { ($0.key, .string($0.change.rawValue)) }))
        }
    }
}
