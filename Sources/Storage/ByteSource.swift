package import Hashing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes to be written somewhere; may be opened any number of times, since requests are repeated and sent in parts.
package protocol ByteSource: Sendable {
    /// How many bytes there are. A reader that ends before or after has met a file that changes.
    var size: Int64 { get }
    /// The local file whose bytes these are; a backend on the same machine may clone it.
    var localPath: String? { get }
    /// The MD5 that the bytes must have, where it is known before they are read; a store may be asked to check it.
    var md5: MD5Digest? { get }
    /// The same bytes without a check that reading them makes, where it makes one: for a backend that reads them in
    /// parts and checks the whole before it publishes anything.
    var unchecked: (any ByteSource)? { get }
    /// Starts reading at an offset. Reading blocks, in units of what the caller asks for.
    func open(at offset: Int64) throws(StorageError) -> any ByteReader
}

/// An opened source; used by one task at a time.
package protocol ByteReader: AnyObject, Sendable {
    /// Fills up to the whole buffer and returns how much; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int
}

extension ByteSource {
    package var localPath: String? { nil }
    package var md5: MD5Digest? { nil }
    package var unchecked: (any ByteSource)? { nil }
}

/// The bytes of a local file.
package struct LocalFileSource: ByteSource {
    package let path: String
    package let size: Int64
    package var localPath: String? { path }

    package init(_ path: String) throws(StorageError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw StorageError(errno: errno, "cannot read the file", path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.unsupported, "not a regular file", place: path)
        }
        self.path = path
        size = Int64(status.st_size)
    }

    package func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        let file = try Descriptor.reading(path)
        if offset > 0 { lseek(file.number, off_t(offset), SEEK_SET) }
        return FileReader(file: file, path: path)
    }

    private final class FileReader: ByteReader {
        let file: Descriptor
        let path: String
        init(file: Descriptor, path: String) {
            self.file = file
            self.path = path
        }
        func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
            do {
                return try file.read(into: buffer)
            } catch {
                throw error.at(nil, in: path)
            }
        }
    }
}

/// Bytes in memory.
package struct BytesSource: ByteSource {
    package let bytes: [UInt8]
    package var size: Int64 { Int64(bytes.count) }

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { self.init(Array(text.utf8)) }

    package func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        BytesReader(bytes[Int(clamping: min(max(0, offset), size))...])
    }
}
