import Basics
import Documents
import FileSystem
import Hashing
import Processes
import Versioning

/// What varve remembers of the last training in a folder of checkpoints (or, without one, of metrics), and the claim that
/// no other one goes on there meanwhile.
struct TrainingNote: Sendable {
    enum State: String {
        /// Being run, or cut short without a word.
        case running
        case interrupted, failed, done
    }

    /// What went into the run.
    var key: String
    var id: RunID
    var state: State
    /// The program; 0 before it was started.
    var group = ProcessIdentity(id: 0, start: "")

    /// Whether another run with the same inputs is this one, going on.
    func isContinued(by key: String) -> Bool { state != .done && self.key == key }
}

/// The place of a note.
struct TrainingNotePlace: Sendable {
    private let path: String
    private let folder: String

    /// - Parameter folder: absolute path of what the note is about.
    init(of folder: String, in repository: Repository) {
        self.folder = folder
        let name = MD5.digest(of: Array(Paths.resolvingLinks(folder).utf8)).hex
        path = Paths.join(repository.scratch, "training/\(name)")
    }

    /// Keeps others away until the claim is let go.
    func claim() throws -> FileLock? {
        do {
            try Files.makeDirectory(Paths.parent(path))
            return try FileLock.acquire(path + ".lock", wait: .seconds(0))
        } catch let error as LockError where error.cause == .held {
            throw Failure(
                "another training is using '\(folder)'" + (error.holder.map { ": \($0.description)" } ?? ""),
                remedy: "wait for it, or give this one folders of its own: --checkpoint-dir, --metrics-dir")
        } catch {
            // A folder that cannot be written keeps nobody from training.
            return nil
        }
    }

    func read() -> TrainingNote? {
        guard let bytes = (try? Files.readIfPresent(path + ".json", limit: 1 << 20)) ?? nil,
            let text = try? JSON.parse(bytes).mapping, let key = text["key"]?.string,
            let id = text["run"]?.string.flatMap({ RunID(checking: $0) }),
            let state = text["state"]?.string.flatMap({ TrainingNote.State(rawValue: $0) })
        else { return nil }
        return TrainingNote(key: key, id: id, state: state, group: ProcessIdentity(text["group"]))
    }

    func write(_ note: TrainingNote) {
        let text = Mapping([
            ("folder", .string(folder)), ("key", .string(note.key)), ("run", .string(note.id.text)),
            ("state", .string(note.state.rawValue)), ("group", note.group.value),
        ])
        try? Files.makeDirectory(Paths.parent(path))
        try? Files.write(Array((JSON.emitPython(.mapping(text)) + "\n").utf8), to: path + ".json", sync: false)
    }
}
