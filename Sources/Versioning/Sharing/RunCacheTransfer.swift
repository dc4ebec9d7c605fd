import Basics
import FileSystem
import Objects
import Storage
import Synchronization
import Transfers

/// The run cache travels as it is: small files named by what they say, under `runs/`.
extension Repository {
    /// The largest record of a run that is taken for one.
    private static let runRecordLimit = 1 << 26

    /// Sends records of runs that the remote lacks.
    ///
    /// - Returns: how many were sent.
    func pushRunCache(to store: ObjectStore, jobs: Int?) async throws -> Int {
        try await copyRunCache(from: ObjectStore(backend: cacheFolder), to: store, jobs: jobs, verb: "upload")
    }

    /// Fetches records of runs that the cache lacks.
    @discardableResult
    func fetchRunCache(from store: ObjectStore, jobs: Int?) async throws -> Int {
        try await copyRunCache(from: store, to: ObjectStore(backend: cacheFolder), jobs: jobs, verb: "download")
    }

    /// The cache as a store of keys.
    var cacheFolder: DirectoryBackend {
        DirectoryBackend(root: cache.root, isShared: cache.isShared, concurrency: threads)
    }

    private func copyRunCache(
        from source: ObjectStore, to target: ObjectStore, jobs: Int?, verb: String
    ) async throws -> Int {
        let present = Set(try await target.runCacheKeys())
        let wanted = try await source.runCacheKeys().filter { !present.contains($0) }
        let state = Mutex<(copied: Int, failures: [StorageError])>((0, []))
        await concurrentForEach(wanted, limit: max(1, jobs ?? target.backend.concurrency)) { key in
            do throws(StorageError) {
                let record = MemorySink(limit: Self.runRecordLimit)
                try await source.backend.read(key, range: nil, into: record)
                try await target.backend.write(BytesSource(record.bytes), to: key)
                state.withLock { $0.copied += 1 }
            } catch {
                let located = error.at(key, in: source.backend.name)
                state.withLock { $0.failures.append(located) }
            }
        }
        try Task.checkCancellation()
        let (copied, failures) = state.withLock { $0 }
        guard failures.isEmpty else {
            throw MultipleFailures("\(failures.count) files of the run cache failed to \(verb)", failures)
        }
        return copied
    }
}
