import ArgumentParser
import Documents
import Packaging
import Rendering
import Storage

/// `varve package verify`: whether a package is whole, and who signed it.
struct PackageVerifyCommand: VarveCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte of a package, and who signed it",
        discussion: examples(
            ("varve package verify dist", "Whether it is whole and its signature belongs to it"),
            (
                "varve package verify dist --signers allowed_signers --identity ada@example.org",
                "Whether this person signed it"
            ),
            ("varve package verify churn.tar --minisign-key churn.pub", "The same with a key of minisign")))
    static let failureStatus: Int32 = 1
    static let dialect = Dialect(exclusive: [SignerOptions.exclusive])

    @Argument(help: "The package: a path, and behind a colon its name where there are several", completion: .file())
    var package: String
    @OptionGroup var signers: SignerOptions
    @Flag(help: "Print JSON") var json = false
    @OptionGroup var global: GlobalOptions

    func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let trusted = try signers.trusted(console)
        let package = package
        let view = try await onOwnThread { _ in
            let opened = try OpenedPackage(package, environment)
            let program = SignatureProgram(environment)
            return switch opened.content {
            case .layout(let reader): VerificationView(try PackageVerification(of: reader, trusted, program: program))
            case .plain(let plain):
                VerificationView(try PlainVerification(of: plain, trusted, program: program), plain.digest)
            }
        }
        if json { console.showJSON(JSON.emitPython(.mapping(view.value))) } else { console.print(view.text) }
        for warning in view.warnings { console.warn(warning) }
    }
}

/// What a check found, as text and as JSON.
struct VerificationView: Sendable {
    private struct Seal: Sendable {
        let kind: String
        let identity: String?
        let key: String?
    }

    private let digest: ContentDigest
    private let files: Int
    private let seals: [Seal]
    private let records: [(kind: String, digest: ContentDigest, isSigned: Bool)]

    init(_ verification: PackageVerification) {
        digest = verification.digest
        files = verification.files.count
        seals = verification.signatures.map {
            Seal(kind: $0.kind.rawValue, identity: $0.signer.identity, key: $0.signer.key)
        }
        records = verification.records
    }

    init(_ verification: PlainVerification, _ digest: ContentDigest) {
        self.digest = digest
        files = verification.files.count
        seals =
            verification.signer.map {
                [Seal(kind: verification.kind?.rawValue ?? "", identity: $0.identity, key: $0.key)]
            } ?? []
        records = []
    }

    var value: Mapping {
        var fields = Mapping()
        fields["digest"] = .string(digest.text)
        fields["files"] = .int(files)
        fields["signatures"] = .array(
            seals.map { seal in
                [
                    "kind": .string(seal.kind), "identity": seal.identity.map(Value.string) ?? .null,
                    "key": seal.key.map(Value.string) ?? .null,
                ]
            })
        fields["records"] = .array(
            records.map {
                ["kind": .string($0.kind), "digest": .string($0.digest.text), "signed": .bool($0.isSigned)]
            })
        return fields
    }

    var text: String {
        var lines = ["\(digest.text): \(counted(files, "file")), whole"]
        for seal in seals {
            let who = seal.identity.map { "by \($0.onOneLine)" } ?? "by a key that nobody vouched for"
            lines.append("signed \(who)\(seal.key.map { " (\($0))" } ?? "")")
        }
        if seals.isEmpty { lines.append("not signed") }
        for record in records {
            lines.append("attached: \(record.kind.onOneLine)\(record.isSigned ? ", signed" : "")")
        }
        return lines.joined(separator: "\n")
    }

    /// What should not be overlooked.
    var warnings: [String] {
        guard seals.contains(where: { $0.identity != nil }) else { return [] }
        return records.filter { !$0.isSigned }.map {
            "the signature does not cover the attached '\($0.kind)' (\($0.digest.short)): anybody may have put it there"
        }
    }
}
