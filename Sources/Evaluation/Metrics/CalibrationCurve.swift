/// How often rows are positive, against how likely they were said to be (`sklearn.calibration.calibration_curve`).
package struct CalibrationCurve: Sendable, Equatable {
    package enum Bins: String, Sendable, CaseIterable {
        /// Of equal width from 0 to 1.
        case uniform
        /// Of as many rows each as ties allow; their edges are numpy's linear quantiles.
        case quantile
    }

    /// The share of positive rows in each bin that has rows.
    package let positiveShares: [Double]
    /// The mean probability of the rows in it.
    package let meanProbabilities: [Double]
    /// The rows in it, or the sum of their weights.
    package let sizes: [Double]

    /// - Parameters:
    ///   - probabilities: of the positive class, between 0 and 1.
    ///   - count: number of bins. A probability on an edge belongs to the bin on its left; empty bins are left out.
    ///   - weights: scikit-learn has none here. They weigh the rows in their bins; quantiles do without them.
    package init(
        positives: [Bool], probabilities: [Double], count: Int = 5, bins: Bins = .uniform, weights: [Double]? = nil,
        metric: String = "calibration_curve"
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(positives.count, [("probabilities", probabilities.count)], weights: weights)
        try check.probabilities(probabilities)
        guard count > 0, count <= 1_000_000 else {
            throw check.undefined(.parameter(name: "the number of bins", allowed: "between 1 and a million"))
        }
        let edges =
            switch bins {
            case .uniform: (0...count).map { Self.step($0, of: count) }
            case .quantile: try Self.quantiles(probabilities, count: count, metric)
            }
        let inner = Array(edges[1..<count])
        var shares = [Summation](repeating: Summation(), count: count)
        var sums = shares
        var sizes = shares
        for (row, probability) in probabilities.enumerated() {
            let bin = Self.place(of: probability, in: inner)
            let weight = weights?[row] ?? 1
            if positives[row] { shares[bin].add(weight) }
            sums[bin].add(weight * probability)
            sizes[bin].add(weight)
        }
        let used = sizes.indices.filter { sizes[$0].total != 0 }
        positiveShares = used.map { shares[$0].total / sizes[$0].total }
        meanProbabilities = used.map { sums[$0].total / sizes[$0].total }
        self.sizes = used.map { sizes[$0].total }
    }

    /// Σ size/n · |share − probability| over the bins: the expected calibration error (Naeini, Cooper and Hauskrecht,
    /// 2015). Not in scikit-learn.
    package var expectedError: Double {
        let whole = Summation.total(of: sizes)
        return Summation.sum(count: sizes.count) {
            sizes[$0] / whole * abs(positiveShares[$0] - meanProbabilities[$0])
        }
    }

    /// The greatest |share − probability| of a bin.
    package var maximumError: Double {
        sizes.indices.map { abs(positiveShares[$0] - meanProbabilities[$0]) }.max() ?? 0
    }

    /// numpy.linspace(0, 1, count + 1)[index].
    private static func step(_ index: Int, of count: Int) -> Double {
        index == count ? 1 : Double(index) * (1 / Double(count))
    }

    /// numpy.percentile(values, linspace(0, 1, count + 1) * 100), with its way of rounding.
    private static func quantiles(_ values: [Double], count: Int, _ metric: String) throws(MetricUndefined) -> [Double]
    {
        let descending = try ScoreOrder(values, metric: metric).rows
        let last = values.count - 1
        func sorted(_ index: Int) -> Double { values[Int(descending[last - index])] }
        return (0...count).map { index in
            let place = step(index, of: count) * 100 / 100 * Double(last)
            let below = min(last, Int(place.rounded(.down)))
            let (low, high) = (sorted(below), sorted(min(last, below + 1)))
            let share = place - Double(below)
            return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share
        }
    }

    /// The number of edges below the value.
    private static func place(of value: Double, in edges: [Double]) -> Int {
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
