import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Files {
    /// Copies an ordinary file to a name that must be free: sharing blocks where the file system can, else inside the
    /// kernel, else through memory. On failure nothing is left under that name.
    ///
    /// - Parameters:
    ///   - mode: Permissions of the copy, less the umask; `setMode` gives it exact ones.
    ///   - sync: Whether the bytes must be on the disk when this returns.
    package static func copy(
        from source: String, to destination: String, mode: UInt32 = 0o666, sync: Bool = false
    ) throws(FileError) {
        try copy(from: source, to: Place(destination), mode: mode, sync: sync)
    }

    static func copy(from source: String, to place: Place, mode: UInt32, sync: Bool = false) throws(FileError) {
        let input = try FileDescriptor.reading(source)
        let output = try SystemCalls.create(place, mode: mode)
        do throws(FileError) {
            do throws(FileError) {
                if !clone(input, to: output) { try copyBytes(from: input, to: output, shown: place.shown) }
                if sync { try SystemCalls.sync(output, shown: place.shown) }
            } catch {
                close(output)
                throw error
            }
            try SystemCalls.closeWritten(output, shown: place.shown)
        } catch {
            try? SystemCalls.unlink(place)
            throw error
        }
    }

    /// Whether `output` now shares the blocks of `input`.
    private static func clone(_ input: FileDescriptor, to output: Int32) -> Bool {
        Fault.point("clone")
        defer { Fault.point("clone") }
        return varve_clone(input.raw, output) == 0
    }

    private static func copyBytes(from input: FileDescriptor, to output: Int32, shown: String) throws(FileError) {
        if try copyInKernel(from: input, to: output, shown: shown) { return }
        var failure: FileError?
        withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 4096) { buffer in
            do throws(FileError) {
                while true {
                    let count = try input.read(into: buffer)
                    if count == 0 { return }
                    try SystemCalls.writeAll(output, UnsafeRawBufferPointer(rebasing: buffer[..<count]), shown: shown)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Copies with `copy_file_range`; false where the rest, from where both files then stand, must go through memory.
    private static func copyInKernel(
        from input: FileDescriptor, to output: Int32, shown: String
    ) throws(FileError) -> Bool {
        var copied: Int64 = 0
        while true {
            Fault.point("copy")
            if let code = Fault.error(at: "copy") { throw FileError("write", shown, code) }
            let count = varve_copy_range(input.raw, output, 1 << 30)
            if count == 0 {
                // Some virtual file systems answer 0 for files whose size they do not know.
                if copied > 0 { return true }
                return try input.status().size == 0
            }
            if count < 0 {
                switch errno {
                case EINTR: continue
                case EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ETXTBSY, EBADF: return false
                default: throw FileError("copy", shown)
                }
            }
            Fault.point("copy")
            copied += Int64(count)
        }
    }
}
