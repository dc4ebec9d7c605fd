package import Basics
import FileSystem
import Hashing
import Processes

/// Signs and checks with the programs that people have their keys in: `ssh-keygen` and `minisign`.
package struct SignatureProgram: Sendable {
    /// The namespace of SSH signatures: one made for something else is not taken for one of a package.
    package static let namespace = "varve"

    private let environment: HostEnvironment

    package init(_ environment: HostEnvironment) { self.environment = environment }

    // MARK: Signing

    /// Signs bytes with a private key; where the key has a passphrase, the program asks for it.
    ///
    /// - Parameter key: a private key of SSH, a public one whose private part an agent has, or a secret key of minisign.
    package func sign(_ bytes: [UInt8], with key: String) throws -> Signature {
        try Scratch.with(environment) { folder in
            let message = Paths.join(folder, "bytes")
            try Files.write(bytes, to: message, mode: 0o600)
            return try sign(file: message, with: key)
        }
    }

    /// Signs the bytes of a file.
    package func sign(file: String, with key: String) throws -> Signature {
        let kind = try Signature.Kind(ofKey: key)
        return try Scratch.with(environment) { folder in
            let message = Paths.join(folder, "message")
            let result = Paths.join(folder, kind == .ssh ? "message.sig" : "message.minisig")
            // The programs write beside the file and say its name.
            try Files.copy(from: file, to: message, mode: 0o600)
            let words =
                switch kind {
                case .ssh: ["ssh-keygen", "-q", "-Y", "sign", "-n", Self.namespace, "-f", key, message]
                // A trusted comment of its own would tell the time and the name of the file.
                case .minisign: ["minisign", "-S", "-s", key, "-m", message, "-x", result, "-t", "varve package"]
                }
            // Asks for passphrases on the terminal; what it says is no result of ours.
            let outcome = try start(["/bin/sh", "-c", "exec \"$@\" >&2", "sh"] + words, .inherited).wait()
            guard outcome.succeeded, let text = try Files.readIfPresent(result, limit: 1 << 16) else {
                throw PackageError(
                    .signature, "\(words[0]) did not sign with '\(key.printable)'",
                    remedy: outcome.code == 127 ? "install it, so that `\(words[0])` is on the PATH" : nil)
            }
            return Signature(kind: kind, bytes: text)
        }
    }

    // MARK: Checking

    /// Whether a signature holds, and whose it is.
    ///
    /// - Parameter signers: whom to believe; `nil` to check only that the signature belongs to the bytes.
    package func check(_ signature: Signature, of bytes: [UInt8], _ signers: TrustedSigners?) throws -> Signer {
        try Scratch.with(environment) { folder in
            let message = Paths.join(folder, "bytes")
            try Files.write(bytes, to: message, mode: 0o600)
            return try check(signature, ofFile: message, signers)
        }
    }

    /// Whether a signature holds for the bytes of a file, and whose it is.
    package func check(_ signature: Signature, ofFile message: String, _ signers: TrustedSigners?) throws -> Signer {
        try Scratch.with(environment) { folder in
            let file = Paths.join(folder, "signature")
            try Files.write(signature.bytes, to: file, mode: 0o600)
            switch (signature.kind, signers) {
            case (.ssh, nil):
                let said = try run(["ssh-keygen", "-Y", "check-novalidate", "-n", Self.namespace, "-s", file], message)
                return Signer(identity: nil, key: Self.key(in: said))
            case (.ssh, .ssh(let list, let identity)?):
                var identities = identity.map { [$0] } ?? []
                if identities.isEmpty {
                    let found = try run(["ssh-keygen", "-Y", "find-principals", "-s", file, "-f", list], message)
                    identities = found.split(separator: "\n").map(String.init)
                }
                var failure = PackageError(.signature, "nobody in '\(list.printable)' has the key of the signature")
                for name in identities {
                    do {
                        let said = try run(
                            [
                                "ssh-keygen", "-Y", "verify", "-f", list, "-I", name, "-n", Self.namespace, "-s", file,
                            ], message)
                        return Signer(identity: name, key: Self.key(in: said))
                    } catch let error as PackageError { failure = error }
                }
                throw failure
            case (.minisign, .minisign(let key)?):
                let isFile = Files.exists(key)
                let words = ["minisign", "-V", "-q", isFile ? "-p" : "-P", key, "-m", message, "-x", file]
                _ = try run(words, message)
                return Signer(identity: "minisign", key: isFile ? Paths.name(key) : key)
            case (.minisign, nil):
                throw PackageError(
                    .signature, "a signature of minisign cannot be checked without the public key",
                    remedy: "give the key or the file that it is in")
            default:
                throw PackageError(
                    .signature,
                    "the package has a signature of \(signature.kind.rawValue), and the signers given are of another kind"
                )
            }
        }
    }

    /// The fingerprint in what ssh-keygen says.
    private static func key(in text: String) -> String? {
        text.split { $0 == " " || $0 == "\n" }.first { $0.hasPrefix("SHA256:") }.map(String.init)
    }

    /// Runs a program with a file as its input, and returns what it wrote.
    private func run(_ words: [String], _ input: String) throws -> String {
        let collected = OutputBox()
        let script = "input=$1 && shift && exec \"$@\" <\"$input\""
        let outcome = try start(
            ["/bin/sh", "-c", script, "sh", input] + words, .relayed { _, bytes in collected.append(bytes) }
        ).wait(ProgramLimits(timeout: .seconds(60)))
        let said = collected.text
        guard outcome.succeeded else {
            if outcome.code == 127 {
                throw PackageError(
                    .signature, "there is no \(words[0]) to check the signature with",
                    remedy: "install it, so that `\(words[0])` is on the PATH")
            }
            let reason = said.split(separator: "\n").last.map { ": " + String($0).printableText } ?? ""
            throw PackageError(
                .signature, "the signature does not hold\(reason)",
                remedy: "do not use the package before you know who made it")
        }
        return said
    }

    private func start(_ words: [String], _ streams: ProgramRequest.Streams) throws -> RunningProgram {
        var variables = environment.variables
        // What the programs say is looked at.
        variables["LC_ALL"] = "C"
        return try RunningProgram(
            ProgramRequest(
                arguments: words, variables: variables, workingDirectory: environment.workingDirectory, streams: streams
            ))
    }
}

/// A signature as the program wrote it.
package struct Signature: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case ssh = "SSH"
        case minisign

        /// Of a key file, by its first words.
        init(ofKey path: String) throws {
            let start = try Files.beginning(of: path, count: 64)
            self = start.starts(with: "untrusted comment:".utf8) ? .minisign : .ssh
        }

        package var mediaType: String { self == .ssh ? MediaType.sshSignature : MediaType.minisignSignature }
    }

    package let kind: Kind
    package let bytes: [UInt8]

    package init(kind: Kind, bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }
}

/// Whom to believe.
package enum TrustedSigners: Sendable, Equatable {
    /// A file in the form of SSH's `allowed_signers`, and who of it must have signed; anybody of it where that is `nil`.
    case ssh(file: String, identity: String?)
    /// A public key of minisign, or the file it is in.
    case minisign(key: String)
}

/// Who signed.
package struct Signer: Sendable, Equatable {
    /// As the list of allowed signers calls them; `nil` where no list was asked.
    package let identity: String?
    package let key: String?
}

/// A folder of our own for files that programs exchange.
enum Scratch {
    static func with<Result>(_ environment: HostEnvironment, _ body: (String) throws -> Result) throws -> Result {
        let folder = Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-sign-" + TemporaryName.make())
        try Files.makeDirectory(folder, mode: 0o700)
        defer { try? Files.removeTree(folder) }
        return try body(folder)
    }
}
