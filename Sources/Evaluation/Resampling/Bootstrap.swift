import Basics
import Synchronization

/// Draws rows again and again with replacement, and looks what becomes of numbers that are computed from them.
///
/// Each draw has random numbers of its own that follow from the seed and the number of the draw, so that the result does
/// not depend on how many threads share the work.
package struct Bootstrap: Sendable {
    package var replicates = 1000
    package var seed: UInt64 = 0
    package var threads = 1

    package init(replicates: Int = 1000, seed: UInt64 = 0, threads: Int = 1) {
        self.replicates = replicates
        self.seed = seed
        self.threads = threads
    }

    /// The same with other random numbers.
    func stream(_ number: UInt64) -> Bootstrap {
        guard number > 0 else { return self }
        var source = RandomSource(seed: seed).split(number | 1 << 63)
        return Bootstrap(replicates: replicates, seed: source.next(), threads: threads)
    }

    /// What is drawn: rows, or clusters of them.
    package struct Units: Sendable {
        package let rows: Int
        /// The cluster of each row, numbered from 0; `nil` where rows are drawn one by one.
        package let clusters: [Int32]?
        package let count: Int

        package init(rows: Int, clusters: [Int32]? = nil) {
            self.rows = rows
            self.clusters = clusters
            count = clusters.map { Int($0.max() ?? -1) + 1 } ?? rows
        }

        /// For each row how often it counts, given how often each unit does.
        func spread(_ counts: [UInt32]) -> [UInt32] {
            guard let clusters else { return counts }
            return clusters.map { counts[Int($0)] }
        }
    }

    /// What numbers become when rows are drawn.
    ///
    /// - Parameter numbers: computes them from how often each row counts; NaN where one has no value.
    /// - Returns: for each number its values in the order of the draws.
    package func values(
        of units: Units, count: Int, _ numbers: @Sendable ([UInt32]) throws -> [Double]
    ) throws -> [[Double]] {
        try collect(replicates, count: count) { draw in
            var source = RandomSource(seed: seed).split(UInt64(draw))
            var counts = [UInt32](repeating: 0, count: units.count)
            for _ in 0..<units.count { counts[source.below(units.count)] += 1 }
            return try numbers(units.spread(counts))
        }
    }

    /// More parts than this are not left out one by one, but in random groups of equal size, which estimates the same
    /// acceleration.
    static let mostJackknifeParts = 1000

    /// What numbers become when each unit is left out in turn.
    package func jackknife(
        of units: Units, count: Int, _ numbers: @Sendable ([UInt32]) throws -> [Double]
    ) throws -> [[Double]] {
        let parts = min(units.count, Self.mostJackknifeParts)
        var order = Array(0..<units.count)
        if units.count > parts {
            var source = RandomSource(seed: seed).split(.max)
            source.shuffle(&order)
        }
        let shuffled = order
        return try collect(parts, count: count) { part in
            var counts = [UInt32](repeating: 1, count: units.count)
            for place in stride(from: part, to: units.count, by: parts) { counts[shuffled[place]] = 0 }
            return try numbers(units.spread(counts))
        }
    }

    private func collect(
        _ rounds: Int, count: Int, _ round: @Sendable (Int) throws -> [Double]
    ) throws -> [[Double]] {
        let results = Mutex([[Double]](repeating: [Double](repeating: .nan, count: rounds), count: count))
        try parallelForEach(count: rounds, threads: threads, batch: 4) { range in
            for index in range {
                let values = try round(index)
                results.withLock { results in
                    for (place, value) in values.enumerated() where place < count { results[place][index] = value }
                }
            }
        }
        return results.withLock { $0 }
    }
}
