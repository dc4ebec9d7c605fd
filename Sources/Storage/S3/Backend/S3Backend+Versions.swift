import Documents
import HTTP

extension S3Backend: VersionedBackend {
    package func keepsVersions() async throws(StorageError) -> Bool? {
        let request = S3Request(.get, nil, query: [("versioning", "")])
        // Many who may write have no right to ask this, and not every server knows the question.
        let response = try await client.send(request, expecting: [400, 403, 405, 501])
        guard response.status == 200 else { return nil }
        let document = try await client.document("VersioningConfiguration", in: response)
        return document.text(of: "Status") == "Enabled"
    }

    package func writeVersion(_ source: some ByteSource, to key: Key) async throws(StorageError) -> WrittenVersion {
        try await store(source, under: key)
    }

    package func stat(_ key: Key, version: String?) async throws(StorageError) -> VersionedMetadata? {
        try await metadata(key, version: version).map {
            VersionedMetadata(metadata: $0.metadata, versionID: $0.version)
        }
    }

    package func listVersions(under prefix: Key) -> any AsyncSequence<VersionedListing, StorageError> & Sendable {
        VersionListing(backend: self, prefix: prefix)
    }

    fileprivate func versionPage(
        under path: String, from position: S3VersionPage.Position?
    ) async throws(StorageError) -> S3VersionPage {
        var query: CanonicalQuery = [
            ("versions", ""), ("prefix", prefix + path), ("max-keys", "1000"), ("encoding-type", "url"),
        ]
        if let position {
            query.append("key-marker", position.key)
            query.append("version-id-marker", position.version)
        }
        let response = try await client.send(S3Request(.get, nil, query: query))
        let document = try await client.document("ListVersionsResult", in: response)
        do throws(UnusableAnswer) {
            return try S3VersionPage(document, root: prefix)
        } catch {
            throw client.unusable(error)
        }
    }
}

/// A listing of versions, fetched a page at a time.
private struct VersionListing: AsyncSequence, Sendable {
    typealias Element = VersionedListing
    typealias Failure = StorageError

    let backend: S3Backend
    let prefix: Key

    func makeAsyncIterator() -> Iterator { Iterator(backend: backend, prefix: prefix) }

    struct Iterator: AsyncIteratorProtocol {
        let backend: S3Backend
        let prefix: Key
        private var rest: ArraySlice<VersionedListing> = []
        private var next: S3VersionPage.Position?
        private var isBegun = false
        private var seen: Set<S3VersionPage.Position> = []

        init(backend: S3Backend, prefix: Key) {
            self.backend = backend
            self.prefix = prefix
        }

        mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(StorageError) -> VersionedListing? {
            while rest.isEmpty {
                if isBegun, next == nil { return nil }
                let page = try await backend.versionPage(under: prefix.path, from: next)
                isBegun = true
                rest = page.entries[...]
                next = page.next
                if let next, !seen.insert(next).inserted {
                    throw backend.client.unusable(
                        UnusableAnswer(detail: "it begins over and over again at the same place"))
                }
            }
            return rest.popFirst()
        }

        mutating func next() async throws(StorageError) -> VersionedListing? { try await next(isolation: nil) }
    }
}
