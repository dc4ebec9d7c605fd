#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Files {
    /// Sets when the content last changed, in nanoseconds since 1970; a symbolic link is not followed.
    package static func setModificationTime(_ path: String, _ time: Int64) throws(FileError) {
        var seconds = time / 1_000_000_000
        var rest = time % 1_000_000_000
        if rest < 0 { (seconds, rest) = (seconds - 1, rest + 1_000_000_000) }
        let times = [timespec(tv_sec: 0, tv_nsec: omitted), timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))]
        try SystemCalls.change("set the time of", Place(path)) { utimensat($0, $1, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Leaves a time as it is; a macro with a cast, which Swift does not import.
    private static var omitted: Int {
        #if canImport(Darwin)
            -2
        #else
            (1 << 30) - 2
        #endif
    }
}
