/// The value below which a share of the weight lies, the mean of two values where it falls on the border between them
/// (numpy's `averaged_inverted_cdf`, as in scikit-learn's `_weighted_percentile`).
enum WeightedPercentile {
    /// - Parameters:
    ///   - values: finite, at least one.
    ///   - weights: not negative and not all zero; all 1 when nil.
    ///   - share: from 0 to 1.
    static func value(
        of values: [Double], share: Double, weights: [Double]?, metric: String
    ) throws(MetricUndefined) -> Double {
        let ascending = Array(try ScoreOrder(values, metric: metric).rows.reversed())
        func value(_ place: Int) -> Double { values[Int(ascending[place])] }
        var cumulated: [Double] = []
        cumulated.reserveCapacity(values.count)
        var sum = 0.0
        for row in ascending {
            sum += weights?[Int(row)] ?? 1
            cumulated.append(sum)
        }
        let last = values.count - 1
        // In percent and back, as scikit-learn computes it; leading rows without weight are passed over at 0.
        let exact = share * 100 / 100 * sum
        let target = exact == 0 ? Double.leastNonzeroMagnitude : exact
        let place = min(last, first(in: cumulated) { $0 >= target })
        if cumulated[place] - target > .ulpOfOne { return value(place) }
        var next = min(last, place + 1)
        if let weights, weights[Int(ascending[next])] == 0 {
            next = first(in: cumulated) { $0 > cumulated[place] }
            if next > last { next = place }
        }
        return (value(place) + value(next)) / 2
    }

    /// The first place of an ascending array at which the condition holds, or its end.
    private static func first(in values: [Double], where holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
