import FileSystem
package import HTTP
import Synchronization

/// An SSH server's file transfer subsystem (SFTP), as DVC's ssh remotes are.
///
/// An object is sent under a temporary name beside its place and renamed: nobody sees it half. OpenSSH's rename does not
/// replace, so where there is an old object it is removed right before; for that moment there is none.
package final class SSHBackend: Backend {
    private let client: HTTPClient
    private let address: SSHAddress
    private let parents: ParentFolders
    package let concurrency: Int

    package var name: String { address.name }
    /// A folder of DVC's layout holds a 256th of all objects.
    package var listing: ListingCost? { ListingCost(pageSize: 100) }
    package var pieceSize: Int64? { 16 << 20 }

    /// How often a rename that met another writer's is tried.
    private static let renames = 12

    /// - Parameters:
    ///   - client: should allow `concurrency` connections to one host; libcurl needs one for each transfer.
    ///   - concurrency: eight by default, as many file channels as DVC opens (`max_sessions` less two for its shells).
    package init(_ address: SSHAddress, client: HTTPClient, concurrency: Int = 8) {
        self.client = client
        self.address = address
        self.concurrency = max(1, concurrency)
        parents = ParentFolders { (folder, _) async throws(StorageError) in
            try await Self.makeFolder(folder, address: address, client: client)
        }
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try check(key)
        do throws(StorageError) {
            let response = try await send(.stat, path: address.path(of: key), key: key)
            // A folder can be opened like a file. Where an object has its place nobody makes a folder.
            if !DirectoryBackend.isObjectPlace(key), await isFolder(key) { return nil }
            // Of an empty file libcurl says that its size is not known, as of those in /proc.
            return Metadata(size: response.size ?? 0, modified: response.modified)
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    private func isFolder(_ key: Key) async -> Bool {
        (try? await send(.list, path: address.path(of: key) + "/", key: key)) != nil
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try check(key)
        if let range, range.isEmpty { return }
        let count = range.flatMap { $0.upperBound == .max ? nil : $0.upperBound - $0.lowerBound }
        let start = range?.lowerBound ?? 0
        do throws(StorageError) {
            _ = try await send(
                .read(offset: start, count: count, receiver: SinkReceiver(sink)), path: address.path(of: key), key: key)
        } catch {
            if error.kind == .notFound {
                throw StorageError(.notFound, "there is no such object", key: key, place: name)
            }
            // A range that begins behind the end has no bytes in it.
            guard start > 0, error.kind == .other, let size = try await stat(key)?.size, size <= start else {
                throw error
            }
        }
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try check(key)
        let folder = key.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(key.path[..<$0]) } ?? ""
        let temporary = Key(folder.isEmpty ? TemporaryName.make() : folder + "/" + TemporaryName.make())
        do throws(StorageError) {
            try await parents.prepare(address.path(ofFolder: folder))
            do throws(StorageError) {
                try await upload(source, temporary, key)
            } catch {
                // Somebody has removed the folder since.
                guard error.kind == .notFound else { throw error }
                await parents.forget()
                try await parents.prepare(address.path(ofFolder: folder))
                try await upload(source, temporary, key)
            }
        } catch {
            await discard(temporary)
            guard error.kind == .notFound else { throw error }
            throw StorageError(.other, "the folder for it cannot be made on the server", key: key, place: name)
        }
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        FolderWalk.listing(under: prefix, place: name, lookahead: min(concurrency, 4)) {
            (folder) async throws(StorageError) in try await self.items(of: folder)
        }
    }

    private func items(of folder: String) async throws(StorageError) -> [FolderWalk.Item]? {
        do throws(StorageError) {
            let response = try await send(.list, path: address.path(ofFolder: folder) + "/", key: nil)
            return SSHListing.parse(response.body)
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        try await deleteEach(keys, limit: concurrency) { (key) async throws(StorageError) in
            try await self.delete(key)
        }
    }

    private func delete(_ key: Key) async throws(StorageError) {
        try check(key)
        do throws(StorageError) {
            try await run(["rm \(quoted(key))"], key: key)
        } catch {
            // SFTP servers say of a missing file that the command failed.
            guard error.kind == .notFound || error.kind == .other else { throw error }
            if try await stat(key) != nil { throw error }
        }
    }

    // MARK: Publishing

    /// Sends an object and gives it its name, over one connection.
    private func upload(_ source: some ByteSource, _ temporary: Key, _ key: Key) async throws(StorageError) {
        let rename = "rename \(quoted(temporary)) \(quoted(key))"
        var request = request(.write(.source(source)), path: address.path(of: temporary))
        request.afterwards = [rename]
        do throws(HTTPError) {
            _ = try await client.send(request)
            return
        } catch {
            guard error.kind == .command else { throw storageError(error, key) }
        }
        // The object has been sent, but there is one already, or another writer has just put one there.
        for attempt in 1... {
            do throws(HTTPError) {
                // Removing what is in the way may fail: another writer may have removed it.
                _ = try await client.send(self.request(.run(["*rm \(quoted(key))", rename]), path: "/"))
                return
            } catch {
                guard error.kind == .command || error.isRetryable, attempt < Self.renames else {
                    throw storageError(error, key)
                }
                // The answer may have been lost after the rename.
                if error.isRetryable, try await stat(temporary) == nil, try await stat(key)?.size == source.size {
                    return
                }
            }
            do {
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 * attempt))))
            } catch {
                throw .cancelled
            }
        }
    }

    /// Takes a temporary object away again, as far as that can be done quickly.
    private func discard(_ temporary: Key) async {
        // Not under the task that may be cancelled; what stays behind is never listed.
        let deadline: Duration = Task.isCancelled ? .milliseconds(500) : .seconds(5)
        await Task {
            _ = try? await self.run(["*rm \(self.quoted(temporary))"], key: temporary, deadline: deadline)
        }.value
    }

    /// Makes a folder, and those above it where they are missing.
    private static func makeFolder(
        _ folder: String, address: SSHAddress, client: HTTPClient
    ) async throws(StorageError) {
        var path = ""
        var commands: [String] = []
        for part in folder.split(separator: "/") {
            path += "/" + part
            // Those that are there fail, and that is fine.
            commands.append("*mkdir \(SFTPRequest.quoted(path))")
        }
        if commands.isEmpty { return }
        do {
            _ = try await client.send(
                SFTPRequest(.run(commands), address.url(path: "/"), login: address.login))
        } catch {
            throw StorageError(error, place: address.name)
        }
    }

    // MARK: Requests

    private func check(_ key: Key) throws(StorageError) {
        guard key.isSafe else {
            throw StorageError(.unsupported, "not a name inside a store", key: key, place: name)
        }
    }

    private func quoted(_ key: Key) -> String { SFTPRequest.quoted(address.path(of: key)) }

    private func run(_ commands: [String], key: Key, deadline: Duration? = nil) async throws(StorageError) {
        _ = try await send(.run(commands), path: "/", key: key, deadline: deadline)
    }

    private func send(
        _ operation: SFTPRequest.Operation, path: String, key: Key?, deadline: Duration? = nil
    ) async throws(StorageError) -> SFTPResponse {
        var request = request(operation, path: path)
        request.deadline = deadline
        do throws(HTTPError) {
            return try await client.send(request)
        } catch {
            throw storageError(error, key)
        }
    }

    private func request(_ operation: SFTPRequest.Operation, path: String) -> SFTPRequest {
        SFTPRequest(operation, address.url(path: path), login: address.login)
    }

    private func storageError(_ error: HTTPError, _ key: Key?) -> StorageError {
        StorageError(error, key: key, place: name).at(key, in: name)
    }
}

extension SSHBackend: FolderBackend {
    package func members(of folder: String) async throws(StorageError) -> [FolderMember]? {
        if !folder.isEmpty { try check(Key(folder)) }
        return try await items(of: folder).map(FolderWalk.members)
    }

    /// Listings tell times to the minute and in the server's zone, so each file is asked for its own.
    package func unfinished(in folder: String) async throws(StorageError) -> [Listing] {
        if !folder.isEmpty { try check(Key(folder)) }
        var found: [Listing] = []
        for listed in FolderWalk.unfinished(try await items(of: folder) ?? [], in: folder) {
            guard let metadata = try await stat(listed.key) else { continue }
            found.append(Listing(key: listed.key, metadata: metadata))
        }
        return found
    }
}
