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
            thresholds.append(scores[point.row])
            falsePositives.append(point.falsePositives)
            truePositives.append(point.truePositives)
        }
    }

    package var count: Int { thresholds.count }
    /// Of all positive rows.
    package var positives: Double { truePositives.last ?? 0 }
    /// Of all negative rows.
    package var negatives: Double { falsePositives.last ?? 0 }

    /// The counts at the score of a row.
    struct Point {
        var row = 0
        var falsePositives = 0.0
        var truePositives = 0.0
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
        var point = Point()
        guard let weights else {
            for (place, row) in order.rows.enumerated() {
                if positives[Int(row)] { point.truePositives += 1 } else { point.falsePositives += 1 }
                guard order.endsTie[place] else { continue }
                point.row = Int(row)
                visit(point)
            }
            return
        }
        // A score of which no row has weight makes no point.
        var hasWeight = false
        for (place, row) in order.rows.enumerated() {
            let weight = weights[Int(row)]
            if positives[Int(row)] { point.truePositives += weight } else { point.falsePositives += weight }
            hasWeight = hasWeight || weight != 0
            guard order.endsTie[place] else { continue }
            point.row = Int(row)
            if hasWeight { visit(point) }
            hasWeight = false
        }
    }
}
