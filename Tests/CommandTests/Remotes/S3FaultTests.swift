import FileSystem
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("Trouble on the way to S3", .enabled(if: TestPrograms.areProvided))
struct S3FaultTests {
    typealias Fault = FaultProxy.Fault

    /// Pushes through the trouble, pulls it back through the trouble, and compares.
    private func survives(
        files: Int = 40, size: Int = 3000, rule: @escaping @Sendable (FaultProxy.Request) -> Fault?
    ) async throws {
        let project = try await S3Project(rule: rule)
        let repository = project.repository
        try S3Project.fill(repository.path("data"), files: files, size: size, seed: 11)
        try repository.varve("add", "-q", "data").succeeds()
        let before = try TreeSnapshot(of: repository.path("data"))
        try repository.varve("push").succeeds().prints("\(files + 1) files pushed\n")
        #expect(try project.isWholeInRemote(["data"]))
        try repository.remove("data")
        try repository.remove(".dvc/cache")
        try repository.varve("pull").succeeds()
        #expect(try TreeSnapshot(of: repository.path("data")).contents == before.contents)
        #expect(project.proxy.faults > 0)
        let leftovers = try TreeSnapshot(of: repository.path(".dvc/cache")).items.keys.filter {
            $0.hasSuffix(".tmp") || $0.hasSuffix(".partial")
        }
        #expect(leftovers.isEmpty)
    }

    @Test(
        "every tenth request meets it, and all arrives whole",
        arguments: [
            .status(503), .status(503, retryAfter: 1), .status(429, code: "TooManyRequests"),
            .status(500, code: "InternalError"), .lostAnswer(status: 500), .resetBefore, .resetWithin, .resetAfter,
            .resetAnswer, .truncate(0.5), .corrupt, .latency(seconds: 0.3), .throttle(bytesPerSecond: 20_000),
        ] as [Fault])
    func everyTenth(fault: Fault) async throws {
        try await survives { $0.number % 10 == 3 ? fault : nil }
    }

    @Test("a server that goes silent is left after the read timeout, and the wait is told")
    func hang() async throws {
        try await survives { $0.number == 5 || $0.number == 60 ? .hang(seconds: 20) : nil }
    }

    @Test("a burst of refusals in the middle is waited out")
    func burst() async throws {
        try await survives { (20..<35).contains($0.number) ? .status(503) : nil }
    }

    @Test("all kinds of trouble at random", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) async throws {
        let dice = Mutex(SeededGenerator(seed: seed))
        let kinds: [Fault] = [
            .status(503), .status(500, code: "InternalError"), .lostAnswer(status: 500), .resetBefore, .resetWithin,
            .resetAfter, .resetAnswer, .truncate(0.3), .corrupt, .latency(seconds: 0.2),
        ]
        try await survives { _ in
            dice.withLock { dice in
                dice.next() % 8 == 0 ? kinds[Int(dice.next() % UInt64(kinds.count))] : nil
            }
        }
    }

    @Test(
        "a large object survives it, in parts up and in pieces down",
        arguments: [
            .status(503), .lostAnswer(status: 500), .resetWithin, .resetAnswer, .truncate(0.7),
        ] as [Fault])
    func large(fault: Fault) async throws {
        try await survives(files: 1, size: 40 << 20) { $0.number % 6 == 4 ? fault : nil }
    }

    @Test("a server that refuses everything ends the command with its reason, within seconds")
    func dead() async throws {
        let project = try await S3Project { _ in .status(403, code: "AccessDenied") }
        try project.repository.write("a", "a")
        try project.repository.varve("add", "-q", "a").succeeds()
        let run = try project.repository.varve("push")
        #expect(run.status == 1)
        #expect(run.errors.contains("ERROR: failed to push data to the cloud"))
        #expect(run.errors.lowercased().contains("access"))
        #expect(!run.errors.contains(S3Server.keys.secretKey))
    }

    @Test("wrong bytes under an object's name are never taken, and the message names the object")
    func rot() async throws {
        let project = try await S3Project { request in
            request.method == "GET" && request.target.contains("/files/md5/") ? .corrupt : nil
        }
        try project.repository.write("a", "the content of a file")
        try project.repository.varve("add", "-q", "a").succeeds()
        try project.repository.varve("push", "-q").succeeds()
        try project.repository.remove("a")
        try project.repository.remove(".dvc/cache")
        let run = try project.repository.varve("pull")
        #expect(run.status == 1)
        #expect(run.errors.contains("MD5"))
        #expect(!project.repository.exists("a"))
    }
}
