import Documents
import FileSystem

/// A signature over a package and over what is attached to it.
///
/// What is signed is a short in-toto statement that names the manifest of the package and those of its records by their
/// SHA-256; with them every byte of the package is settled. Statement and signature are the two layers of an artifact
/// that refers to the package, so `ssh-keygen -Y verify` on the two files says the same as varve.
package struct PackageSignature: Sendable {
    package static let statementName = "signed.json"
    private static let predicate = "urn:varve:signature:v1"

    package let descriptor: Descriptor
    package let statement: [UInt8]
    package let signature: Signature
    /// The package that it is of.
    package let package: ContentDigest
    /// The records that it covers.
    package let records: Set<ContentDigest>

    /// Signs a package with all the records that the layout has of it.
    package static func make(
        for package: PackageReader, name: String, key: String, program: SignatureProgram
    ) throws -> Descriptor {
        let layout = package.layout
        var subjects = [Statement.subject(name, package.descriptor.digest)]
        for record in try package.records() where record.manifest.artifactType != MediaType.signature {
            subjects.append(Statement.subject(record.manifest.kind, record.descriptor.digest))
        }
        let statement = Statement.bytes(subjects: subjects, type: predicate, predicate: .mapping(Mapping()))
        let signature = try program.sign(statement, with: key)
        var document = try layout.add(statement, mediaType: MediaType.statement)
        document.annotations[AnnotationKey.title] = statementName
        var seal = try layout.add(signature.bytes, mediaType: signature.kind.mediaType)
        seal.annotations[AnnotationKey.title] =
            statementName + (signature.kind == .ssh ? ".sig" : ".minisig")
        return try layout.attach([document, seal], kind: MediaType.signature, to: package.descriptor)
    }

    /// Reads a signature; whether it holds is another question.
    init(_ descriptor: Descriptor, _ manifest: ImageManifest, in layout: ImageLayout) throws {
        guard manifest.layers.count == 2, manifest.layers[0].mediaType == MediaType.statement else {
            throw PackageError(.signature, "the signature \(descriptor.digest) is not of varve's kind")
        }
        let seal = manifest.layers[1]
        switch seal.mediaType {
        case MediaType.sshSignature:
            signature = Signature(kind: .ssh, bytes: try layout.read(seal, limit: 1 << 16))
        case MediaType.minisignSignature:
            signature = Signature(kind: .minisign, bytes: try layout.read(seal, limit: 1 << 16))
        default:
            throw PackageError(.signature, "the signature \(descriptor.digest) is of a kind that varve does not know")
        }
        self.descriptor = descriptor
        statement = try layout.read(manifest.layers[0], limit: 1 << 20)
        let fields = try ImageManifest.document(statement, called: "signed statement")
        var digests: [ContentDigest] = []
        for subject in fields["subject"]?.array ?? [] {
            let hex = subject.mapping?["digest"]?.mapping?["sha256"]?.string
            guard let digest = hex.flatMap(ContentDigest.init(hex:)) else {
                throw PackageError(.signature, "the signed statement names something without its SHA-256")
            }
            digests.append(digest)
        }
        guard fields["predicateType"]?.string == Self.predicate, fields["_type"]?.string == Statement.type,
            let first = digests.first
        else { throw PackageError(.signature, "the signed statement \(descriptor.digest) says something else") }
        package = first
        records = Set(digests.dropFirst())
    }
}
