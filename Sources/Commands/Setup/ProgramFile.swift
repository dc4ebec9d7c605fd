import FileSystem

#if canImport(Darwin)
    import Darwin
#endif

/// The file that the process runs.
enum ProgramFile {
    /// Its absolute path; nil where the system does not tell.
    static var path: String? {
        #if canImport(Darwin)
            var size: UInt32 = 4096
            var buffer = [CChar](repeating: 0, count: Int(size))
            guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
            return Paths.resolvingLinks(String(cString: buffer))
        #else
            return try? Files.readLink("/proc/self/exe")
        #endif
    }
}
