package import FileSystem
package import Hashing

/// What a file is in a package for.
package enum FileRole: String, Sendable, CaseIterable {
    case model
    /// What belongs to the model beside its weights: a tokenizer, a sidecar.
    case configuration
    case code
    case dataset
    case documentation
}

/// A file that is to be packed.
package struct PackageFile: Sendable {
    package enum Content: Sendable {
        case bytes([UInt8])
        /// A file of the disk.
        case file(String)
    }

    /// Where it lies in the package.
    package var path: RelativePath
    package var role: FileRole
    package var content: Content
    package var isExecutable: Bool
    /// The file or folder that was asked for, which this is or lies in.
    package var group: RelativePath
    /// The MD5 that DVC's files record, where they do; the bytes must have it.
    package var recorded: MD5Digest?

    package init(
        _ path: RelativePath, _ role: FileRole, _ content: Content, isExecutable: Bool = false,
        group: RelativePath? = nil, recorded: MD5Digest? = nil
    ) {
        self.path = path
        self.role = role
        self.content = content
        self.isExecutable = isExecutable
        self.group = group ?? path
        self.recorded = recorded
    }

    func entry() throws -> TarEntry {
        switch content {
        case .bytes(let bytes): return TarEntry(path, .bytes(bytes), isExecutable: isExecutable)
        case .file(let place):
            let size = try FileDescriptor.reading(place).status().size
            return TarEntry(path, .file(path: place, size: size), isExecutable: isExecutable)
        }
    }

    /// Hands on the bytes.
    func stream(to sink: TarWriter.Sink) throws {
        switch content {
        case .bytes(let bytes): try bytes.withUnsafeBytes(sink)
        case .file(let place):
            try TarWriter.copy(place, size: FileDescriptor.reading(place).status().size, to: sink)
        }
    }

    /// The first bytes, which say what kind of file it is.
    func beginning(_ count: Int) throws -> [UInt8] {
        switch content {
        case .bytes(let bytes): Array(bytes.prefix(count))
        case .file(let place): try Files.beginning(of: place, count: count)
        }
    }

    var size: Int64 {
        get throws {
            switch content {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(let place): try FileDescriptor.reading(place).status().size
            }
        }
    }

    /// Reads it to learn its digests.
    func measured() throws -> PackedFile {
        var digests = FileDigests()
        try stream { digests.update($0) }
        return try digests.packed(self)
    }
}

/// A file as it was packed.
package struct PackedFile: Sendable, Equatable {
    package let path: RelativePath
    package let role: FileRole
    package let size: Int64
    /// What DVC knows it by, beside the digest that proves it.
    package let md5: MD5Digest
    package let sha256: ContentDigest
}

/// Both digests of a file, taken in one pass.
struct FileDigests {
    private var md5 = MD5()
    private var sha256 = SHA256()
    private var size: Int64 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        md5.update(bytes)
        sha256.update(bytes)
        size += Int64(bytes.count)
    }

    /// Throws where the file is not the one that was recorded.
    func packed(_ file: PackageFile) throws -> PackedFile {
        let md5 = md5.finalize()
        if let recorded = file.recorded, recorded != md5 {
            throw PackageError(
                .changed, "'\(file.path.string.printable)' is not the file that was recorded (\(recorded) by MD5)",
                remedy: "run `varve status`; then commit the change, or check the recorded file out")
        }
        return PackedFile(
            path: file.path, role: file.role, size: size, md5: md5, sha256: ContentDigest(sha256))
    }
}
