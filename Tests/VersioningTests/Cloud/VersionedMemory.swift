import FileSystem
import Hashing
import Objects
import Storage
import Synchronization

/// A store in memory that keeps every version of what is written; its marks are those of S3.
final class VersionedMemory: VersionedBackend {
    private struct State {
        var versions: [Key: [(id: String, bytes: [UInt8])]] = [:]
        var count = 0
        /// What was asked for: `stat a`, `list d/`.
        var requests: [String] = []
    }

    private let state = Mutex(State())

    var name: String { "s3://memory" }
    var concurrency: Int { 4 }
    var listing: ListingCost? { ListingCost(pageSize: 1000) }

    var requests: [String] { state.withLock { $0.requests.sorted() } }

    @discardableResult
    func put(_ path: String, _ text: String) -> String {
        state.withLock { state in
            state.count += 1
            let id = "v\(state.count)"
            state.versions[Key(path), default: []].append((id, Array(text.utf8)))
            return id
        }
    }

    func remove(_ path: String, version: String) {
        state.withLock { $0.versions[Key(path)]?.removeAll { $0.id == version } }
    }

    private func found(_ key: Key, _ version: String?) -> (id: String, bytes: [UInt8])? {
        state.withLock { state in
            version.map { id in state.versions[key]?.last { $0.id == id } } ?? state.versions[key]?.last
        }
    }

    private func metadata(_ found: (id: String, bytes: [UInt8])) -> VersionedMetadata {
        VersionedMetadata(
            metadata: Metadata(size: Int64(found.bytes.count), version: MD5.digest(of: found.bytes).hex),
            versionID: found.id)
    }

    func keepsVersions() async throws(StorageError) -> Bool? { true }

    func stat(_ key: Key, version: String?) async throws(StorageError) -> VersionedMetadata? {
        state.withLock { $0.requests.append("stat \(key) \(version ?? "current")") }
        return found(key, version).map(metadata)
    }

    func read(
        _ key: Key, version: String?, range: Range<Int64>?, into sink: some ByteSink
    ) async throws(StorageError) {
        guard let found = found(key, version) else {
            throw StorageError(.notFound, "there is nothing", key: key, place: name)
        }
        let result = found.bytes.withUnsafeBytes { bytes in
            Result { () throws(StorageError) in try sink.write(bytes) }
        }
        try result.get()
    }

    func listVersions(under prefix: Key) -> any AsyncSequence<VersionedListing, StorageError> & Sendable {
        let entries = state.withLock { state in
            state.requests.append("list \(prefix)")
            return state.versions.keys.sorted().filter { $0.path.hasPrefix(prefix.path) }
        }.compactMap { key in found(key, nil).map { VersionedListing(key: key, current: metadata($0)) } }
        return Entries(entries: entries)
    }

    func writeVersion(_ source: some ByteSource, to key: Key) async throws(StorageError) -> WrittenVersion {
        throw StorageError(.unsupported, "this store is only read")
    }
    func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await stat(key, version: nil)?.metadata }
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await read(key, version: nil, range: range, into: sink)
    }
    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        throw StorageError(.unsupported, "this store is only read")
    }
    func delete(_ keys: [Key]) async throws(StorageError) {}
    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing { { () async throws(StorageError) -> [Listing]? in nil } }
    }

    private struct Entries: AsyncSequence, Sendable {
        typealias Failure = StorageError
        let entries: [VersionedListing]

        func makeAsyncIterator() -> Iterator { Iterator(rest: entries[...]) }

        struct Iterator: AsyncIteratorProtocol {
            var rest: ArraySlice<VersionedListing>
            mutating func next() async throws(StorageError) -> VersionedListing? { rest.popFirst() }
            mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async throws(StorageError) -> VersionedListing? { rest.popFirst() }
        }
    }
}
