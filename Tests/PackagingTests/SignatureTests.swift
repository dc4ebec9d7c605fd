import FileSystem
import Packaging
import TestSupport
import Testing

@Suite("Signatures of packages") struct SignatureTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("signatures")
    private let program = SignatureProgram(testEnvironment())

    init() throws { sample = try SamplePackage() }

    private func package() throws -> PackageReader {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let packed = try sample.pack(into: layout)
        return try PackageReader(layout, at: try #require(packed.manifest))
    }

    /// A key without a passphrase, and the list that allows it.
    private func key(_ name: String, _ identity: String = "ada@example.org") throws -> String {
        try TestPrograms.run(
            "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", identity, "-f", folder.path(name), in: folder.path)
        let publicKey = String(decoding: try Files.read(folder.path(name + ".pub")), as: UTF8.self)
        try Files.write(
            Array("\(identity) namespaces=\"varve\" \(publicKey)".utf8), to: folder.path(name + ".allowed"))
        return folder.path(name)
    }

    private func allowed(_ name: String, identity: String? = nil) -> TrustedSigners {
        .ssh(file: folder.path(name + ".allowed"), identity: identity)
    }

    @Test("ssh-keygen accepts what varve signed, and so does varve")
    func ssh() throws {
        let package = try package()
        let key = try key("key")
        let sealed = try PackageSignature.make(for: package, name: "churn", key: key, program: program)
        let manifest = try package.layout.manifest(sealed)
        try Files.write(package.layout.read(manifest.layers[0]), to: folder.path("signed.json"))
        try Files.write(package.layout.read(manifest.layers[1]), to: folder.path("signed.json.sig"))
        try RunningProcess(
            [
                "sh", "-c",
                "ssh-keygen -Y verify -f key.allowed -I ada@example.org -n varve -s signed.json.sig < signed.json",
            ], in: folder.path, environment: ["PATH": "/usr/bin:/bin"]
        ).wait().succeeds()
        let verified = try PackageVerification(of: package, allowed("key"), program: program)
        #expect(verified.signatures.map(\.signer.identity) == ["ada@example.org"])
        #expect(verified.records.count == 2)
        #expect(verified.records.allSatisfy { $0.isSigned })
        let named = try PackageVerification(of: package, allowed("key", identity: "ada@example.org"), program: program)
        #expect(named.signatures.count == 1)
        let unasked = try PackageVerification(of: package, nil, program: program)
        #expect(unasked.signatures.first?.signer.identity == nil)
        #expect(unasked.signatures.first?.signer.key?.hasPrefix("SHA256:") == true)
    }

    @Test("a package that nobody signed, or somebody else, is refused where signers are given")
    func strangers() throws {
        let package = try package()
        let mine = try key("mine")
        _ = try key("theirs", "eve@example.org")
        #expect(throws: PackageError.self) {
            try PackageVerification(of: package, allowed("mine"), program: program)
        }
        _ = try PackageSignature.make(for: package, name: "churn", key: mine, program: program)
        #expect(throws: PackageError.self) {
            try PackageVerification(of: package, allowed("theirs"), program: program)
        }
        #expect(throws: PackageError.self) {
            try PackageVerification(of: package, allowed("mine", identity: "eve@example.org"), program: program)
        }
    }

    @Test("the signature of one package is not one of another")
    func transplanted() throws {
        let package = try package()
        let key = try key("key")
        let sealed = try package.layout.manifest(
            PackageSignature.make(for: package, name: "churn", key: key, program: program))
        try sample.write("models/model.json", "{}")
        let other = try PackageReader(
            package.layout, at: try #require(sample.pack(into: package.layout, tag: "other").manifest))
        _ = try package.layout.attach(sealed.layers, kind: MediaType.signature, to: other.descriptor)
        #expect(throws: PackageError.self) {
            try PackageVerification(of: other, allowed("key"), program: program)
        }
    }

    @Test("a record that came after the signature is reported as unsigned")
    func lateRecord() throws {
        let package = try package()
        _ = try PackageSignature.make(for: package, name: "churn", key: try key("key"), program: program)
        let note = try package.layout.add(Array("late".utf8), mediaType: "text/plain")
        _ = try package.layout.attach([note], kind: "text/plain", to: package.descriptor)
        let verified = try PackageVerification(of: package, allowed("key"), program: program)
        #expect(verified.records.filter { !$0.isSigned }.map(\.kind) == ["text/plain"])
    }

    @Test("a signature for another namespace is refused")
    func namespace() throws {
        let package = try package()
        let key = try key("key")
        let sealed = try package.layout.manifest(
            PackageSignature.make(for: package, name: "churn", key: key, program: program))
        let statement = try package.layout.read(sealed.layers[0])
        try Files.write(statement, to: folder.path("s.json"))
        try TestPrograms.run(
            "ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", key, folder.path("s.json"), in: folder.path)
        let bytes = try Files.read(folder.path("s.json.sig"))
        #expect(throws: PackageError.self) {
            try program.check(Signature(kind: .ssh, bytes: bytes), of: statement, allowed("key"))
        }
        #expect(throws: PackageError.self) {
            try program.check(Signature(kind: .ssh, bytes: bytes), of: statement, nil)
        }
    }

    @Test(
        "minisign accepts what varve signed with its key, and so does varve",
        .enabled(if: (try? TestPrograms.path("minisign")) != nil))
    func minisign() throws {
        let package = try package()
        try TestPrograms.run(
            "minisign", "-G", "-W", "-f", "-p", folder.path("k.pub"), "-s", folder.path("k.key"), in: folder.path)
        let sealed = try package.layout.manifest(
            PackageSignature.make(for: package, name: "churn", key: folder.path("k.key"), program: program))
        try Files.write(package.layout.read(sealed.layers[0]), to: folder.path("signed.json"))
        try Files.write(package.layout.read(sealed.layers[1]), to: folder.path("signed.json.minisig"))
        try TestPrograms.run(
            "minisign", "-V", "-p", folder.path("k.pub"), "-m", folder.path("signed.json"), in: folder.path)
        let verified = try PackageVerification(of: package, .minisign(key: folder.path("k.pub")), program: program)
        #expect(verified.signatures.count == 1)
        try TestPrograms.run(
            "minisign", "-G", "-W", "-f", "-p", folder.path("o.pub"), "-s", folder.path("o.key"), in: folder.path)
        #expect(throws: PackageError.self) {
            try PackageVerification(of: package, .minisign(key: folder.path("o.pub")), program: program)
        }
    }
}
