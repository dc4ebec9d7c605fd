/// Curves over all thresholds of a score, as scikit-learn 1.9.1 defines them (`sklearn/metrics/_ranking.py`).
///
/// A row counts as predicted positive where its score is at or above the threshold. All take the counts at the
/// thresholds, so that one sort serves all of them.
package enum Curves {}

/// True against false positives.
package struct ROCCurve: Sendable, Equatable {
    /// Ascending from 0; all NaN where no row is negative.
    package let falsePositiveRates: [Double]
    /// Ascending from 0; all NaN where no row is positive.
    package let truePositiveRates: [Double]
    /// Descending from +∞, of the point (0, 0).
    package let thresholds: [Double]
}

/// Precision against recall.
package struct PrecisionRecallCurve: Sendable, Equatable {
    /// The last one is 1, of a point without threshold.
    package let precisions: [Double]
    /// Descending to 0; 1 but for the last one where no row is positive.
    package let recalls: [Double]
    /// Ascending; one less than points.
    package let thresholds: [Double]
}

/// False negatives against false positives: the detection error trade-off.
package struct DETCurve: Sendable, Equatable {
    /// Descending.
    package let falsePositiveRates: [Double]
    /// Ascending.
    package let falseNegativeRates: [Double]
    /// Ascending; the last one may be +∞.
    package let thresholds: [Double]
}

extension Curves {
    /// - Parameter dropIntermediate: without the points that lie on the line between their neighbours.
    package static func roc(_ counts: ThresholdCounts, dropIntermediate: Bool = true) -> ROCCurve {
        var (fps, tps, thresholds) = (counts.falsePositives, counts.truePositives, counts.thresholds)
        if dropIntermediate, counts.count > 2 {
            func bends(_ values: [Double], _ index: Int) -> Bool {
                (values[index + 1] - values[index]) - (values[index] - values[index - 1]) != 0
            }
            let last = counts.count - 1
            let kept = (0...last).filter { $0 == 0 || $0 == last || bends(fps, $0) || bends(tps, $0) }
            (fps, tps, thresholds) = (kept.map { fps[$0] }, kept.map { tps[$0] }, kept.map { thresholds[$0] })
        }
        return ROCCurve(
            falsePositiveRates: rates([0] + fps), truePositiveRates: rates([0] + tps),
            thresholds: [.infinity] + thresholds)
    }

    /// - Parameter dropIntermediate: without the points between which the true positives stay the same.
    package static func precisionRecall(
        _ counts: ThresholdCounts, dropIntermediate: Bool = false
    ) -> PrecisionRecallCurve {
        var (fps, tps, thresholds) = (counts.falsePositives, counts.truePositives, counts.thresholds)
        if dropIntermediate, counts.count > 2 {
            let kept = steps(of: tps)
            (fps, tps, thresholds) = (kept.map { fps[$0] }, kept.map { tps[$0] }, kept.map { thresholds[$0] })
        }
        let whole = tps.last ?? 0
        let precisions = tps.indices.reversed().map { index in
            let predicted = tps[index] + fps[index]
            return predicted == 0 ? 0 : tps[index] / predicted
        }
        let recalls = tps.reversed().map { whole == 0 ? 1 : $0 / whole }
        return PrecisionRecallCurve(
            precisions: precisions + [1], recalls: recalls + [0], thresholds: thresholds.reversed())
    }

    /// - Throws: where the rows are of one class only.
    package static func detectionErrors(
        _ counts: ThresholdCounts, dropIntermediate: Bool = false
    ) throws(MetricUndefined) -> DETCurve {
        guard counts.positives > 0, counts.negatives > 0 else { throw MetricUndefined("det_curve", .tooFewClasses(1)) }
        var fps = [0] + counts.falsePositives
        var tps = [0] + counts.truePositives
        var thresholds = [.infinity] + counts.thresholds
        if dropIntermediate, fps.count > 2 {
            let kept = steps(of: tps)
            (fps, tps, thresholds) = (kept.map { fps[$0] }, kept.map { tps[$0] }, kept.map { thresholds[$0] })
        }
        // From the last point without a false positive to the first with all true positives.
        let whole = tps[tps.count - 1]
        let first = (fps.firstIndex { $0 > 0 } ?? fps.count) - 1
        let last = tps.firstIndex { $0 >= whole } ?? tps.count - 1
        let shown = first <= last ? Array(first...last).reversed() : []
        let negatives = fps[fps.count - 1]
        return DETCurve(
            falsePositiveRates: shown.map { fps[$0] / negatives },
            falseNegativeRates: shown.map { (whole - tps[$0]) / whole }, thresholds: shown.map { thresholds[$0] })
    }

    /// The area under a curve by trapezoids (`auc`).
    ///
    /// - Parameters:
    ///   - x: ascending or descending.
    ///   - y: of the same length, at least 2.
    package static func area(x: [Double], y: [Double]) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("auc")
        try check.rows(x.count, [("values of y", y.count)], weights: nil)
        guard x.count > 1 else { throw check.undefined(.parameter(name: "the number of points", allowed: "2 or more")) }
        let steps = zip(x, x.dropFirst()).map { $1 - $0 }
        var direction = 1.0
        if steps.contains(where: { $0 < 0 }) {
            guard steps.allSatisfy({ $0 <= 0 }) else {
                throw check.undefined(.parameter(name: "x", allowed: "ascending or descending"))
            }
            direction = -1
        }
        return direction * Summation.sum(count: steps.count) { steps[$0] * (y[$0 + 1] + y[$0]) / 2 }
    }

    private static func rates(_ counts: [Double]) -> [Double] {
        let whole = counts[counts.count - 1]
        return counts.map { whole > 0 ? $0 / whole : .nan }
    }

    /// The ends, and each point that differs from one of its neighbours.
    private static func steps(of values: [Double]) -> [Int] {
        let last = values.count - 1
        return (0...last).filter { index in
            index == 0 || index == last || values[index] != values[index - 1] || values[index + 1] != values[index]
        }
    }
}
