import FileSystem
import HTTP
import Synchronization

extension WebDAVBackend {
    /// How often a move that met another writer's is tried.
    private static let moves = 6

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try session.check(key)
        let folder = Self.folder(of: key)
        if isMoveless.load(ordering: .relaxed) { return try await put(source, key, folder: folder) }
        let temporary = Key(folder.isEmpty ? TemporaryName.make() : folder + "/" + TemporaryName.make())
        do throws(StorageError) {
            try await put(source, temporary, folder: folder)
            if try await move(temporary, to: key, size: source.size) { return }
        } catch {
            await discard(temporary)
            throw error
        }
        await discard(temporary)
        try await put(source, key, folder: folder)
        // It can store, but not move.
        isMoveless.store(true, ordering: .relaxed)
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        let failures = FailureList()
        await concurrentForEach(keys, limit: concurrency) { key in
            do throws(StorageError) {
                try await self.delete(key)
            } catch {
                failures.append(error)
            }
        }
        if let first = failures.first { throw first }
        if Task.isCancelled { throw .cancelled }
    }

    private func delete(_ key: Key, deadline: Duration? = nil) async throws(StorageError) {
        try session.check(key)
        let request = HTTPRequest(.delete, session.address.url(of: key), followsRedirects: true, deadline: deadline)
        let response = try await session.send(request, key: key)
        switch response.status {
        case 404, 410: return
        case 207: throw StorageError(.other, "the server could not delete it", key: key, place: name)
        case 200..<300: return
        default: throw session.refusal(response, key: key)
        }
    }

    /// Takes a temporary object away again, as far as that can be done quickly.
    private func discard(_ temporary: Key) async {
        // Not under the task that may be cancelled; what stays behind is never listed.
        let deadline: Duration = Task.isCancelled ? .milliseconds(500) : .seconds(5)
        await Task { _ = try? await self.delete(temporary, deadline: deadline) }.value
    }

    static func folder(of key: Key) -> String {
        key.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(key.path[..<$0]) } ?? ""
    }

    // MARK: Sending

    private func put(_ source: some ByteSource, _ key: Key, folder: String) async throws(StorageError) {
        let path = session.address.path(ofFolder: folder)
        try await parents.prepare(path)
        var response = try await put(source, key)
        if response.status == 404 || response.status == 409 {
            // Somebody has removed the collection since.
            await parents.forget()
            try await parents.prepare(path)
            response = try await put(source, key)
        }
        guard response.isSuccess else { throw session.refusal(response, key: key) }
        try await verify(key, size: source.size)
    }

    private func put(_ source: some ByteSource, _ key: Key) async throws(StorageError) -> HTTPResponse {
        let request = HTTPRequest(
            .put, session.address.url(of: key), headers: [HTTPHeader("Content-Type", "application/octet-stream")],
            body: .source(source), followsRedirects: true)
        return try await session.send(request, key: key)
    }

    private func verify(_ key: Key, size: Int64) async throws(StorageError) {
        let kept = try await session.head(key, isFresh: true)
        guard kept?.size == size else {
            throw StorageError(
                .corrupt, "the server kept \(kept?.size ?? 0) bytes of \(size)", key: key, place: name,
                isRetryable: true)
        }
    }

    // MARK: Publishing

    /// Returns false where the server cannot move.
    private func move(_ temporary: Key, to key: Key, size: Int64) async throws(StorageError) -> Bool {
        var wasAmbiguous = false
        var attempt = 1
        while true {
            do throws(StorageError) {
                let response = try await move(temporary, to: key)
                switch response.status {
                case 201, 204, 200: return true
                case 400, 405, 501, 502: return false
                case 404 where wasAmbiguous:
                    // The move whose answer was lost has happened, if the object is there.
                    if try await session.head(key, isFresh: true)?.size == size { return true }
                    throw session.refusal(response, key: key)
                case 403 where attempt == Self.moves: return false
                default: throw session.refusal(response, key: key)
                }
            } catch {
                // Servers that replace in two steps refuse a move that falls between those of another writer.
                let passes = error.isRetryable || error.kind == .permission || error.kind == .other
                guard passes, attempt < Self.moves, error.retryAfter == nil else { throw error }
                wasAmbiguous = wasAmbiguous || error.isRetryable
                attempt += 1
                do {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 5...(20 << attempt))))
                } catch {
                    throw .cancelled
                }
            }
        }
    }

    private func move(_ temporary: Key, to key: Key) async throws(StorageError) -> HTTPResponse {
        let request = HTTPRequest(
            "MOVE", session.address.url(of: temporary),
            headers: [HTTPHeader("Destination", session.address.url(of: key)), HTTPHeader("Overwrite", "T")])
        return try await session.send(request, key: key)
    }

    // MARK: Collections

    /// Makes a collection, and those above it where they are missing.
    ///
    /// - Parameter path: percent-encoded, without a slash at its end.
    static func makeCollection(
        _ path: String, parents: ParentFolders, session: WebSession
    ) async throws(StorageError) {
        // The root of the server is there.
        guard !path.isEmpty else { return }
        var response = try await requestCollection(path, session: session)
        if response.status == 409 || response.status == 404 {
            let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
            try await parents.prepare(above)
            response = try await requestCollection(path, session: session)
        }
        switch response.status {
        // 405 and 301: it is there already.
        case 200..<300, 405, 301: return
        case 401: throw session.refusal(response, key: nil)
        case 403:
            // Some servers say so of what is there, such as the topmost collection.
            let question = HTTPRequest(
                "PROPFIND", session.address.url(path: path + "/"), headers: [HTTPHeader("Depth", "0")])
            if try await session.send(question).status == 207 { return }
            throw session.refusal(response, key: nil)
        default:
            let refusal = session.refusal(response, key: nil)
            throw StorageError(
                refusal.kind == .notFound ? .other : refusal.kind,
                "the collection '\(PercentEncoding.decode(path) ?? path)' cannot be made: \(refusal.detail)",
                place: session.address.name, retryAfter: refusal.retryAfter, isRetryable: refusal.isRetryable)
        }
    }

    private static func requestCollection(
        _ path: String, session: WebSession
    ) async throws(StorageError) -> HTTPResponse {
        try await session.send(HTTPRequest("MKCOL", session.address.url(path: path + "/")))
    }
}

/// The failures of work that goes on past them.
final class FailureList: Sendable {
    private let failures = Mutex<[StorageError]>([])

    var first: StorageError? { failures.withLock { $0.first } }
    func append(_ failure: StorageError) { failures.withLock { $0.append(failure) } }
}
