import Synchronization

/// Lets reading through, and writes down what would change instead of doing it.
package final class DryRunBackend<Base: Backend>: Backend {
    package enum Change: Sendable, Equatable {
        case write(Key, size: Int64)
        case delete(Key)
    }

    package let base: Base
    private let recorded = Mutex<[Change]>([])

    package var name: String { base.name }
    package var concurrency: Int { base.concurrency }
    package var listing: ListingCost? { base.listing }
    package var pieceSize: Int64? { base.pieceSize }
    /// What would have been done, in order.
    package var changes: [Change] { recorded.withLock { $0 } }

    package init(_ base: Base) { self.base = base }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await base.stat(key) }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await base.read(key, range: range, into: sink)
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        recorded.withLock { $0.append(.write(key, size: source.size)) }
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        base.list(under: prefix)
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        recorded.withLock { $0 += keys.map(Change.delete) }
    }
}
