import Basics

/// How far predicted numbers are from the true ones.
package struct Residuals: Sendable {
    /// Some rows, all where there are few.
    package let points: [Point]
    package let rows: Int
    package let mean: Double
    package let deviation: Double
    /// Minimum, quartiles and maximum.
    package let quantiles: [Double]
    package let histogram: [Bin]

    package struct Point: Sendable, Equatable {
        package let actual: Double
        package let predicted: Double
        /// The true number less the predicted one.
        package var residual: Double { actual - predicted }
    }

    package struct Bin: Sendable, Equatable {
        package let low: Double
        package let high: Double
        package let rows: Int
    }

    /// More rows than this are drawn from.
    package static let mostPoints = 1000

    init(actual: [Double], predicted: [Double], seed: UInt64) {
        rows = actual.count
        let residuals = zip(actual, predicted).map { $0 - $1 }
        let mean = residuals.reduce(0, +) / Double(rows)
        self.mean = mean
        deviation = (residuals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)).squareRoot()
        let sorted = residuals.sorted()
        quantiles = [0, 0.25, 0.5, 0.75, 1].map { linearQuantile(sorted, $0) }
        var places = Array(0..<rows)
        if rows > Self.mostPoints {
            var source = RandomSource(seed: seed).split(1 << 62)
            // The beginning of a shuffled order, which is all that is needed of it.
            for place in 0..<Self.mostPoints { places.swapAt(place, place + source.below(rows - place)) }
            places = places[..<Self.mostPoints].sorted()
        }
        points = places.map { Point(actual: actual[$0], predicted: predicted[$0]) }
        histogram = Self.histogram(sorted)
    }

    private static func histogram(_ sorted: [Double]) -> [Bin] {
        // The outermost hundredth on each side shares the outer bins, so that one stray row leaves the rest readable.
        let low = linearQuantile(sorted, 0.01)
        let high = linearQuantile(sorted, 0.99)
        guard high > low, (high - low).isFinite, sorted.count > 1 else {
            return [Bin(low: sorted[0], high: sorted[sorted.count - 1], rows: sorted.count)]
        }
        let count = 20
        var rows = [Int](repeating: 0, count: count)
        for residual in sorted {
            let place = (residual - low) / (high - low) * Double(count)
            rows[min(count - 1, max(0, place >= Double(count) ? count - 1 : place <= 0 ? 0 : Int(place)))] += 1
        }
        return rows.enumerated().map { place, rows in
            Bin(
                low: low + (high - low) * Double(place) / Double(count),
                high: low + (high - low) * Double(place + 1) / Double(count), rows: rows)
        }
    }
}
