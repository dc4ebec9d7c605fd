import FileSystem
import Hashing
import Objects
import Storage
import Synchronization
import TestSupport
import Testing
import Transfers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("garbage collection") struct GarbageCollectionTests {
    private let folder = TemporaryFolder()
    private static let run = Key("runs/d2/\(String(repeating: "d2", count: 32))/\(String(repeating: "0a", count: 32))")

    private func id(_ text: String, directory: Bool = false, algorithm: HashAlgorithm = .md5) -> ObjectID {
        ObjectID(MD5.digest(of: Array(text.utf8)), isDirectory: directory, algorithm: algorithm)
    }

    private func backends() -> [any Backend] {
        [MemoryBackend(), DirectoryBackend(root: folder.path("store"))]
    }

    @Test("exactly the unused objects go, each layout for itself; all else stays")
    func collects() async throws {
        let kept = [id("a"), id("d", directory: true), id("b", algorithm: .md5Dos2Unix)]
        let unused = [id("x"), id("y", directory: true), id("a", algorithm: .md5Dos2Unix), id("b")]
        let others = [
            Self.run, Key("README.md"), Key("files/md5/ab/notes.txt"),
            Key("files/md5/zz/\(String(repeating: "0", count: 30))"),
            Key("ab/cd"), Key("files/sha256/ab/\(String(repeating: "0", count: 30))"), Key("fs/local/thing"),
        ]
        for backend in backends() {
            for key in (kept + unused).map(\.key) + others { try await backend.write(BytesSource("1234"), to: key) }
            let collection = GarbageCollection(store: ObjectStore(backend: backend), used: Set(kept))
            let garbage = try await collection.survey(now: 0)
            #expect(
                garbage.objects(in: .current).map(\.id) == [id("y", directory: true)] + [id("x"), id("b")].sorted())
            #expect(garbage.objects(in: .legacy).map(\.id) == [id("a", algorithm: .md5Dos2Unix)])
            #expect(garbage.bytes == 16)
            for key in unused.map(\.key) { #expect(try await backend.stat(key) != nil, "a survey changes nothing") }
            let report = try await collection.remove(garbage)
            #expect(report.removed(in: .current) == 3)
            #expect(report.removed(in: .legacy) == 1)
            #expect(report.bytes == 16)
            #expect(report.failed.isEmpty)
            for key in kept.map(\.key) + others { #expect(try await backend.stat(key) != nil, "\(key) stays") }
            for key in unused.map(\.key) { #expect(try await backend.stat(key) == nil, "\(key) goes") }
            #expect(try await collection.survey(now: 0).isEmpty)
        }
    }

    @Test("what a killed writer left on a server goes after a day, where objects are written and nowhere else")
    func leftoversOnServer() async throws {
        let backend = FolderTellingBackend()
        let old = ["files/md5/ab/", "cd/"].map { $0 + TemporaryName.make() }
        let others = ["files/md5/ab/", "files/md5/", "", "other/ab/"].map { $0 + TemporaryName.make() }
        for name in old + [others[1], others[2], others[3]] { backend.put(name, modified: 1000) }
        backend.put(others[0], modified: 1000 + GarbageCollection.leftoverAge)
        let collection = GarbageCollection(store: ObjectStore(backend: backend), used: [])
        let garbage = try await collection.survey(now: 1001 + GarbageCollection.leftoverAge)
        #expect(garbage.leftovers.map(\.path) == old.sorted())
        #expect(try await collection.remove(garbage).leftovers == 2)
        #expect(backend.names == others.sorted())
    }

    @Test("the unpacked copy of a directory goes with it, that of a used one stays")
    func unpacked() async throws {
        let backend = DirectoryBackend(root: folder.path("store"))
        let used = id("used", directory: true)
        let unused = id("unused", directory: true)
        for directory in [used, unused] {
            try await backend.write(BytesSource("[]"), to: directory.key)
            try await backend.write(BytesSource("x"), to: Key("\(directory.key).unpacked/sub/file"))
        }
        let collection = GarbageCollection(store: ObjectStore(backend: backend), used: [used])
        _ = try await collection.remove(try await collection.survey(now: 0))
        #expect(
            try backend.localList(under: Key("")).map(\.key).sorted()
                == [used.key, Key("\(used.key).unpacked/sub/file")].sorted())
        #expect(try backend.localStat(unused.key) == nil)
        let parent = try backend.path(of: Key("files/md5/\(unused.text.prefix(2))"))
        #expect(try DirectoryBackend(root: parent).localList(under: Key("")).isEmpty)
    }

    @Test("files that a killed writer left go after a day, not before, and count apart")
    func leftovers() async throws {
        let root = folder.path("store")
        let backend = DirectoryBackend(root: root)
        let object = id("a")
        try await backend.write(BytesSource("a"), to: object.key)
        let leftovers = ["files/md5/0c/.kIARXUn4d2XX_B8TAtRNSQ.tmp", "0c/.kIARXUn4d2XX_B8TAtRNSQ.tmp"]
        for path in leftovers {
            // Under a plain name first: a store does not write temporary names for others.
            let parts = path.split(separator: "/").dropLast().joined(separator: "/")
            try await backend.write(BytesSource("half"), to: Key(parts + "/plain"))
            #expect(rename(root + "/" + parts + "/plain", root + "/" + path) == 0)
        }
        let written = try #require(try backend.localStat(object.key)?.modified)
        let collection = GarbageCollection(store: ObjectStore(backend: backend), used: [object])
        #expect(try await collection.survey(now: written + 3600).leftovers.isEmpty)
        let garbage = try await collection.survey(now: written + 2 * GarbageCollection.leftoverAge)
        #expect(garbage.leftovers == leftovers.map { Key($0) }.sorted())
        let report = try await collection.remove(garbage)
        #expect(report.leftovers == 2)
        #expect(report.removed(in: .current) == 0)
        #expect(try backend.localStat(object.key) != nil)
    }

    @Test("when a directory object cannot be removed its files stay")
    func directoryFirst() async throws {
        let directory = id("d", directory: true)
        let memory = MemoryBackend()
        for key in [directory.key, id("x").key, id("y").key] { memory[key] = [1] }
        let faulty = FaultyBackend(memory) { verb, _, key in verb == .delete && key == directory.key }
        let collection = GarbageCollection(store: ObjectStore(backend: faulty), used: [])
        let report = try await collection.remove(try await collection.survey(now: 0))
        #expect(report.failed.map(\.key) == [directory.key])
        #expect(memory.keys.count == 3)
    }

    @Test("one object that cannot be removed does not keep the others")
    func goesOn() async throws {
        let memory = MemoryBackend()
        let ids = (0..<50).map { id("\($0)") }
        for id in ids { memory[id.key] = [1] }
        let stubborn = ids[20].key
        let faulty = FaultyBackend(memory) { verb, _, key in verb == .delete && key == stubborn }
        let collection = GarbageCollection(store: ObjectStore(backend: faulty), used: [])
        let report = try await collection.remove(try await collection.survey(now: 0))
        #expect(report.failed.map(\.key) == [stubborn])
        #expect(report.removed(in: .current) == 49)
        #expect(memory.keys == [stubborn])
    }
}

/// A store that tells single folders, with files of any age in it.
private final class FolderTellingBackend: FolderBackend {
    let name = "folders"
    let concurrency = 1
    let listing: ListingCost? = ListingCost(pageSize: 100)
    private let files = Mutex<[String: Int64]>([:])

    var names: [String] { files.withLock { $0.keys.sorted() } }

    func put(_ name: String, modified: Int64) { files.withLock { $0[name] = modified } }

    func stat(_ key: Key) async throws(StorageError) -> Metadata? { nil }
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {}
    func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {}
    func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable { PagedListing { { nil } } }
    func delete(_ keys: [Key]) async throws(StorageError) {
        files.withLock { files in for key in keys { files[key.path] = nil } }
    }

    /// The names right in a folder, and whether they are folders themselves.
    private func children(of folder: String) -> [String: Bool] {
        var found: [String: Bool] = [:]
        let prefix = folder.isEmpty ? "" : folder + "/"
        for name in names where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            found[String(rest.prefix { $0 != "/" })] = rest.contains("/")
        }
        return found
    }

    func members(of folder: String) async throws(StorageError) -> [FolderMember]? {
        children(of: folder).filter { !TemporaryName.matches($0.key) }
            .map { FolderMember(name: $0.key, isFolder: $0.value) }
    }

    func unfinished(in folder: String) async throws(StorageError) -> [Listing] {
        children(of: folder).keys.filter(TemporaryName.matches).map { name in
            let key = folder.isEmpty ? name : folder + "/" + name
            return Listing(
                key: Key(key), metadata: Metadata(size: 1, modified: files.withLock { files in files[key] }))
        }
    }
}
