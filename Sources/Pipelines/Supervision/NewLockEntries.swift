import FileSystem
import ProjectFiles
import Versioning

/// Which entries of lock files were made by a run of stages side by side that has not come to its end.
///
/// Such a run sorts its new entries as running in order gives them. The note lets a run after a crash go on with that.
struct NewLockEntries {
    private let path: String
    private var keys: Set<String>

    init(_ repository: Repository) {
        path = Paths.join(repository.internals, "tmp/varve/stages/new-entries")
        let bytes = (try? Files.readIfPresent(path, limit: 1 << 24)) ?? nil
        keys = Set(String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").map(String.init))
    }

    func contains(_ stage: Stage) -> Bool { keys.contains(RunRecords.key(of: stage)) }

    mutating func add(_ stage: Stage) {
        guard keys.insert(RunRecords.key(of: stage)).inserted else { return }
        // Without the note only the order of entries may differ after a crash.
        try? Files.makeDirectory(Paths.parent(path))
        try? Files.write(Array(keys.sorted().joined(separator: "\n").utf8), to: path)
    }

    /// To be called when a run has come to its end.
    mutating func forget() {
        guard !keys.isEmpty else { return }
        keys = []
        try? Files.remove(path)
    }
}
