import Documents
import FileSystem
import HTTP
import Hashing
import Packaging
import Synchronization
import TestSupport
import Testing

@Suite("Registries by script") struct RegistryScriptTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("registry")

    init() throws { sample = try SamplePackage() }

    private func package() throws -> PackageReader {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let packed = try sample.pack(into: layout)
        return try PackageReader(layout, at: try #require(packed.manifest))
    }

    private func client(
        _ server: ScriptedServer, login: RegistryLogin = .anonymous, tag: String = "1", mountFrom: String? = nil
    ) throws -> RegistryClient {
        RegistryClient(
            try RegistryReference("oci://127.0.0.1:\(server.port)/team/churn:\(tag)"), login: login, http: HTTPClient(),
            mountFrom: mountFrom, pause: { _ in })
    }

    @Test("a token is fetched with the password from the server that the registry names, and used from then on")
    func bearer() async throws {
        let registry = MemoryRegistry()
        let server = try ScriptedServer { request in
            if request.path == "/token" {
                guard request["authorization"] == "Basic " + Base64.encode(Array("ada:secret".utf8)) else {
                    return .init(401)
                }
                let isRight =
                    request.query.contains("service=reg") && request.query.contains("repository%3Ateam%2Fchurn%3Apull")
                return .init(isRight ? 200 : 400, body: #"{"token": "T0K"}"#)
            }
            guard request["authorization"] == "Bearer T0K" else {
                let realm = "http://127.0.0.1:\(registry.port)/token"
                let challenge = "Bearer realm=\"\(realm)\",service=\"reg\",scope=\"repository:team/churn:pull,push\""
                return .init(401, headers: [("WWW-Authenticate", challenge)])
            }
            return registry.answer(request)
        }
        registry.port = server.port
        let login = RegistryLogin.password(user: "ada", password: "secret")
        let result = try await PackageTransfer(try client(server, login: login)).push(try package())
        #expect(result.uploaded == registry.blobCount)
        #expect(result.records == 2)
        #expect(server.requests.filter { $0.path == "/token" }.count <= 3)
        await #expect(throws: RegistryError.self) {
            try await PackageTransfer(try client(server, login: .password(user: "ada", password: "wrong"))).push(
                try package())
        }
    }

    @Test("a registry that wants name and password gets them, and nobody without them gets in")
    func basic() async throws {
        let registry = MemoryRegistry()
        let server = try ScriptedServer { request in
            guard request["authorization"] == "Basic " + Base64.encode(Array("ada:secret".utf8)) else {
                return .init(401, headers: [("WWW-Authenticate", "Basic realm=\"r\"")])
            }
            return registry.answer(request)
        }
        _ = try await PackageTransfer(try client(server, login: .password(user: "ada", password: "secret"))).push(
            try package())
        #expect(registry.blobCount > 0)
        await #expect(throws: RegistryError.self) {
            try await PackageTransfer(try client(server)).push(try package())
        }
        let error = await #expect(throws: RegistryError.self) {
            try await PackageTransfer(try client(server, login: .password(user: "ada", password: "wrong"))).push(
                try package())
        }
        #expect(error?.summary.contains("does not accept the password of 'ada'") == true)
    }

    @Test("neither token nor password goes to another host that an upload or download is sent to")
    func secretsStay() async throws {
        let registry = MemoryRegistry()
        let elsewhere = try ScriptedServer { request in registry.answer(request) }
        let server = try ScriptedServer { request in
            guard request["authorization"] != nil else {
                return .init(401, headers: [("WWW-Authenticate", "Basic realm=\"r\"")])
            }
            var answer = registry.answer(request)
            if let place = answer.headers.firstIndex(where: { $0.name == "Location" }) {
                answer.headers[place].value = "http://127.0.0.1:\(elsewhere.port)" + answer.headers[place].value
            }
            if request.method == "GET", request.path.contains("/blobs/sha256") {
                return .init(307, headers: [("Location", "http://127.0.0.1:\(elsewhere.port)\(request.target)")])
            }
            return answer
        }
        let login = RegistryLogin.password(user: "ada", password: "secret")
        let package = try package()
        _ = try await PackageTransfer(try client(server, login: login)).push(package)
        let copy = try ImageLayout.make(at: folder.path("copy"))
        _ = try await PackageTransfer(try client(server, login: login)).pull(
            into: copy, as: "1", platform: "linux/amd64")
        #expect(!elsewhere.requests.isEmpty)
        #expect(elsewhere.requests.allSatisfy { $0["authorization"] == nil })
        #expect(try PackageReader(copy, "1").files() == package.files())
    }

    @Test("a token server on an unencrypted connection elsewhere gets no password")
    func plainRealm() async throws {
        let server = try ScriptedServer { _ in
            .init(401, headers: [("WWW-Authenticate", "Bearer realm=\"ftp://example.org/token\"")])
        }
        let login = RegistryLogin.password(user: "ada", password: "secret")
        await #expect(throws: RegistryError.self) {
            try await PackageTransfer(try client(server, login: login)).push(try package())
        }
    }

    @Test("a large blob goes in pieces, and after a broken connection from where the registry has it")
    func chunks() async throws {
        let registry = MemoryRegistry()
        let drops = Mutex(3)
        let server = try ScriptedServer { request in
            if request.method == "PATCH",
                drops.withLock({ left in
                    defer { left -= 1 }
                    return left > 0 && left != 2
                })
            {
                // Half of it arrived.
                registry.receive(Array(request.body.prefix(request.body.count / 2)), for: request)
                return .dropped
            }
            return registry.answer(request)
        }
        try sample.write("models/model.json", String(repeating: "0123456789", count: 50_000))
        var options = UploadOptions()
        options.piece = 100_000
        let package = try package()
        _ = try await PackageTransfer(try client(server), concurrency: 1).push(package, options)
        let patches = server.requests.filter { $0.method == "PATCH" }
        #expect(patches.count >= 5)
        #expect(patches.first?["content-range"] == "0-99999")
        #expect(registry.blob(package.manifest.layers[0].digest)?.count == 500_000)
        #expect(server.requests.contains { $0.method == "GET" && $0.path.contains("/uploads/") })
    }

    @Test("an upload that the registry forgets is begun again")
    func lostUpload() async throws {
        let registry = MemoryRegistry()
        let forgets = Mutex(true)
        let server = try ScriptedServer { request in
            if request.method == "PUT", request.path.contains("/uploads/"),
                forgets.withLock({ value in
                    defer { value = false }
                    return value
                })
            {
                return .init(404)
            }
            return registry.answer(request)
        }
        let result = try await PackageTransfer(try client(server)).push(try package())
        #expect(result.uploaded == registry.blobCount)
    }

    @Test("blobs that another repository has are mounted, not sent")
    func mount() async throws {
        let registry = MemoryRegistry()
        registry.mountable = "team/other"
        let server = try ScriptedServer { registry.answer($0) }
        let result = try await PackageTransfer(try client(server, mountFrom: "team/other")).push(try package())
        #expect(result.uploaded == 0)
        #expect(result.mounted > 0)
        #expect(
            !server.requests.contains { $0.method == "PATCH" || ($0.method == "PUT" && $0.path.contains("uploads")) })
    }

    @Test("records are listed under the tag that stands for a referrers API, and not where there is one")
    func referrers() async throws {
        for hasAPI in [false, true] {
            let registry = MemoryRegistry()
            registry.hasReferrers = hasAPI
            let server = try ScriptedServer { registry.answer($0) }
            let package = try package()
            _ = try await PackageTransfer(try client(server)).push(package)
            let tag = "sha256-" + package.descriptor.digest.hex
            #expect((registry.manifest(tag) != nil) == !hasAPI)
            let copy = try ImageLayout.make(at: folder.path("copy\(hasAPI)"))
            _ = try await PackageTransfer(try client(server)).pull(into: copy, as: nil, platform: "linux/amd64")
            #expect(try copy.referrers(of: package.descriptor.digest).count == 2)
        }
    }

    @Test("a blob, manifest or listing that the registry changed is refused, and so is a manifest without end")
    func hostileRegistry() async throws {
        let registry = MemoryRegistry()
        let server = try ScriptedServer { registry.answer($0) }
        let package = try package()
        _ = try await PackageTransfer(try client(server)).push(package)
        let model = package.manifest.layers[0]
        enum Attack: String, CaseIterable { case flip, short, long, manifest, huge, mediaType, html }
        for attack in Attack.allCases {
            let liar = try ScriptedServer { request in
                var answer = registry.answer(request)
                let isModel = request.path.hasSuffix(model.digest.text)
                let isManifest = request.path.hasSuffix("/manifests/1")
                switch attack {
                case .flip where isModel: answer.body[3] ^= 1
                case .short where isModel: answer.body.removeLast()
                case .long where isModel: answer.body.append(0)
                case .manifest where isManifest:
                    answer.body = Array(
                        String(decoding: answer.body, as: UTF8.self).replacing("1.2.0", with: "1.2.1").utf8)
                case .huge where isManifest: answer.body += [UInt8](repeating: 0x20, count: 5 << 20)
                case .mediaType where isManifest: answer.headers = [("Content-Type", "text/html")]
                case .html where isModel: answer = .init(200, body: "<html>please log in</html>")
                default: break
                }
                return answer
            }
            let place = folder.path("copy-" + attack.rawValue)
            let copy = try ImageLayout.make(at: place)
            await #expect(throws: (any Error).self, "\(attack)") {
                try await PackageTransfer(try client(liar)).pull(into: copy, as: "1", platform: "linux/amd64")
            }
            #expect(try copy.index().manifests.isEmpty)
            #expect(!Files.exists(copy.path(of: model)) || attack != .flip)
            #expect(try Files.names(in: place + "/blobs/sha256").allSatisfy { !$0.hasPrefix(".") })
        }
    }

    @Test("a download that breaks off goes on where it was")
    func resumedDownload() async throws {
        let registry = MemoryRegistry()
        let server = try ScriptedServer { registry.answer($0) }
        try sample.write("models/model.json", String(repeating: "0123456789", count: 50_000))
        let package = try package()
        _ = try await PackageTransfer(try client(server)).push(package)
        let model = package.manifest.layers[0]
        let breaks = Mutex(2)
        let flaky = try ScriptedServer { request in
            var answer = registry.answer(request)
            if request.path.hasSuffix(model.digest.text),
                breaks.withLock({ left in
                    defer { left -= 1 }
                    return left > 0
                })
            {
                answer.sentBytes = answer.body.count / 3
            }
            return answer
        }
        let copy = try ImageLayout.make(at: folder.path("copy"))
        _ = try await PackageTransfer(try client(flaky)).pull(into: copy, as: "1", platform: "linux/amd64")
        try copy.verify(model)
        let ranges = flaky.requests.filter { $0.path.hasSuffix(model.digest.text) }.map { $0["range"] }
        #expect(ranges == [nil, "bytes=166666-", "bytes=277777-"])
    }

    @Test("a package of another digest is not pushed to a name that has one")
    func pinnedDigest() async throws {
        let registry = MemoryRegistry()
        let server = try ScriptedServer { registry.answer($0) }
        let digest = ContentDigest(of: [1])
        let client = RegistryClient(
            try RegistryReference("oci://127.0.0.1:\(server.port)/team/churn@\(digest)"), login: .anonymous,
            http: HTTPClient())
        await #expect(throws: PackageError.self) { try await PackageTransfer(client).push(try package()) }
        #expect(server.requests.isEmpty)
    }
}

@Suite("Names and logins of registries") struct RegistryNameTests {
    private let folder = TemporaryFolder("login")

    @Test("a name is read into its parts")
    func parts() throws {
        let full = try RegistryReference(
            "oci://Reg.example.org:5000/a/b-c/d_e:v1.0@sha256:\(String(repeating: "a", count: 64))")
        #expect(full.host == "reg.example.org:5000")
        #expect(full.repository == "a/b-c/d_e")
        #expect(full.tag == "v1.0")
        #expect(full.digest?.hex == String(repeating: "a", count: 64))
        #expect(try RegistryReference("oci://h/r").tag == "latest")
        #expect(try RegistryReference("oci://docker.io/model").repository == "library/model")
    }

    @Test(
        "a name that is none is refused",
        arguments: [
            "", "h/r:1", "https://h/r", "oci://h", "oci://h/", "oci://h/UPPER", "oci://h/a//b", "oci://h/../b",
            "oci://u:p@h/r", "oci://h/r:", "oci://h/r:-x", "oci://h/r:a b", "oci://h/r@sha256:00", "oci://h/r@md5:00",
            "oci://h/r?x=1", "oci://h/a/..", "oci://h/-a", "oci://h/\(String(repeating: "a", count: 300))",
        ])
    func refused(text: String) {
        #expect(throws: PackageError.self) { try RegistryReference(text) }
    }

    private func login(_ config: String, _ name: String = "oci://reg.example.org/team/churn") throws -> RegistryLogin {
        try Files.write(Array(config.utf8), to: folder.path("config.json"))
        let path = folder.path("bin") + ":/usr/bin:/bin"
        return try RegistryLogin.find(
            for: RegistryReference(name), testEnvironment(["DOCKER_CONFIG": folder.path, "PATH": path]))
    }

    @Test("the password is the one that docker login wrote for the host, in whichever of its forms")
    func dockerConfig() throws {
        let auth = Base64.encode(Array("ada:se:cret".utf8))
        let expected = RegistryLogin.password(user: "ada", password: "se:cret")
        #expect(try login(#"{"auths": {"reg.example.org": {"auth": "\#(auth)"}}}"#) == expected)
        #expect(try login(#"{"auths": {"https://reg.example.org/v1/": {"auth": "\#(auth)"}}}"#) == expected)
        #expect(try login(#"{"auths": {"reg.example.org": {"username": "ada", "password": "se:cret"}}}"#) == expected)
        #expect(try login(#"{"auths": {"reg.example.org/team": {"auth": "\#(auth)"}}}"#) == expected)
        #expect(try login(#"{"auths": {"reg.example.org": {"identitytoken": "I"}}}"#) == .identity(token: "I"))
        #expect(try login(#"{"auths": {"reg.example.org.evil.org": {"auth": "\#(auth)"}}}"#) == .anonymous)
        #expect(try login(#"{"auths": {"reg.example.org": {"auth": "!!"}}}"#) == .anonymous)
        #expect(throws: PackageError.self) { try login("{") }
    }

    @Test("a credential helper is asked for the host, and one that is no name is not run")
    func helper() throws {
        try Files.makeDirectory(folder.path("bin"))
        let script = """
            #!/bin/sh
            read -r host
            [ "$1" = get ] && [ "$host" = reg.example.org ] && printf '{"Username":"ada","Secret":"s3"}'
            """
        try Files.write(Array(script.utf8), to: folder.path("bin/docker-credential-test"))
        try Files.setMode(folder.path("bin/docker-credential-test"), 0o755)
        let expected = RegistryLogin.password(user: "ada", password: "s3")
        #expect(try login(#"{"credHelpers": {"reg.example.org": "test"}}"#) == expected)
        #expect(try login(#"{"auths": {"reg.example.org": {}}, "credsStore": "test"}"#) == expected)
        #expect(throws: PackageError.self) { try login(#"{"credHelpers": {"reg.example.org": "missing"}}"#) }
        #expect(throws: PackageError.self) { try login(#"{"credHelpers": {"reg.example.org": "../../bin/x;y"}}"#) }
    }
}
