/// Lets reading through and refuses to change anything.
package struct ReadOnlyBackend<Base: Backend>: Backend {
    package let base: Base

    package var name: String { base.name }
    package var concurrency: Int { base.concurrency }
    package var listing: ListingCost? { base.listing }
    package var pieceSize: Int64? { base.pieceSize }

    package init(_ base: Base) { self.base = base }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await base.stat(key) }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await base.read(key, range: range, into: sink)
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) { throw refusal(key) }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        base.list(under: prefix)
    }

    package func delete(_ keys: [Key]) async throws(StorageError) { throw refusal(keys.first) }

    private func refusal(_ key: Key?) -> StorageError {
        StorageError(
            .permission, "the store is used read-only", key: key, place: name,
            remedy: "use a remote that may be written to")
    }
}
