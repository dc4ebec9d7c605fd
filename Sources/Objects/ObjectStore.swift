package import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Objects in a backend: a remote, or a cache seen as one.
///
/// What it promises: nothing is published under an ID that does not have the ID's bytes, and nothing is handed out as
/// the object that was not checked on its way. An object never changes, so whoever sees it may keep it.
package struct ObjectStore: Sendable {
    package let backend: any Backend
    /// The backend, where it is a folder that can be worked on without a suspension per object.
    package let directory: DirectoryBackend?

    package init(backend: any Backend) {
        self.backend = backend
        directory = backend as? DirectoryBackend
    }

    /// What the store has under the ID, or `nil` where there is nothing that could be the object.
    package func stat(_ id: ObjectID) async throws(StorageError) -> Metadata? {
        let found =
            if let directory { try directory.localStat(id.key) } else { try await backend.stat(id.key) }
        guard let found, id.isPlausible(size: found.size) else { return nil }
        return found
    }

    /// Which of the objects are there, by looking each up. `ObjectStatus` in Transfers knows cheaper ways for many.
    package func existing(among ids: [ObjectID]) async throws(StorageError) -> Set<ObjectID> {
        let outcome = SharedOutcome()
        await concurrentForEach(ids, limit: backend.concurrency) { id in
            if outcome.failure != nil { return }
            do throws(StorageError) {
                if try await stat(id) != nil { outcome.insert(id) }
            } catch {
                outcome.fail(error)
            }
        }
        return try outcome.result()
    }

    /// The checked bytes of an object that fits into memory, such as a directory object.
    ///
    /// - Parameter limit: how many bytes to take before it is called corrupt.
    package func read(_ id: ObjectID, limit: Int = 1 << 30) async throws(StorageError) -> [UInt8] {
        var failures = 0
        while true {
            let memory = MemorySink(limit: limit)
            let sink = VerifyingSink(memory, algorithm: id.algorithm)
            try await backend.read(id.key, range: nil, into: sink)
            do throws(StorageError) {
                try sink.verify(id, place: backend.name)
                return memory.bytes
            } catch {
                failures += 1
                if directory != nil || failures > Self.corruptRetries { throw error }
            }
        }
    }

    /// Fetches an object into a new file, which has mode 0444 once its bytes are checked; otherwise nothing is left of
    /// it.
    ///
    /// - Parameter path: where nothing is yet.
    /// - Returns: the number of bytes.
    @discardableResult
    package func fetch(_ id: ObjectID, toTemporaryFile path: String) async throws(StorageError) -> Int64 {
        let file = try FileSink(creating: path)
        let sink = VerifyingSink(file, algorithm: id.algorithm)
        do throws(StorageError) {
            try await backend.read(id.key, range: nil, into: sink)
            try sink.verify(id, place: backend.name)
        } catch {
            // At once, since another store may be asked for the same next.
            file.discard()
            throw error
        }
        chmod(path, 0o444)
        file.keep()
        return sink.size
    }

    /// Stores the object whose bytes a local file has; checked while they go out, before the store shows them.
    ///
    /// - Returns: the number of bytes.
    @discardableResult
    package func store(_ id: ObjectID, from path: String) async throws(StorageError) -> Int64 {
        let source = try VerifyingSource(id, path: path)
        try await backend.write(source, to: id.key)
        return source.size
    }

    /// Stores the bytes of an object under a name of their own, in a store that keeps versions; checked on the way, too.
    ///
    /// - Returns: the new version, and the number of bytes.
    package static func store(
        _ id: ObjectID, from path: String, under key: Key, in backend: some VersionedBackend
    ) async throws(StorageError) -> (version: WrittenVersion, size: Int64) {
        let source = try VerifyingSource(id, path: path)
        return (try await backend.writeVersion(source, to: key), source.size)
    }

    /// Deletes objects; what is not there is no error.
    package func delete(_ ids: [ObjectID]) async throws(StorageError) {
        try await backend.delete(ids.map(\.key))
    }
}
