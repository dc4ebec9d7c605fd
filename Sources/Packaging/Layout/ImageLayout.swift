package import FileSystem
import Documents
import Hashing

/// A folder of blobs and manifests, as the OCI image layout has it.
///
/// Blobs are written first and under private names, the index last, so a reader finds the old packages or the new ones
/// at any moment. What is read is checked against its digest; links in the folder are not followed.
package struct ImageLayout: Sendable {
    package let root: String

    static let marker = "oci-layout"
    private static let version = Array(#"{"imageLayoutVersion": "1.0.0"}"#.utf8)
    static let index = "index.json"

    /// Opens the layout at a path, or makes one where nothing or an empty folder is.
    package static func make(at root: String) throws -> ImageLayout {
        if Files.exists(Paths.join(root, marker)) { return try ImageLayout(opening: root) }
        if Files.exists(root) {
            guard Files.isDirectory(root), try Files.names(in: root).isEmpty else {
                throw PackageError(
                    .malformed, "'\(root.printable)' is there already and is no OCI layout",
                    remedy: "name another place, or remove it first")
            }
        }
        try Files.makeDirectory(Paths.join(root, "blobs/sha256"))
        try Files.write(ImageIndex().bytes, to: Paths.join(root, index))
        try Files.write(version, to: Paths.join(root, marker))
        return ImageLayout(root: root)
    }

    package init(opening root: String) throws {
        self.root = root
        guard let bytes = try Files.readIfPresent(Paths.join(root, Self.marker), limit: 1 << 16) else {
            throw PackageError(.missing, "'\(root.printable)' is no OCI layout: it has no file '\(Self.marker)'")
        }
        let fields = try ImageManifest.document(bytes, called: "file '\(Self.marker)'")
        guard fields["imageLayoutVersion"]?.string == "1.0.0" else {
            throw PackageError(
                .unsupported, "'\(root.printable)' is an OCI layout of a version that varve does not know")
        }
    }

    init(root: String) { self.root = root }

    var blobs: String { Paths.join(root, "blobs/sha256") }

    // MARK: Writing

    package func add(_ bytes: [UInt8], mediaType: String) throws -> Descriptor {
        let descriptor = Descriptor(of: bytes, mediaType: mediaType)
        if try !holds(descriptor) { try Files.write(bytes, to: path(of: descriptor)) }
        return descriptor
    }

    package func add(_ manifest: ImageManifest) throws -> Descriptor {
        let bytes = manifest.bytes
        guard bytes.count <= ImageManifest.largest else {
            throw PackageError(
                .limit, "the manifest would have \(bytes.count) bytes, which no registry takes",
                remedy: "package fewer files, or put them into folders")
        }
        var descriptor = try add(bytes, mediaType: MediaType.manifest)
        descriptor.artifactType = manifest.artifactType
        return descriptor
    }

    /// Adds what `body` writes.
    package func add(
        mediaType: String, expecting expected: Descriptor? = nil,
        _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> Descriptor {
        try Files.makeDirectory(blobs)
        var writer = try BlobWriter(in: blobs)
        try body { try writer.write($0) }
        return try writer.finish(mediaType: mediaType, expecting: expected)
    }

    /// Copies a blob from another layout, checked on the way.
    func take(_ blob: Descriptor, from other: ImageLayout) throws {
        if try holds(blob) { return try verify(blob) }
        _ = try add(mediaType: blob.mediaType, expecting: blob) { sink in try other.stream(blob, to: sink) }
    }

    /// Puts manifests into the index. A name that another manifest had becomes the new one's; a manifest that was there
    /// under no name gets its name.
    package func publish(_ manifests: [(descriptor: Descriptor, name: String?)]) throws {
        var index = try self.index()
        for (descriptor, name) in manifests {
            var entry = descriptor
            if let name {
                index.manifests.removeAll { $0.reference == name }
                entry.annotations[AnnotationKey.reference] = name
            }
            index.manifests.removeAll {
                $0.digest == descriptor.digest && ($0.reference == nil || $0.reference == name)
            }
            let isNamed = index.manifests.contains { $0.digest == descriptor.digest }
            if name != nil || !isNamed { index.manifests.append(entry) }
        }
        try Files.write(index.bytes, to: Paths.join(root, Self.index))
    }

    // MARK: Reading

    package func index() throws -> ImageIndex {
        try ImageIndex(parsing: Files.read(Paths.join(root, Self.index), limit: ImageManifest.largest))
    }

    /// Whether the blob is there with its size; its bytes are checked when they are read.
    package func holds(_ descriptor: Descriptor) throws -> Bool {
        let status = try Files.status(path(of: descriptor))
        return status?.kind == .file && status?.size == descriptor.size
    }

    /// The bytes of a blob that has to fit in memory.
    package func read(_ descriptor: Descriptor, limit: Int = ImageManifest.largest) throws -> [UInt8] {
        guard descriptor.size <= Int64(limit) else {
            throw PackageError(.limit, "the blob \(descriptor.digest) has \(descriptor.size) bytes, more than \(limit)")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(descriptor.size))
        try stream(descriptor) { bytes.append(contentsOf: $0) }
        return bytes
    }

    package func manifest(_ descriptor: Descriptor) throws -> ImageManifest {
        guard MediaType.isManifest(descriptor.mediaType) else {
            throw PackageError(
                .malformed, "\(descriptor.digest) is a '\(descriptor.mediaType.printableText)', no manifest")
        }
        return try ImageManifest(parsing: read(descriptor))
    }

    /// Hands on the bytes of a blob, then throws unless they were the right ones.
    package func stream(_ descriptor: Descriptor, to body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let source = try checkedSource(of: descriptor)
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 4096) { buffer in
            while true {
                let count = try source.read(into: buffer)
                if count == 0 { break }
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        try source.finish()
    }

    /// Throws unless the blob is there, whole and right.
    package func verify(_ descriptor: Descriptor) throws { try stream(descriptor) { _ in } }

    func checkedSource(of descriptor: Descriptor) throws -> CheckedSource {
        CheckedSource(try open(descriptor), descriptor)
    }

    /// The open blob, not yet checked.
    package func open(_ descriptor: Descriptor) throws -> FileDescriptor {
        do throws(FileError) {
            return try FileDescriptor.reading(path(of: descriptor), followingLinks: false)
        } catch {
            guard Files.exists(path(of: descriptor)) else {
                throw PackageError(.missing, "the blob \(descriptor.digest) is not in '\(root.printable)'")
            }
            throw error
        }
    }

    package func path(of descriptor: Descriptor) -> String { Paths.join(blobs, descriptor.digest.hex) }

    // MARK: Names

    /// The manifest with a name or digest; the only package where none is given.
    package func resolve(_ reference: String?) throws -> Descriptor {
        let manifests = try index().manifests
        if let reference {
            let named = manifests.filter { $0.reference == reference }
            let digest = ContentDigest(reference)
            guard let found = named.first ?? manifests.first(where: { $0.digest == digest }) else {
                throw PackageError(
                    .missing, "'\(root.printable)' has no package '\(reference.printableText)'",
                    remedy: names(manifests))
            }
            return found
        }
        var candidates = manifests.filter { $0.reference != nil }
        if candidates.isEmpty { candidates = try manifests.filter { try !isRecord($0) } }
        let digests = Set(candidates.map(\.digest))
        guard let only = candidates.first, digests.count == 1 else {
            throw PackageError(
                .missing, "'\(root.printable)' has \(digests.isEmpty ? "no package" : "several packages")",
                remedy: names(manifests))
        }
        return only
    }

    /// Whether the manifest only says something about another one.
    private func isRecord(_ descriptor: Descriptor) throws -> Bool {
        guard MediaType.isManifest(descriptor.mediaType), Files.exists(path(of: descriptor)) else { return false }
        return try manifest(descriptor).subject != nil
    }

    private func names(_ manifests: [Descriptor]) -> String? {
        let names = manifests.compactMap(\.reference).sorted()
        return names.isEmpty
            ? nil : "name one of them behind a colon: \(names.prefix(20).joined(separator: ", ").printable)"
    }

    /// The manifests of the layout that say something about another one, in a settled order.
    package func referrers(of subject: ContentDigest) throws -> [(descriptor: Descriptor, manifest: ImageManifest)] {
        var found: [(descriptor: Descriptor, manifest: ImageManifest)] = []
        for descriptor in try index().manifests where MediaType.isManifest(descriptor.mediaType) {
            // Layouts may list manifests that they do not have; one that is there is read and checked.
            guard Files.exists(path(of: descriptor)),
                !found.contains(where: { $0.descriptor.digest == descriptor.digest })
            else { continue }
            let manifest = try manifest(descriptor)
            if manifest.subject?.digest == subject { found.append((descriptor, manifest)) }
        }
        return found.sorted { $0.descriptor.digest < $1.descriptor.digest }
    }

    /// Attaches a document to a manifest.
    package func attach(
        _ documents: [Descriptor], kind: String, to subject: Descriptor, annotations: [String: String] = [:]
    ) throws -> Descriptor {
        _ = try add(Array("{}".utf8), mediaType: MediaType.empty)
        let bare = Descriptor(mediaType: subject.mediaType, digest: subject.digest, size: subject.size)
        let descriptor = try add(
            ImageManifest(
                artifactType: kind, configuration: .empty, layers: documents, subject: bare, annotations: annotations))
        try publish([(descriptor, nil)])
        return descriptor
    }
}
