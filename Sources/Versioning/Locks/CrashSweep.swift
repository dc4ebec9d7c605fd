import Basics
import FileSystem
import Objects

/// Finds out whether the last command that changed the repository came to its end, and removes what it left if not.
///
/// A file marks that a command is at work. Whoever takes the lock and finds the mark knows that its maker was killed,
/// and only then pays for a search of the workspace and the cache. Used under the repository's lock.
struct CrashSweep {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    private var mark: String { Paths.join(repository.scratch, "running") }

    /// Marks the beginning of a command, after the leavings of one that was killed are gone.
    func begin() throws {
        if Files.exists(mark) { sweep() }
        try Files.makeDirectory(repository.scratch)
        try Files.write([], to: mark, sync: false)
    }

    /// Marks its end, whether it did its work or failed.
    func end() { try? Files.remove(mark) }

    private func sweep() {
        let cache = repository.cache.root
        // A cache elsewhere may have other users, who write to it now: only what is a day old is surely dead.
        let isOwn = Paths.isInside(cache, repository.internals)
        if isOwn {
            removeTemporaries(in: cache, olderThan: .max, entering: { _ in true })
        } else if let began = try? Files.status(mark)?.modified {
            removeTemporaries(in: cache, olderThan: began - 86_400_000_000_000, entering: { _ in true })
        }
        for folder in [repository.internals, Paths.join(repository.internals, "tmp"), repository.scratch] {
            removeTemporaries(in: folder, olderThan: .max, entering: { _ in false })
        }
        removeTemporaries(in: repository.root, olderThan: .max) { $0 != ".git" && $0 != ".dvc" }
    }

    /// What cannot be read or removed stays: the command itself will tell.
    private func removeTemporaries(in folder: String, olderThan limit: Int64, entering: (String) -> Bool) {
        var pending = [folder]
        while let folder = pending.popLast() {
            for entry in (try? Files.textEntries(in: folder)) ?? [] {
                let path = Paths.join(folder, entry.name)
                let isTemporary = TemporaryName.matches(entry.name)
                guard isTemporary || entry.kind == .directory || entry.kind == nil else { continue }
                guard let status = try? Files.status(path) else { continue }
                if status.kind == .directory {
                    if entering(entry.name) { pending.append(path) }
                } else if isTemporary, status.modified < limit {
                    try? Files.remove(path)
                }
            }
        }
    }
}
