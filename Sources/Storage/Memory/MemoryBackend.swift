import Synchronization

/// Keys and bytes in memory: the store of tests, and of the contract that all backends keep.
package final class MemoryBackend: Backend {
    private let content = Mutex<[Key: [UInt8]]>([:])
    package let name: String
    package let concurrency: Int
    package let listing: ListingCost?
    package let pieceSize: Int64?

    package init(
        name: String = "memory", concurrency: Int = 4, listing: ListingCost? = ListingCost(pageSize: 1000),
        pieceSize: Int64? = nil
    ) {
        self.name = name
        self.concurrency = concurrency
        self.listing = listing
        self.pieceSize = pieceSize
    }

    /// What is under a key now; setting `nil` removes it.
    package subscript(_ key: Key) -> [UInt8]? {
        get { content.withLock { $0[key] } }
        set { content.withLock { $0[key] = newValue } }
    }

    package var keys: [Key] { content.withLock { $0.keys.sorted() } }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try check(key)
        return self[key].map(Self.metadata)
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try check(key)
        guard let bytes = self[key] else {
            throw StorageError(.notFound, "there is no such object", key: key, place: name)
        }
        var rest = bytes[...]
        if let range {
            let lower = Int(clamping: min(range.lowerBound, Int64(bytes.count)))
            rest = bytes[lower..<Int(clamping: min(range.upperBound, Int64(bytes.count)))]
        }
        while !rest.isEmpty {
            let piece = Array(rest.prefix(64 << 10))
            rest = rest.dropFirst(piece.count)
            var failure: StorageError?
            piece.withUnsafeBytes { bytes in
                do throws(StorageError) {
                    try sink.write(bytes)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try check(key)
        guard key.isSafe else { throw StorageError(.unsupported, "not a name inside a store", key: key, place: name) }
        let reader = try source.open(at: 0)
        var bytes: [UInt8] = []
        let buffer = PieceBuffer(size: 64 << 10)
        while true {
            let count = try reader.read(into: buffer.bytes)
            if count == 0 { break }
            bytes.append(contentsOf: buffer.bytes[..<count])
        }
        guard Int64(bytes.count) == source.size else {
            throw StorageError(.other, "the data changed while it was read", key: key, place: name)
        }
        self[key] = bytes
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing {
            let pages = OncePage(
                self.content.withLock { content in
                    content.filter { $0.key.path.utf8.starts(with: prefix.path.utf8) }
                        .map { Listing(key: $0.key, metadata: Self.metadata($0.value)) }
                        .sorted { $0.key < $1.key }
                })
            return { () async throws(StorageError) -> [Listing]? in pages.take() }
        }
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        try check(keys.first)
        content.withLock { content in
            for key in keys { content[key] = nil }
        }
    }

    private func check(_ key: Key?) throws(StorageError) {
        if Task.isCancelled { throw StorageError.cancelled.at(key, in: name) }
    }

    private static func metadata(_ bytes: [UInt8]) -> Metadata {
        var hasher = Hasher()
        hasher.combine(bytes)
        return Metadata(size: Int64(bytes.count), version: String(hasher.finalize(), radix: 16))
    }

    /// One page, handed out once.
    private final class OncePage: Sendable {
        private let page: Mutex<[Listing]?>
        init(_ page: [Listing]) { self.page = Mutex(page) }
        func take() -> [Listing]? {
            page.withLock { page in
                defer { page = nil }
                return page
            }
        }
    }
}
