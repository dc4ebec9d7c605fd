import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What writing thousands of objects needs: no more system calls than the work itself, and one flush for many files.
extension Files {
    /// Creates a file that must not exist, with these bytes and exactly this mode; on failure nothing stays.
    package static func create(_ path: String, bytes: UnsafeRawBufferPointer, mode: UInt32) throws(FileError) {
        let place = Place(path)
        let descriptor = try SystemCalls.create(place, mode: mode)
        do throws(FileError) {
            do throws(FileError) {
                try SystemCalls.writeAll(descriptor, bytes, shown: path)
                if currentUmask & mode != 0, fchmod(descriptor, mode_t(mode)) != 0 {
                    throw FileError("set the mode of", path)
                }
            } catch {
                close(descriptor)
                throw error
            }
            try SystemCalls.closeWritten(descriptor, shown: path)
        } catch {
            try? SystemCalls.unlink(place)
            throw error
        }
    }

    package static func create(_ path: String, bytes: [UInt8], mode: UInt32) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { buffer in
            do throws(FileError) { try create(path, bytes: buffer, mode: mode) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Writes all bytes at an open file's position.
    ///
    /// - Parameter path: how messages call the file.
    package static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws(FileError) {
        try SystemCalls.writeAll(descriptor, bytes, shown: path)
    }

    /// Copies the rest of one open file to another, inside the kernel where that works.
    package static func copyContents(
        from input: Int32, _ source: String, to output: Int32, _ destination: String
    ) throws(FileError) {
        // The caller keeps its descriptor; this one is only borrowed for as long as the copy takes.
        let borrowed = dup(input)
        guard borrowed >= 0 else { throw FileError("read", source) }
        try copyBytes(from: FileDescriptor(owning: borrowed, path: source), to: output, shown: destination)
    }

    /// Waits until the bytes of a file are on the disk.
    package static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        try SystemCalls.sync(descriptor, shown: path)
    }

    /// Waits until everything written so far to the file system that holds `path` is on the disk.
    package static func syncFileSystem(of path: String) throws(FileError) {
        Fault.point("sync")
        if let code = Fault.error(at: "sync") { throw FileError("write", path, code) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        guard varve_sync_file_system(descriptor) == 0 else { throw FileError("write", path) }
        Fault.point("sync")
    }
}
