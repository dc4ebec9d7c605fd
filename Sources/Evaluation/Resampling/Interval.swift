import Basics

/// How a confidence interval is made of a bootstrap's values.
package enum IntervalMethod: String, Sendable, CaseIterable {
    /// Between two quantiles of the values.
    case percentile
    /// Bias-corrected and accelerated (Efron, 1987): the quantiles moved by how skew the estimate is.
    case bca
    /// Percentile, with whole clusters of rows drawn.
    case clustered
}

/// Where a value would lie for other rows of the same kind.
package struct Interval: Sendable, Equatable {
    package let low: Double
    package let high: Double
    /// Draws for which there was no value, such as those of one class only.
    package let undefined: Int
    /// Whether BCa was asked for and could not be had, so that this is a percentile interval.
    package var isFallback = false

    /// Between two quantiles of the values of a bootstrap.
    ///
    /// - Parameter values: NaN where there was none.
    /// - Returns: `nil` where hardly any draw had a value.
    static func percentile(_ values: [Double], confidence: Double) -> Interval? {
        let defined = values.filter { !$0.isNaN }.sorted()
        guard defined.count * 2 >= values.count, defined.count > 1 else { return nil }
        let tail = (1 - confidence / 100) / 2
        return Interval(
            low: linearQuantile(defined, tail), high: linearQuantile(defined, 1 - tail),
            undefined: values.count - defined.count)
    }

    /// - Parameters:
    ///   - estimate: what all rows give.
    ///   - jackknife: what they give with one or a few left out in turn.
    static func bca(
        _ values: [Double], estimate: Double, jackknife: [Double], confidence: Double
    ) -> Interval? {
        guard var plain = percentile(values, confidence: confidence) else { return nil }
        plain.isFallback = true
        let defined = values.filter { !$0.isNaN }.sorted()
        let parts = jackknife.filter { !$0.isNaN }
        guard !estimate.isNaN, parts.count > 1 else { return plain }
        // Values equal to the estimate count half.
        let below = defined.count { $0 < estimate }
        let upTo = defined.count { $0 <= estimate }
        let bias = NormalDistribution.quantile(Double(below + upTo) / 2 / Double(defined.count))
        let mean = parts.reduce(0, +) / Double(parts.count)
        var squares = 0.0
        var cubes = 0.0
        for part in parts {
            let difference = mean - part
            squares += difference * difference
            cubes += difference * difference * difference
        }
        let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
        guard bias.isFinite, acceleration.isFinite else { return plain }
        let tail = (1 - confidence / 100) / 2
        func moved(_ share: Double) -> Double {
            let z = bias + NormalDistribution.quantile(share)
            return NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
        }
        let (low, high) = (moved(tail), moved(1 - tail))
        guard low.isFinite, high.isFinite else { return plain }
        return Interval(
            low: linearQuantile(defined, low), high: linearQuantile(defined, high),
            undefined: values.count - defined.count)
    }
}
