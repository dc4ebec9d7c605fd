import FileSystem
import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Fetching into the cache: small objects in one request, large ones by pieces beside each other.
extension ObjectStore {
    /// Fetches an object into the cache, or whatever stands for it.
    ///
    /// What arrives of a large object stays when this fails or the process is killed, and is not fetched again.
    @discardableResult
    package func fetch(_ id: ObjectID, into destination: some ObjectDestination) async throws -> Int64 {
        var failures = 0
        while true {
            do {
                return try await fetchOnce(id, into: destination)
            } catch let error as StorageError where error.kind == .corrupt && failures < Self.corruptRetries {
                // Bytes that changed on their way are right the next time; those that are wrong in the store are not.
                failures += 1
            }
        }
    }

    /// How often wrong bytes are asked for anew.
    static let corruptRetries = 2

    private func fetchOnce(_ id: ObjectID, into destination: some ObjectDestination) async throws -> Int64 {
        guard let pieceSize = backend.pieceSize, !id.isEmptyFile, let folder = try destination.partialFolder() else {
            return try await fetchWhole(id, into: destination)
        }
        if let partial = PartialObject.resume(id, in: folder) {
            do {
                return try await complete(partial, DigestFollower(partial), into: destination)
            } catch let error as StorageError where error.kind == .corrupt {
                // What lay there was not what was sent, or the object was replaced since: from the start, once.
                partial.discard()
            }
        }
        let temporary = try destination.temporaryPath(for: id)
        let file = try FileSink(creating: temporary)
        let sink = VerifyingSink(file, algorithm: id.algorithm)
        try await backend.read(id.key, range: 0..<pieceSize, into: sink)
        if sink.size == pieceSize, let size = try await backend.stat(id.key)?.size, size > pieceSize {
            guard
                let partial = try PartialObject.begin(
                    id, size: size, pieceSize: pieceSize, firstPiece: file, in: folder)
            else { return try await fetchWhole(id, into: destination) }
            do {
                return try await complete(
                    partial, DigestFollower(partial, sink.hasher, at: pieceSize), into: destination)
            } catch let error as StorageError where error.kind == .corrupt {
                partial.discard()
                throw error
            }
        }
        try sink.verify(id, place: backend.name)
        chmod(temporary, 0o444)
        try destination.deliver(temporary: temporary, as: id)
        file.keep()
        return sink.size
    }

    private func fetchWhole(_ id: ObjectID, into destination: some ObjectDestination) async throws -> Int64 {
        let temporary = try destination.temporaryPath(for: id)
        let size = try await fetch(id, toTemporaryFile: temporary)
        do {
            try destination.deliver(temporary: temporary, as: id)
        } catch {
            unlink(temporary)
            throw error
        }
        return size
    }

    /// Brings in the missing pieces, checks the whole and publishes it.
    private func complete(
        _ partial: PartialObject, _ follower: DigestFollower, into destination: some ObjectDestination
    ) async throws -> Int64 {
        // Not left to the last user's end: tasks that are done may hold on to it for a moment.
        defer { partial.unlock() }
        let outcome = SharedOutcome()
        let missing = partial.missing
        // Few at a time per object: what a kill leaves half-way stays small, and other objects get their turn.
        await concurrentForEach(missing, limit: min(backend.concurrency, 4)) { piece, range in
            if outcome.failure != nil { return }
            let sink = partial.sink(piece)
            do throws(StorageError) {
                do throws(StorageError) {
                    try await backend.read(partial.id.key, range: range, into: sink)
                } catch {
                    try sink.flush()
                    throw error
                }
                try sink.flush()
                try await follower.advance()
            } catch {
                outcome.fail(error)
            }
        }
        _ = try outcome.result()
        try await follower.verify(place: backend.name)
        chmod(partial.path, 0o444)
        try destination.deliver(temporary: partial.path, as: partial.id)
        partial.release()
        return partial.size
    }
}
