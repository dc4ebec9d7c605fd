#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// This process.
enum HostProcess {
    static var id: Int32 { getpid() }
}
