package import Basics
import FileSystem

/// Makes a package from its contents: format, place, records and signature.
package struct PackageMaker: Sendable {
    package var format = PackageFormat.modelpack
    /// A folder, or for layouts an archive where it ends with `.tar`.
    package var output: String
    /// What a layout calls the package.
    package var tag: String?
    package var image = ImageSettings()
    package var base: BaseImage?
    package var records: PackageRecords
    /// A private key to sign with.
    package var key: String?

    package init(output: String, records: PackageRecords) {
        self.output = output
        self.records = records
    }

    /// - Parameter output: seen from the working directory of `environment`.
    package func make(_ contents: PackageContents, _ environment: HostEnvironment) throws -> PackedPackage {
        let place = Paths.absolute(output, from: environment.workingDirectory)
        let program = SignatureProgram(environment)
        if let tag, !RegistryReference.isTag(tag) {
            throw PackageError(
                .malformed, "'\(tag.printable)' is not a tag: letters, digits, '.', '_' and '-', at most 128 of them")
        }
        switch format {
        case .tar:
            let package = try PlainArchiveFormat.pack(contents, records: records, to: place)
            // The signature of another package must not lie beside this one.
            for suffix in [".sig", ".minisig"] { try Files.remove(place + suffix) }
            try sign(file: place, program)
            return package
        case .mlflow:
            let package = try MLflowFormat.pack(contents, records: records, to: place)
            try sign(file: Paths.join(place, AccompanyingFiles.checksums), program)
            return package
        case .modelpack, .modelkit, .image:
            return place.hasSuffix(".tar")
                ? try archive(contents, at: place, program) : try layout(contents, at: place, program)
        }
    }

    private func sign(file: String, _ program: SignatureProgram) throws {
        guard let key else { return }
        let signature = try program.sign(file: file, with: key)
        try Files.write(signature.bytes, to: file + (signature.kind == .ssh ? ".sig" : ".minisig"))
    }

    /// An archive of a layout that has no other package.
    private func archive(
        _ contents: PackageContents, at place: String, _ program: SignatureProgram
    ) throws -> PackedPackage {
        let folder = try SiblingFolder.make(of: place)
        defer { try? Files.removeTree(folder) }
        let package = try layout(contents, at: folder, program)
        var images: [(name: String, manifest: Descriptor)] = []
        if format == .image, let manifest = package.manifest {
            images.append((name(contents) + ":" + tag(contents), manifest))
        }
        try ImageLayout(opening: folder).export(to: place, images: images)
        return package
    }

    private func layout(
        _ contents: PackageContents, at place: String, _ program: SignatureProgram
    ) throws -> PackedPackage {
        // Beside its place, so that what fails leaves nothing there.
        let arrival = try PackageArrival(at: place)
        defer { arrival.discard() }
        let layout = arrival.layout
        let package =
            switch format {
            case .modelkit: try ModelKitFormat.pack(contents, into: layout)
            case .image: try RunnableImageFormat.pack(contents, settings: image, base: base, into: layout)
            case .modelpack, .tar, .mlflow: try ModelPackFormat.pack(contents, into: layout)
            }
        guard let manifest = package.manifest else { return package }
        try layout.publish([(manifest, tag(contents))])
        _ = try records.attach(to: package, of: contents, in: layout)
        if let key {
            _ = try PackageSignature.make(
                for: PackageReader(layout, at: manifest), name: contents.description.name, key: key, program: program)
        }
        try arrival.settle()
        return package
    }

    /// The tag that was asked for; else the version, where it can be one; else `latest`.
    package func tag(_ contents: PackageContents) -> String {
        if let tag { return tag }
        guard let version = contents.description.version, RegistryReference.isTag(version) else { return "latest" }
        return version
    }

    /// A name that `docker load` takes.
    private func name(_ contents: PackageContents) -> String {
        let folder = PlainArchiveFormat.folder(contents.description).lowercased()
        let name =
            contents.description.version == nil ? folder : String(folder.split(separator: "-").first ?? "package")
        return name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
            ? "localhost/" + name : "localhost/package"
    }
}
