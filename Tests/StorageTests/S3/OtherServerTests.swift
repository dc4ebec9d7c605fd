import FileSystem
import Hashing
import HTTP
import Storage
import TestSupport
import Testing

/// A bucket on a server that the environment names: `VARVE_TEST_S3_ENDPOINT`, `…_ACCESS_KEY`, `…_SECRET_KEY` and
/// `…_BUCKET` (made where it is not there). `Tests/Servers/other-s3.sh` starts such servers.
private enum OtherServer {
    static var isNamed: Bool { BuiltProgram.variable("VARVE_TEST_S3_ENDPOINT") != nil }

    /// A folder of its own in the bucket.
    static func backend(journal: (any UploadJournal)? = nil) async throws -> S3Backend {
        let bucket = BuiltProgram.variable("VARVE_TEST_S3_BUCKET") ?? "varve"
        var options = [
            "endpointurl": try #require(BuiltProgram.variable("VARVE_TEST_S3_ENDPOINT")), "region": "us-east-1",
            "access_key_id": try #require(BuiltProgram.variable("VARVE_TEST_S3_ACCESS_KEY")),
            "secret_access_key": try #require(BuiltProgram.variable("VARVE_TEST_S3_SECRET_KEY")),
            "url": "s3://\(bucket)",
        ]
        let root = S3Backend(try S3Configuration(options: options, environment: [:], home: "/nowhere"))
        if try await !root.bucketExists() {
            _ = try await root.client.send(S3Request(.put, nil), expecting: [409])
        }
        options["url"] = "s3://\(bucket)/test-\(UInt64.random(in: 0...UInt64.max))"
        return S3Backend(try S3Configuration(options: options, environment: [:], home: "/nowhere"), journal: journal)
    }
}

@Suite("the S3 server that VARVE_TEST_S3_ENDPOINT names", .enabled(if: OtherServer.isNamed), .serialized)
struct OtherServerTests {
    @Test("it keeps every promise of a backend")
    func contract() async throws {
        try await BackendContract(RetryingBackend(OtherServer.backend())).check()
    }

    @Test("a folder is listed by itself")
    func folders() async throws {
        try await FolderContract(hasUnfinished: false).check(RetryingBackend(OtherServer.backend()))
    }

    @Test("an object of several parts arrives whole, and its bytes are read back in pieces")
    func multipart() async throws {
        let backend = RetryingBackend(try await OtherServer.backend())
        let source = RepeatedSource(size: 21 << 20)
        try await backend.write(source, to: Key("large"))
        #expect(try await backend.stat(Key("large"))?.size == 21 << 20)
        let sink = MemorySink()
        try await backend.read(Key("large"), range: (8 << 20) - 5..<(8 << 20) + 5, into: sink)
        #expect(sink.bytes.count == 10)
        try await backend.delete([Key("large")])
    }

    @Test("an upload whose bytes are not those of their MD5 is refused")
    func contentMD5() async throws {
        let backend = try await OtherServer.backend()
        let source = RepeatedSource(size: 10, md5: MD5.digest(of: Array("other".utf8)))
        let error = await #expect(throws: StorageError.self) { try await backend.write(source, to: Key("k")) }
        #expect(error?.kind == .corrupt)
        #expect(try await backend.stat(Key("k")) == nil)
    }

    @Test("conditions are either honoured or known not to be: an object is never overwritten unnoticed")
    func conditions() async throws {
        let backend = try await OtherServer.backend()
        guard try await backend.honoursConditions() else {
            let error = await #expect(throws: StorageError.self) {
                _ = try await backend.create(BytesSource("1"), at: Key("only"))
            }
            #expect(error?.kind == .unsupported)
            return
        }
        #expect(try await backend.create(BytesSource("1"), at: Key("only")))
        #expect(try await backend.create(BytesSource("2"), at: Key("only")) == false)
        let sink = MemorySink()
        try await backend.read(Key("only"), range: nil, into: sink)
        #expect(sink.bytes == Array("1".utf8))
    }

    @Test("a wrong secret is refused for good")
    func stranger() async throws {
        let named = try await OtherServer.backend()
        let options = [
            "url": named.name, "endpointurl": try #require(BuiltProgram.variable("VARVE_TEST_S3_ENDPOINT")),
            "region": "us-east-1", "access_key_id": try #require(BuiltProgram.variable("VARVE_TEST_S3_ACCESS_KEY")),
            "secret_access_key": "wrongwrongwrong",
        ]
        let backend = S3Backend(try S3Configuration(options: options, environment: [:], home: "/nowhere"))
        let error = await #expect(throws: StorageError.self) {
            try await backend.write(BytesSource("x"), to: Key("k"))
        }
        #expect(error?.kind == .permission && error?.isRetryable == false)
    }
}
