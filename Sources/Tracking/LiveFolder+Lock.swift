import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension LiveFolder {
    /// Runs a body while no other process logs into the folder that locks it, too. The lock is on the folder itself, so
    /// that nothing but logs lies in it; where the file system has no locks, each line is still written whole.
    package func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try Files.makeDirectory(path)
        let descriptor = try FileDescriptor.folder(path)
        while flock(descriptor.raw, LOCK_EX) != 0, errno == EINTR {}
        defer { withExtendedLifetime(descriptor) {} }
        return try body()
    }
}
