import Documents
package import FileSystem
import Hashing

/// A package in a layout, as somebody finds it: made by varve or by any other tool.
package struct PackageReader: Sendable {
    package let layout: ImageLayout
    package let descriptor: Descriptor
    package let manifest: ImageManifest

    /// What is in a layer, and how.
    package struct Part: Sendable {
        package enum Encoding: Sendable, Equatable {
            /// One file's bytes.
            case raw(RelativePath)
            case tar
            case compressedTar(Compression)
            /// A layer of a base image, or of a kind that nobody knows.
            case opaque
        }

        package let layer: Descriptor
        package let role: FileRole?
        package let encoding: Encoding
    }

    /// A file of the package.
    package struct File: Sendable, Equatable {
        package let path: RelativePath
        package let role: FileRole?
        package let size: Int64
        package let sha256: ContentDigest
        package let isExecutable: Bool
    }

    /// - Parameter reference: a name or digest; `nil` where there is only one package.
    package init(_ layout: ImageLayout, _ reference: String?) throws {
        try self.init(layout, at: layout.resolve(reference))
    }

    package init(_ layout: ImageLayout, at descriptor: Descriptor) throws {
        self.layout = layout
        self.descriptor = descriptor
        manifest = try layout.manifest(descriptor)
    }

    /// What the package is; `nil` for an artifact of another kind.
    package var format: PackageFormat? {
        switch manifest.configuration.mediaType {
        case MediaType.modelPackConfiguration: .modelpack
        case MediaType.modelKitConfiguration: .modelkit
        case MediaType.imageConfiguration, "application/vnd.docker.container.image.v1+json": .image
        default: nil
        }
    }

    package var parts: [Part] { manifest.layers.map { Part($0, format) } }

    // MARK: Files

    /// Every file that can be told apart, sorted by path. All of the package's bytes are read and checked.
    package func files(_ limits: ArchiveLimits = .standard) throws -> [File] {
        var found: [File] = []
        for part in parts {
            try visit(part, limits) { file, read in
                var hash = SHA256()
                try read { hash.update($0) }
                found.append(
                    File(
                        path: file.path, role: part.role, size: file.size, sha256: ContentDigest(hash),
                        isExecutable: file.isExecutable))
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// Calls `body` with each file of a layer and what reads its bytes, then throws unless the layer was whole. Whoever
    /// keeps the bytes must throw them away after an error.
    func visit(
        _ part: Part, _ limits: ArchiveLimits,
        _ body: (TarItem, (_ sink: TarWriter.Sink) throws -> Void) throws -> Void
    ) throws {
        switch part.encoding {
        case .opaque: try layout.verify(part.layer)
        case .raw(let path):
            try PathGate.check(path.string)
            var isRead = false
            let item = TarItem(path: path, isFolder: false, isExecutable: part.isExecutable, size: part.layer.size)
            try body(item) { sink in
                isRead = true
                try layout.stream(part.layer, to: sink)
            }
            if !isRead { try layout.verify(part.layer) }
        case .tar: try visitArchive(in: part.layer, nil, limits, body)
        case .compressedTar(let compression): try visitArchive(in: part.layer, compression, limits, body)
        }
    }

    private func visitArchive(
        in layer: Descriptor, _ compression: Compression?, _ limits: ArchiveLimits,
        _ body: (TarItem, (_ sink: TarWriter.Sink) throws -> Void) throws -> Void
    ) throws {
        let checked = try layout.checkedSource(of: layer)
        let expanded = try compression.map {
            try ExpandedSource(checked, $0, limit: limits.expansion(of: layer.size))
        }
        var reader = TarReader(expanded ?? checked, limits: limits)
        while let item = try reader.next() {
            if item.isFolder { continue }
            try body(item) { sink in try reader.readContent(sink) }
        }
        try expanded?.finish()
        try checked.finish()
    }

    // MARK: Records

    /// What the layout has about this package, signatures included.
    package func records() throws -> [(descriptor: Descriptor, manifest: ImageManifest)] {
        try layout.referrers(of: descriptor.digest)
    }
}

extension PackageReader.Part {
    fileprivate init(_ layer: Descriptor, _ format: PackageFormat?) {
        self.layer = layer
        let type = layer.mediaType
        let role = layer.annotations[AnnotationKey.role].flatMap(FileRole.init(rawValue:)) ?? Self.role(type)
        self.role = role
        let path = layer.annotations[AnnotationKey.modelPath] ?? layer.annotations[AnnotationKey.title]
        if format == .image, layer.annotations[AnnotationKey.role] == nil {
            encoding = .opaque
        } else if type.hasSuffix(".tar") {
            encoding = .tar
        } else if type.hasSuffix(".tar+gzip") || type.hasSuffix(".tar.gzip") {
            encoding = .compressedTar(.gzip)
        } else if type.hasSuffix(".tar+zstd") || type.hasSuffix(".tar.zstd") {
            encoding = .compressedTar(.zstd)
        } else if let path, type.hasSuffix(".raw") || role == nil {
            encoding = .raw(RelativePath(path))
        } else {
            encoding = .opaque
        }
    }

    private static func role(_ mediaType: String) -> FileRole? {
        let kinds: [(String, FileRole)] = [
            ("model.weight.config.", .configuration), ("model.weight.", .model), ("model.code.", .code),
            ("model.dataset.", .dataset), ("model.doc.", .documentation), ("modelkit.modelpart.", .configuration),
            ("modelkit.model.", .model), ("modelkit.code.", .code), ("modelkit.dataset.", .dataset),
            ("modelkit.docs.", .documentation),
        ]
        return kinds.first { mediaType.contains($0.0) }?.1
    }

    /// ModelPack keeps the mode of a raw file beside it.
    fileprivate var isExecutable: Bool {
        guard let text = layer.annotations[AnnotationKey.modelMetadata],
            let fields = try? ImageManifest.document(Array(text.utf8), called: "annotation"),
            let mode = fields["mode"]?.int
        else { return false }
        return mode & 0o100 != 0
    }
}
