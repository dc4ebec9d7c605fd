#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The functions of real numbers that samplers need, in one place.
enum Real {
    @inline(__always) static func log(_ x: Double) -> Double {
        #if canImport(Glibc)
            Glibc.log(x)
        #else
            Darwin.log(x)
        #endif
    }
    @inline(__always) static func exp(_ x: Double) -> Double {
        #if canImport(Glibc)
            Glibc.exp(x)
        #else
            Darwin.exp(x)
        #endif
    }
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
    static func log1plus(_ x: Double) -> Double { log1p(x) }
    static func complementaryError(_ x: Double) -> Double { erfc(x) }

    /// `log Σ exp(x)` without overflow; `-∞` for none.
    static func logSum(_ terms: [Double]) -> Double {
        guard let largest = terms.max(), largest > -.infinity else { return -.infinity }
        var sum = 0.0
        for term in terms { sum += exp(term - largest) }
        return largest + log(sum)
    }
}
