// The C library's logarithms, under one roof for the systems that varve is built on.
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Natural logarithms and powers of the C library.
enum MathLibrary {
    @inline(__always) static func log(_ value: Double) -> Double { logarithm(value) }
    @inline(__always) static func log1p(_ value: Double) -> Double { logarithmOfOnePlus(value) }
    @inline(__always) static func pow(_ base: Double, _ exponent: Double) -> Double { power(base, exponent) }
    /// x·ln y, and 0 where x is 0.
    @inline(__always) static func xlogy(_ x: Double, _ y: Double) -> Double { x == 0 && !y.isNaN ? 0 : x * log(y) }
}

@inline(__always) private func logarithm(_ value: Double) -> Double { log(value) }
@inline(__always) private func logarithmOfOnePlus(_ value: Double) -> Double { log1p(value) }
@inline(__always) private func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
