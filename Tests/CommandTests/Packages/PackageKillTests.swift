import Documents
import FileSystem
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A push to Debian's docker-registry, behind a proxy that takes a request whole before it hands it on, as nginx does.
@Suite("A killed push of a package", .enabled(if: TestPrograms.areProvided))
struct PackageKillTests {
    private let repository: TemporaryRepository
    private let folder = TemporaryFolder("docker-registry")
    private let server: ServerProcess
    private let port: Int
    /// Three pieces and a bit.
    private static let size: Int64 = 200 << 20
    private static let piece: Int64 = 64 << 20

    init() throws {
        port = try Loopback.freePorts(1)[0]
        try TestPrograms.write(
            """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: \(folder.path("data"))}
            http: {addr: "127.0.0.1:\(port)"}
            """, to: folder.path("config.yml"))
        server = try ServerProcess(
            [try TestPrograms.path("docker-registry"), "serve", folder.path("config.yml")], folder: folder)
        let port = port
        try server.waitUntilReady { Loopback.speaksHTTP(port: port) }
        repository = try TemporaryRepository(.empty)
        try repository.run([
            "python3", "-c",
            "import random; random.seed(5); open('model.bin', 'wb').write(random.randbytes(\(Self.size)))",
        ]).succeeds()
        try repository.varve("run", "package", "model.bin", "-o", "dist").succeeds()
    }

    /// Starts a push and ends it with SIGKILL as soon as `isTime` says so.
    private func kill(_ target: String, when isTime: () -> Bool) throws {
        let process = try RunningProcess(
            [BuiltProgram.varve, "package", "push", "dist", target], in: repository.path,
            environment: repository.environment)
        for _ in 0..<120_000 where !isTime() {
            if process.hasEnded(within: 0.001) { break }
        }
        process.stop()
        _ = process.wait()
    }

    /// Where notes are without a project.
    private var state: String { repository.folder + "/home/.local/state/varve/package-uploads" }

    private func notes(in place: String) throws -> [String] {
        Files.exists(place) ? try Files.names(in: place).filter { $0.hasSuffix(".upload") } : []
    }

    private func push(_ target: String) throws -> Value {
        try JSON.parse(repository.varve("package", "push", "dist", target, "--json").succeeds().output)
    }

    private func isWhole(_ target: String) throws -> Bool {
        try repository.varve("package", "pull", target, "-o", "copy").succeeds()
        try repository.varve("package", "unpack", "copy", "-o", "out", "--only", "weights").succeeds()
        return try repository.run(["cmp", "out/model.bin", "model.bin"]).status == 0
    }

    @Test("a push that was killed goes on where the registry's upload is, and sends one piece twice at most")
    func resumed() throws {
        let proxy = try FaultProxy(to: port)
        let target = "oci://127.0.0.1:\(proxy.port)/team/model:1"
        try kill(target) { proxy.bytesSent > Self.piece * 5 / 2 }
        let note = try #require(notes(in: state).first)
        #expect(try Files.status(state + "/" + note)?.mode == 0o600)
        let before = proxy.bytesSent
        let result = try push(target)
        #expect(result.mapping?["resumed"]?.int == Int(Self.piece * 2))
        // What was on its way when the first push was killed may be counted late.
        #expect(proxy.bytesSent - before < Self.size - 2 * Self.piece + 1 << 24)
        #expect(try Files.names(in: state).isEmpty)
        #expect(try isWhole(target))
    }

    @Test("a push that loses the network goes on, too; in a project the note is where Git does not see it")
    func project() throws {
        try repository.git("init", "--quiet")
        try repository.varve("init", "-q").succeeds()
        let pieces = Mutex(0)
        let isStormy = Mutex(true)
        let proxy = try FaultProxy(to: port) { request in
            guard request.method == "PATCH", isStormy.withLock({ $0 }) else { return nil }
            let number = pieces.withLock { count in
                count += 1
                return count
            }
            return number == 1 ? nil : .resetWithin
        }
        let target = "oci://127.0.0.1:\(proxy.port)/team/model:1"
        try kill(target) { proxy.faults > 1 }
        #expect(try notes(in: repository.path(".dvc/tmp/varve/package-uploads")).count == 1)
        #expect(try !repository.git("status", "--porcelain").contains("package-uploads"))
        isStormy.withLock { $0 = false }
        #expect(try push(target).mapping?["resumed"]?.int == Int(Self.piece))
        #expect(try isWhole(target))
    }

    @Test("a push begins anew where the registry has part of a piece and does not say so")
    func brokenWithin() throws {
        let proxy = try FaultProxy(to: port)
        let target = "oci://127.0.0.1:\(proxy.port)/team/model:1"
        try kill(target) { proxy.bytesSent > Self.piece * 5 / 2 }
        let note = try #require(notes(in: state).first)
        let location = try #require(JSON.parse(Files.read(state + "/" + note)).mapping?["location"]?.string)
        // What a push leaves that is ended while it speaks with the registry itself.
        let socket = try #require(Loopback.connect(port: port))
        let head = [
            "PATCH \(location) HTTP/1.1", "Host: 127.0.0.1:\(proxy.port)", "Content-Type: application/octet-stream",
            "Content-Length: 1000", "", "0123456789",
        ]
        let bytes = Array(head.joined(separator: "\r\n").utf8)
        #expect(write(socket, bytes, bytes.count) == bytes.count)
        close(socket)
        let uploads = folder.path("data/docker/registry/v2/repositories/team/model/_uploads")
        let upload = try #require(location.split(separator: "?").first?.split(separator: "/").last)
        let data = "\(uploads)/\(upload)/data"
        for _ in 0..<60_000 {
            if let status = try Files.status(data), status.size == 2 * Self.piece + 10 { break }
            usleep(1000)
        }
        #expect(try push(target).mapping?["resumed"]?.int == 0)
        #expect(try isWhole(target))
        #expect(try Files.names(in: state).isEmpty)
    }
}
