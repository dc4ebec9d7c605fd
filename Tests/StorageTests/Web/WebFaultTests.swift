import HTTP
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("web servers behind a bad line", .enabled(if: TestPrograms.areProvided)) struct WebFaultTests {
    private let faults: [FaultProxy.Fault] = [
        .status(503, code: "SlowDown", retryAfter: nil), .status(500, code: "", retryAfter: nil),
        .lostAnswer(status: 500), .lostAnswer(status: 502), .resetBefore, .resetWithin, .resetAfter, .resetAnswer,
        .truncate(0.5), .latency(seconds: 0.01),
    ]

    /// Troubles every fifth request or so, which one and how depending on the seed only.
    private func proxy(to port: Int, seed: UInt64) throws -> FaultProxy {
        let dice = Mutex(SeededGenerator(seed: seed))
        return try FaultProxy(to: port) { _ in
            dice.withLock { dice in
                Int.random(in: 0..<5, using: &dice) == 0 ? faults.randomElement(using: &dice) : nil
            }
        }
    }

    private func impatient(_ backend: some Backend) -> some Backend {
        RetryingBackend(backend, schedule: RetrySchedule(attempts: 25), sleep: { _ in })
    }

    private func objects(seed: UInt64) -> [(key: Key, bytes: [UInt8])] {
        var generator = SeededGenerator(seed: seed)
        return (0..<40).map { number in
            let size = number == 0 ? 0 : Int.random(in: 1...100_000, using: &generator)
            let bytes = (0..<(size + 7) / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
            return (Key("files/md5/0\(number % 4)/\(number)"), Array(bytes.prefix(size)))
        }
    }

    private func failures(
        _ objects: [(key: Key, bytes: [UInt8])], _ work: @escaping @Sendable (Key, [UInt8]) async throws -> Bool
    ) async -> [String] {
        let failures = Mutex<[String]>([])
        await concurrentForEach(objects, limit: 8) { object in
            do {
                if try await work(object.key, object.bytes) { return }
                failures.withLock { $0.append("\(object.key): wrong bytes") }
            } catch {
                failures.withLock { $0.append("\(object.key): \(error)") }
            }
        }
        return failures.withLock { $0 }
    }

    private func check(_ backend: some Backend, seed: UInt64) async throws {
        let objects = objects(seed: seed)
        let unwritten = await failures(objects) { key, bytes in
            try await backend.write(BytesSource(bytes), to: key)
            return try await backend.stat(key)?.size == Int64(bytes.count)
        }
        #expect(unwritten == [])
        let unread = await failures(objects) { key, bytes in
            let sink = MemorySink()
            try await backend.read(key, range: nil, into: sink)
            return sink.bytes == bytes
        }
        #expect(unread == [])
        guard backend.listing != nil else { return }
        var keys: [Key] = []
        for try await entry in backend.list(under: Key("")) { keys.append(entry.key) }
        #expect(keys == objects.map(\.key).sorted())
        try await backend.delete(keys)
        for try await entry in backend.list(under: Key("")) { Issue.record("\(entry.key) is still there") }
    }

    @Test("WebDAV loses and mixes up nothing", arguments: [1, 2, 3])
    func webDAV(seed: UInt64) async throws {
        let proxy = try proxy(to: try WebServer.shared().port, seed: seed)
        let address = try WebDAVBackend.address("webdav://127.0.0.1:\(proxy.port)/dav/\(WebServer.unique())")
        let login = WebCredentials.login(HTTPLogin(user: WebServer.user, password: WebServer.password))
        try await check(impatient(WebDAVBackend(address, client: HTTPClient(), credentials: login)), seed: seed)
        #expect(proxy.faults > 20)
    }

    @Test("neither does a server that takes PUT", arguments: [1, 2, 3])
    func put(seed: UInt64) async throws {
        let proxy = try proxy(to: try WebServer.shared().port, seed: seed)
        let address = try WebAddress("\(proxy.url)/put/\(WebServer.unique())")
        try await check(impatient(HTTPBackend(address, client: HTTPClient(), method: .put)), seed: seed)
        #expect(proxy.faults > 20)
    }
}
