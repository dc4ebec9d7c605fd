import HTTP
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("answers to uploads in parts") struct S3UploadAnswerTests {
    typealias Answer = ScriptedServer.Answer

    private static let begun = Answer(
        200, body: "<InitiateMultipartUploadResult><UploadId>id/1</UploadId></InitiateMultipartUploadResult>")
    private static let done = Answer(
        200, body: "<CompleteMultipartUploadResult><ETag>\"whole-2\"</ETag></CompleteMultipartUploadResult>")
    private static let source = RepeatedSource(size: 10 << 20)

    private func server(_ complete: @escaping @Sendable (Int) -> Answer) throws -> ScriptedServer {
        let log = Counter()
        return try ScriptedServer { request in
            if request.query == "uploads=" { return Self.begun }
            if request.method == "POST" { return complete(log.next()) }
            if request.method == "DELETE" { return Answer(204) }
            if request.method == "HEAD" { return Answer(404) }
            return Answer(200, headers: [("ETag", "\"opaque\"")])
        }
    }

    private func backend(_ server: ScriptedServer) throws -> S3Backend {
        let options = [
            "url": "s3://bucket/p", "endpointurl": server.url, "access_key_id": "a", "secret_access_key": "b",
        ]
        return S3Backend(
            try S3Configuration(options: options, environment: [:], home: "/nowhere"),
            patience: RequestPatience(RetrySchedule(attempts: 3, base: .milliseconds(1))))
    }

    @Test("a completion that fails after it said 200 is tried again")
    func errorInside() async throws {
        let server = try server { number in
            number == 0
                ? Answer(200, body: "<?xml version=\"1.0\"?>\n\n<Error><Code>InternalError</Code></Error>") : Self.done
        }
        try await backend(server).write(Self.source, to: Key("k"))
        #expect(server.requests.filter { $0.query == "uploadId=id%2F1" && $0.method == "POST" }.count == 2)
        let parts = server.requests.filter { $0.query.contains("partNumber") }
        #expect(parts.allSatisfy { $0["content-md5"] != nil })
        #expect(parts.map(\.body.count).sorted() == [2 << 20, 8 << 20])
    }

    @Test("the completion names every part by number and ETag, in order")
    func completion() async throws {
        let server = try server { _ in Self.done }
        try await backend(server).write(Self.source, to: Key("k"))
        let body = try #require(server.requests.last { $0.method == "POST" }).body
        #expect(
            String(decoding: body, as: UTF8.self)
                == "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;opaque&quot;</ETag></Part>"
                + "<Part><PartNumber>2</PartNumber><ETag>&quot;opaque&quot;</ETag></Part></CompleteMultipartUpload>")
    }

    @Test("a completion without an ETag is believed when the store shows the object, as Ceph does")
    func emptyTag() async throws {
        for size in [10 << 20, 5] as [Int64] {
            let server = try ScriptedServer { request in
                if request.query == "uploads=" { return Self.begun }
                if request.method == "POST" {
                    return Answer(
                        200, body: "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>")
                }
                if request.method == "DELETE" { return Answer(204) }
                if request.method == "HEAD" {
                    return Answer(200, headers: [("ETag", "\"whole-2\""), ("Content-Length", "\(size)")])
                }
                return Answer(200, headers: [("ETag", "\"opaque\"")])
            }
            let backend = try backend(server)
            if size == Self.source.size {
                #expect(try await backend.writeVersion(Self.source, to: Key("k")).tag == "whole-2")
            } else {
                await #expect(throws: StorageError.self) { try await backend.write(Self.source, to: Key("k")) }
            }
        }
    }

    @Test("a completion that never succeeds is a failure, and the upload is given up")
    func failedCompletion() async throws {
        for answer in [
            Answer(200, body: "<Error><Code>InternalError</Code></Error>"), Answer(200, body: "<html>hello</html>"),
            Answer(404, body: "<Error><Code>NoSuchUpload</Code></Error>"), Answer(500),
        ] {
            let server = try server { _ in answer }
            await #expect(throws: StorageError.self) { try await backend(server).write(Self.source, to: Key("k")) }
            #expect(server.requests.last { $0.method == "DELETE" }?.query == "uploadId=id%2F1")
        }
    }

    @Test("a part that the server has no ETag for is no part")
    func missingTag() async throws {
        let server = try ScriptedServer { request in
            request.query == "uploads=" ? Self.begun : Answer(request.method == "DELETE" ? 204 : 200)
        }
        let error = await #expect(throws: StorageError.self) {
            try await backend(server).write(Self.source, to: Key("k"))
        }
        #expect(error?.kind == .corrupt)
    }
}

private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}
