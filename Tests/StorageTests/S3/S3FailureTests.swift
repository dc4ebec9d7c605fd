import HTTP
import Storage
import Synchronization
import TestSupport
import Testing

/// A server that says what the test tells it to: what S3 servers say on bad days.
@Suite("S3's failures are understood") struct S3FailureTests {
    typealias Answer = ScriptedServer.Answer

    static func backend(
        _ server: ScriptedServer, _ more: [String: String] = [:], keys: AWSCredentials? = S3Server.keys
    ) throws -> S3Backend {
        var options = ["url": "s3://bucket/p", "endpointurl": server.url, "region": "us-east-1"]
        options["access_key_id"] = keys?.accessKey
        options["secret_access_key"] = keys?.secretKey
        return S3Backend(
            try S3Configuration(
                options: options.merging(more) { _, new in new }, environment: [:], home: "/nowhere"))
    }

    static func error(_ status: Int, _ code: String, _ fields: String = "", headers: [(String, String)] = []) -> Answer
    {
        Answer(
            status, headers: headers.map { (name: $0.0, value: $0.1) },
            body: """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>\(code)</Code><Message>The words of \(code).</Message>\(fields)</Error>
                """)
    }

    static func bytes(_ backend: S3Backend, _ key: String = "k", _ range: Range<Int64>? = nil) async throws -> [UInt8] {
        let sink = MemorySink()
        try await backend.read(Key(key), range: range, into: sink)
        return sink.bytes
    }

    @Test(
        "each kind of failure gets its kind, and whether to try again",
        arguments: [
            (404, "NoSuchKey", .notFound, false), (404, "NoSuchBucket", .notFound, false),
            (403, "AccessDenied", .permission, false), (403, "SignatureDoesNotMatch", .permission, false),
            (403, "InvalidAccessKeyId", .permission, false), (400, "ExpiredToken", .permission, false),
            (503, "SlowDown", .throttled, true), (503, "ServiceUnavailable", .throttled, true),
            (429, "TooManyRequests", .throttled, true), (500, "InternalError", .unreachable, true),
            (400, "RequestTimeout", .unreachable, true), (403, "QuotaExceeded", .outOfSpace, false),
            (507, "XMinioStorageFull", .outOfSpace, false), (501, "NotImplemented", .unsupported, false),
            (400, "SomethingNew", .other, false), (502, "SomethingNew", .unreachable, true),
        ] as [(Int, String, StorageError.Kind, Bool)])
    func kinds(status: Int, code: String, kind: StorageError.Kind, isRetryable: Bool) async throws {
        let server = try ScriptedServer(answers: [Self.error(status, code)])
        let error = await #expect(throws: StorageError.self) { try await Self.bytes(Self.backend(server)) }
        #expect(error?.kind == kind)
        #expect(error?.isRetryable == isRetryable)
        #expect(error?.detail == "The words of \(code) (\(code))")
        #expect((error?.key == nil) == (code == "NoSuchBucket"))
        #expect(server.requests.count == 1)
    }

    @Test("how long a server asks to be left alone is told")
    func retryAfter() async throws {
        let server = try ScriptedServer(answers: [Self.error(503, "SlowDown", headers: [("Retry-After", "7")])])
        let error = await #expect(throws: StorageError.self) { try await Self.bytes(Self.backend(server)) }
        #expect(error?.retryAfter == .seconds(7))
    }

    @Test("a bucket in another region is found there, and the region is kept")
    func region() async throws {
        let server = try ScriptedServer { request in
            request["authorization"]?.contains("/eu-north-1/s3/") == true
                ? Answer(200, headers: [("ETag", "\"x\"")], body: "content")
                : Self.error(
                    400, "AuthorizationHeaderMalformed", "<Region>eu-north-1</Region><Endpoint>evil:1</Endpoint>")
        }
        let backend = try Self.backend(server)
        #expect(try await Self.bytes(backend) == Array("content".utf8))
        #expect(try await Self.bytes(backend) == Array("content".utf8))
        #expect(server.requests.count == 3)
    }

    @Test("an answer without words names the region in its head")
    func regionOfHead() async throws {
        let server = try ScriptedServer { request in
            request["authorization"]?.contains("/eu-north-1/s3/") == true
                ? Answer(200, headers: [("ETag", "\"x\""), ("Content-Length", "5")])
                : Answer(301, headers: [("x-amz-bucket-region", "eu-north-1"), ("Location", "http://127.0.0.1:1/")])
        }
        #expect(try await Self.backend(server).stat(Key("k"))?.size == 5)
    }

    @Test("a server that sends from region to region is not followed for ever")
    func regionLoop() async throws {
        let server = try ScriptedServer { request in
            Self.error(301, "PermanentRedirect", "<Region>r\(request.number)</Region>")
        }
        await #expect(throws: StorageError.self) { try await Self.bytes(Self.backend(server)) }
        #expect(server.requests.count == 2)
        let hostile = try ScriptedServer(answers: [
            Self.error(301, "PermanentRedirect", "<Region>x.evil.example/</Region>")
        ])
        await #expect(throws: StorageError.self) { try await Self.bytes(Self.backend(hostile)) }
        #expect(hostile.requests.count == 1)
    }

    @Test("a clock that is an hour off is set right by the server's, once")
    func clock() async throws {
        let now = AWSTime.now()
        let theirs = now + 3600
        let server = try ScriptedServer { request in
            guard let stamp = request["x-amz-date"], let hour = Int64(stamp.dropFirst(9).prefix(2)) else {
                return Answer(500)
            }
            return hour == theirs / 3600 % 24
                ? Answer(200, headers: [("ETag", "\"x\"")], body: "content")
                : Self.error(403, "RequestTimeTooSkewed", headers: [("Date", HTTPDate.text(theirs))])
        }
        let backend = try Self.backend(server)
        #expect(try await Self.bytes(backend) == Array("content".utf8))
        #expect(try await Self.bytes(backend) == Array("content".utf8))
        #expect(server.requests.count == 3)
        let stubborn = try ScriptedServer(answers: [
            Self.error(403, "RequestTimeTooSkewed", headers: [("Date", HTTPDate.text(theirs))])
        ])
        let error = await #expect(throws: StorageError.self) { try await Self.bytes(Self.backend(stubborn)) }
        #expect(error?.kind == .permission)
        #expect(stubborn.requests.count == 2)
    }

    @Test("credentials that end within a transfer are fetched anew, once")
    func expiry() async throws {
        let server = try ScriptedServer { request in
            request["authorization"]?.contains("Credential=key2/") == true
                ? Answer(200, headers: [("ETag", "\"x\"")], body: "content") : Self.error(400, "ExpiredToken")
        }
        let count = Atomic<Int>(0)
        let client = S3Client(
            S3Site(bucket: "bucket", endpoint: URLParts(server.url)), name: "s3://bucket", region: nil,
            credentials: CredentialSource { () async throws(StorageError) in
                AWSCredentials(accessKey: "key\(count.wrappingAdd(1, ordering: .relaxed).newValue)", secretKey: "s")
            }, http: HTTPClient())
        let response = try await client.send(S3Request(.get, "k"))
        #expect(response.body == Array("content".utf8))
        #expect(server.requests.count == 2)
    }

    @Test("secrets that a server repeats are not in the message")
    func redaction() async throws {
        let keys = AWSCredentials(accessKey: "AKIAsecretive", secretKey: "verysecretkey", sessionToken: "longtoken")
        let server = try ScriptedServer { request in
            Self.error(
                403, "AccessDenied", "",
                headers: []
            ).replacingMessage("no \(keys.accessKey) \(keys.secretKey) \(request["x-amz-security-token"] ?? "")")
        }
        let backend = try Self.backend(server, ["session_token": "longtoken"], keys: keys)
        let error = await #expect(throws: StorageError.self) { try await Self.bytes(backend) }
        #expect(error?.detail == "no … … … (AccessDenied)")
    }

    @Test("a truncated body is an error that passes, a wrong range one that doesn't")
    func bodies() async throws {
        let short = try ScriptedServer(answers: [
            Answer(200, headers: [("ETag", "\"x\"")], body: "0123456789", sentBytes: 4)
        ])
        let error = await #expect(throws: StorageError.self) { try await Self.bytes(Self.backend(short)) }
        #expect(error?.isRetryable == true)
        let wrong = try ScriptedServer(answers: [
            Answer(206, headers: [("ETag", "\"x\""), ("Content-Range", "bytes 3-5/10")], body: "345")
        ])
        let mismatch = await #expect(throws: StorageError.self) {
            try await Self.bytes(Self.backend(wrong), "k", 2..<5)
        }
        #expect(mismatch?.kind == .corrupt)
    }

    @Test("a server that knows no ranges gives the right bytes all the same")
    func wholeForRange() async throws {
        let server = try ScriptedServer(answers: [Answer(200, headers: [("ETag", "\"x\"")], body: "0123456789")])
        #expect(try await Self.bytes(Self.backend(server), "k", 2..<5) == Array("234".utf8))
    }

    @Test("a login page is neither an object's head, nor a listing, nor a success of writing or deleting")
    func loginPage() async throws {
        let server = try ScriptedServer(answers: [
            Answer(200, headers: [("Content-Type", "text/html")], body: "<!DOCTYPE html><html>Log in</html>")
        ])
        let backend = try Self.backend(server)
        let keys = ["a", "b", "c", "d"].map { Key($0) }
        let tries: [@Sendable () async throws -> Void] = [
            { _ = try await backend.stat(Key("k")) }, { try await backend.write(BytesSource("x"), to: Key("k")) },
            { for try await _ in backend.list(under: Key("")) {} }, { try await backend.delete(keys) },
        ]
        for attempt in tries {
            let error = await #expect(throws: StorageError.self) { try await attempt() }
            #expect(error?.kind == .corrupt)
            #expect(error?.isRetryable == false)
        }
    }

    @Test("who may not ask for a head is told by reading a byte, or by a listing")
    func forbiddenHead() async throws {
        let readable = try ScriptedServer { request in
            request.method == "HEAD"
                ? Answer(403)
                : Answer(206, headers: [("ETag", "\"x\""), ("Content-Range", "bytes 0-0/77")], body: "0")
        }
        #expect(try await Self.backend(readable).stat(Key("k"))?.size == 77)
        func listing(_ key: String) throws -> ScriptedServer {
            try ScriptedServer { request in
                if request.method == "HEAD" { return Answer(403) }
                guard request.query.contains("list-type=2") else { return Self.error(403, "AccessDenied") }
                return Answer(
                    200,
                    body: "<ListBucketResult><Contents><Key>p/\(key)</Key><Size>1</Size></Contents></ListBucketResult>")
            }
        }
        let other = try listing("kk")
        #expect(try await Self.backend(other).stat(Key("k")) == nil)
        let same = try listing("k")
        let denied = await #expect(throws: StorageError.self) { try await Self.backend(same).stat(Key("k")) }
        #expect(same.requests.count == 3)
        #expect(denied?.kind == .permission)
    }

    @Test("a missing bucket is not a missing object, and costs one request in all to tell")
    func missingBucket() async throws {
        let gone = try ScriptedServer(answers: [Answer(404)])
        let error = await #expect(throws: StorageError.self) { try await Self.backend(gone).stat(Key("k")) }
        #expect(error?.kind == .notFound && error?.key == nil)
        let there = try ScriptedServer { request in Answer(request.path == "/bucket" ? 200 : 404) }
        let backend = try Self.backend(there)
        for _ in 0..<3 { #expect(try await backend.stat(Key("k")) == nil) }
        #expect(there.requests.count == 4)
    }

    @Test("a success of deletion that holds errors is a failure, and one that passes is told before others")
    func deletionErrors() async throws {
        let server = try ScriptedServer(answers: [
            Answer(
                200,
                body: """
                    <DeleteResult xmlns="x"><Error><Key>p/a</Key><Code>AccessDenied</Code><Message>no</Message></Error>
                    <Error><Key>p/b</Key><Code>InternalError</Code><Message>later</Message></Error>
                    <Error><Key>p/c</Key><Code>NoSuchKey</Code></Error></DeleteResult>
                    """)
        ])
        let error = await #expect(throws: StorageError.self) {
            try await Self.backend(server).delete(["a", "b", "c"].map { Key($0) })
        }
        #expect(error?.key == Key("b") && error?.isRetryable == true)
        #expect(server.requests.first?["content-md5"] != nil)
        #expect(server.requests.first?["content-type"] == "application/xml")
    }

    @Test("a server that deletes one by one only is asked so")
    func singleDeletion() async throws {
        let server = try ScriptedServer { request in
            request.method == "POST" ? Self.error(501, "NotImplemented") : Answer(204)
        }
        let backend = try Self.backend(server)
        try await backend.delete(["a", "b", "c"].map { Key($0) })
        try await backend.delete(["d", "e", "f"].map { Key($0) })
        #expect(server.requests.filter { $0.method == "POST" }.count == 1)
        #expect(server.requests.filter { $0.method == "DELETE" }.count == 6)
    }
}

extension ScriptedServer.Answer {
    fileprivate func replacingMessage(_ text: String) -> ScriptedServer.Answer {
        var answer = self
        let body = String(decoding: answer.body, as: UTF8.self)
        answer.body = Array(body.replacing("The words of AccessDenied.", with: text).utf8)
        return answer
    }
}
