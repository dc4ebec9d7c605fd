private let classification = "scikit-learn 1.9.1, sklearn/metrics/_classification.py"
private let infinite = Double.infinity

/// Metrics of the probabilities of classes.
extension MetricCatalogue {
    static let probabilityMetrics: [MetricDescription] = [
        probability(
            "log_loss", [], larger: false, in: 0...infinite, "Mean of -ln p of the true class", classification, nil
        ) { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.logLoss(truth: truth, probabilities: probabilities, weights: weights)
        } several: { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.logLoss(truth: truth, probabilities: probabilities, weights: weights)
        },
        probability(
            "brier_score", ["brier_score_loss"], larger: false, in: 0...2,
            "Mean squared error of the probabilities; summed over three classes or more", classification, nil
        ) { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.brierScore(truth: truth, probabilities: probabilities, weights: weights)
        } several: { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.brierScore(truth: truth, probabilities: probabilities, weights: weights)
        },
        probability(
            "d2_log_loss_score", ["d2_log_loss"], larger: true, in: -infinite...1,
            "How much of the log loss of the classes' shares is gone", classification, nil
        ) { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.d2LogLoss(truth: truth, probabilities: probabilities, weights: weights)
        } several: { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.d2LogLoss(truth: truth, probabilities: probabilities, weights: weights)
        },
        probability(
            "d2_brier_score", [], larger: true, in: -infinite...1,
            "How much of the Brier score of the classes' shares is gone", classification, nil
        ) { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.d2BrierScore(truth: truth, probabilities: probabilities, weights: weights)
        } several: { truth, probabilities, weights, _ throws(MetricUndefined) in
            try ProbabilityMetrics.d2BrierScore(truth: truth, probabilities: probabilities, weights: weights)
        },
        probability(
            "expected_calibration_error", ["ece"], larger: false, in: 0...1,
            "Mean distance of probability and frequency, in 10 bins of equal width",
            "Naeini, Cooper and Hauskrecht, 2015; bins as in scikit-learn's calibration_curve",
            MetricDescription.Parameter(
                name: "number of bins", standard: 10, allowed: "a whole number from 1 to a million",
                range: 1...1_000_000, whole: true)
        ) { truth, probabilities, weights, bins throws(MetricUndefined) in
            try ProbabilityMetrics.expectedCalibrationError(
                truth: truth, probabilities: probabilities, bins: Int(bins ?? 10), weights: weights)
        } several: { truth, probabilities, weights, bins throws(MetricUndefined) in
            try ProbabilityMetrics.expectedCalibrationError(
                truth: truth, probabilities: probabilities, bins: Int(bins ?? 10), weights: weights)
        },
    ]

    private static func probability(
        _ name: String, _ aliases: [String], larger: Bool, in range: ClosedRange<Double>, _ summary: String,
        _ source: String, _ parameter: MetricDescription.Parameter?,
        two: @escaping @Sendable ([Int], [Double], [Double]?, Double?) throws(MetricUndefined) -> Double,
        several: @escaping @Sendable ([Int], ScoreMatrix, [Double]?, Double?) throws(MetricUndefined) -> Double
    ) -> MetricDescription {
        MetricDescription(
            name, aliases: aliases, [.binary, .multiclass], needs: .probabilities, larger: larger, in: range, summary,
            source: source, parameter: parameter
        ) { input, parameter throws(MetricUndefined) in
            if case .binary(let rows) = input {
                return try two(rows.truth, try input.scored(rows.scores, name), rows.weights, parameter)
            }
            let rows = try ScoredClasses(input, name)
            return try several(rows.truth, rows.scores, rows.weights, parameter)
        }
    }
}
