package import HTTP

/// A plain web server, as DVC's http and https remotes are: objects are looked up, read, and sent one by one.
///
/// There is no listing, and nothing is deleted: HTTP has no way to list, and DVC deletes nothing there either. An upload
/// carries its length, and afterwards the size that the server then tells is compared. What cannot be promised is that
/// nobody sees the object while it is half there: that is up to the server (nginx writes beside and renames; a script
/// behind POST may not). Whoever reads checks the digest.
package struct HTTPBackend: Backend {
    private let session: WebSession
    private let method: HTTPMethod
    package let concurrency: Int

    package var name: String { session.address.name }
    package var listing: ListingCost? { nil }

    /// - Parameters:
    ///   - address: of an http or https URL.
    ///   - method: what uploads: POST, PUT or PATCH.
    package init(
        _ address: WebAddress, client: HTTPClient, credentials: WebCredentials = .none, method: HTTPMethod = .post,
        concurrency: Int = 16
    ) {
        session = WebSession(client: client, address: address, credentials: credentials)
        self.method = method
        self.concurrency = max(1, concurrency)
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await session.head(key) }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await session.read(key, range: range, into: sink)
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try session.check(key)
        let request = HTTPRequest(
            method, session.address.url(of: key),
            headers: [HTTPHeader("Content-Type", "application/octet-stream")], body: .source(source),
            followsRedirects: true)
        let response = try await session.send(request, key: key)
        guard response.isSuccess else { throw refusal(response, key: key) }
        try await verify(key, size: source.size)
    }

    /// Some servers take an upload with status 200 and keep nothing, or not all of it.
    private func verify(_ key: Key, size: Int64) async throws(StorageError) {
        let kept: Metadata?
        do {
            kept = try await session.head(key, isFresh: true)
        } catch {
            // A server that only takes files says nothing about them.
            if error.kind == .permission || error.kind == .unsupported { return }
            throw error
        }
        guard let kept else {
            throw StorageError(
                .other, "the server took the upload by \(method.name), but has nothing under its name", key: key,
                place: name,
                remedy: "set the remote's `method` to the one that stores files on this server, such as PUT")
        }
        guard kept.size == size else {
            throw StorageError(
                .corrupt, "the server kept \(kept.size) bytes of \(size)", key: key, place: name, isRetryable: true)
        }
    }

    private func refusal(_ response: HTTPResponse, key: Key) -> StorageError {
        guard [404, 405, 501].contains(response.status) else { return session.refusal(response, key: key) }
        return StorageError(
            .unsupported, "the server takes no uploads by \(method.name) (\(response.status))", key: key, place: name,
            remedy: "set the remote's `method` to the one that stores files on this server, such as PUT")
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing { [name] in
            { () async throws(StorageError) -> [Listing]? in
                throw StorageError(
                    .unsupported, "a web server cannot list what it has", place: name,
                    remedy: "use webdav:// if the server speaks WebDAV")
            }
        }
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        guard let first = keys.first else { return }
        throw StorageError(
            .unsupported, "nothing can be deleted on a web server", key: first, place: name,
            remedy: "use webdav:// if the server speaks WebDAV, or delete it there")
    }
}
