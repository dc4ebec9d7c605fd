#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The clock that people read.
package enum WallClock {
    /// Seconds since 1970.
    package static var seconds: Double {
        var now = timeval()
        gettimeofday(&now, nil)
        return Double(now.tv_sec) + Double(now.tv_usec) / 1e6
    }
}
