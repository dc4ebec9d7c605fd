import FileSystem
import Hashing
import Objects
import Storage
import Synchronization
import TestSupport
import Testing

/// Counts the bytes that reads hand out, and breaks each read off after a number of bytes that the dice choose.
private final class BreakingBackend: Backend {
    let base: MemoryBackend
    let name = "breaking"
    let concurrency = 4
    let listing: ListingCost? = nil
    var pieceSize: Int64? { base.pieceSize }
    private let state: Mutex<(dice: SeededGenerator, bytes: Int64, reads: Int)>
    /// One read in so many breaks; 0 for none.
    private let odds: UInt64

    init(_ base: MemoryBackend, seed: UInt64, odds: UInt64) {
        self.base = base
        self.odds = odds
        state = Mutex((SeededGenerator(seed: seed), 0, 0))
    }

    var bytesRead: Int64 { state.withLock { $0.bytes } }

    func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await base.stat(key) }
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        let whole = MemorySink()
        try await base.read(key, range: range, into: whole)
        let bytes = whole.bytes
        let end = state.withLock { state in
            state.reads += 1
            let breaks = odds > 0 && state.dice.next() % odds == 0
            let end = breaks ? Int(state.dice.next() % UInt64(bytes.count + 1)) : bytes.count
            state.bytes += Int64(end)
            return end
        }
        for start in stride(from: 0, to: end, by: 10_000) {
            let piece = bytes[start..<min(start + 10_000, end)]
            try piece.withUnsafeBytes { raw in Result { () throws(StorageError) in try sink.write(raw) } }.get()
        }
        if end < bytes.count { throw StorageError(.unreachable, "broken off", isRetryable: false) }
    }
    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try await base.write(source, to: key)
    }
    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable { base.list(under: prefix) }
    func delete(_ keys: [Key]) async throws(StorageError) { try await base.delete(keys) }
}

@Suite("Fetching large objects")
struct LargeFetchTests {
    private static let pieceSize: Int64 = 64 << 10

    private func content(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    private func store(_ bytes: [UInt8]) -> (MemoryBackend, ObjectID) {
        let base = MemoryBackend(pieceSize: Self.pieceSize)
        let id = ObjectID(MD5.digest(of: bytes))
        base[id.key] = bytes
        return (base, id)
    }

    @Test(
        "an object of any size arrives whole, and nothing else stays",
        arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 500_000])
    func sizes(count: Int) async throws {
        let bytes = content(count, seed: 1)
        let (base, id) = store(bytes)
        let cache = FolderCache()
        let size = try await ObjectStore(backend: base).fetch(id, into: cache)
        #expect(size == Int64(count))
        #expect(try cache.bytes(of: id) == bytes)
        #expect(cache.leftovers.isEmpty)
    }

    @Test("a fetch that breaks a hundred times asks for few bytes twice", arguments: [1, 2, 3] as [UInt64])
    func resume(seed: UInt64) async throws {
        let bytes = content(3_000_000, seed: seed)
        let (base, id) = store(bytes)
        let backend = BreakingBackend(base, seed: seed, odds: 2)
        let cache = FolderCache()
        var failures = 0
        while !cache.holds(id) {
            do {
                try await ObjectStore(backend: backend).fetch(id, into: cache)
            } catch let error as StorageError {
                #expect(error.kind == .unreachable)
                failures += 1
                try #require(failures < 1000)
            }
        }
        #expect(failures > 3)
        #expect(try cache.bytes(of: id) == bytes)
        // Only what came of the first piece before the object was known to be large is fetched anew.
        #expect(backend.bytesRead < Int64(bytes.count) + 20 * Self.pieceSize)
        #expect(cache.leftovers.isEmpty)
    }

    @Test("wrong bytes never become the object, and no trace of them stays")
    func corrupt() async throws {
        let bytes = content(300_000, seed: 4)
        let (base, id) = store(bytes)
        var wrong = bytes
        wrong[200_000] ^= 1
        base[id.key] = wrong
        let cache = FolderCache()
        await #expect(throws: StorageError.self) { try await ObjectStore(backend: base).fetch(id, into: cache) }
        #expect(!cache.holds(id))
        #expect(cache.leftovers.isEmpty)
        base[id.key] = bytes
        try await ObjectStore(backend: base).fetch(id, into: cache)
        #expect(cache.holds(id))
    }

    @Test("a partial file that was damaged is noticed and fetched from the start")
    func damagedPartial() async throws {
        let bytes = content(1_000_000, seed: 5)
        let (base, id) = store(bytes)
        let cache = FolderCache()
        let breaking = BreakingBackend(base, seed: 8, odds: 3)
        while cache.leftovers.isEmpty, !cache.holds(id) {
            _ = try? await ObjectStore(backend: breaking).fetch(id, into: cache)
        }
        let partial = try #require(cache.leftovers.first { $0.hasSuffix(".partial") })
        var damaged = try Files.read(partial)
        damaged[10] ^= 1
        try Files.write(damaged, to: partial, sync: false)
        try await ObjectStore(backend: base).fetch(id, into: cache)
        #expect(try cache.bytes(of: id) == bytes)
        #expect(cache.leftovers.isEmpty)
    }
}
