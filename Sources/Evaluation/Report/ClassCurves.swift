/// The curves of a score for one class against all others, with no more points than a picture can show.
package struct ClassCurves: Sendable {
    /// The positive class.
    package let name: String
    package let auc: Double
    package let averagePrecision: Double
    package let roc: [Point]
    package let precisionRecall: [Point]
    package let det: [Point]
    /// How many points the whole ROC and precision-recall curves have.
    package let wholeROC: Int
    package let wholePrecisionRecall: Int

    /// A point: false positive rate and true positive rate, recall and precision, or the two error rates.
    package struct Point: Sendable, Equatable {
        package let x: Double
        package let y: Double
        /// `nil` for the end of a precision-recall curve, which has none.
        package let threshold: Double?
    }

    /// Curves of more points than this are thinned.
    package static let mostPoints = 1000

    package var isThinned: Bool { roc.count < wholeROC || precisionRecall.count < wholePrecisionRecall }

    /// - Parameter known: the areas below the curves, where somebody has computed them already.
    init(
        name: String, positives: [Bool], scores: [Double], weights: [Double]?, order: ScoreOrder,
        known: (auc: Double?, averagePrecision: Double?) = (nil, nil)
    ) throws {
        self.name = name
        let counts = try ThresholdCounts(positives: positives, scores: scores, weights: weights, order: order)
        auc =
            try known.auc
            ?? RankingMetrics.rocAUC(positives: positives, scores: scores, weights: weights, order: order)
        averagePrecision =
            try known.averagePrecision
            ?? RankingMetrics.averagePrecision(
                positives: positives, scores: scores, weights: weights, order: order)
        let roc = Curves.roc(counts)
        wholeROC = roc.thresholds.count
        self.roc = Self.thinned(
            zip(zip(roc.falsePositiveRates, roc.truePositiveRates), roc.thresholds).map {
                Point(x: $0.0, y: $0.1, threshold: $1)
            })
        let curve = Curves.precisionRecall(counts)
        wholePrecisionRecall = curve.precisions.count
        precisionRecall = Self.thinned(
            curve.precisions.indices.map { index in
                Point(
                    x: curve.recalls[index], y: curve.precisions[index],
                    threshold: index < curve.thresholds.count ? curve.thresholds[index] : nil)
            })
        if counts.positives > 0, counts.negatives > 0 {
            let det = try Curves.detectionErrors(counts)
            self.det = Self.thinned(
                det.thresholds.indices.map {
                    Point(x: det.falsePositiveRates[$0], y: det.falseNegativeRates[$0], threshold: det.thresholds[$0])
                })
        } else {
            det = []
        }
    }

    /// Points at about equal distances along the curve, the first and the last among them.
    static func thinned(_ points: [Point]) -> [Point] {
        guard points.count > mostPoints else { return points }
        var lengths: [Double] = [0]
        lengths.reserveCapacity(points.count)
        for (last, next) in zip(points, points.dropFirst()) {
            let step = abs(next.x - last.x) + abs(next.y - last.y)
            lengths.append(lengths[lengths.count - 1] + (step.isFinite ? step : 0))
        }
        let whole = lengths[lengths.count - 1]
        guard whole > 0 else { return [points[0], points[points.count - 1]] }
        var kept: [Point] = []
        kept.reserveCapacity(mostPoints)
        for (place, point) in points.enumerated() {
            let isEnd = place == points.count - 1
            if isEnd || lengths[place] >= whole * Double(kept.count) / Double(mostPoints - 1) { kept.append(point) }
        }
        return kept
    }
}
