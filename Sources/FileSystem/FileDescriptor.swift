import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file or folder, closed when the last reference goes.
package final class FileDescriptor: Sendable {
    package let raw: Int32
    /// How messages call it.
    package let path: String

    package init(owning raw: Int32, path: String) {
        self.raw = raw
        self.path = path
    }

    deinit { close(raw) }

    /// Opens a folder; a symbolic link at its end is followed only when asked.
    package static func folder(_ path: String, followingLinks: Bool = true) throws(FileError) -> FileDescriptor {
        let flags = O_RDONLY | O_DIRECTORY | (followingLinks ? 0 : O_NOFOLLOW)
        return FileDescriptor(owning: try SystemCalls.open(Place(path), flags), path: path)
    }

    /// Opens an ordinary file for reading; never waits for the other end of a FIFO or touches a device.
    package static func reading(_ path: String, followingLinks: Bool = true) throws(FileError) -> FileDescriptor {
        try reading(Place(path), followingLinks: followingLinks)
    }

    static func reading(_ place: Place, followingLinks: Bool) throws(FileError) -> FileDescriptor {
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (followingLinks ? 0 : O_NOFOLLOW)
        let descriptor = FileDescriptor(owning: try SystemCalls.open(place, flags), path: place.shown)
        switch try descriptor.status().kind {
        case .file: return descriptor
        case .directory: throw FileError("read", place.shown, EISDIR)
        case .symlink, .other: throw FileError("read a device, socket or pipe as a file:", place.shown, EINVAL)
        }
    }

    /// Makes a file for reading and writing that has no name, so that it is gone whatever happens.
    package static func scratch(in folder: String) throws(FileError) -> FileDescriptor {
        let path = Paths.join(folder, TemporaryName.make())
        let raw = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw FileError("create", path) }
        unlink(path)
        return FileDescriptor(owning: raw, path: path)
    }

    package func status() throws(FileError) -> FileStatus {
        try SystemCalls.status(descriptor: raw, shown: path)
    }

    /// Reads from the current position; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        try SystemCalls.read(raw, into: buffer, shown: path)
    }

    /// Reads from a place in the file, wherever the current position is; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        while true {
            let count = pread(raw, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileError("read", path) }
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try SystemCalls.writeAll(raw, bytes, shown: path)
    }

    package func write(_ bytes: [UInt8]) throws(FileError) {
        try SystemCalls.writeAll(raw, bytes, shown: path)
    }

    /// Waits until everything written is on the disk.
    package func sync() throws(FileError) {
        try SystemCalls.sync(raw, shown: path)
    }

    package func setMode(_ mode: UInt32) throws(FileError) {
        Fault.point("set the mode of")
        guard fchmod(raw, mode_t(mode & 0o7777)) == 0 else { throw FileError("set the mode of", path) }
        Fault.point("set the mode of")
    }
}

extension SystemCalls {
    static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], shown: String) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { buffer in
            do throws(FileError) {
                try writeAll(descriptor, buffer, shown: shown)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
