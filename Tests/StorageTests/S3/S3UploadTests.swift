import HTTP
import Hashing
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("large uploads to S3", .enabled(if: TestPrograms.areProvided)) struct S3UploadTests {
    private static let megabyte: Int64 = 1 << 20
    private static let quick = RequestPatience(
        RetrySchedule(attempts: 4, base: .milliseconds(1), limit: .milliseconds(5)))

    /// A backend behind a proxy, with parts of 5 MiB.
    private func backend(
        _ folder: String, through proxy: FaultProxy? = nil, journal: (any UploadJournal)? = nil, jobs: Int = 4
    ) async throws -> S3Backend {
        let server = try S3Server.shared()
        try await server.makeBucket()
        let home = TemporaryFolder("home")
        defer { withExtendedLifetime(home) {} }
        try home.write(
            ".aws/config", "[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n")
        var options = server.options(folder: folder)
        if let proxy { options["endpointurl"] = proxy.url }
        let configuration = try S3Configuration(options: options, environment: [:], home: home.path, jobs: jobs)
        return S3Backend(configuration, journal: journal, patience: Self.quick)
    }

    private func proxy(
        _ rule: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault? = { _ in nil }
    ) throws -> FaultProxy {
        try FaultProxy(to: S3Server.shared().port, rule: rule)
    }

    private func pendingUploads(_ backend: S3Backend, _ folder: String) async throws -> Int {
        let answer = try await backend.client.send(
            S3Request(.get, nil, query: [("uploads", ""), ("prefix", folder + "/")]))
        return String(decoding: answer.body, as: UTF8.self).split(separator: "<UploadId>").count - 1
    }

    private func digest(_ backend: S3Backend, _ key: String) async throws -> MD5Digest {
        let sink = HashingSink()
        try await backend.read(Key(key), range: nil, into: sink)
        return sink.digest
    }

    private func parts(_ proxy: FaultProxy) -> Int { proxy.log.filter { $0.contains("partNumber=") }.count }

    @Test("parts go up beside each other and make the whole, with the ETag that S3 gives it")
    func roundTrip() async throws {
        let backend = try await backend("parts")
        let source = RepeatedSource(size: 23 * Self.megabyte + 17).digested
        let written = try await backend.writeVersion(source, to: Key("k"))
        #expect(written.tag.hasSuffix("-5"))
        #expect(try await backend.stat(Key("k"))?.size == source.size)
        #expect(try await digest(backend, "k") == source.md5)
        #expect(try await pendingUploads(backend, "parts") == 0)
    }

    @Test("a broken upload goes on where it was, with little sent again")
    func resume() async throws {
        let folder = TemporaryFolder("journal")
        let journal = FileUploadJournal(folder: folder.path("uploads"))
        let source = RepeatedSource(size: 40 * Self.megabyte).digested
        let isBroken = Atomic<Bool>(true)
        let proxy = try proxy { request in
            let isLate = (6...8).contains { request.target.contains("partNumber=\($0)") }
            return isLate && isBroken.load(ordering: .relaxed) ? .resetWithin : nil
        }
        let backend = try await backend("resume", through: proxy, journal: journal)
        let error = await #expect(throws: StorageError.self) { try await backend.write(source, to: Key("k")) }
        #expect(error?.kind == .unreachable && error?.isRetryable == false)
        #expect(try await backend.stat(Key("k")) == nil)
        #expect(journal.pending(at: backend.place).first?.parts.count == 5)
        isBroken.store(false, ordering: .relaxed)
        let before = (bytes: proxy.bytesSent, parts: parts(proxy))
        try await backend.write(source, to: Key("k"))
        #expect(parts(proxy) - before.parts == 3)
        #expect(proxy.bytesSent - before.bytes < 16 * Self.megabyte)
        #expect(try await digest(backend, "k") == source.md5)
        #expect(journal.pending(at: backend.place).isEmpty)
        #expect(try await pendingUploads(backend, "resume") == 0)
    }

    @Test("an upload whose process died without noting its parts is taken up by what the server has")
    func resumeByListing() async throws {
        let folder = TemporaryFolder("journal")
        let journal = FileUploadJournal(folder: folder.path("uploads"))
        let forgetful = ForgetfulJournal(base: journal)
        let source = RepeatedSource(size: 20 * Self.megabyte).digested
        let isBroken = Atomic<Bool>(true)
        let proxy = try proxy { request in
            request.target.contains("partNumber=4") && isBroken.load(ordering: .relaxed)
                ? .status(500, code: "InternalError") : nil
        }
        let backend = try await backend("listing", through: proxy, journal: forgetful)
        await #expect(throws: StorageError.self) { try await backend.write(source, to: Key("k")) }
        #expect(journal.pending(at: backend.place).map(\.parts.count) == [0])
        isBroken.store(false, ordering: .relaxed)
        let before = parts(proxy)
        try await backend.write(source, to: Key("k"))
        #expect(parts(proxy) - before == 1)
        #expect(try await digest(backend, "k") == source.md5)
    }

    @Test("parts of another file with the same name are not taken for its own")
    func changedSource() async throws {
        let folder = TemporaryFolder("journal")
        let journal = FileUploadJournal(folder: folder.path("uploads"))
        let size = 15 * Self.megabyte
        let isBroken = Atomic<Bool>(true)
        let proxy = try proxy { request in
            request.target.contains("partNumber=3") && isBroken.load(ordering: .relaxed) ? .resetBefore : nil
        }
        let backend = try await backend("changed", through: proxy, journal: journal)
        await #expect(throws: StorageError.self) { try await backend.write(RepeatedSource(size: size), to: Key("k")) }
        isBroken.store(false, ordering: .relaxed)
        let before = parts(proxy)
        let other = ShiftedSource(size: size)
        try await backend.write(other, to: Key("k"))
        // All of them, and one perhaps twice where the server is slow.
        #expect(parts(proxy) - before >= 3)
        #expect(try await digest(backend, "k") == MD5.digest(of: other.bytes))
    }

    @Test("an upload that the server has dropped is begun anew by whoever retries")
    func droppedUpload() async throws {
        let folder = TemporaryFolder("journal")
        let journal = FileUploadJournal(folder: folder.path("uploads"))
        let source = RepeatedSource(size: 11 * Self.megabyte).digested
        let backend = try await backend("dropped", journal: journal)
        journal.begin(
            PendingUpload(
                place: backend.place, object: "dropped/k", size: source.size, md5: source.md5,
                partSize: 5 * Self.megabyte, uploadID: "nothing", begun: AWSTime.now()))
        try await RetryingBackend(backend, sleep: { _ in }).write(source, to: Key("k"))
        #expect(try await digest(backend, "k") == source.md5)
    }

    @Test("without a journal a failed upload leaves nothing on the server")
    func abort() async throws {
        let proxy = try proxy { $0.target.contains("partNumber=2") ? .status(403, code: "AccessDenied") : nil }
        let backend = try await backend("abort", through: proxy)
        let error = await #expect(throws: StorageError.self) {
            try await backend.write(RepeatedSource(size: 12 * Self.megabyte), to: Key("k"))
        }
        #expect(error?.kind == .permission)
        #expect(try await backend.stat(Key("k")) == nil)
        #expect(try await pendingUploads(backend, "abort") == 0)
    }

    @Test("bytes that are not what their digest says are never published, though all parts went up")
    func wrongBytes() async throws {
        let folder = TemporaryFolder("journal")
        let journal = FileUploadJournal(folder: folder.path("uploads"))
        let backend = try await backend("wrong", journal: journal)
        let source = RepeatedSource(size: 12 * Self.megabyte, md5: MD5.digest(of: []))
        let error = await #expect(throws: StorageError.self) { try await backend.write(source, to: Key("k")) }
        #expect(error?.kind == .corrupt && error?.isRetryable == false)
        #expect(try await backend.stat(Key("k")) == nil)
        #expect(try await pendingUploads(backend, "wrong") == 0)
        #expect(journal.pending(at: backend.place).isEmpty)
    }

    @Test("a source that checks itself is read through its check once, and not published against it")
    func checkingSource() async throws {
        let backend = try await backend("checking")
        let error = await #expect(throws: StorageError.self) {
            try await backend.write(DamagedSource(base: RepeatedSource(size: 11 * Self.megabyte)), to: Key("k"))
        }
        #expect(error?.kind == .corrupt)
        #expect(try await backend.stat(Key("k")) == nil)
        #expect(try await pendingUploads(backend, "checking") == 0)
    }

    @Test("a file that is shorter or longer than it says is not published")
    func lyingSource() async throws {
        let backend = try await backend("lying")
        for (claimed, real) in [(12, 11), (11, 12)] {
            let source = LyingSource(
                size: Int64(claimed) * Self.megabyte, base: RepeatedSource(size: Int64(real) * Self.megabyte))
            await #expect(throws: StorageError.self) { try await backend.write(source, to: Key("k")) }
            #expect(try await backend.stat(Key("k")) == nil)
        }
        #expect(try await pendingUploads(backend, "lying") == 0)
    }

    @Test("parts that fail and pass, lost answers and a lost completion end bit-exact")
    func faults() async throws {
        let proxy = try proxy { request in
            if request.repetition > 0 { return nil }
            if request.target.contains("partNumber=1") { return .lostAnswer(status: 500) }
            if request.target.contains("partNumber=2") { return .resetWithin }
            if request.target.contains("partNumber=3") { return .status(503) }
            if request.target.contains("partNumber=4") { return .resetAfter }
            if request.method == "POST", request.target.contains("uploadId=") { return .resetAfter }
            return nil
        }
        let backend = try await backend("faults", through: proxy)
        let source = RepeatedSource(size: 22 * Self.megabyte).digested
        try await backend.write(source, to: Key("k"))
        #expect(proxy.faults == 5)
        #expect(try await digest(backend, "k") == source.md5)
        #expect(try await pendingUploads(backend, "faults") == 0)
    }

    @Test("a cancelled upload ends soon, can be taken up with a journal, and leaves nothing without one")
    func cancellation() async throws {
        let folder = TemporaryFolder("journal")
        let journals: [(any UploadJournal)?] = [nil, FileUploadJournal(folder: folder.path("uploads"))]
        for (number, journal) in journals.enumerated() {
            let proxy = try proxy { $0.target.contains("partNumber=2") ? .hang(seconds: 20) : nil }
            let name = "cancelled\(number)"
            let backend = try await backend(name, through: proxy, journal: journal)
            let task = Task { try await backend.write(RepeatedSource(size: 12 * Self.megabyte), to: Key("k")) }
            while parts(proxy) < 3 { try await Task.sleep(for: .milliseconds(10)) }
            task.cancel()
            let error = await #expect(throws: StorageError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(try await pendingUploads(backend, name) == (journal == nil ? 0 : 1))
        }
    }

    @Test("uploads of long ago are given up, recent ones of others are not")
    func leftovers() async throws {
        let folder = TemporaryFolder("journal")
        let journal = FileUploadJournal(folder: folder.path("uploads"))
        let first = try await backend("leftovers")
        func begin(_ key: String, age: Int64) async throws {
            let answer = try await first.client.send(S3Request(.post, "leftovers/\(key)", query: [("uploads", "")]))
            let text = String(decoding: answer.body, as: UTF8.self)
            let start = try #require(text.firstRange(of: "<UploadId>")?.upperBound)
            let end = try #require(text.firstRange(of: "</UploadId>")?.lowerBound)
            journal.begin(
                PendingUpload(
                    place: first.place, object: "leftovers/\(key)", size: 99, md5: nil, partSize: 9,
                    uploadID: String(text[start..<end]), begun: AWSTime.now() - age))
        }
        try await begin("old", age: 8 * 86400)
        try await begin("young", age: 3600)
        try await begin("k", age: 2 * 86400)
        #expect(try await pendingUploads(first, "leftovers") == 3)
        let backend = try await backend("leftovers", journal: journal)
        try await backend.write(RepeatedSource(size: 6 * Self.megabyte), to: Key("k"))
        #expect(journal.pending(at: backend.place).map(\.object) == ["leftovers/young"])
        #expect(try await pendingUploads(backend, "leftovers") == 1)
    }

    @Test("with a customer's key, parts and reading carry it")
    func customerKey() async throws {
        // SeaweedFS wants TLS for it, as AWS does.
        let server = try S3Server.shared(.seaweedTLS)
        let key = Base64.encode([UInt8](repeating: 7, count: 32))
        let backend = try await server.backend(folder: "customer", options: ["sse_customer_key": key])
        let source = RepeatedSource(size: 9 * Self.megabyte).digested
        try await backend.write(source, to: Key("large"))
        try await backend.write(BytesSource("small"), to: Key("small"))
        #expect(try await digest(backend, "large") == source.md5)
        #expect(try await backend.stat(Key("small"))?.size == 5)
        let plain = try await server.backend(folder: "customer")
        await #expect(throws: StorageError.self) { _ = try await digest(plain, "small") }
    }
}

/// Hashes what it is given.
private final class HashingSink: ByteSink {
    private let hash = Mutex(MD5())
    var digest: MD5Digest { hash.withLock { $0.finalize() } }
    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) { hash.withLock { $0.update(bytes) } }
}

/// As a process that is killed before it writes anything down.
private struct ForgetfulJournal: UploadJournal {
    let base: FileUploadJournal
    func pending(at place: String) -> [PendingUpload] { base.pending(at: place) }
    func begin(_ upload: PendingUpload) { base.begin(upload) }
    func note(_ part: PendingUpload.Part, of upload: PendingUpload) {}
    func forget(_ upload: PendingUpload) { base.forget(upload) }
}

/// As many bytes, but others.
private struct ShiftedSource: ByteSource {
    let size: Int64
    var bytes: [UInt8] { Array(RepeatedSource(size: size + 1).bytes.dropFirst()) }
    func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        try RepeatedSource(size: size + 1).open(at: offset + 1)
    }
}

private struct LyingSource: ByteSource {
    let size: Int64
    let base: RepeatedSource
    func open(at offset: Int64) throws(StorageError) -> any ByteReader { try base.open(at: offset) }
}

/// Finds at its end that it is not what it should be; its parts can be read all the same.
private struct DamagedSource: ByteSource {
    let base: RepeatedSource
    var size: Int64 { base.size }
    var unchecked: (any ByteSource)? { base }

    func open(at offset: Int64) throws(StorageError) -> any ByteReader { Reader(base: try base.open(at: offset)) }

    private final class Reader: ByteReader {
        let base: any ByteReader
        init(base: any ByteReader) { self.base = base }
        func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
            let count = try base.read(into: buffer)
            if count == 0 { throw StorageError(.corrupt, "not what it should be") }
            return count
        }
    }
}
