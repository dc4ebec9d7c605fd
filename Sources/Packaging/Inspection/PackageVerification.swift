import Documents
import FileSystem
import Hashing

/// What a check of a package found. Anything wrong is thrown instead.
package struct PackageVerification: Sendable {
    package struct Seal: Sendable, Equatable {
        package let signer: Signer
        package let kind: Signature.Kind
        package let digest: ContentDigest
    }

    package let digest: ContentDigest
    package let blobs: Int
    package let bytes: Int64
    package let files: [PackageReader.File]
    /// Signatures that hold.
    package let signatures: [Seal]
    /// The kinds of the attached documents, and whether a signature covers them.
    package let records: [(kind: String, digest: ContentDigest, isSigned: Bool)]

    /// Reads every byte of the package and of its records.
    ///
    /// - Parameters:
    ///   - signers: who must have signed; then a package without a good signature fails.
    ///   - program: what checks signatures.
    package init(
        of package: PackageReader, _ signers: TrustedSigners?, program: SignatureProgram,
        limits: ArchiveLimits = .standard
    ) throws {
        digest = package.descriptor.digest
        try package.layout.verify(package.manifest.configuration)
        files = try package.files(limits)
        try Self.checkContents(package)
        var blobs = 1 + package.manifest.blobs.count
        var bytes = package.descriptor.size + package.manifest.blobs.reduce(0) { $0 &+ $1.size }
        let records = try package.records()
        for record in records {
            for blob in record.manifest.blobs { try package.layout.verify(blob) }
            blobs += 1 + record.manifest.blobs.count
            bytes = bytes &+ record.descriptor.size &+ record.manifest.blobs.reduce(0) { $0 &+ $1.size }
        }
        self.blobs = blobs
        self.bytes = bytes
        var seals: [Seal] = []
        var covered: Set<ContentDigest> = []
        var failure: (any Error)?
        for record in records where record.manifest.artifactType == MediaType.signature {
            do {
                let signature = try PackageSignature(record.descriptor, record.manifest, in: package.layout)
                guard signature.package == package.descriptor.digest else {
                    throw PackageError(.signature, "the signature \(record.descriptor.digest) is of another package")
                }
                let signer = try program.check(signature.signature, of: signature.statement, signers)
                seals.append(Seal(signer: signer, kind: signature.signature.kind, digest: record.descriptor.digest))
                covered.formUnion(signature.records)
            } catch {
                // Somebody else's signature beside a good one is no fault of the package.
                failure = failure ?? error
            }
        }
        if seals.isEmpty {
            if let failure { throw failure }
            if signers != nil {
                throw PackageError(
                    .signature, "the package \(package.descriptor.digest) is not signed",
                    remedy: "ask its maker to sign it, or fetch it with its signatures")
            }
        }
        signatures = seals
        self.records = records.filter { $0.manifest.artifactType != MediaType.signature }.map {
            ($0.manifest.kind, $0.descriptor.digest, covered.contains($0.descriptor.digest))
        }
    }

    /// What the configuration says of the layers must be so.
    private static func checkContents(_ package: PackageReader) throws {
        for part in package.parts {
            guard case .raw = part.encoding, let text = part.layer.annotations[AnnotationKey.md5] else { continue }
            var hash = MD5()
            try package.layout.stream(part.layer) { hash.update($0) }
            guard MD5Digest(hex: text) == hash.finalize() else {
                throw PackageError(.digest, "the layer \(part.layer.digest) has not the MD5 that the package says")
            }
        }
        let configuration = try package.layout.read(package.manifest.configuration)
        let listed: [Value]?
        switch package.format {
        case .modelpack:
            let fields = try ImageManifest.document(configuration, called: "configuration")
            listed = fields["modelfs"]?.mapping?["diffIds"]?.array ?? fields["modelfs"]?.mapping?["diff_ids"]?.array
        case .image:
            listed = try ImageManifest.document(configuration, called: "configuration")["rootfs"]?
                .mapping?["diff_ids"]?.array
        default: return
        }
        guard let listed, listed.count == package.manifest.layers.count else {
            throw PackageError(.malformed, "the configuration lists other layers than the manifest")
        }
        for (layer, value) in zip(package.manifest.layers, listed) {
            // A compressed layer's content has another digest; it is unpacked when its files are read.
            let isPlain = layer.mediaType.hasSuffix(".tar") || layer.mediaType.hasSuffix(".raw")
            guard !isPlain || value.string == layer.digest.text else {
                throw PackageError(.digest, "the configuration names another content for the layer \(layer.digest)")
            }
        }
    }
}
