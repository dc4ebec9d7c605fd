/// The rows of a column of scores from the highest score to the lowest; equal scores in the order of their rows.
///
/// Making it is the one costly step of curves and areas (a radix sort, O(rows)), so that whoever asks for several of
/// them, or resamples the same rows by weights, makes it once.
package struct ScoreOrder: Sendable {
    /// Row numbers, the highest score first.
    let rows: [UInt32]
    /// For each place in that order, whether the next one has another score; true for the last.
    let endsTie: [Bool]

    /// - Throws: where a score is NaN or infinite, or there are more than 2³² rows.
    package init(_ scores: [Double], metric: String = "an order of scores") throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.finite(scores, "the score")
        guard scores.count <= Int(UInt32.max) else { throw check.undefined(.tooManyRows) }
        (rows, endsTie) = scores.count < 256 ? Self.compared(scores) : Self.sorted(scores)
    }

    package var count: Int { rows.count }

    private static func compared(_ scores: [Double]) -> ([UInt32], [Bool]) {
        let rows = (0..<UInt32(scores.count)).sorted { left, right in
            let (first, second) = (scores[Int(left)], scores[Int(right)])
            return first == second ? left < right : first > second
        }
        let last = rows.count - 1
        return (rows, rows.indices.map { $0 == last || scores[Int(rows[$0])] != scores[Int(rows[$0 + 1])] })
    }

    /// A whole number that is the smaller, the higher the score; −0 counts as 0.
    @inline(__always)
    private static func key(_ score: Double) -> UInt64 {
        let bits = (score + 0).bitPattern
        return bits >> 63 == 1 ? bits : ~(bits | 1 << 63)
    }

    /// Radix sort by bytes from the lowest one, passing over bytes that all keys share.
    private static func sorted(_ scores: [Double]) -> ([UInt32], [Bool]) {
        let count = scores.count
        var histograms = [Int](repeating: 0, count: 8 * 256)
        var keys = [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
            for row in 0..<count {
                let key = key(scores[row])
                buffer[row] = key
                for byte in 0..<8 { histograms[byte << 8 | Int(truncatingIfNeeded: key >> (byte << 3) & 255)] += 1 }
            }
            filled = count
        }
        var rows = [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            for row in 0..<count { buffer[row] = UInt32(truncatingIfNeeded: row) }
            filled = count
        }
        var otherKeys = [UInt64](repeating: 0, count: count)
        var otherRows = [UInt32](repeating: 0, count: count)
        for byte in 0..<8 {
            let histogram = histograms[byte << 8..<(byte + 1) << 8]
            if histogram.contains(count) { continue }
            var places: [Int] = []
            places.reserveCapacity(256)
            var place = 0
            for size in histogram {
                places.append(place)
                place += size
            }
            let shift = UInt64(byte << 3)
            keys.withUnsafeBufferPointer { keys in
                rows.withUnsafeBufferPointer { rows in
                    otherKeys.withUnsafeMutableBufferPointer { otherKeys in
                        otherRows.withUnsafeMutableBufferPointer { otherRows in
                            places.withUnsafeMutableBufferPointer { places in
                                for index in 0..<count {
                                    let key = keys[index]
                                    let digit = Int(truncatingIfNeeded: key &>> shift & 255)
                                    let place = places[digit]
                                    places[digit] = place &+ 1
                                    otherKeys[place] = key
                                    otherRows[place] = rows[index]
                                }
                            }
                        }
                    }
                }
            }
            swap(&keys, &otherKeys)
            swap(&rows, &otherRows)
        }
        let endsTie = [Bool](unsafeUninitializedCapacity: count) { buffer, filled in
            for place in 0..<count { buffer[place] = place == count - 1 || keys[place] != keys[place + 1] }
            filled = count
        }
        return (rows, endsTie)
    }
}
