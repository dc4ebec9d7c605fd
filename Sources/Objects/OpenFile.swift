import Basics
import FileSystem
import Hashing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file opened for reading that is still the one that was found.
final class OpenFile: Sendable {
    let descriptor: Int32
    let request: ContentReader.Request

    /// - Throws: `FileError` where it can't be opened, `FileChanged` where another file or content is there by now.
    init(_ request: ContentReader.Request) throws {
        // A FIFO planted in place of the file must not block the open.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (request.followsLink ? 0 : O_NOFOLLOW)
        let descriptor = open(request.path, flags)
        guard descriptor >= 0 else { throw FileError("read", request.path, errno) }
        self.descriptor = descriptor
        self.request = request
        // From here on `deinit` closes the file, also where this throws.
        guard try OpenFile.status(descriptor, request.path) == request.status else {
            throw FileChanged(path: request.path)
        }
    }

    deinit { close(descriptor) }

    /// Reads until the buffer is full or the file ends; returns the number of bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var total = 0
        while total < buffer.count {
            guard let base = buffer.baseAddress else { break }
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, base + total, buffer.count - total)
            #else
                let count = Darwin.read(descriptor, base + total, buffer.count - total)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", request.path, errno)
            }
            if count == 0 { break }
            total += count
        }
        return total
    }

    /// The file's status now, if nothing touched it since it was found.
    func statusAfterReading() throws -> FileStatus {
        let now = try OpenFile.status(descriptor, request.path)
        guard now == request.status else { throw FileChanged(path: request.path) }
        return now
    }

    private static func status(_ descriptor: Int32, _ path: String) throws -> FileStatus {
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw FileError("read", path, errno) }
        return FileStatus(raw)
    }
}
