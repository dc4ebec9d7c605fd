/// Areas that judge how well a score puts positive rows before negative ones.
///
/// Formulas are those of scikit-learn 1.9.1, `sklearn/metrics/_ranking.py`. Scores are finite, higher for rows that are
/// more likely positive; `order` spares a sort where the caller has one of the same scores.
extension RankingMetrics {
    /// The area under the ROC curve by trapezoids, so that ties count half (`roc_auc_score`): the share of pairs of a
    /// positive and a negative row that the score puts in order. NaN where the rows are of one class only.
    ///
    /// - Parameter maximumFalsePositiveRate: up to this rate only, standardised after McClish to 0.5 for chance and 1
    ///   for perfection; greater than 0, at most 1.
    package static func rocAUC(
        positives: [Bool], scores: [Double], weights: [Double]? = nil, maximumFalsePositiveRate: Double? = nil,
        order: ScoreOrder? = nil
    ) throws(MetricUndefined) -> Double {
        if let limit = maximumFalsePositiveRate, limit != 1 {
            return try partialAUC(positives, scores, weights, limit, order)
        }
        var area = Summation()
        var last = ThresholdCounts.Point()
        try ThresholdCounts.walk(positives, scores, weights, order, "roc_auc") { point in
            area.add((point.falsePositives - last.falsePositives) * (point.truePositives + last.truePositives) / 2)
            last = point
        }
        guard last.falsePositives > 0, last.truePositives > 0 else { return .nan }
        return area.total / last.falsePositives / last.truePositives
    }

    /// Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over the thresholds: steps, not trapezoids (`average_precision_score`). 0 where no row is
    /// positive.
    package static func averagePrecision(
        positives: [Bool], scores: [Double], weights: [Double]? = nil, order: ScoreOrder? = nil
    ) throws(MetricUndefined) -> Double {
        var sum = Summation()
        var found = 0.0
        try ThresholdCounts.walk(positives, scores, weights, order, "average_precision") { point in
            let predicted = point.truePositives + point.falsePositives
            if predicted > 0 { sum.add((point.truePositives - found) * (point.truePositives / predicted)) }
            found = point.truePositives
        }
        return found == 0 ? 0 : max(0, sum.total / found)
    }

    private static func partialAUC(
        _ positives: [Bool], _ scores: [Double], _ weights: [Double]?, _ limit: Double, _ order: ScoreOrder?
    ) throws(MetricUndefined) -> Double {
        let counts = try ThresholdCounts(
            positives: positives, scores: scores, weights: weights, order: order, metric: "roc_auc")
        guard counts.negatives > 0, counts.positives > 0 else { return .nan }
        guard limit > 0, limit <= 1 else {
            throw MetricUndefined("roc_auc", .parameter(name: "max_fpr", allowed: "greater than 0, at most 1"))
        }
        let curve = Curves.roc(counts)
        var x = curve.falsePositiveRates
        var y = curve.truePositiveRates
        // The last rate is 1, above any limit that comes here.
        let stop = x.firstIndex { $0 > limit } ?? x.count - 1
        let slope = (y[stop] - y[stop - 1]) / (x[stop] - x[stop - 1])
        let end = slope * (limit - x[stop - 1]) + y[stop - 1]
        x = x[..<stop] + [limit]
        y = y[..<stop] + [end]
        let area = try Curves.area(x: x, y: y)
        let least = 0.5 * limit * limit
        return 0.5 * (1 + (area - least) / (limit - least))
    }
}
