import Documents
import FileSystem
package import Processes
package import ProjectFiles
package import Versioning

/// The note that a stage is being run, taken away when its command has ended; one that stays tells of a run cut short.
package struct UnfinishedRun: Sendable, Equatable {
    /// The varve that ran it.
    package var owner: ProcessIdentity
    /// The command that was started last; 0 before.
    package var group: ProcessIdentity
    /// Seconds since 1970.
    package var began: Double
    package var attempt: Int
    /// What went into the run: another run with the same may go on from its checkpoints.
    package var key: String
    /// Whether the command ended, in failure; its checkpoints remain.
    package var hasFailed = false
    /// What it is recorded as.
    package var id: RunID?

    package init(
        owner: ProcessIdentity, group: ProcessIdentity = ProcessIdentity(id: 0, start: ""), began: Double,
        attempt: Int, key: String, id: RunID? = nil
    ) {
        self.owner = owner
        self.group = group
        self.began = began
        self.attempt = attempt
        self.key = key
        self.id = id
    }

    /// Whether nobody works on it any more.
    package var isAbandoned: Bool { !owner.isRunning }

    /// Ends what an abandoned run left running, since nobody will record what it makes.
    package func endLeftovers() {
        guard isAbandoned, let group = group.remainingGroup else { return }
        group.end(grace: .seconds(5))
    }

    // MARK: File

    private static func path(_ stage: Stage, _ repository: Repository) -> String {
        Paths.join(repository.internals, "tmp/varve/stages/\(RunRecords.key(of: stage)).running")
    }

    package static func of(_ stage: Stage, in repository: Repository) -> UnfinishedRun? {
        guard let bytes = try? Files.readIfPresent(path(stage, repository)), let text = try? JSON.parse(bytes).mapping
        else { return nil }
        var run = UnfinishedRun(
            owner: ProcessIdentity(text["owner"]), group: ProcessIdentity(text["group"]),
            began: text["began"]?.float ?? 0, attempt: text["attempt"]?.int ?? 1, key: text["key"]?.string ?? "",
            id: text["run"]?.string.flatMap { RunID(checking: $0) })
        run.hasFailed = text["failed"]?.bool ?? false
        return run
    }

    package func write(_ stage: Stage, in repository: Repository) throws {
        let text = Mapping([
            ("stage", .string(stage.address())), ("owner", owner.value), ("group", group.value),
            ("began", .float(began)), ("attempt", .int(attempt)), ("key", .string(key)), ("failed", .bool(hasFailed)),
            ("run", id.map { .string($0.text) } ?? .null),
        ])
        let path = Self.path(stage, repository)
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(JSON.emitPython(.mapping(text)).utf8), to: path, sync: false)
    }

    package static func remove(_ stage: Stage, in repository: Repository) {
        try? Files.remove(path(stage, repository))
    }
}

extension ProcessIdentity {
    init(_ value: Value?) {
        let value = value?.mapping
        self.init(id: value?["pid"]?.int.flatMap { Int32(exactly: $0) } ?? 0, start: value?["start"]?.string ?? "")
    }

    var value: Value { .mapping(Mapping([("pid", .int(Int(id))), ("start", .string(start))])) }
}
