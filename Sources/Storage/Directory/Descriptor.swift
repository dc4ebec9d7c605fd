import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file or folder, closed when the last user lets go.
package final class Descriptor: Sendable {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Opens a path; a file that is created is private to the user until its mode is set.
    package static func open(_ path: String, _ flags: Int32, _ action: String) throws(StorageError) -> Descriptor {
        try open(in: AT_FDCWD, path, flags, action)
    }

    /// Opens an ordinary file for reading; never waits for the other end of a pipe, and refuses devices and folders.
    package static func reading(_ path: String) throws(StorageError) -> Descriptor {
        let file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, "cannot read")
        var status = DirectoryBackend.emptyStatus
        guard fstat(file.number, &status) == 0 else { throw StorageError(errno: errno, "cannot read", path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.unsupported, "cannot read: not an ordinary file", place: path)
        }
        return file
    }

    /// Opens a name in an open folder.
    package static func open(
        in folder: Int32, _ name: String, _ flags: Int32, _ action: String, mode: UInt32 = 0o600
    ) throws(StorageError) -> Descriptor {
        while true {
            let number = DescriptorReserve.taking(openat(folder, name, flags | O_CLOEXEC, mode_t(mode)))
            if number >= 0 { return Descriptor(number) }
            if errno != EINTR { throw StorageError(errno: errno, action, path: name) }
        }
    }

    /// Reads until the buffer is full or the file ends.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var count = 0
        while count < buffer.count {
            #if canImport(Glibc)
                let got = Glibc.read(number, base + count, buffer.count - count)
            #else
                let got = Darwin.read(number, base + count, buffer.count - count)
            #endif
            if got < 0 {
                if errno == EINTR { continue }
                throw StorageError(errno: errno, "cannot read")
            }
            if got == 0 { break }
            count += got
        }
        return count
    }

    /// Writes all bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        guard let base = bytes.baseAddress else { return }
        Fault.point("write")
        if let code = Fault.error(at: "write") { throw StorageError(errno: code, "cannot write") }
        var count = 0
        while count < bytes.count {
            #if canImport(Glibc)
                let put = Glibc.write(number, base + count, bytes.count - count)
            #else
                let put = Darwin.write(number, base + count, bytes.count - count)
            #endif
            if put < 0 {
                if errno == EINTR { continue }
                throw StorageError(errno: errno, "cannot write")
            }
            count += put
        }
    }
}

extension StorageError {
    /// What a failed system call means.
    ///
    /// - Parameter action: what was tried, such as `cannot read the file`.
    package init(errno code: Int32, _ action: String, path: String? = nil) {
        let kind: Kind =
            switch code {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM, EROFS, ELOOP: .permission
            case ENOSPC, EDQUOT, EFBIG: .outOfSpace
            case ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH, ENETDOWN, ECONNRESET, ENOTCONN, ESTALE: .unreachable
            default: .other
            }
        let reason = code == ELOOP ? "a symbolic link is in the way" : String(cString: strerror(code))
        let remedy: String? =
            switch code {
            case ELOOP: "varve does not write through links inside a store; replace the link by a real folder"
            case EMFILE, ENFILE: "raise the limit of open files (`ulimit -n`)"
            default: nil
            }
        self.init(kind, "\(action): \(reason)", place: path, remedy: remedy, systemCode: code)
    }
}
