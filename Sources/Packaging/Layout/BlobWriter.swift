import FileSystem
import Hashing

/// Writes a blob under a private name; it gets its real one when its digest is known.
struct BlobWriter: ~Copyable {
    private let folder: String
    private let temporary: String
    private let file: FileDescriptor
    private var hash = SHA256()
    private(set) var size: Int64 = 0
    private var isSettled = false

    /// - Parameter folder: `blobs/sha256` of a layout.
    init(in folder: String) throws {
        self.folder = folder
        temporary = TemporaryName.make()
        file = try SafeFolder(root: folder).createFile(RelativePath(temporary), mode: 0o666)
    }

    deinit {
        if !isSettled { try? Files.remove(Paths.join(folder, temporary)) }
    }

    /// Throws away what has no name yet; nothing more may be written.
    mutating func abandon() {
        guard !isSettled else { return }
        isSettled = true
        try? Files.remove(Paths.join(folder, temporary))
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        hash.update(bytes)
        try file.write(bytes)
        size += Int64(bytes.count)
    }

    /// Gives the blob its name.
    ///
    /// - Parameter expected: what it must be; anything else is thrown away.
    mutating func finish(mediaType: String, expecting expected: Descriptor? = nil) throws -> Descriptor {
        let descriptor = Descriptor(mediaType: mediaType, digest: ContentDigest(hash), size: size)
        if let expected, expected.digest != descriptor.digest || expected.size != descriptor.size {
            throw expected.damage
        }
        try file.sync()
        try Files.replace(
            Paths.join(folder, descriptor.digest.hex), byRenaming: Paths.join(folder, temporary))
        isSettled = true
        return descriptor
    }
}
