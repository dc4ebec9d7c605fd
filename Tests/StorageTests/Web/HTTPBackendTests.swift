import Basics
import HTTP
import Hashing
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("plain web servers, scripted") struct HTTPBackendTests {
    private func backend(
        _ server: ScriptedServer, _ credentials: WebCredentials = .none, method: HTTPMethod = .post
    ) throws -> HTTPBackend {
        HTTPBackend(
            try WebAddress(server.url + "/store"), client: HTTPClient(), credentials: credentials, method: method)
    }

    private func bytes(_ backend: some Backend, _ range: Range<Int64>? = nil) async throws -> String {
        let sink = MemorySink()
        try await backend.read(Key("a"), range: range, into: sink)
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    // MARK: Reading

    @Test("a range is asked for, and taken whether the server keeps to it or sends all")
    func ranges() async throws {
        let keeps = try ScriptedServer(answers: [
            .init(206, headers: [("Content-Range", "bytes 2-4/10")], body: "234")
        ])
        #expect(try await bytes(backend(keeps), 2..<5) == "234")
        #expect(keeps.requests.first?["range"] == "bytes=2-4")
        let ignores = try ScriptedServer(answers: [.init(200, body: "0123456789")])
        #expect(try await bytes(backend(ignores), 2..<5) == "234")
        let hides = try ScriptedServer(answers: [.init(200, headers: [("Content-Range", "bytes 2-4/10")], body: "234")])
        #expect(try await bytes(backend(hides), 2..<5) == "234")
        let ends = try ScriptedServer(answers: [.init(416, headers: [("Content-Range", "bytes */10")])])
        #expect(try await bytes(backend(ends), 10..<Int64.max) == "")
    }

    @Test(
        "an answer with another range than the one asked for is refused",
        arguments: ["bytes 0-2/10", "bytes 3-5/10", "bytes 2-3/10", "bytes 2-9/10", "nonsense", "bytes 4-2/10"])
    func wrongRange(range: String) async throws {
        let server = try ScriptedServer(answers: [.init(206, headers: [("Content-Range", range)], body: "234")])
        let error = try await storageFailure { _ = try await bytes(backend(server), 2..<5) }
        #expect(error.kind == .corrupt)
    }

    @Test("a part where all was asked for is refused, and so is an answer without a body")
    func unexpectedParts() async throws {
        for status in [206, 204] {
            let server = try ScriptedServer(answers: [.init(status)])
            let error = try await storageFailure { _ = try await bytes(backend(server)) }
            #expect(error.kind == .corrupt)
        }
    }

    @Test("a body that breaks off is taken up where it broke")
    func brokenBody() async throws {
        let server = try ScriptedServer { request in
            guard request["range"] == nil else {
                return .init(206, headers: [("Content-Range", "bytes 4-9/10")], body: "456789")
            }
            return .init(200, body: "0123456789", sentBytes: 4)
        }
        let error = try await storageFailure { _ = try await bytes(backend(server)) }
        #expect(error.kind == .unreachable)
        #expect(error.isRetryable)
        let retrying = RetryingBackend(try backend(server), sleep: { _ in })
        #expect(try await bytes(retrying) == "0123456789")
        #expect(server.requests.last?["range"] == "bytes=4-")
    }

    // MARK: Looking up

    @Test("without HEAD, or without a length in it, GET tells the size")
    func sizeByGet() async throws {
        for status in [403, 405, 501] {
            let server = try ScriptedServer { request in
                request.method == "HEAD"
                    ? .init(status)
                    : .init(206, headers: [("Content-Range", "bytes 0-0/77"), ("ETag", "\"v\"")], body: "x")
            }
            #expect(try await backend(server).stat(Key("a")) == Metadata(size: 77, version: "\"v\""))
        }
        let long = String(repeating: "x", count: 1 << 20)
        let whole = try ScriptedServer { request in
            request.method == "HEAD" ? .init(405) : .init(200, body: long)
        }
        #expect(try await backend(whole).stat(Key("a"))?.size == 1 << 20)
        let chunked = try ScriptedServer { request in
            var answer = ScriptedServer.Answer(200, headers: [("Transfer-Encoding", "chunked")])
            if request.method == "GET" { answer.body = Array("5\r\nhello\r\n0\r\n\r\n".utf8) }
            return answer
        }
        #expect(try await backend(chunked).stat(Key("a"))?.size == 5)
        let empty = try ScriptedServer { request in request.method == "HEAD" ? .init(405) : .init(416) }
        #expect(try await backend(empty).stat(Key("a"))?.size == 0)
        let absent = try ScriptedServer { request in .init(request.method == "HEAD" ? 403 : 404) }
        #expect(try await backend(absent).stat(Key("a")) == nil)
        let refused = try ScriptedServer(answers: [.init(403)])
        #expect(try await storageFailure { _ = try await backend(refused).stat(Key("a")) }.kind == .permission)
    }

    @Test("Content-MD5 is the version where there is no ETag")
    func version() async throws {
        let server = try ScriptedServer(answers: [
            .init(200, headers: [("Content-MD5", "abc="), ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")])
        ])
        #expect(
            try await backend(server).stat(Key("a")) == Metadata(size: 0, modified: 784_111_777, version: "abc="))
    }

    // MARK: Sending

    @Test("an upload carries its length and is asked about afterwards", arguments: ["POST", "PUT", "PATCH"])
    func upload(method: String) async throws {
        let server = try ScriptedServer { request in
            request.method == "HEAD" ? .init(200, headers: [("Content-Length", "5")]) : .init(200)
        }
        try await backend(server, method: HTTPMethod(method)).write(BytesSource("hello"), to: Key("a b/ü"))
        let request = try #require(server.requests.first)
        #expect(request.method == method)
        #expect(request.target == "/store/a%20b/%C3%BC")
        #expect(request["content-length"] == "5")
        #expect(request["transfer-encoding"] == nil)
        #expect(request["content-type"] == "application/octet-stream")
        #expect(request.body == Array("hello".utf8))
        #expect(server.requests.map(\.method) == [method, "HEAD"])
    }

    @Test("an upload of which the server keeps nothing, or a part, is a failure")
    func unkept() async throws {
        let nothing = try ScriptedServer { request in .init(request.method == "HEAD" ? 404 : 200) }
        let error = try await storageFailure { try await backend(nothing).write(BytesSource("hello"), to: Key("a")) }
        #expect(!error.isRetryable)
        #expect(error.remedy?.contains("`method`") == true)
        let part = try ScriptedServer { request in
            request.method == "HEAD" ? .init(200, headers: [("Content-Length", "3")]) : .init(200)
        }
        let other = try await storageFailure { try await backend(part).write(BytesSource("hello"), to: Key("a")) }
        #expect(other.kind == .corrupt)
        #expect(other.isRetryable)
    }

    @Test("a server that shows nothing may still take files")
    func writeOnly() async throws {
        let server = try ScriptedServer { request in .init(request.method == "POST" ? 201 : 403) }
        try await backend(server).write(BytesSource("hello"), to: Key("a"))
    }

    // MARK: Secrets

    @Test("a redirect to another host takes no login along")
    func redirects() async throws {
        let other = try ScriptedServer(answers: [.init(200, body: "x")])
        let elsewhere = other.url + "/elsewhere"
        let server = try ScriptedServer(answers: [.init(302, headers: [("Location", elsewhere)])])
        let address = try WebAddress(server.url)
        let all: [WebCredentials] = [
            .login(HTTPLogin(user: "u", password: "canary")),
            try .http(auth: "custom", user: nil, password: "canary", customHeader: "X-Key", address: address),
            .token(BearerToken { () async throws(StorageError) in "canary" }),
            try .webDAV(
                tokenSource: nil, token: "canary", user: nil, password: nil, customHeader: nil, address: address),
        ]
        for credentials in all {
            #expect(try await bytes(backend(server, credentials)) == "x")
            let first = try #require(server.requests.last)
            #expect(first["authorization"] != nil || first["x-key"] != nil)
            let second = try #require(other.requests.last)
            #expect(second.path == "/elsewhere")
            #expect(second["authorization"] == nil)
            #expect(second["x-key"] == nil)
        }
    }

    @Test("a redirect on the same host keeps the login")
    func redirectsAtHome() async throws {
        let server = try ScriptedServer { request in
            request.path == "/store/a" ? .init(307, headers: [("Location", "/other")]) : .init(200, body: "x")
        }
        #expect(try await bytes(backend(server, .login(HTTPLogin(user: "u", password: "p")))) == "x")
        #expect(server.requests.allSatisfy { $0["authorization"] == "Basic dTpw" })
    }

    @Test("digest logins answer the server's challenge, and the password never goes over the wire")
    func digest() async throws {
        let server = try ScriptedServer { request in
            guard let proof = request["authorization"] else {
                return .init(
                    401,
                    headers: [("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n0\", qop=\"auth\", algorithm=MD5")])
            }
            guard Self.isProof(proof, of: "canary", request) else { return .init(403) }
            return request.method == "HEAD" ? .init(200, headers: [("Content-Length", "5")]) : .init(200, body: "x")
        }
        let credentials = try WebCredentials.http(
            auth: "digest", user: "u", password: "canary", customHeader: nil, address: try WebAddress(server.url))
        #expect(try await bytes(backend(server, credentials)) == "x")
        try await backend(server, credentials, method: .put).write(BytesSource("hello"), to: Key("a"))
        let upload = try #require(server.requests.last { $0.method == "PUT" })
        #expect(upload.body == Array("hello".utf8))
        #expect(!server.requests.contains { $0["authorization"]?.contains("canary") == true })
        #expect(!server.requests.contains { $0["authorization"]?.hasPrefix("Basic") == true })
    }

    /// RFC 7616, with `qop=auth`.
    private static func isProof(_ header: String, of password: String, _ request: ScriptedServer.Request) -> Bool {
        var fields: [String: String] = [:]
        for part in header.dropFirst("Digest ".count).split(separator: ",") {
            let words = part.split(separator: "=", maxSplits: 1)
            guard words.count == 2 else { continue }
            fields[String(words[0].drop { $0 == " " })] = words[1].filter { $0 != "\"" }
        }
        func md5(_ text: String) -> String { MD5.digest(of: Array(text.utf8)).hex }
        let secret = md5("u:r:\(password)")
        let what = md5("\(request.method):\(request.target)")
        let response = md5("\(secret):n0:\(fields["nc"] ?? ""):\(fields["cnonce"] ?? ""):auth:\(what)")
        return fields["response"] == response && fields["username"] == "u"
    }

    @Test("a token that has run out is fetched anew once, and the request repeated with its body")
    func tokens() async throws {
        let server = try ScriptedServer { request in
            guard request["authorization"] == "Bearer t2" else { return .init(401) }
            return request.method == "HEAD" ? .init(200, headers: [("Content-Length", "5")]) : .init(200)
        }
        let fetched = Mutex(0)
        let token = BearerToken { () async throws(StorageError) in
            "t"
                + String(
                    fetched.withLock { count in
                        count += 1
                        return count
                    })
        }
        try await backend(server, .token(token)).write(BytesSource("hello"), to: Key("a"))
        #expect(fetched.withLock { $0 } == 2)
        #expect(
            server.requests.filter { $0.method == "POST" }.map(\.body) == [Array("hello".utf8), Array("hello".utf8)])
        let never = try ScriptedServer(answers: [.init(401)])
        let error = try await storageFailure { _ = try await backend(never, .token(token)).stat(Key("a")) }
        #expect(error.kind == .permission)
        #expect(never.requests.count == 2)
    }

    @Test("a command that prints no token is told of, without what it printed")
    func brokenToken() async throws {
        let server = try ScriptedServer(answers: [.init(200)])
        for text in ["", "two words", "line\nbreak"] {
            let token = BearerToken { () async throws(StorageError) in text }
            let error = try await storageFailure { _ = try await backend(server, .token(token)).stat(Key("a")) }
            #expect(error.kind == .permission)
            #expect(text.isEmpty || !error.summary.contains(text))
        }
        #expect(server.requests.isEmpty)
    }

    @Test("a header with a line break in it is refused when the remote is opened")
    func injection() throws {
        let address = try WebAddress("http://h/")
        for (name, value) in [("X-Key", "a\r\nX-Other: b"), ("X Key", "a"), ("X-Key:", "a"), ("", "a")] {
            #expect(throws: Failure.self) {
                _ = try WebCredentials.http(
                    auth: "custom", user: nil, password: value, customHeader: name, address: address)
            }
        }
        #expect(throws: Failure.self) {
            _ = try WebCredentials.webDAV(
                tokenSource: nil, token: "a\nb", user: nil, password: nil, customHeader: nil, address: address)
        }
    }

    @Test("auth without what it needs is a matter of settings")
    func incompleteSettings() throws {
        let address = try WebAddress("http://u:p@h/")
        for (auth, user, password) in [
            ("basic", "u", nil), ("digest", nil, "p"), ("custom", nil, "p"), ("ntlm", nil, nil),
        ] {
            #expect {
                _ = try WebCredentials.http(
                    auth: auth, user: user, password: password, customHeader: nil, address: address)
            } throws: { error in
                (error as? Failure)?.category == .configuration
            }
        }
        let plain = try WebCredentials.http(auth: nil, user: nil, password: nil, customHeader: nil, address: address)
        guard case .login(let login) = plain else {
            Issue.record("the login of the URL is not used")
            return
        }
        #expect(login == HTTPLogin(user: "u", password: "p"))
    }

    // MARK: Addresses

    @Test("a URL is taken as people write it, and shown without what is secret in it")
    func addresses() throws {
        let address = try WebAddress("https://us%40er:p%3A@Example.org:8443/my data/ü/50%/a%20b//?sig=s3cret#x")
        #expect(address.login == HTTPLogin(user: "us@er", password: "p:"))
        #expect(
            address.url(of: Key("a b/%"))
                == "https://example.org:8443/my%20data/%C3%BC/50%25/a%20b/a%20b/%25?sig=s3cret")
        #expect(address.name == "https://example.org:8443/my data/ü/50%/a b")
        #expect(try WebAddress("http://h").url(of: Key("k")) == "http://h/k")
        for text in ["", "h/path", "http://", "http://h/a\r\nb", "http://h:99999/"] {
            #expect(throws: StorageError.self) { _ = try WebAddress(text) }
        }
    }

    @Test("the URL of a file is cut into its store and its key")
    func files() throws {
        let (store, key) = try #require(WebAddress.split("https://u:p@h/a/b%20c.csv?v=1"))
        #expect(key == Key("b c.csv"))
        #expect(try WebAddress(store).url(of: key) == "https://h/a/b%20c.csv?v=1")
        #expect(try WebAddress(store).login != nil)
        #expect(WebAddress.split("https://h/a/") == nil)
        #expect(WebAddress.split("https://h/a/%2e%2e") == nil)
        #expect(WebAddress.split("nonsense") == nil)
    }
}
