import FileSystem
import TestSupport
import Testing

@Suite("A killed transfer", .enabled(if: TestPrograms.areProvided))
struct S3KillTests {
    /// Starts a command, kills it once the proxy has seen so many body bytes or requests, and tells whether it was in time.
    private func kill(
        _ repository: TemporaryRepository, _ arguments: [String], when isTime: () -> Bool
    ) throws -> Bool {
        let process = try RunningProcess(
            [BuiltProgram.varve] + arguments, in: repository.path, environment: repository.environment)
        for _ in 0..<60_000 {
            if isTime() {
                process.stop()
                _ = process.wait()
                return true
            }
            if process.hasEnded(within: 0.001) { return false }
        }
        process.stop()
        return false
    }

    @Test("a push of many files that is killed again and again sends almost nothing twice")
    func manyFiles() async throws {
        let project = try await S3Project()
        let repository = project.repository
        let total = try S3Project.fill(repository.path("data"), files: 2000, size: 1000, seed: 21)
        try repository.varve("add", "-q", "data").succeeds()
        var kills = 0
        for share in [0.1, 0.35, 0.5, 0.8] {
            let mark = Int64(Double(total) * share)
            if try kill(repository, ["push", "-q"], when: { project.proxy.bytesSent > mark }) { kills += 1 }
        }
        #expect(kills >= 3)
        try repository.varve("push").succeeds()
        let listing = 2000 * 64
        #expect(project.proxy.bytesSent < Int64(Double(total) * 1.05) + Int64(2 * listing))
        #expect(try project.isWholeInRemote(["data"]))
    }

    @Test("a pull of many files that is killed again and again asks for almost nothing twice")
    func manyFilesDown() async throws {
        let project = try await S3Project()
        let repository = project.repository
        let total = try S3Project.fill(repository.path("data"), files: 2000, size: 1000, seed: 22)
        let before = try TreeSnapshot(of: repository.path("data")).contents
        try repository.varve("add", "-q", "data").succeeds()
        try repository.varve("push", "-q").succeeds()
        try repository.remove("data")
        try repository.remove(".dvc/cache")
        let start = project.proxy.bytesReceived
        for share in [0.2, 0.5, 0.8] {
            let mark = start + Int64(Double(total) * share)
            _ = try kill(repository, ["pull", "-q"], when: { project.proxy.bytesReceived > mark })
        }
        try repository.varve("pull", "-q").succeeds()
        #expect(try TreeSnapshot(of: repository.path("data")).contents == before)
        // Listings of the directory object come again with each try.
        #expect(project.proxy.bytesReceived - start < Int64(Double(total) * 1.05) + 4 * 2000 * 80)
    }

    @Test("a large object that is killed on its way goes on where it was, up and down")
    func largeObject() async throws {
        let project = try await S3Project()
        let repository = project.repository
        // 1024 is what this was meant for; CI has less time.
        let size = BuiltProgram.number("VARVE_TEST_LARGE_MIB", default: 256) << 20
        let total = try S3Project.fill(repository.path("data"), files: 1, size: size, seed: 23)
        try repository.varve("add", "-q", "data/0").succeeds()
        // A busy server may be silent for longer than other tests allow, and what it then gets twice is not the kill's.
        try repository.varve("config", "--local", "remote.store.read_timeout", "60").succeeds()
        for share in [0.3, 0.6] {
            let mark = Int64(Double(total) * share)
            #expect(try kill(repository, ["push", "-q"], when: { project.proxy.bytesSent > mark }))
        }
        try repository.varve("push", "-q").succeeds()
        // The four parts that each kill broke off, and what a busy server refused or lost by itself.
        #expect(project.proxy.bytesSent < total + total / 20 + 2 * 4 * (8 << 20))
        let before = try TreeSnapshot(of: repository.path("data")).contents
        try repository.remove("data/0")
        try repository.remove(".dvc/cache")
        for share in [0.25, 0.5, 0.75] {
            let mark = Int64(Double(total) * share)
            #expect(try kill(repository, ["pull", "-q"], when: { project.proxy.bytesReceived > mark }))
        }
        try repository.varve("pull", "-q").succeeds()
        #expect(try TreeSnapshot(of: repository.path("data")).contents == before)
        // What was in the sockets' buffers when it was killed had left the proxy, and never arrived.
        #expect(project.proxy.bytesReceived < total + 3 * 4 * (6 << 20))
    }
}
