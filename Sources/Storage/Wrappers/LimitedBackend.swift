/// Holds the number of requests at once to a limit, whoever sends them.
package struct LimitedBackend<Base: Backend>: Backend {
    package let base: Base
    package let concurrency: Int
    private let limit: ConcurrencyLimit

    package var name: String { base.name }
    package var listing: ListingCost? { base.listing }
    package var pieceSize: Int64? { base.pieceSize }

    package init(_ base: Base, limit: Int) {
        self.base = base
        concurrency = max(1, limit)
        self.limit = ConcurrencyLimit(limit)
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try await limit.run { () async throws(StorageError) in try await base.stat(key) }
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await limit.run { () async throws(StorageError) in try await base.read(key, range: range, into: sink) }
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try await limit.run { () async throws(StorageError) in try await base.write(source, to: key) }
    }

    /// Not limited: pages come one after the other, and a place held between two pages would be lost to others.
    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        base.list(under: prefix)
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        try await limit.run { () async throws(StorageError) in try await base.delete(keys) }
    }
}
