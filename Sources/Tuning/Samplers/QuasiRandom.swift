import Basics

/// Points that fill the unit cube more evenly than random ones do.
package enum QuasiRandom {
    /// The point of Sobol's sequence in Gray code order; the first is the origin.
    ///
    /// - Parameter seed: With one the sequence is turned, see `SobolSequence`.
    package static func sobol(_ index: Int, dimensions: Int, scramble seed: UInt64? = nil) -> [Double] {
        SobolSequence(dimensions: dimensions, scramble: seed)[index]
    }

    /// The most dimensions that the table of direction numbers has.
    package static var sobolDimensions: Int { SobolDirections.rows.count + 1 }

    /// The point of Halton's sequence in the bases 2, 3, 5 …; the first is the origin.
    ///
    /// - Parameter scramble: With a seed the digits of each place are permuted (Owen, 2017).
    package static func halton(_ index: Int, dimensions: Int, scramble seed: UInt64? = nil) -> [Double] {
        primes(dimensions).enumerated().map { dimension, base in
            var rest = index
            var result = 0.0
            var weight = 1.0 / Double(base)
            if let seed {
                var random = RandomSource(seed: seed).split(UInt64(dimension))
                // Every place up to the precision of a number counts, since also zeros are permuted.
                while weight > 0x1p-54 {
                    var digits = Array(0..<base)
                    random.shuffle(&digits)
                    result += Double(digits[rest % base]) * weight
                    rest /= base
                    weight /= Double(base)
                }
                return min(result, 1 - 0x1p-53)
            }
            // A quotient of whole numbers rounds once only.
            var above = 0.0
            var below = 1.0
            while rest > 0 {
                above = above * Double(base) + Double(rest % base)
                below *= Double(base)
                rest /= base
            }
            return above / below
        }
    }

    private static func primes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }
}

/// Sobol's sequence with the direction numbers of Joe and Kuo, of which any point can be had.
struct SobolSequence {
    private var directions: [[UInt32]]
    private var shifts: [UInt32]

    /// - Parameter seed: With one the sequence is turned by Matoušek's random linear matrices and a digital shift, which
    ///   keeps its evenness and moves it off the origin.
    init(dimensions: Int, scramble seed: UInt64? = nil) {
        directions = (0..<dimensions).map(Self.directions)
        shifts = [UInt32](repeating: 0, count: dimensions)
        guard let seed else { return }
        for dimension in 0..<dimensions {
            var random = RandomSource(seed: seed).split(UInt64(dimension))
            let matrix = Self.lowerTriangle(&random)
            directions[dimension] = directions[dimension].map { Self.product(matrix, $0) }
            shifts[dimension] = UInt32(truncatingIfNeeded: random.next())
        }
    }

    subscript(_ index: Int) -> [Double] {
        let gray = UInt32(truncatingIfNeeded: index ^ (index >> 1))
        return zip(directions, shifts).map { directions, shift in
            var digits = shift
            var rest = gray
            while rest != 0 {
                digits ^= directions[rest.trailingZeroBitCount]
                rest &= rest - 1
            }
            return Double(digits) * 0x1p-32
        }
    }

    private static func directions(_ dimension: Int) -> [UInt32] {
        guard dimension > 0, dimension <= SobolDirections.rows.count else {
            return (0..<32).map { 1 << UInt32(31 - $0) }
        }
        let row = SobolDirections.rows[dimension - 1]
        let polynomial = row[0]
        let degree = row.count - 1
        var result = (0..<min(degree, 32)).map { row[$0 + 1] << UInt32(31 - $0) }
        while result.count < 32 {
            let index = result.count
            var direction = result[index - degree] ^ (result[index - degree] >> UInt32(degree))
            for k in 1..<max(1, degree) where polynomial >> UInt32(degree - 1 - k) & 1 == 1 {
                direction ^= result[index - k]
            }
            result.append(direction)
        }
        return result
    }

    /// Rows of a random matrix with ones in the diagonal and nothing to the right of it, over the field of two.
    private static func lowerTriangle(_ random: inout RandomSource) -> [UInt32] {
        (0..<32).map { row in
            let word = UInt32(truncatingIfNeeded: random.next())
            let diagonal: UInt32 = 1 << UInt32(31 - row)
            let left = row == 0 ? 0 : ~UInt32(0) << UInt32(32 - row)
            return word & left | diagonal
        }
    }

    private static func product(_ matrix: [UInt32], _ vector: UInt32) -> UInt32 {
        var result: UInt32 = 0
        for (row, bits) in matrix.enumerated() where (bits & vector).nonzeroBitCount & 1 == 1 {
            result |= 1 << UInt32(31 - row)
        }
        return result
    }
}
