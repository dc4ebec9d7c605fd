import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Damage on the disk")
struct CorruptionTests {
    /// Ways in which an object goes bad.
    enum Damage: String, CaseIterable, Sendable {
        case flipped, truncated, emptied, extended, zeroed, swapped

        func bytes(of original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
            var bytes = original
            switch self {
            case .flipped:
                let place = Int.random(in: bytes.indices, using: &generator)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case .truncated: bytes.removeLast(bytes.count / 2)
            case .emptied: bytes = []
            case .extended: bytes.append(0)
            case .zeroed: bytes = [UInt8](repeating: 0, count: bytes.count)
            case .swapped: bytes = Array("another object's bytes".utf8)
            }
            return bytes
        }
    }

    private func objects(_ repository: TemporaryRepository) throws -> [String] {
        try TreeSnapshot(of: repository.path(".dvc/cache")).items
            .filter { if case .file = $0.value { $0.key.hasPrefix("files/md5/") } else { false } }
            .map { repository.path(".dvc/cache/" + $0.key) }.sorted()
    }

    private func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        unlink(path)
        try Files.create(path, bytes: bytes, mode: 0o444)
    }

    @Test(
        "of a cache object is found when checking out; nothing wrong gets into the workspace",
        arguments: Damage.allCases)
    func checkout(_ damage: Damage) throws {
        let origin = try TemporaryRepository()
        for number in 0..<4 { try origin.write("data/\(number)", "content of \(number)\n") }
        try origin.write("single", "a file of its own\n")
        try origin.write("data/big", [UInt8](repeating: 3, count: 2_500_000))
        try origin.varve("add", "data", "single").succeeds()
        let good = try origin.snapshot().contents
        try origin.remove("data")
        try origin.remove("single")
        var generator = SeededGenerator(seed: 11)
        for number in try objects(origin).indices {
            for forgets in [true, false] {
                let repository = try TemporaryRepository(copyOf: origin)
                if forgets { try repository.remove(".dvc/tmp/varve") }
                let object = try objects(repository)[number]
                try overwrite(object, damage.bytes(of: Files.read(object), &generator))
                let run = try repository.varve("checkout").fails()
                let data = try TreeSnapshot(
                    of: repository.path,
                    skipping: [".git", ".dvc", "data.dvc", "single.dvc", ".gitignore", ".dvcignore"])
                #expect(data.contents.isSubset(of: good), "\(run)")
                #expect(!run.errors.contains("unexpected error"), "\(run)")
            }
        }
    }

    @Test("of a cache object never reaches the remote", arguments: Damage.allCases)
    func push(_ damage: Damage) throws {
        let origin = try TemporaryRepository()
        try origin.addRemote()
        for number in 0..<3 { try origin.write("data/\(number)", "content of \(number)\n") }
        try origin.varve("add", "data").succeeds()
        var generator = SeededGenerator(seed: 12)
        for number in try objects(origin).indices {
            let repository = try TemporaryRepository(copyOf: origin)
            let object = try objects(repository)[number]
            try overwrite(object, damage.bytes(of: Files.read(object), &generator))
            try repository.varve("push").fails(status: 1)
            #expect(try TreeSnapshot(of: repository.folder + "/remote").misnamedObjects == [])
        }
    }

    @Test("of the remote never reaches the cache", arguments: Damage.allCases)
    func pull(_ damage: Damage) throws {
        let origin = try TemporaryRepository()
        try origin.addRemote()
        for number in 0..<3 { try origin.write("data/\(number)", "content of \(number)\n") }
        try origin.varve("add", "data").succeeds()
        try origin.varve("push").succeeds()
        try origin.remove("data")
        try origin.remove(".dvc/cache")
        let remote = try TreeSnapshot(of: origin.folder + "/remote").items.filter {
            if case .file = $0.value { true } else { false }
        }
        var generator = SeededGenerator(seed: 13)
        for name in remote.keys.sorted() {
            let repository = try TemporaryRepository(copyOf: origin)
            let object = repository.folder + "/remote/" + name
            try overwrite(object, damage.bytes(of: Files.read(object), &generator))
            try repository.varve("pull").fails()
            #expect(try TreeSnapshot(of: repository.path(".dvc/cache")).misnamedObjects == [])
        }
    }

    @Test("of varve's own index gives no wrong answers")
    func index() throws {
        let origin = try TemporaryRepository()
        for number in 0..<20 { try origin.write("data/\(number)", "content of \(number)\n") }
        try origin.write("single", "one\n")
        try origin.varve("add", "data", "single").succeeds()
        let after = try origin.snapshot()
        var generator = SeededGenerator(seed: 14)
        let scratch = try TreeSnapshot(of: origin.path(".dvc/tmp")).items.filter {
            if case .file = $0.value { $0.key.contains("index") } else { false }
        }
        try #require(!scratch.isEmpty)
        for name in scratch.keys.sorted() {
            let path = origin.path(".dvc/tmp/" + name)
            let bytes = try Files.read(path)
            for round in 0..<40 {
                var damaged = bytes
                switch round % 4 {
                case 0:
                    damaged[Int.random(in: bytes.indices, using: &generator)] ^=
                        1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: damaged.removeLast(Int.random(in: 0...bytes.count, using: &generator))
                case 2:
                    for _ in 0..<50 {
                        damaged[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                            in: 0...255, using: &generator)
                    }
                default:
                    damaged = (0..<Int.random(in: 0...500, using: &generator)).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                }
                unlink(path)
                try Files.create(path, bytes: damaged, mode: 0o644)
                let run = try origin.varve("add", "data", "single").succeeds()
                #expect(try origin.snapshot().differences(from: after) == [], "round \(round): \(run)")
            }
        }
    }

    @Test("leaves a stale lock file without power")
    func staleLock() throws {
        let repository = try TemporaryRepository()
        try repository.write("a", "a\n")
        for content in ["", "99999999\n", "not a lock \u{0}", #"{"pid": 1, "host": "elsewhere"}"#] {
            try repository.write(".dvc/tmp/lock", content)
            #expect(try repository.varve("add", "a").succeeds().seconds < 20)
        }
    }
}
