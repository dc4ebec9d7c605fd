import FileSystem
import HTTP
import Packaging
import TestSupport
import Testing

/// Debian's docker-registry, on a port of this machine.
private struct DockerRegistry {
    let port: Int
    private let process: ServerProcess

    init() throws {
        let folder = TemporaryFolder("docker-registry")
        port = try Loopback.freePorts(1)[0]
        let settings = """
            version: 0.1
            log: {level: warn, accesslog: {disabled: true}}
            storage:
              filesystem: {rootdirectory: \(folder.path("data"))}
            http: {addr: "127.0.0.1:\(port)"}
            """
        try TestPrograms.write(settings, to: folder.path("config.yml"))
        process = try ServerProcess(
            [try TestPrograms.path("docker-registry"), "serve", folder.path("config.yml")], folder: folder)
        let port = self.port
        try process.waitUntilReady { Loopback.speaksHTTP(port: port) }
    }

    func client(_ name: String, mountFrom: String? = nil) throws -> RegistryClient {
        RegistryClient(
            try RegistryReference("oci://127.0.0.1:\(port)/\(name)"), login: .anonymous, http: HTTPClient(),
            mountFrom: mountFrom)
    }
}

private var hasRegistry: Bool { TestPrograms.areProvided || (try? TestPrograms.path("docker-registry")) != nil }
private var hasSkopeo: Bool { hasRegistry && (TestPrograms.areProvided || (try? TestPrograms.path("skopeo")) != nil) }

@Suite("Debian's docker-registry", .enabled(if: hasRegistry)) struct DockerRegistryTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("registry")

    init() throws { sample = try SamplePackage() }

    private func package(_ format: PackageFormat) throws -> PackageReader {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let packed = try sample.pack(format, into: layout, tag: "v1")
        return try PackageReader(layout, at: try #require(packed.manifest))
    }

    @Test(
        "a package comes back as it was, its records with it", arguments: [PackageFormat.modelpack, .modelkit, .image])
    func roundTrip(format: PackageFormat) async throws {
        let registry = try DockerRegistry()
        let package = try package(format)
        let first = try await PackageTransfer(try registry.client("team/churn:v1")).push(package)
        #expect(first.uploaded > 0)
        let second = try await PackageTransfer(try registry.client("team/churn:v2")).push(package)
        #expect(second.uploaded == 0)
        let copy = try ImageLayout.make(at: folder.path("copy"))
        let pulled = try await PackageTransfer(try registry.client("team/churn:v2"))
            .pull(into: copy, as: "v2", platform: "linux/amd64")
        #expect(pulled.digest == package.descriptor.digest)
        #expect(
            try copy.referrers(of: pulled.digest).map(\.descriptor.digest) == package.records().map(\.descriptor.digest)
        )
        #expect(try PackageReader(copy, "v2").files() == package.files())
    }

    @Test("a blob goes in pieces and is mounted from one repository into another")
    func chunksAndMount() async throws {
        let registry = try DockerRegistry()
        try sample.write("models/model.json", String(repeating: "0123456789", count: 300_000))
        let package = try package(.modelpack)
        var options = UploadOptions()
        options.piece = 1_000_000
        _ = try await PackageTransfer(try registry.client("a/churn:v1")).push(package, options)
        let mounted = try await PackageTransfer(try registry.client("b/churn:v1", mountFrom: "a/churn")).push(package)
        #expect(mounted.uploaded == 0)
        #expect(mounted.mounted > 0)
        let copy = try ImageLayout.make(at: folder.path("copy"))
        _ = try await PackageTransfer(try registry.client("b/churn:v1")).pull(
            into: copy, as: nil, platform: "linux/amd64")
        #expect(try PackageReader(copy, nil).files() == package.files())
    }

    @Test(
        "skopeo copies a package from the layout to the registry and back, the digest unchanged",
        .enabled(if: hasSkopeo), arguments: [PackageFormat.modelpack, .modelkit, .image])
    func skopeo(format: PackageFormat) async throws {
        let registry = try DockerRegistry()
        let package = try package(format)
        try TestPrograms.write(#"{"default":[{"type":"insecureAcceptAnything"}]}"#, to: folder.path("policy.json"))
        let remote = "docker://127.0.0.1:\(registry.port)/team/churn:v1"
        try TestPrograms.run(
            "skopeo", "--policy", folder.path("policy.json"), "copy", "--preserve-digests", "--dest-tls-verify=false",
            "oci:\(folder.path("layout")):v1", remote, in: folder.path)
        let copy = try ImageLayout.make(at: folder.path("copy"))
        let pulled = try await PackageTransfer(try registry.client("team/churn:v1"))
            .pull(into: copy, as: "v1", platform: "linux/amd64")
        #expect(pulled.digest == package.descriptor.digest)
        try TestPrograms.run(
            "skopeo", "--policy", folder.path("policy.json"), "copy", "--preserve-digests", "--src-tls-verify=false",
            remote,
            "oci:\(folder.path("back")):v1", in: folder.path)
        let back = try ImageLayout(opening: folder.path("back"))
        #expect(try PackageReader(back, "v1").descriptor.digest == package.descriptor.digest)
        #expect(try PackageReader(back, "v1").files() == package.files())
    }
}
