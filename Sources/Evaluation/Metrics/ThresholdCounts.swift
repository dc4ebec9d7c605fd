/// How many rows, true and false ones, have a score at or above each distinct score: what curves are drawn from
/// (scikit-learn's `confusion_matrix_at_thresholds`).
///
/// With weights, sums of weights, added in the order of the scores as numpy adds them; rows without weight make no
/// threshold. Thresholds descend, counts ascend.
package struct ThresholdCounts: Sendable, Equatable {
    package private(set) var thresholds: [Double] = []
    package private(set) var falsePositives: [Double] = []
    package private(set) var truePositives: [Double] = []

    /// - Parameters:
    ///   - positives: whether each row is of the positive class.
    ///   - scores: higher for rows that are more likely positive; finite.
    ///   - order: of those scores, where the caller has it already.
    package init(
        positives: [Bool], scores: [Double], weights: [Double]? = nil, order: ScoreOrder? = nil,
        metric: String = "the counts at thresholds"
    ) throws(MetricUndefined) {
        try Self.walk(positives, scores, weights, order, metric) { point in
            thresholds.append(point.threshold)
            falsePositives.append(point.falsePositives)
            truePositives.append(point.truePositives)
        }
    }

    package var count: Int { thresholds.count }
    /// Of all positive rows.
    package var positives: Double { truePositives.last ?? 0 }
    /// Of all negative rows.
    package var negatives: Double { falsePositives.last ?? 0 }

    struct Point {
        var threshold: Double
        var falsePositives: Double
        var truePositives: Double
    }

    /// The points one after the other, without keeping them.
    @inline(__always)
    static func walk(
        _ positives: [Bool], _ scores: [Double], _ weights: [Double]?, _ order: ScoreOrder?, _ metric: String,
        _ visit: (Point) -> Void
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(positives.count, [("scores", scores.count)], weights: weights)
        let order = if let order { order } else { try ScoreOrder(scores, metric: metric) }
        guard order.count == scores.count else {
            throw check.undefined(.unequalLengths(what: "ordered scores", count: order.count, expected: scores.count))
        }
        if let weights {
            Self.walk(order, scores, visit) { row in
                positives[row] ? (0, weights[row]) : (weights[row], 0)
            }
        } else {
            Self.walk(order, scores, visit) { row in positives[row] ? (0, 1) : (1, 0) }
        }
    }

    @inline(__always)
    private static func walk(
        _ order: ScoreOrder, _ scores: [Double], _ visit: (Point) -> Void,
        _ counts: (Int) -> (negative: Double, positive: Double)
    ) {
        var point = Point(threshold: .nan, falsePositives: 0, truePositives: 0)
        for row in order.rows {
            let (negative, positive) = counts(Int(row))
            guard negative != 0 || positive != 0 else { continue }
            let score = scores[Int(row)]
            if score != point.threshold {
                if !point.threshold.isNaN { visit(point) }
                point.threshold = score
            }
            point.falsePositives += negative
            point.truePositives += positive
        }
        if !point.threshold.isNaN { visit(point) }
    }
}
