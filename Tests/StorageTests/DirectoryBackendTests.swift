import Storage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("folders as stores") struct DirectoryBackendTests {
    private static let object = Key("files/md5/26/ab0db90d72e28ad0ba1e22ee510510")
    private static let legacy = Key("26/ab0db90d72e28ad0ba1e22ee510510.dir")
    private static let run = Key("runs/d2/\(String(repeating: "d2", count: 32))/\(String(repeating: "0a", count: 32))")

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test("objects of both layouts have mode 0444 and run cache files what the umask leaves, as in DVC's remotes")
    func modes() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path("remote"))
        for key in [Self.object, Self.legacy, Self.run] { try await backend.write(BytesSource("x"), to: key) }
        #expect(mode(folder.path("remote/\(Self.object)")) == 0o444)
        #expect(mode(folder.path("remote/\(Self.legacy)")) == 0o444)
        let plain = folder.path("plain")
        close(open(plain, O_CREAT | O_WRONLY, 0o666))
        #expect(mode(folder.path("remote/\(Self.run)")) == mode(plain))
        #expect(try await backend.stat(Self.object)?.isSealed == true)
        #expect(try await backend.stat(Self.run)?.isSealed == false)
    }

    @Test("a shared store is writable by the group, whatever the umask")
    func shared() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path("remote"), isShared: true)
        for key in [Self.object, Self.run] { try await backend.write(BytesSource("x"), to: key) }
        #expect(mode(folder.path("remote/files/md5/26")) == 0o2775)
        #expect(mode(folder.path("remote/\(Self.object)")) == 0o444)
        #expect(mode(folder.path("remote/\(Self.run)")) == 0o664)
    }

    @Test("a planted link never leads a write or a deletion out of the store", arguments: ["files", "files/md5/26"])
    func plantedFolder(link: String) async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path("remote"))
        try await backend.write(BytesSource("mine"), to: Key("outside/md5/26/ab0db90d72e28ad0ba1e22ee510510"))
        try await backend.write(BytesSource("mine"), to: Key("outside/ab0db90d72e28ad0ba1e22ee510510"))
        let outside = folder.path("remote/outside")
        if link != "files" { mkdir(folder.path("remote/files"), 0o755) }
        if link != "files" { mkdir(folder.path("remote/files/md5"), 0o755) }
        #expect(symlink(outside, folder.path("remote/" + link)) == 0)
        await #expect(throws: StorageError.self) { try await backend.write(BytesSource("x"), to: Self.object) }
        await #expect(throws: StorageError.self) { try await backend.delete([Self.object]) }
        #expect(mode(outside + "/md5/26/ab0db90d72e28ad0ba1e22ee510510") != nil)
        #expect(mode(outside + "/ab0db90d72e28ad0ba1e22ee510510") != nil)
    }

    @Test("a planted link in an object's place is replaced, not written through")
    func plantedFile() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path("remote"))
        try await backend.write(BytesSource("precious"), to: Key("precious"))
        mkdir(folder.path("remote/files"), 0o755)
        mkdir(folder.path("remote/files/md5"), 0o755)
        mkdir(folder.path("remote/files/md5/26"), 0o755)
        #expect(symlink(folder.path("remote/precious"), folder.path("remote/\(Self.object)")) == 0)
        try await backend.write(BytesSource("x"), to: Self.object)
        #expect(try await backend.stat(Key("precious"))?.size == 8)
        #expect(mode(folder.path("remote/\(Self.object)")) == 0o444)
    }

    @Test("a pipe in an object's place is an error, not a wait without end")
    func pipe() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path)
        #expect(mkfifo(folder.path("pipe"), 0o644) == 0)
        await #expect(throws: StorageError.self) { try await backend.read(Key("pipe"), range: nil, into: MemorySink()) }
    }

    @Test("files that are being written are not listed, and found as leftovers once they are old")
    func leftovers() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path)
        try await backend.write(BytesSource("x"), to: Self.object)
        let leftover = Key("files/md5/26/.kIARXUn4d2XX_B8TAtRNSQ.tmp")
        close(open(folder.path(leftover.path), O_CREAT | O_WRONLY, 0o600))
        #expect(try backend.localList(under: Key("")).map(\.key) == [Self.object])
        #expect(try backend.leftovers(under: Key("files/"), olderThan: .max) == [leftover])
        #expect(try backend.leftovers(under: Key("files/"), olderThan: 1000).isEmpty)
    }

    @Test("a folder that someone removes between two writes is made again")
    func vanishedFolder() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path("remote"))
        try await backend.write(BytesSource("x"), to: Self.object)
        try await backend.delete([Self.object])
        for part in ["remote/files/md5/26", "remote/files/md5", "remote/files"] {
            #expect(rmdir(folder.path(part)) == 0)
        }
        try await backend.write(BytesSource("x"), to: Self.object)
        #expect(try await backend.stat(Self.object)?.size == 1)
    }

    @Test("a write of a large file ends when its task is cancelled, and nothing half-written stays")
    func cancellation() async throws {
        let folder = TemporaryFolder()
        let backend = DirectoryBackend(root: folder.path)
        let source = EndlessSource()
        let task = Task { () -> StorageError.Kind? in
            do throws(StorageError) {
                try await backend.write(source, to: Self.object)
                return nil
            } catch {
                return error.kind
            }
        }
        for await _ in source.started.stream { break }
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(try backend.leftovers(under: Key(""), olderThan: .max).isEmpty)
        #expect(try backend.localStat(Self.object) == nil)
    }

    @Test("only an object's own shape gets an object's mode")
    func shapes() {
        #expect(DirectoryBackend.isObjectPlace(Self.object))
        #expect(DirectoryBackend.isObjectPlace(Self.legacy))
        for key in [
            Self.run, Key("files/md5/26/short"), Key("files/26/ab0db90d72e28ad0ba1e22ee510510"),
            Key("26/AB0DB90D72E28AD0BA1E22EE510510"), Key("files/md5/26/ab0db90d72e28ad0ba1e22ee510510.tmp"),
        ] {
            #expect(!DirectoryBackend.isObjectPlace(key), "\(key)")
        }
    }
}

/// A source that never ends, and says when it is first read.
private final class EndlessSource: ByteSource, ByteReader {
    let size = Int64.max
    let started = AsyncStream<Void>.makeStream()

    func open(at offset: Int64) throws(StorageError) -> any ByteReader { self }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        started.continuation.yield()
        return 1
    }
}
