import HTTP
import Hashing
import Storage
import TestSupport
import Testing

@Suite("S3 on real servers", .enabled(if: TestPrograms.areProvided)) struct S3ContractTests {
    private func keys(_ backend: S3Backend, under prefix: String = "") async throws -> [String] {
        var keys: [String] = []
        for try await entry in backend.list(under: Key(prefix)) { keys.append(entry.key.path) }
        return keys
    }

    @Test("a bucket on SeaweedFS, which checks signatures, keeps every promise of a backend")
    func seaweed() async throws {
        try await BackendContract(S3Server.shared().backend(folder: "contract")).check()
    }

    @Test("a folder is listed by itself")
    func folders() async throws {
        try await FolderContract(hasUnfinished: false).check(S3Server.shared().backend(folder: "folders"))
        try await FolderContract(hasUnfinished: false)
            .check(S3Server.shared().backend(folder: "folders-v1", options: ["listobjects": "true"]))
    }

    @Test("the same over TLS with an authority of one's own, where bodies are not signed")
    func encrypted() async throws {
        let server = try S3Server.shared(.seaweedTLS)
        try await BackendContract(server.backend(folder: "contract")).check()
        var options = server.options(folder: "contract")
        options["ssl_verify"] = nil
        let stranger = S3Backend(try S3Configuration(options: options, environment: [:], home: "/nowhere"))
        let error = await #expect(throws: StorageError.self) { try await stranger.stat(Key("k")) }
        #expect(error?.kind == .permission && error?.isRetryable == false)
    }

    @Test("the same with the bucket's name in front of the host")
    func virtualHost() async throws {
        let server = try S3Server.shared()
        let home = TemporaryFolder("home")
        try home.write(".aws/config", "[default]\ns3 =\n  addressing_style = virtual\n")
        let backend = try await server.backend(
            folder: "virtual", options: ["endpointurl": "http://s3.localhost:\(server.port)"], home: home.path)
        #expect(backend.client.site.style == .virtual)
        try await BackendContract(backend).check()
    }

    @Test("the same with the first form of listings")
    func firstListing() async throws {
        try await BackendContract(S3Server.shared().backend(folder: "v1", options: ["listobjects": "true"])).check()
    }

    @Test("rclone's server, which is no model of its kind, keeps every promise, too")
    func rclone() async throws {
        try await BackendContract(RetryingBackend(S3Server.shared(.rclone).backend(folder: "contract"))).check()
    }

    @Test("who may only read is refused the rest, for good")
    func readOnly() async throws {
        let server = try S3Server.shared()
        try await server.backend(folder: "ro").write(BytesSource("x"), to: Key("there"))
        let backend = try await server.backend(folder: "ro", keys: S3Server.readOnlyKeys)
        #expect(try await backend.stat(Key("there"))?.size == 1)
        #expect(try await keys(backend) == ["there"])
        let tries: [@Sendable () async throws -> Void] = [
            { try await backend.write(BytesSource("y"), to: Key("there")) },
            { try await backend.delete([Key("there")]) },
            { try await backend.delete((0..<5).map { Key("there\($0)") }) },
            { try await backend.write(RepeatedSource(size: 9 << 20), to: Key("large")) },
        ]
        for attempt in tries {
            let error = await #expect(throws: StorageError.self) { try await attempt() }
            #expect(error?.kind == .permission && error?.isRetryable == false)
        }
        #expect(try await keys(backend) == ["there"])
    }

    @Test("a wrong secret, an unknown key and nobody at all are refused")
    func strangers() async throws {
        let server = try S3Server.shared()
        let strangers = [
            AWSCredentials(accessKey: S3Server.keys.accessKey, secretKey: "wrongwrongwrong"),
            AWSCredentials(accessKey: "nobodyknowsme", secretKey: S3Server.keys.secretKey), nil,
        ]
        for keys in strangers {
            let backend = try await server.backend(folder: "strangers", keys: keys)
            let error = await #expect(throws: StorageError.self) {
                try await backend.write(BytesSource("x"), to: Key("k"))
            }
            #expect(error?.kind == .permission && error?.isRetryable == false)
            #expect("\(error.debugDescription)".contains("wrongwrongwrong") == false)
            await #expect(throws: StorageError.self) { try await backend.stat(Key("k")) }
        }
    }

    @Test("a clock that is two hours off is no hindrance")
    func clock() async throws {
        let server = try S3Server.shared()
        try await server.makeBucket()
        let configuration = try S3Configuration(
            options: server.options(folder: "clock"), environment: [:], home: "/nowhere")
        let client = S3Client(
            configuration.site, name: "clock", region: "us-east-1", credentials: CredentialSource(S3Server.keys),
            http: HTTPClient(), now: { AWSTime.now() - 7200 })
        #expect(try await client.send(S3Request(.put, "clock/k", body: .bytes([1]))).isSuccess)
        #expect(try await client.send(S3Request(.head, "clock/k")).contentLength == 1)
    }

    @Test("keys of every kind of character come through")
    func oddKeys() async throws {
        let backend = try await S3Server.shared().backend(folder: "odd")
        let names = [
            "a b", "a+b", "a%20b", "a%", "ü", "日本", "a&b=c", "a?b", "a#b", "!'*;:@,$[]()", "~-._", "\"quoted\"", "<x>",
            "e\u{301}", "é",
        ]
        for name in names { try await backend.write(BytesSource(name), to: Key(name)) }
        #expect(try await keys(backend) == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for name in names {
            let sink = MemorySink()
            try await backend.read(Key(name), range: nil, into: sink)
            #expect(sink.bytes == Array(name.utf8), "\(name)")
        }
        try await backend.delete(names.map { Key($0) })
        #expect(try await keys(backend).isEmpty)
    }

    @Test("more than a thousand keys are listed over pages, and deleted by as many requests")
    func manyKeys() async throws {
        let backend = try await S3Server.shared().backend(folder: "many")
        let keys = (0..<2100).map { Key("d\($0 % 7)/k\($0)") }
        await concurrentForEach(keys, limit: 16) { key in try? await backend.write(BytesSource("x"), to: key) }
        #expect(try await self.keys(backend) == keys.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        try await backend.delete(keys)
        #expect(try await self.keys(backend).isEmpty)
    }

    @Test("an upload whose bytes are not those of their MD5 is refused by the server")
    func contentMD5() async throws {
        let backend = try await S3Server.shared().backend(folder: "md5")
        let source = RepeatedSource(size: 10, md5: MD5.digest(of: Array("other".utf8)))
        let error = await #expect(throws: StorageError.self) { try await backend.write(source, to: Key("k")) }
        #expect(error?.kind == .corrupt)
        #expect(try await backend.stat(Key("k")) == nil)
    }

    @Test("a bucket that is not there is told from an object that is not")
    func missingBucket() async throws {
        let server = try S3Server.shared()
        var options = server.options(folder: "x")
        options["url"] = "s3://no-such-bucket/x"
        let backend = S3Backend(try S3Configuration(options: options, environment: [:], home: "/nowhere"))
        #expect(try await backend.bucketExists() == false)
        for attempt in [
            { _ = try await backend.stat(Key("k")) },
            { try await backend.read(Key("k"), range: nil, into: MemorySink()) },
            { for try await _ in backend.list(under: Key("")) {} },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: StorageError.self) { try await attempt() }
            #expect(error?.kind == .notFound && error?.key == nil)
        }
    }

    @Test("of many who create the same key one succeeds, where the server honours conditions")
    func conditionalCreation() async throws {
        let backend = try await S3Server.shared().backend(folder: "conditions")
        #expect(try await backend.honoursConditions())
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for writer in 0..<8 {
                group.addTask { try await backend.create(BytesSource("writer \(writer)"), at: Key("lock")) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
        #expect(try await keys(backend) == ["lock"])
        let rclone = try await S3Server.shared(.rclone).backend(folder: "conditions")
        #expect(try await rclone.honoursConditions() == false)
        let error = await #expect(throws: StorageError.self) {
            try await rclone.create(BytesSource("x"), at: Key("lock"))
        }
        #expect(error?.kind == .unsupported)
    }

    @Test("a URL for a reader without credentials works, and tells nothing else")
    func presigned() async throws {
        let backend = try await S3Server.shared().backend(folder: "presigned")
        try await backend.write(BytesSource("for all"), to: Key("a b/ü"))
        let url = try await backend.presignedURL(for: Key("a b/ü"), seconds: 60)
        #expect(!url.contains(S3Server.keys.secretKey))
        #expect(try await HTTPClient().send(HTTPRequest(.get, url)).body == Array("for all".utf8))
        let tampered = url.replacing("a%20b", with: "a%20c")
        #expect(try await HTTPClient().send(HTTPRequest(.get, tampered)).status == 403)
    }

    @Test("a bucket that keeps versions gives each of them back")
    func versions() async throws {
        let server = try S3Server.shared()
        try await server.makeVersionedBucket("versioned")
        let backend = try await server.backend(folder: "x", options: ["url": "s3://versioned/x"])
        #expect(try await backend.keepsVersions() == true)
        #expect(try await server.backend(folder: "y").keepsVersions() == false)
        let key = Key("data/k")
        let old = try await backend.writeVersion(BytesSource("old"), to: key)
        let new = try await backend.writeVersion(BytesSource("newer"), to: key)
        let oldID = try #require(old.versionID)
        #expect(old.tag == MD5.digest(of: Array("old".utf8)).hex)
        #expect(oldID != new.versionID)
        #expect(try await backend.stat(key, version: oldID)?.metadata.size == 3)
        #expect(try await backend.stat(key, version: nil)?.versionID == new.versionID)
        #expect(try await backend.stat(key, version: "no-such-version") == nil)
        let sink = MemorySink()
        try await backend.read(key, version: oldID, range: 0..<2, into: sink)
        #expect(sink.bytes == Array("ol".utf8))
        _ = try await backend.writeVersion(BytesSource("gone"), to: Key("data/gone"))
        try await backend.delete([Key("data/gone")])
        var current: [VersionedListing] = []
        for try await entry in backend.listVersions(under: Key("data/")) { current.append(entry) }
        #expect(current.map(\.key) == [key])
        #expect(current.first?.current.versionID == new.versionID)
        #expect(current.first?.current.metadata.size == 5)
    }

    @Test("the server's clock is asked for")
    func serverClock() async throws {
        let ahead = try await S3Server.shared().backend(folder: "x").secondsAhead()
        #expect(abs(try #require(ahead)) < 60)
    }
}
