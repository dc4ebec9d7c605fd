#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// File descriptors that are left to the libraries below. Where `libdispatch` gets none, it ends the process with a
/// signal; an error that names the limit is better.
package enum DescriptorReserve {
    private static let reserved: Int32 = 4
    /// Numbers are given from the lowest up: one this high means that hardly any are left.
    private static let first: Int32 = {
        var limit = rlimit()
        #if canImport(Glibc)
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        #else
            guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return .max }
        #endif
        return Int32(clamping: limit.rlim_cur) - reserved
    }()

    /// Passes on what `open` returned, or takes it back: then it is -1 and `errno` is `EMFILE`.
    package static func taking(_ descriptor: Int32) -> Int32 {
        guard descriptor >= first else { return descriptor }
        close(descriptor)
        errno = EMFILE
        return -1
    }

    /// Whether so many could be opened now.
    package static func hasRoom(for count: Int) -> Bool {
        var taken: [Int32] = []
        defer { for descriptor in taken { close(descriptor) } }
        while taken.count < count {
            let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
            if descriptor < 0 {
                // Without standard error there is nothing to copy, and nobody to tell.
                return errno != EMFILE
            }
            taken.append(descriptor)
        }
        return true
    }
}
