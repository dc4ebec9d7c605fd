import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("When the machine is short of something", .serialized)
struct ResourceTests {
    /// Whether this machine lets the test mount a small disk.
    private static let canMount: Bool = {
        #if os(Linux)
            guard geteuid() == 0, let repository = try? TemporaryRepository(.empty) else { return false }
            let run = try? repository.shell("mount -t tmpfs -o size=1m tmpfs . && umount \"$PWD\"")
            return run?.status == 0
        #else
            return false
        #endif
    }()

    /// How to run a program as a user whom permissions hold, if this process is root.
    private static let asUser: [String] =
        geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

    @Test("a full disk is told, loses nothing, and the command works once there is room", .enabled(if: canMount))
    func fullDisk() throws {
        let repository = try TemporaryRepository()
        try repository.shell("mkdir ../small && mount -t tmpfs -o size=8m tmpfs ../small").succeeds()
        defer { _ = try? repository.shell("umount -l ../small") }
        try repository.varve("cache", "dir", repository.folder + "/small/cache").succeeds()
        var generator = SeededGenerator(seed: 7)
        for number in 0..<12 {
            try repository.write(
                "data/\(number)", (0..<500_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        try repository.shell("head -c 4000000 /dev/zero > ../small/ballast").succeeds()
        let data = try TreeSnapshot(of: repository.path("data"))
        let run = try repository.varve("add", "data").fails(status: 1, saying: "No space left on device")
        #expect(run.errors.contains("hint: "))
        #expect(!repository.exists("data.dvc"))
        #expect(try TreeSnapshot(of: repository.path("data")) == data)
        #expect(try TreeSnapshot(of: repository.folder + "/small").misnamedObjects == [])
        try repository.shell("rm ../small/ballast").succeeds()
        try repository.varve("add", "data").succeeds()
        let small = try TreeSnapshot(of: repository.folder + "/small")
        #expect(small.misnamedObjects == [])
        #expect(small.leftovers == [])
        #expect(data.contents.isSubset(of: small.contents))
    }

    @Test("a workspace on a full disk stays whole when checking out", .enabled(if: canMount))
    func fullWorkspace() throws {
        let repository = try TemporaryRepository()
        try repository.shell("mkdir small && mount -t tmpfs -o size=2m tmpfs small").succeeds()
        defer { _ = try? repository.shell("umount -l small") }
        try repository.write("small/data", "old\n")
        try repository.varve("add", "small/data").succeeds()
        try repository.write("big", [UInt8](repeating: 5, count: 5_000_000))
        try repository.varve("add", "big").succeeds()
        let pointer = try repository.read("big.dvc").replacing("path: big", with: "path: data")
        try repository.write("small/data.dvc", pointer)
        try repository.varve("checkout", "small/data.dvc").fails(saying: "No space left on device")
        #expect(try repository.read("small/data") == "old\n")
        #expect(try Files.names(in: repository.path("small")).sorted() == [".gitignore", "data", "data.dvc"])
    }

    @Test("a file that cannot be read is named and nothing is recorded")
    func unreadableFile() throws {
        let repository = try TemporaryRepository()
        for number in 0..<30 { try repository.write("data/sub\(number % 3)/\(number)", "\(number)\n") }
        chmod(repository.path("data/sub1/13"), 0)
        if !Self.asUser.isEmpty { try repository.shell("chown -R 65534:65534 ..").succeeds() }
        try repository.run(Self.asUser + [BuiltProgram.varve, "add", "data"]).fails(status: 1, saying: "data/sub1/13")
        #expect(!repository.exists("data.dvc"))
        chmod(repository.path("data/sub1/13"), 0o644)
        chmod(repository.path("data/sub2"), 0)
        try repository.run(Self.asUser + [BuiltProgram.varve, "add", "data"]).fails(status: 1, saying: "data/sub2")
        #expect(!repository.exists("data.dvc"))
        chmod(repository.path("data/sub2"), 0o755)
        try repository.run(Self.asUser + [BuiltProgram.varve, "add", "data"]).succeeds()
    }

    @Test("a cache that cannot be written is told and the data stays")
    func readOnlyCache() throws {
        let repository = try TemporaryRepository()
        try repository.write("a", "a\n")
        try repository.varve("add", "a").succeeds()
        try repository.write("b", "b\n")
        if !Self.asUser.isEmpty { try repository.shell("chown -R 65534:65534 ..").succeeds() }
        try repository.shell("chmod -R a-w .dvc/cache").succeeds()
        try repository.run(Self.asUser + [BuiltProgram.varve, "add", "b"]).fails(status: 1, saying: "Permission denied")
        #expect(try repository.read("b") == "b\n")
        #expect(!repository.exists("b.dvc"))
        // Reading still works.
        try repository.remove("a")
        try repository.run(Self.asUser + [BuiltProgram.varve, "checkout"]).succeeds()
        #expect(try repository.read("a") == "a\n")
        try repository.shell("chmod -R u+w .dvc/cache").succeeds()
    }

    @Test("few open files are enough, or the limit is named")
    func fewOpenFiles() throws {
        let repository = try TemporaryRepository()
        for number in 0..<300 { try repository.write("data/\(number % 40)/\(number)", "\(number)\n") }
        // Whoever starts the program may have left some of his own open.
        let inherited = "exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null"
        for (limit, first) in [(12, inherited), (12, ""), (16, inherited), (16, ""), (24, ""), (48, "")] {
            try repository.remove(".dvc/tmp/varve")
            let run = try repository.shell("\(first)\nulimit -n \(limit); exec \"$varve\" add data").ends()
            if run.status != 0 { #expect(run.errors.contains("too many files are open"), "\(run)") }
            if limit == 48 { run.succeeds() }
            #expect(try repository.snapshot().misnamedObjects == [])
        }
        try repository.remove("data")
        try repository.shell("ulimit -n 48; exec \"$varve\" checkout").succeeds()
        #expect(try TreeSnapshot(of: repository.path("data")).contents.count == 300)
    }

    @Test("file size limits end in an error, not in a signal")
    func fileSizeLimit() throws {
        let repository = try TemporaryRepository()
        try repository.write("big", [UInt8](repeating: 1, count: 4_000_000))
        let run = try repository.shell("ulimit -f 100; exec \"$varve\" add big")
        run.fails(status: 1, saying: "File too large")
        #expect(!repository.exists("big.dvc"))
        #expect(try repository.snapshot().misnamedObjects == [])
        try repository.varve("add", "big").succeeds()
    }

    @Test("a file that changes while it is read is never stored under a wrong name")
    func changingFile() throws {
        let repository = try TemporaryRepository()
        try repository.write("data/still", "still\n")
        try repository.write("data/log", [UInt8](repeating: 0, count: 20_000_000))
        let writer = try repository.start([
            "sh", "-c",
            "i=0; while :; do i=$((i+1)); printf %09d $i | dd of=data/log bs=1 seek=$((i*977%19000000)) conv=notrunc 2>&-; echo >> data/log; done",
        ])
        for _ in 0..<6 {
            let run = try repository.varve("add", "data").ends()
            if run.status != 0 { #expect(run.errors.contains("log"), "\(run)") }
            #expect(try TreeSnapshot(of: repository.path(".dvc/cache")).contents.isEmpty == false || run.status != 0)
            #expect(try repository.snapshot().misnamedObjects == [])
        }
        writer.stop()
        _ = writer.wait()
        try repository.varve("add", "data").succeeds()
    }
}
