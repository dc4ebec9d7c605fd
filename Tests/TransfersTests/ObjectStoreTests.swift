import Hashing
import Objects
import Storage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("object stores check what goes in and out") struct ObjectStoreTests {
    /// A store of each kind, empty.
    enum Kind: String, CaseIterable, Sendable {
        case memory, directory

        func make(_ folder: TemporaryFolder) -> ObjectStore {
            switch self {
            case .memory: ObjectStore(backend: MemoryBackend())
            case .directory: ObjectStore(backend: DirectoryBackend(root: folder.path("remote")))
            }
        }
    }

    private let folder = TemporaryFolder()
    private let cache = FolderCache()

    private func damaged(_ damage: String, _ good: [UInt8]) -> [UInt8] {
        switch damage {
        case "truncated": Array(good.dropLast())
        case "empty": []
        case "extended": good + [0]
        default: good.enumerated().map { $0.offset == good.count / 2 ? $0.element ^ 1 : $0.element }
        }
    }

    @Test("a damaged object in the store is refused and nothing of it is left", arguments: Kind.allCases)
    func damagedRemote(kind: Kind) async throws {
        let store = kind.make(folder)
        for (size, damage) in [
            (10, "flipped"), (10, "truncated"), (10, "empty"), (200_000, "flipped"), (200_000, "extended"),
        ] {
            let good = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let id = ObjectID(MD5.digest(of: good))
            try await store.backend.write(BytesSource(damaged(damage, good)), to: id.key)
            await #expect(throws: StorageError.self, "\(damage)") { try await store.fetch(id, into: cache) }
            await #expect(throws: StorageError.self, "\(damage)") { try await store.read(id) }
            #expect(!cache.holds(id))
            #expect(try cache.temporaries.isEmpty)
        }
    }

    @Test("bytes that are not the ID's never get its name in the store", arguments: Kind.allCases)
    func damagedCache(kind: Kind) async throws {
        let store = kind.make(folder)
        for size in [0, 10, 200_000, 3_000_000] {
            let id = try cache.add([UInt8](repeating: 7, count: size + 1))
            try cache.backend.localWrite(BytesSource([UInt8](repeating: 7, count: size)), to: id.key)
            await #expect(throws: StorageError.self) { try await store.store(id, from: cache.path(of: id)) }
            #expect(try await store.backend.stat(id.key) == nil)
        }
    }

    @Test("what is stored is read back, fetched sealed, listed and deleted", arguments: Kind.allCases)
    func roundTrip(kind: Kind) async throws {
        let store = kind.make(folder)
        for bytes in [[], Array("hello".utf8), [UInt8](repeating: 1, count: 1_048_576)] {
            let id = try cache.add(bytes)
            #expect(try await store.store(id, from: cache.path(of: id)) == Int64(bytes.count))
            #expect(try await store.read(id) == bytes)
            let path = folder.path("fetched-\(bytes.count)")
            #expect(try await store.fetch(id, toTemporaryFile: path) == Int64(bytes.count))
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o444)
            #expect(try await store.objects(in: .current).map(\.id) == [id])
            try await store.delete([id])
            #expect(try await store.stat(id) == nil)
        }
    }

    @Test("a DVC 2 object is checked by DVC 2's digest", arguments: Kind.allCases)
    func legacy(kind: Kind) async throws {
        let store = kind.make(folder)
        let bytes = Array("a\r\nb\r\n".utf8)
        let id = ObjectID(MD5.digest(of: Array("a\nb\n".utf8)), algorithm: .md5Dos2Unix)
        let path = folder.path("text")
        try DirectoryBackend(root: folder.path).localWrite(BytesSource(bytes), to: Key("text"))
        try await store.store(id, from: path)
        #expect(try await store.read(id) == bytes)
        #expect(try await store.objects(in: .legacy).map(\.id) == [id])
        #expect(try await store.objects(in: .current).isEmpty)
    }

    @Test("an object cut off to nothing counts as absent, the empty object does not", arguments: Kind.allCases)
    func emptied(kind: Kind) async throws {
        let store = kind.make(folder)
        let id = ObjectID(MD5.digest(of: Array("hello".utf8)))
        let empty = ObjectID(MD5.digest(of: []))
        try await store.backend.write(BytesSource(""), to: id.key)
        try await store.backend.write(BytesSource(""), to: empty.key)
        #expect(try await store.existing(among: [id, empty]) == [empty])
    }

    @Test("a source opened in parts out of order is checked before any part goes out")
    func parts() async throws {
        let store = ObjectStore(backend: PartsBackend())
        let good = try cache.add([UInt8](repeating: 3, count: 100_000))
        try await store.store(good, from: cache.path(of: good))
        let bad = ObjectID(MD5.digest(of: Array("other".utf8)))
        await #expect(throws: StorageError.self) { try await store.store(bad, from: cache.path(of: good)) }
        #expect(try await store.backend.stat(bad.key) == nil)
    }

    @Test("keys that are not exactly an object's place have no ID")
    func keys() {
        let hex = "26ab0db90d72e28ad0ba1e22ee510510"
        #expect(ObjectID(key: Key("files/md5/26/\(hex.dropFirst(2))")) == ObjectID(hex))
        #expect(ObjectID(key: Key("26/\(hex.dropFirst(2)).dir"))?.isDirectory == true)
        for key in [
            "26/\(hex)", "files/26/\(hex.dropFirst(2))", "files/md5/2/6\(hex.dropFirst(2))", "files/md5/\(hex)",
            "files/md5/26/\(hex.dropFirst(2)).tmp", "x/files/md5/26/\(hex.dropFirst(2))",
            "26/\(hex.dropFirst(2).uppercased())",
        ] {
            #expect(ObjectID(key: Key(key)) == nil, "\(key)")
        }
    }
}

/// Sends an object in two parts, the second first, as a parallel upload may.
private struct PartsBackend: Backend {
    let memory = MemoryBackend()
    var name: String { memory.name }
    var concurrency: Int { 2 }
    var listing: ListingCost? { memory.listing }

    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        let middle = source.size / 2
        var bytes: [UInt8] = []
        for (offset, size) in [(middle, source.size - middle), (0, middle)] {
            let buffer = PieceBuffer(size: Int(size))
            let count = try source.open(at: offset).read(into: buffer.bytes)
            bytes = Array(buffer.bytes[..<count]) + bytes
        }
        memory[key] = bytes
    }

    func stat(_ key: Key) async throws(StorageError) -> Metadata? { try await memory.stat(key) }
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await memory.read(key, range: range, into: sink)
    }
    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable { memory.list(under: prefix) }
    func delete(_ keys: [Key]) async throws(StorageError) { try await memory.delete(keys) }
}
