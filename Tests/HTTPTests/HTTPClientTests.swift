import HTTP
import Synchronization
import TestSupport
import Testing

/// Counts and keeps what comes.
private final class Collector: HTTPReceiver {
    let bytes = Mutex<[UInt8]>([])
    let begins = Mutex(0)
    func begin(_ response: HTTPResponse) { begins.withLock { $0 += 1 } }
    func receive(_ piece: UnsafeRawBufferPointer) { bytes.withLock { $0.append(contentsOf: piece) } }
}

private struct Refused: Error {}

/// Refuses every body.
private struct Refuser: HTTPReceiver {
    func receive(_ piece: UnsafeRawBufferPointer) throws { throw Refused() }
}

/// Yields so many bytes.
private final class Zeros: HTTPBodyReader {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        left.withLock { left in
            let count = min(left, buffer.count)
            left -= count
            return count
        }
    }
}

@Suite("HTTP client")
struct HTTPClientTests {
    private func failure(_ request: HTTPRequest, _ client: HTTPClient = HTTPClient()) async -> HTTPError? {
        do {
            _ = try await client.send(request, into: Collector())
            return nil
        } catch {
            return error
        }
    }

    @Test("method, path, headers and body arrive as they were given", arguments: ["PUT", "POST", "PROPFIND"])
    func request(method: String) async throws {
        let server = try ScriptedServer(answers: [.init(201, headers: [("ETag", "\"x\"")], body: "done")])
        let response = try await HTTPClient().send(
            HTTPRequest(
                HTTPMethod(method), server.url + "/a/../b//c%20d?x=1", headers: [HTTPHeader("X-Own", "value")],
                body: .bytes(Array("hello".utf8))))
        #expect(response.status == 201)
        #expect(response["etag"] == "\"x\"")
        #expect(response.body == Array("done".utf8))
        let seen = try #require(server.requests.first)
        #expect(seen.method == method)
        #expect(seen.target == "/a/../b//c%20d?x=1")
        #expect(seen["x-own"] == "value")
        #expect(seen["content-length"] == "5")
        #expect(seen["expect"] == nil)
        #expect(seen["content-type"] == nil)
        #expect(seen.body == Array("hello".utf8))
    }

    @Test("an empty body says that it is empty")
    func emptyBody() async throws {
        let server = try ScriptedServer(answers: [.init(200)])
        let client = HTTPClient()
        _ = try await client.send(HTTPRequest(.put, server.url + "/", body: .bytes([])))
        _ = try await client.send(HTTPRequest(.post, server.url + "/", body: .bytes([])))
        #expect(server.requests.allSatisfy { $0["content-length"] == "0" })
    }

    @Test("a body of megabytes goes out and comes in as a stream")
    func streams() async throws {
        let text = String(repeating: "0123456789abcdef", count: 300_000)
        let server = try ScriptedServer { request in .init(200, body: request.method == "GET" ? text : "") }
        let client = HTTPClient()
        let body = HTTPBody.stream(size: 5_000_000) { Zeros(5_000_000) }
        _ = try await client.send(HTTPRequest(.put, server.url + "/", body: body))
        #expect(server.requests[0].body.count == 5_000_000)
        let collector = Collector()
        _ = try await client.send(HTTPRequest(.get, server.url + "/"), into: collector)
        #expect(collector.bytes.withLock { $0 } == Array(text.utf8))
        #expect(collector.begins.withLock { $0 } == 1)
    }

    @Test("a body that is not as long as it says is not sent to its end", arguments: [0, 99_999, 100_001])
    func lyingBody(real: Int) async throws {
        let server = try ScriptedServer(answers: [.init(200)])
        for size: Int64 in real == 0 ? [1] : [100_000] {
            let body = HTTPBody.stream(size: size) { Zeros(real) }
            let error = await failure(HTTPRequest(.put, server.url + "/", body: body))
            #expect(error?.kind == .local)
        }
        #expect(server.requests.isEmpty)
    }

    @Test("the body of a refusal is collected, not handed on")
    func errorBody() async throws {
        let server = try ScriptedServer(answers: [.init(403, body: "<Error>")])
        let collector = Collector()
        let response = try await HTTPClient().send(HTTPRequest(.get, server.url + "/"), into: collector)
        #expect(response.status == 403)
        #expect(response.body == Array("<Error>".utf8))
        #expect(collector.begins.withLock { $0 } == 0)
    }

    @Test("what the receiver throws ends the request and comes out as its cause")
    func receiverFails() async throws {
        let server = try ScriptedServer(answers: [.init(200, body: "x")])
        do {
            _ = try await HTTPClient().send(HTTPRequest(.get, server.url + "/"), into: Refuser())
            Issue.record("no error")
        } catch {
            #expect(error.kind == .local)
            #expect(error.cause is Refused)
        }
    }

    @Test("more than the caller can hold is refused")
    func limit() async throws {
        let server = try ScriptedServer(answers: [.init(500, body: String(repeating: "x", count: 2000))])
        do {
            _ = try await HTTPClient().send(HTTPRequest(.get, server.url + "/"), limit: 1000)
            Issue.record("no error")
        } catch {
            #expect(error.kind == .malformed)
        }
    }

    @Test("an answer cut short is a broken connection, not a short body")
    func truncated() async throws {
        let server = try ScriptedServer(answers: [.init(200, body: "0123456789", sentBytes: 4)])
        let error = await failure(HTTPRequest(.get, server.url + "/"))
        #expect(error?.kind == .broken)
        #expect(error?.isRetryable == true)
    }

    @Test("a closed connection is told apart from one that never was")
    func dropped() async throws {
        let server = try ScriptedServer(answers: [.dropped])
        let error = await failure(HTTPRequest(.put, server.url + "/", body: .bytes([1])))
        #expect(error?.kind == .broken)
        #expect(error?.isAmbiguous == true)
        let nobody = await failure(HTTPRequest(.get, "http://127.0.0.1:9/"))
        #expect(nobody?.kind == .unconnected)
        #expect(nobody?.isAmbiguous == false)
        #expect(await failure(HTTPRequest(.get, "http://no-such-host.invalid/"))?.kind == .unresolved)
    }

    @Test("a server that says nothing is given up after the idle time, and the wait is told")
    func stalled() async throws {
        var silent = ScriptedServer.Answer(200)
        silent.delay = 30
        let server = try ScriptedServer(answers: [silent])
        let told = Mutex<[HTTPEvent]>([])
        var configuration = HTTPConfiguration()
        configuration.idleTimeout = .seconds(5)
        configuration.events = { event in told.withLock { $0.append(event) } }
        let error = await failure(HTTPRequest(.get, server.url + "/"), HTTPClient(configuration))
        #expect(error?.kind == .stalled)
        #expect(told.withLock { $0 } == [.silence(host: "127.0.0.1", seconds: 4, limit: 5)])
    }

    @Test("a request past its deadline ends though bytes still come")
    func deadline() async throws {
        var slow = ScriptedServer.Answer(200)
        slow.delay = 20
        let server = try ScriptedServer(answers: [slow])
        let error = await failure(HTTPRequest(.get, server.url + "/", deadline: .seconds(1)))
        #expect(error?.kind == .stalled)
    }

    @Test("a cancelled request ends at once, and so does one that never began")
    func cancelled() async throws {
        var silent = ScriptedServer.Answer(200)
        silent.delay = 30
        let server = try ScriptedServer(answers: [silent])
        var configuration = HTTPConfiguration()
        configuration.connections = 1
        let client = HTTPClient(configuration)
        let tasks = (0..<3).map { _ in
            Task { () async -> HTTPError? in await failure(HTTPRequest(.get, server.url + "/"), client) }
        }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        for task in tasks { task.cancel() }
        for task in tasks { #expect(await task.value?.kind == .cancelled) }
    }

    @Test("a hundred requests go over few connections")
    func reuse() async throws {
        let server = try ScriptedServer(answers: [.init(200, body: "ok")])
        var configuration = HTTPConfiguration()
        configuration.connections = 4
        let client = HTTPClient(configuration)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask { try await client.send(HTTPRequest(.get, server.url + "/")).body.count }
            }
            for try await count in group { #expect(count == 2) }
        }
        #expect(server.requests.count == 100)
    }

    @Test("a line break in a header is refused before anything is sent", arguments: ["a\r\nX: y", "a\nb", "a\0b"])
    func headerInjection(value: String) async throws {
        let server = try ScriptedServer(answers: [.init(200)])
        let error = await failure(HTTPRequest(.get, server.url + "/", headers: [HTTPHeader("X-Own", value)]))
        #expect(error?.kind == .malformed)
        #expect(server.requests.isEmpty)
    }

    @Test("other schemes than the web's are refused", arguments: ["file:///etc/passwd", "ftp://localhost/", "x"])
    func schemes(url: String) async throws {
        #expect(await failure(HTTPRequest(.get, url))?.kind == .unsupported)
    }

    @Test("too many headers are refused")
    func headerBomb() async throws {
        let many = (0..<5000).map { (name: "X-\($0)", value: String(repeating: "v", count: 100)) }
        let server = try ScriptedServer(answers: [.init(200, headers: many)])
        #expect(await failure(HTTPRequest(.get, server.url + "/"))?.kind == .malformed)
    }
}

@Suite("Redirects")
struct RedirectTests {
    private let secrets = [
        HTTPHeader("Authorization", "Bearer canary"), HTTPHeader("X-Token", "canary", isSecret: true),
        HTTPHeader("X-Plain", "kept"),
    ]

    @Test("on the same server all headers go along")
    func sameOrigin() async throws {
        let server = try ScriptedServer { request in
            request.path == "/old" ? .init(302, headers: [("Location", "/new")]) : .init(200)
        }
        let response = try await HTTPClient().send(
            HTTPRequest(.get, server.url + "/old", headers: secrets, followsRedirects: true))
        #expect(response.url == server.url + "/new")
        #expect(server.requests[1]["authorization"] == "Bearer canary")
    }

    @Test("no secret goes along to another server")
    func otherOrigin() async throws {
        let other = try ScriptedServer(answers: [.init(200)])
        let server = try ScriptedServer(answers: [.init(307, headers: [("Location", other.url + "/x")])])
        _ = try await HTTPClient().send(
            HTTPRequest(
                .get, server.url + "/", headers: secrets, login: HTTPLogin(user: "u", password: "canary"),
                followsRedirects: true))
        let seen = try #require(other.requests.first)
        #expect(seen["x-plain"] == "kept")
        #expect(!seen.headers.contains { $0.value.contains("canary") })
        #expect(seen["authorization"] == nil)
    }

    @Test("a loop ends")
    func loop() async throws {
        let server = try ScriptedServer(answers: [.init(302, headers: [("Location", "/")])])
        do {
            _ = try await HTTPClient().send(HTTPRequest(.get, server.url + "/", followsRedirects: true))
            Issue.record("no error")
        } catch {
            #expect(error.kind == .malformed)
        }
    }

    @Test(
        "nothing else than a web server is redirected to", arguments: ["file:///etc/passwd", "ftp://h/", "sftp://h/"])
    func scheme(target: String) async throws {
        let server = try ScriptedServer(answers: [.init(302, headers: [("Location", target)])])
        do {
            _ = try await HTTPClient().send(HTTPRequest(.get, server.url + "/", followsRedirects: true))
            Issue.record("no error")
        } catch {
            #expect(error.kind == .malformed)
        }
    }

    @Test("a redirect is an answer for who does not follow it")
    func notFollowed() async throws {
        let server = try ScriptedServer(answers: [.init(301, headers: [("Location", "/new")])])
        #expect(try await HTTPClient().send(HTTPRequest(.get, server.url + "/")).status == 301)
        #expect(server.requests.count == 1)
    }
}
