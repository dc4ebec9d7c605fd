import Basics
import FileSystem
import Objects

extension Repository {
    /// How long a command waits for another one before it gives up.
    package enum LockPatience: Sendable {
        case seconds(Double)
        case forever
    }

    /// A time in which no other varve or DVC command changes the repository.
    package struct Turn: Sendable {
        private let repository: Repository
        private let lock: FileLock

        fileprivate init(_ repository: Repository, _ lock: FileLock) {
            self.repository = repository
            self.lock = lock
        }

        /// Gives the repository back to others; calling it again does nothing.
        package func end() {
            CrashSweep(repository).end()
            lock.release()
        }
    }

    /// Takes the repository for this process until the turn is ended.
    ///
    /// The lock is the one DVC takes, so both tools wait for each other.
    package func beginTurn(_ patience: LockPatience = .seconds(30)) throws -> Turn {
        let lock = try acquireLock(patience)
        do {
            try prepare()
        } catch {
            lock.release()
            throw error
        }
        return Turn(self, lock)
    }

    /// Runs `body` while no other varve or DVC command changes the repository.
    package func locked<Result>(
        _ patience: LockPatience = .seconds(30), _ body: () throws -> Result
    ) throws -> Result {
        let turn = try beginTurn(patience)
        defer { turn.end() }
        return try body()
    }

    package func locked<Result>(
        _ patience: LockPatience = .seconds(30), _ body: () async throws -> Result
    ) async throws -> Result {
        let turn = try beginTurn(patience)
        defer { turn.end() }
        return try await body()
    }

    private func prepare() throws {
        if let status = try Files.status(cache.root, followingLinks: true), status.kind != .directory {
            throw Failure(
                "the cache folder '\(cache.root)' is a file", remedy: "set another with `varve cache dir`",
                category: .unexpected)
        }
        try sweepLeftovers()
        try CrashSweep(self).begin()
        try hideInternals()
    }

    private func acquireLock(_ patience: LockPatience) throws -> FileLock {
        let folder = Paths.join(internals, "tmp")
        try Files.makeDirectory(folder)
        let wait: LockWait =
            switch patience {
            case .seconds(let seconds): .seconds(seconds)
            case .forever: .forever
            }
        let path = Paths.join(folder, "lock")
        let tell: (String) -> Void = { [progress] holder in
            progress.report(.warning("waiting for another command to finish: \(holder)"))
        }
        if settings.usesHardlinkLock {
            return try FileLock.acquireHardlink(path, claimsIn: folder, wait: wait, onWait: tell)
        }
        return try FileLock.acquire(path, wait: wait, onWait: tell)
    }

    /// Keeps Git from seeing the cache and temporary files. Called under the lock; free where `init` has done it.
    private func hideInternals() throws {
        guard settings.cacheFolder != nil || !Files.exists(Paths.join(internals, ".gitignore")) else { return }
        if let git = try git { _ = try ProjectFolder.ignoreInternals(of: root, settings: settings, in: git) }
    }

    /// Removes what killed commands left in the folders that only varve writes to. Called under the lock.
    private func sweepLeftovers() throws {
        for folder in ["staging", "checkout"] {
            let path = Paths.join(scratch, folder)
            guard Files.exists(path) else { continue }
            for name in (try? Files.names(in: path)) ?? [] { try? Files.removeTree(Paths.join(path, name)) }
        }
    }
}
