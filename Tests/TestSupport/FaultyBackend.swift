package import Storage
import Synchronization

/// A backend that fails as it is told to.
package final class FaultyBackend<Base: Backend>: Backend {
    package enum Verb: Sendable, Hashable, CaseIterable { case stat, read, write, list, delete }

    package let base: Base
    package let name: String
    package var concurrency: Int { base.concurrency }
    package var listing: ListingCost? { base.listing }
    package var pieceSize: Int64? { base.pieceSize }
    private let error: StorageError
    /// Decides by verb and by how many requests of that verb came before.
    private let fails: @Sendable (Verb, Int, Key) -> Bool
    /// Bytes that a failing read hands out before it fails.
    private let partialRead: Int64
    private let counts = Mutex<[Verb: Int]>([:])
    private let written = Mutex<[Key]>([])

    /// How many requests of a kind came, failed ones included.
    package func count(_ verb: Verb) -> Int { counts.withLock { $0[verb] ?? 0 } }

    /// The keys that were written, in the order in which they arrived.
    package var writes: [Key] { written.withLock { $0 } }

    /// - Parameters:
    ///   - after: so many requests of that verb succeed first.
    ///   - times: so many then fail; all further ones by default.
    package convenience init(
        _ base: Base, failing verb: Verb, after: Int, times: Int = .max,
        error: StorageError = StorageError(.other, "injected failure"), partialRead: Int64 = 0
    ) {
        self.init(base, error: error, partialRead: partialRead) { asked, count, _ in
            asked == verb && count >= after && count - after < times
        }
    }

    package init(
        _ base: Base, error: StorageError = StorageError(.other, "injected failure"), partialRead: Int64 = 0,
        failingWhere fails: @escaping @Sendable (Verb, Int, Key) -> Bool = { _, _, _ in false }
    ) {
        self.base = base
        self.error = error
        self.fails = fails
        self.partialRead = partialRead
        name = base.name
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try pass(.stat, key)
        return try await base.stat(key)
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        do {
            try pass(.read, key)
        } catch {
            if partialRead > 0 {
                let start = range?.lowerBound ?? 0
                let end = min(start + partialRead, range?.upperBound ?? .max)
                try await base.read(key, range: start..<end, into: sink)
            }
            throw error
        }
        try await base.read(key, range: range, into: sink)
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try pass(.write, key)
        try await base.write(source, to: key)
        written.withLock { $0.append(key) }
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        do {
            try pass(.list, prefix)
        } catch {
            return PagedListing { { () async throws(StorageError) -> [Listing]? in throw error } }
        }
        return base.list(under: prefix)
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        for key in keys { try pass(.delete, key) }
        try await base.delete(keys)
    }

    private func pass(_ verb: Verb, _ key: Key) throws(StorageError) {
        let before = counts.withLock { counts in
            defer { counts[verb, default: 0] += 1 }
            return counts[verb] ?? 0
        }
        if fails(verb, before, key) { throw error.at(key, in: name) }
    }
}
