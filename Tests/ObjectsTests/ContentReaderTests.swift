import Basics
import FileSystem
import Hashing
import Objects
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct ContentReaderTests {
    private let folder = TemporaryFolder("reader")
    private let cache: Cache

    init() throws {
        cache = Cache(
            root: folder.path("cache"), linkTypes: [.copy], isShared: false,
            quarantineFolder: folder.path("tmp/quarantine"))
        try Files.makeDirectory(folder.path("data"))
    }

    private func content(_ size: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed &+ UInt64(size))
        // An odd length, so that no two chunks of a file are alike.
        let block = (0..<4093).map { _ in UInt8.random(in: 0...255, using: &random) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + block.count)
        while bytes.count < size { bytes.append(contentsOf: block) }
        bytes.removeLast(bytes.count - size)
        return bytes
    }

    private func request(_ name: String, _ bytes: [UInt8]) throws -> ContentReader.Request {
        let path = folder.path("data/" + name)
        try Files.create(path, bytes: bytes, mode: 0o644)
        return try request(path)
    }

    private func request(_ path: String) throws -> ContentReader.Request {
        ContentReader.Request(path: path, status: try #require(try Files.status(path)))
    }

    private func digest(_ outcome: ContentReader.Outcome) throws -> MD5Digest {
        switch outcome {
        case .digest(let digest, _): return digest
        case .failed(let error): throw error
        }
    }

    private func isFailure(_ outcome: ContentReader.Outcome) -> Bool {
        if case .failed = outcome { true } else { false }
    }

    /// Every file below a folder.
    private func files(below path: String) throws -> [String] {
        guard Files.exists(path) else { return [] }
        return try Files.entries(in: path).flatMap { entry in
            entry.kind == .directory
                ? try files(below: path + "/" + entry.name) : [path + "/" + entry.name]
        }
    }

    static let edgeSizes = [
        0, 1, 63, 64, 4095, 4096, 4097, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (4 << 20) + 2, 9 << 20, (9 << 20) + 13,
    ]

    @Test("files of every size at the edges get their digests, alone", arguments: edgeSizes)
    func alone(size: Int) throws {
        let bytes = content(size)
        let request = try request("file", bytes)
        for threads in [1, 2] {
            let outcome = try ContentReader(threads: threads).read([request])[0]
            #expect(try digest(outcome) == MD5.digest(of: bytes))
        }
        let stored = try ContentReader(threads: 2).read([request], into: cache)[0]
        let path = cache.path(of: ObjectID(try digest(stored)))
        #expect(try Files.read(path) == bytes)
        #expect(try Files.status(path)?.mode == 0o444)
        #expect(try files(below: folder.path("cache")) == [path])
        #expect(try files(below: folder.path("tmp")).isEmpty)
    }

    @Test("many files of mixed sizes get their own digests and objects", arguments: [1, 4])
    func mixed(threads: Int) throws {
        var random = SeededGenerator(seed: 11)
        var contents = Self.edgeSizes.map { content($0) } + [content((5 << 20) + 7), content((6 << 20))]
        for number in 0..<300 {
            contents.append(content(Int.random(in: 0...9000, using: &random), seed: UInt64(number / 2)))
        }
        contents.append(contents[contents.count - 1])
        contents.append(content(9 << 20))
        contents.shuffle(using: &random)
        let requests = try contents.enumerated().map { try request("\($0.offset)", $0.element) }
        let outcomes = try ContentReader(threads: threads).read(requests, into: cache)
        #expect(try outcomes.map(digest) == contents.map { MD5.digest(of: $0) })
        for bytes in contents {
            let path = cache.path(of: ObjectID(MD5.digest(of: bytes)))
            #expect(try Files.read(path) == bytes)
            #expect(try Files.status(path)?.mode == 0o444)
        }
        #expect(try files(below: folder.path("cache")).count == Set(contents).count)
        #expect(try files(below: folder.path("tmp")).isEmpty)
        #expect(try ContentReader(threads: threads).read(requests).map(digest) == outcomes.map(digest))
    }

    @Test("an object that is there already is not written again", arguments: [10, (4 << 20) + 1])
    func existing(size: Int) throws {
        let request = try request("file", content(size))
        let id = ObjectID(try digest(try ContentReader(threads: 1).read([request], into: cache)[0]))
        let status = try Files.status(cache.path(of: id))
        _ = try ContentReader(threads: 1).read([request], into: cache)
        #expect(try Files.status(cache.path(of: id)) == status)
        #expect(try files(below: folder.path("tmp")).isEmpty)
    }

    @Test("a damaged object of another size is replaced by a good one", arguments: [10, (4 << 20) + 1])
    func damaged(size: Int) throws {
        let bytes = content(size)
        let request = try request("file", bytes)
        let id = ObjectID(MD5.digest(of: bytes))
        try Files.makeDirectory(Paths.parent(cache.path(of: id)))
        try Files.create(cache.path(of: id), bytes: Array(bytes.dropLast()), mode: 0o444)
        _ = try ContentReader(threads: 1).read([request], into: cache)
        #expect(try Files.read(cache.path(of: id)) == bytes)
        #expect(try files(below: folder.path("tmp/quarantine")).count == 1)
    }

    @Test("a damaged object that anybody may write to is replaced though its size is right")
    func damagedWritable() throws {
        let bytes = content(100)
        let request = try request("file", bytes)
        let id = ObjectID(MD5.digest(of: bytes))
        try Files.makeDirectory(Paths.parent(cache.path(of: id)))
        try Files.create(cache.path(of: id), bytes: bytes.reversed(), mode: 0o644)
        _ = try ContentReader(threads: 1).read([request], into: cache)
        #expect(try Files.read(cache.path(of: id)) == bytes)
    }

    enum Fate: String, CaseIterable {
        case gone, longer, shorter, another, folder, link, touched
    }

    @Test(
        "a file that became another since it was found fails alone and leaves nothing behind", arguments: Fate.allCases,
        [20, (5 << 20) + 3])
    func changed(fate: Fate, size: Int) throws {
        let bytes = content(size)
        let requests = try ["a", "b", "c"].map { try request($0, bytes + Array($0.utf8)) }
        let path = requests[1].path
        switch fate {
        case .gone: try Files.remove(path)
        case .longer: try Files.write(bytes + [1, 2, 3], to: path, sync: false)
        case .shorter: try Files.write(Array(bytes.dropLast(5)), to: path, sync: false)
        case .another: try Files.write(bytes + Array("b".utf8), to: path, sync: false)
        case .folder:
            try Files.remove(path)
            try Files.makeDirectory(path)
        case .link:
            try Files.remove(path)
            try Linker.make(.symlink, from: requests[0].path, to: path, mode: 0)
        case .touched: try Files.setMode(path, 0o600)
        }
        let outcomes = try ContentReader(threads: 2).read(requests, into: cache)
        #expect(isFailure(outcomes[1]))
        #expect(try digest(outcomes[0]) == MD5.digest(of: bytes + Array("a".utf8)))
        #expect(try digest(outcomes[2]) == MD5.digest(of: bytes + Array("c".utf8)))
        #expect(try files(below: folder.path("cache")).count == 2)
        #expect(try files(below: folder.path("tmp")).isEmpty)
    }

    @Test("a FIFO in place of a file is an error, not a wait for a writer")
    func fifo() throws {
        let request = try request("file", [1])
        try Files.remove(request.path)
        #expect(mkfifo(request.path, 0o600) == 0)
        #expect(try isFailure(ContentReader(threads: 1).read([request])[0]))
    }

    @Test("a cache that cannot be written ends the whole reading with its cause", arguments: [10, (5 << 20)])
    func brokenCache(size: Int) throws {
        let requests = try (0..<3).map { try request("\($0)", content(size, seed: UInt64($0))) }
        try Files.create(folder.path("cache"), bytes: [], mode: 0o644)
        for count in [1, 3] {
            #expect(throws: FileError.self) {
                try ContentReader(threads: 1).read(Array(requests[..<count]), into: cache)
            }
        }
        #expect(try files(below: folder.path("tmp")).isEmpty)
    }

    @Test("what stands where an object belongs ends the reading without leaving temporaries", arguments: [10, 5 << 20])
    func blockedObject(size: Int) throws {
        let contents = (0..<3).map { content(size, seed: UInt64($0)) }
        let requests = try contents.enumerated().map { try request("\($0.offset)", $0.element) }
        // A file stands where the folder of the second object belongs.
        let parent = Paths.parent(cache.path(of: ObjectID(MD5.digest(of: contents[1]))))
        try Files.makeDirectory(Paths.parent(parent))
        try Files.create(parent, bytes: [], mode: 0o644)
        #expect(throws: FileError.self) { try ContentReader(threads: 1).read(requests, into: cache) }
        #expect(try files(below: folder.path("tmp")).isEmpty)
        #expect(try !files(below: folder.path("cache")).contains { TemporaryName.matches(Paths.name($0)) })
    }

    @Test("a file that fails closes no file but its own")
    func descriptors() throws {
        let stale = try request("stale", [1])
        try Files.setMode(stale.path, 0o600)
        let lost = Counter()
        try parallelForEach(count: 4000, threads: 4) { range in
            for number in range {
                if number % 2 == 0 {
                    let outcome = try ContentReader(threads: 1).read([stale])[0]
                    #expect(isFailure(outcome))
                } else {
                    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                    sched_yield()
                    if descriptor >= 0, close(descriptor) != 0 { lost.add() }
                }
            }
        }
        #expect(lost.value == 0)
    }

    @Test("text with Windows line ends has DVC 2's digest where that is asked for")
    func legacy() throws {
        let request = try request("text", Array("a\r\nb\r\n".utf8))
        let reader = ContentReader(threads: 1, algorithm: .md5Dos2Unix)
        let outcome = try reader.read([request], into: cache)[0]
        #expect(try digest(outcome) == MD5.digest(of: Array("a\nb\n".utf8)))
        let path = cache.path(of: ObjectID(try digest(outcome), algorithm: .md5Dos2Unix))
        #expect(try Files.read(path) == Array("a\r\nb\r\n".utf8))
    }
}
