/// How far probabilities can be trusted: how often rows are positive, against how likely they were said to be.
package struct Calibration: Sendable {
    /// What the probabilities are of: the positive class, or the class that was thought most likely.
    package let subject: String
    package let curve: CalibrationCurve
    package let bins: Int
    package let byQuantile: Bool
    package let brier: Decomposition

    /// The Brier score in parts (Murphy, 1973): `reliability - resolution + uncertainty`, and what is left since the
    /// probabilities within a bin differ.
    package struct Decomposition: Sendable, Equatable {
        package let score: Double
        /// How far probabilities are from shares; less is better.
        package let reliability: Double
        /// How far the bins' shares are from the overall one; more is better.
        package let resolution: Double
        /// What no model can change.
        package let uncertainty: Double
        package var remainder: Double { score - (reliability - resolution + uncertainty) }
    }

    /// - Parameter probabilities: between 0 and 1.
    init(
        subject: String, positives: [Bool], probabilities: [Double], weights: [Double]?, bins: Int, byQuantile: Bool
    ) throws {
        self.subject = subject
        self.bins = bins
        self.byQuantile = byQuantile
        curve = try CalibrationCurve(
            positives: positives, probabilities: probabilities, count: bins, bins: byQuantile ? .quantile : .uniform,
            weights: weights)
        var squares = 0.0
        var positive = 0.0
        var whole = 0.0
        for row in positives.indices {
            let weight = weights?[row] ?? 1
            let error = (positives[row] ? 1 : 0) - probabilities[row]
            squares += weight * error * error
            positive += positives[row] ? weight : 0
            whole += weight
        }
        let share = positive / whole
        var reliability = 0.0
        var resolution = 0.0
        for bin in curve.sizes.indices {
            let difference = curve.meanProbabilities[bin] - curve.positiveShares[bin]
            reliability += curve.sizes[bin] / whole * difference * difference
            let distance = curve.positiveShares[bin] - share
            resolution += curve.sizes[bin] / whole * distance * distance
        }
        brier = Decomposition(
            score: squares / whole, reliability: reliability, resolution: resolution, uncertainty: share * (1 - share))
    }
}
