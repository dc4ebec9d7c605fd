import Documents
import FileSystem
import HTTP
import Packaging
import Synchronization
import TestSupport
import Testing

@Suite("Uploads that a later push goes on with") struct ResumedUploadTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("resumed")
    private let size = 500_000
    private let piece = 100_000

    init() throws {
        sample = try SamplePackage()
        try sample.write("models/model.json", String(repeating: "0123456789", count: size / 10))
    }

    private func package() throws -> PackageReader {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let packed = try sample.pack(into: layout)
        return try PackageReader(layout, at: try #require(packed.manifest))
    }

    private var notes: String { folder.path("state/uploads") }

    private func push(
        _ package: PackageReader, to server: ScriptedServer, login: RegistryLogin = .anonymous
    ) async throws -> PackageTransfer.PushResult {
        let client = RegistryClient(
            try RegistryReference("oci://127.0.0.1:\(server.port)/team/churn:1"), login: login, http: HTTPClient(),
            pause: { _ in })
        var options = UploadOptions()
        options.piece = Int64(piece)
        options.notes = UploadNotes(folder: notes)
        return try await PackageTransfer(client, concurrency: 1).push(package, options)
    }

    private func noteFiles() throws -> [String] {
        Files.exists(notes) ? try Files.names(in: notes).filter { $0.hasSuffix(".upload") }.sorted() : []
    }

    /// A registry that goes away after so many pieces, until it is told to come back.
    private final class Outage: Sendable {
        let registry = MemoryRegistry()
        private let left: Mutex<Int>
        private let other = Mutex<(@Sendable (ScriptedServer.Request) -> ScriptedServer.Answer?)?>(nil)

        init(afterPieces count: Int = 3) { left = Mutex(count) }

        var isOut: Bool { left.withLock { $0 <= 0 } }
        func end() { left.withLock { $0 = .max } }
        /// Answers in place of the registry where it has one.
        func answer(by other: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Answer?) {
            self.other.withLock { $0 = other }
        }

        func serve() throws -> ScriptedServer {
            try ScriptedServer { [self] request in
                if isOut { return .dropped }
                if let answer = other.withLock({ $0 })?(request) { return answer }
                if request.method == "PATCH" { left.withLock { $0 -= 1 } }
                return registry.answer(request)
            }
        }
    }

    /// What a push sent of the blob: the pieces by where they begin.
    private func pieces(_ requests: ArraySlice<ScriptedServer.Request>) -> [Int] {
        requests.filter { $0.method == "PATCH" }.compactMap { request in
            request["content-range"].flatMap { Int($0.prefix { $0 != "-" }) }
        }
    }

    @Test("a push goes on where an earlier one was ended, and the note between them is private and then gone")
    func resumed() async throws {
        let outage = Outage()
        let server = try outage.serve()
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        let note = notes + "/" + (try #require(noteFiles().first))
        #expect(try noteFiles().count == 1)
        #expect(try Files.status(note)?.mode == 0o600)
        #expect(try Files.status(notes)?.mode == 0o700)
        let fields = try JSON.parse(Files.read(note)).mapping
        #expect(fields?["digest"]?.string == package.manifest.layers[0].digest.text)
        #expect(fields?["repository"]?.string == "http://127.0.0.1:\(server.port)/v2/team/churn/")
        #expect(fields?["location"]?.string?.hasPrefix("/v2/team/churn/blobs/uploads/") == true)
        let before = server.requests.count
        outage.end()
        let result = try await push(package, to: server)
        #expect(result.resumed == 300_000)
        #expect(pieces(server.requests[before...]) == [300_000, 400_000])
        #expect(outage.registry.blob(package.manifest.layers[0].digest)?.count == size)
        #expect(try Files.names(in: notes).isEmpty)
    }

    @Test("what arrived of a piece that was broken off is not sent again to a registry that kept it")
    func partOfPiece() async throws {
        let outage = Outage(afterPieces: 2)
        let server = try outage.serve()
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        let place = try #require(server.requests.last { $0.method == "PATCH" })
        outage.registry.receive(Array(String(repeating: "0123456789", count: 2500).utf8), for: place)
        let before = server.requests.count
        outage.end()
        #expect(try await push(package, to: server).resumed == 225_000)
        #expect(pieces(server.requests[before...]) == [225_000, 325_000, 425_000])
        #expect(outage.registry.blob(package.manifest.layers[0].digest)?.count == size)
    }

    enum Answer: String, CaseIterable {
        case forgotten, invalid, failing, beyond, nothing, redirect, scheme, otherHost, wrongBytes, wrongOffset,
            malformed
    }

    @Test(
        "a push begins anew where the registry has forgotten the upload or answers nonsense about it, and no password goes elsewhere",
        arguments: Answer.allCases)
    func begunAnew(answer: Answer) async throws {
        let outage = Outage()
        let server = try outage.serve()
        let elsewhere = try ScriptedServer { _ in .init(204, headers: [("Range", "0-99999")]) }
        let package = try package()
        let login = RegistryLogin.password(user: "ada", password: "secret")
        await #expect(throws: (any Error).self) { try await push(package, to: server, login: login) }
        let place = try #require(server.requests.last { $0.method == "PATCH" }).path
        let (url, port) = (elsewhere.url, server.port)
        let length = size
        outage.answer { request in
            if request["authorization"] == nil {
                return .init(401, headers: [("WWW-Authenticate", "Basic realm=\"r\"")])
            }
            guard request.path == place else { return nil }
            let target = request.target
            switch answer {
            case .forgotten: return .init(404)
            case .invalid: return .init(400, body: #"{"errors":[{"code":"BLOB_UPLOAD_INVALID"}]}"#)
            case .failing: return .init(500)
            case .beyond: return .init(204, headers: [("Range", "0-\(length)")])
            case .nothing: return .init(204)
            case .redirect: return .init(307, headers: [("Location", "http://127.0.0.1:\(port)\(target)")])
            case .scheme: return .init(204, headers: [("Range", "0-99999"), ("Location", "file:///etc/passwd")])
            case .malformed: return .init(204, headers: [("Range", "0-99999999999999999999")])
            case .otherHost:
                // Another host may have it, but neither gets a password nor is it believed for ever.
                return .init(204, headers: [("Range", "0-99999"), ("Location", url + "/here")])
            case .wrongBytes:
                guard request.method == "GET" else { return nil }
                return .init(204, headers: [("Range", "0-\(length - 1)"), ("Location", target)])
            case .wrongOffset:
                return request.method == "GET" ? .init(204, headers: [("Range", "0-399999")]) : .init(416)
            }
        }
        outage.end()
        let result = try await push(package, to: server, login: login)
        #expect(result.resumed == 0)
        #expect(outage.registry.blob(package.manifest.layers[0].digest)?.count == size)
        #expect(elsewhere.requests.allSatisfy { $0["authorization"] == nil })
        #expect(elsewhere.requests.isEmpty || answer == .otherHost)
        #expect(try noteFiles().isEmpty)
    }

    enum Planted: String, CaseIterable {
        case otherRepository, parent, encodedParent, otherHost, schemeless, noJSON, otherDigest, otherRegistry
    }

    @Test(
        "a note that leads out of the repository or is of something else is not followed", arguments: Planted.allCases)
    func planted(planted: Planted) async throws {
        let outage = Outage()
        let server = try outage.serve()
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        let note = notes + "/" + (try #require(noteFiles().first))
        let real = String(decoding: try Files.read(note), as: UTF8.self)
        let place = try #require(JSON.parse(real).mapping?["location"]?.string)
        let text =
            switch planted {
            case .otherRepository: real.replacing(place, with: "/v2/evil/churn/blobs/uploads/1")
            case .parent: real.replacing(place, with: "/v2/team/churn/../../evil/uploads/1")
            case .encodedParent: real.replacing(place, with: "/v2/team/churn/%2e%2e/%2e%2e/evil/uploads/1")
            case .otherHost: real.replacing(place, with: "http://localhost:\(server.port)\(place)")
            case .schemeless: real.replacing(place, with: "//localhost:\(server.port)\(place)")
            case .noJSON: String(real.dropLast(20))
            case .otherDigest: real.replacing("\"sha256:", with: "\"sha256:0")
            case .otherRegistry: real.replacing("\"http://127.0.0.1", with: "\"http://127.0.0.2")
            }
        #expect(text != real)
        try Files.write(Array(text.utf8), to: note)
        let before = server.requests.count
        outage.end()
        let result = try await push(package, to: server)
        #expect(result.resumed == 0)
        let asked = server.requests[before...]
        #expect(!asked.contains { $0.target.contains("evil") || $0["host"] != "127.0.0.1:\(server.port)" })
        #expect(!asked.contains { $0.method == "GET" && $0.path.contains("/uploads/") })
        #expect(try noteFiles().isEmpty)
    }

    @Test(
        "a place whose query may let somebody in is not noted",
        arguments: ["X-Amz-Signature=abc", "sig=a", "a=1&access_token=b"])
    func secretQuery(query: String) async throws {
        let outage = Outage()
        outage.registry.uploadState = query
        let server = try outage.serve()
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        #expect(try Files.names(in: notes).isEmpty)
        outage.end()
        #expect(try await push(package, to: server).resumed == 0)
    }

    @Test("a place at another host is not noted")
    func placeElsewhere() async throws {
        let outage = Outage()
        let elsewhere = try outage.serve()
        let server = try ScriptedServer { request in
            if outage.isOut { return .dropped }
            var answer = outage.registry.answer(request)
            if let index = answer.headers.firstIndex(where: { $0.name == "Location" }) {
                answer.headers[index].value = elsewhere.url + answer.headers[index].value
            }
            return answer
        }
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        #expect(elsewhere.requests.contains { $0.method == "PATCH" })
        #expect(try Files.names(in: notes).isEmpty)
    }

    @Test("the state that a registry keeps in the query goes back to it")
    func queryState() async throws {
        let outage = Outage()
        outage.registry.uploadState = "_state=a%3D%3D"
        let server = try outage.serve()
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        outage.end()
        #expect(try await push(package, to: server).resumed == 300_000)
    }

    @Test("an upload that another process has in hand is left to it")
    func locked() async throws {
        let outage = Outage()
        let server = try outage.serve()
        let package = try package()
        await #expect(throws: (any Error).self) { try await push(package, to: server) }
        let note = notes + "/" + (try #require(noteFiles().first))
        let lock = try FileLock.acquire(note + ".lock", content: "", wait: .seconds(0))
        let before = server.requests.count
        outage.end()
        #expect(try await push(package, to: server).resumed == 0)
        #expect(pieces(server.requests[before...]).first == 0)
        #expect(Files.exists(note))
        lock.release()
        // The blob has arrived meanwhile, so the note is of no more use.
        _ = try await push(package, to: server)
        #expect(!Files.exists(note))
    }

    @Test("notes that are older than any registry keeps an upload are removed, and younger ones are not")
    func old() async throws {
        let package = try package()
        try Files.makeDirectory(notes, mode: 0o700)
        for (name, age) in [("a.upload", "8 days ago"), ("b.upload", "6 days ago"), ("c.upload.lock", "8 days ago")] {
            try Files.write([], to: notes + "/" + name)
            try TestPrograms.run("touch", "-d", age, notes + "/" + name, in: folder.path)
        }
        let registry = MemoryRegistry()
        _ = try await push(package, to: try ScriptedServer { registry.answer($0) })
        #expect(try Files.names(in: notes) == ["b.upload"])
    }

    @Test("a push does not need its notes: where they cannot be kept it does without")
    func noNotes() async throws {
        let package = try package()
        try Files.write([], to: folder.path("state"))
        let registry = MemoryRegistry()
        let result = try await push(package, to: try ScriptedServer { registry.answer($0) })
        #expect(result.uploaded > 0)
    }

    enum Lie: String, CaseIterable { case beyond, standing, backwards, overflow, loop, scheme, endless }

    @Test(
        "a registry that says it has more than was sent, or never gets further, ends the push with an error",
        arguments: Lie.allCases)
    func lies(lie: Lie) async throws {
        let registry = MemoryRegistry()
        let server = try ScriptedServer { request in
            let answer = registry.answer(request)
            guard request.path.contains("/uploads/"), request.method == "PATCH" || request.method == "GET" else {
                return answer
            }
            func says(_ status: Int, _ range: String, _ location: String? = nil) -> ScriptedServer.Answer {
                .init(status, headers: [("Location", location ?? request.path), ("Range", range)])
            }
            let isPiece = request.method == "PATCH"
            switch lie {
            case .beyond: return says(isPiece ? 202 : 204, "0-499999")
            case .standing: return says(isPiece ? 202 : 204, "0-0")
            case .backwards:
                return isPiece && request["content-range"]?.hasPrefix("0-") == true
                    ? answer : isPiece ? .init(416) : says(204, "0-0")
            case .overflow: return says(isPiece ? 202 : 204, "0-9223372036854775806")
            case .loop: return .init(308, headers: [("Location", request.target)])
            case .scheme: return says(202, "0-99999", "ftp://127.0.0.1/x")
            case .endless: return isPiece ? .init(503) : says(204, "0-0")
            }
        }
        let package = try package()
        await #expect(throws: RegistryError.self) { try await push(package, to: server) }
        #expect(server.requests.count < 100)
        #expect(registry.blob(package.manifest.layers[0].digest) == nil)
    }
}
