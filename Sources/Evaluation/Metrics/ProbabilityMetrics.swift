/// Metrics that judge probabilities, not only the order or the class they lead to.
///
/// Classes are codes that are columns of the probabilities, so that every class is known, whether or not it has rows
/// (scikit-learn's `labels` given). Rows that do not add up to 1 are taken as they are, as in scikit-learn.
package enum ProbabilityMetrics {
    /// The kind of number that a model wrote its probabilities in. It decides how near to 0 one may come.
    package enum Precision: Sendable {
        case single, double
    }

    /// −mean ln p of the true class, with p clipped to [ε, 1 − ε] (`log_loss`); ε is the distance from 1 to the next
    /// number, 2.2e-16 or 1.2e-7.
    ///
    /// - Parameter precision: single computes in single precision throughout.
    package static func logLoss(
        truth: [Int], probabilities: ScoreMatrix, weights: [Double]? = nil, precision: Precision = .double
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "log_loss")
        let columns = probabilities.columns
        return probabilities.values.withUnsafeBufferPointer { values in
            mean(count: truth.count, weights, precision) { loss(values[$0 * columns + truth[$0]], precision) }
        }
    }

    /// The same for two classes.
    ///
    /// - Parameters:
    ///   - truth: 1 for the positive class, else 0.
    ///   - probabilities: of the positive class.
    package static func logLoss(
        truth: [Int], probabilities: [Double], weights: [Double]? = nil, precision: Precision = .double
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "log_loss")
        return mean(count: truth.count, weights, precision) { row in
            let value = probabilities[row]
            if truth[row] == 1 { return loss(value, precision) }
            return loss(precision == .single ? Double(1 - Float(value)) : 1 - value, precision)
        }
    }

    /// mean Σₖ (yₖ − pₖ)² (`brier_score_loss`).
    ///
    /// - Parameter halved: half of that; when nil, for fewer than three classes.
    package static func brierScore(
        truth: [Int], probabilities: ScoreMatrix, weights: [Double]? = nil, halved: Bool? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "brier_score")
        let columns = probabilities.columns
        let mean = Summation.mean(count: truth.count, weights: weights) { row in
            var sum = 0.0
            for column in 0..<columns {
                let distance = (column == truth[row] ? 1 : 0) - probabilities[row, column]
                sum += distance * distance
            }
            return sum
        }
        return halved ?? (columns < 3) ? mean / 2 : mean
    }

    /// mean (y − p)², of two classes.
    ///
    /// - Parameter halved: false counts both classes, which doubles it.
    package static func brierScore(
        truth: [Int], probabilities: [Double], weights: [Double]? = nil, halved: Bool = true
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "brier_score")
        let mean = Summation.mean(count: truth.count, weights: weights) { row in
            let distance = Double(truth[row]) - probabilities[row]
            return distance * distance
        }
        return halved ? mean : 2 * mean
    }

    /// 1 − log loss / log loss of the classes' shares (`d2_log_loss_score`); NaN for fewer than two rows.
    package static func d2LogLoss(
        truth: [Int], probabilities: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "d2_log_loss_score")
        guard truth.count > 1 else { return .nan }
        let model = try logLoss(truth: truth, probabilities: probabilities, weights: weights)
        let shares = shares(truth, classCount: probabilities.columns, weights)
        let constant = Summation.mean(count: truth.count, weights: weights) { loss(shares[truth[$0]], .double) }
        return 1 - model / constant
    }

    /// The same for two classes.
    package static func d2LogLoss(
        truth: [Int], probabilities: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "d2_log_loss_score")
        return try d2LogLoss(truth: truth, probabilities: paired(probabilities), weights: weights)
    }

    /// 1 − Brier score / Brier score of the classes' shares (`d2_brier_score`); NaN for fewer than two rows, and for
    /// one class that was predicted perfectly, −∞ for one class that was not.
    package static func d2BrierScore(
        truth: [Int], probabilities: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "d2_brier_score")
        guard truth.count > 1 else { return .nan }
        let model = try brierScore(truth: truth, probabilities: probabilities, weights: weights, halved: false)
        let shares = shares(truth, classCount: probabilities.columns, weights)
        let constant = Summation.mean(count: truth.count, weights: weights) { row in
            var sum = 0.0
            for (column, share) in shares.enumerated() {
                let distance = (column == truth[row] ? 1 : 0) - share
                sum += distance * distance
            }
            return sum
        }
        return 1 - model / constant
    }

    /// The same for two classes.
    package static func d2BrierScore(
        truth: [Int], probabilities: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "d2_brier_score")
        return try d2BrierScore(truth: truth, probabilities: paired(probabilities), weights: weights)
    }

    /// Σ n_b/n · |share of positives − mean probability| over bins of equal width (Naeini, Cooper and Hauskrecht,
    /// 2015). Not in scikit-learn; bins as in its `calibration_curve`.
    package static func expectedCalibrationError(
        truth: [Int], probabilities: [Double], bins: Int = 10, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "expected_calibration_error")
        return try CalibrationCurve(
            positives: truth.map { $0 == 1 }, probabilities: probabilities, count: bins, weights: weights,
            metric: "expected_calibration_error"
        ).expectedError
    }

    /// The same of the highest probability of each row, against how often that class was the true one (Guo et al.,
    /// 2017). Of equal probabilities the class with the lowest code counts.
    package static func expectedCalibrationError(
        truth: [Int], probabilities: ScoreMatrix, bins: Int = 10, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, probabilities, weights, "expected_calibration_error")
        var hits: [Bool] = []
        var confidences: [Double] = []
        for row in 0..<truth.count {
            var best = 0
            for column in 1..<probabilities.columns where probabilities[row, column] > probabilities[row, best] {
                best = column
            }
            hits.append(best == truth[row])
            confidences.append(probabilities[row, best])
        }
        return try CalibrationCurve(
            positives: hits, probabilities: confidences, count: bins, weights: weights,
            metric: "expected_calibration_error"
        ).expectedError
    }

    /// −ln of the clipped probability.
    @inline(__always)
    private static func loss(_ probability: Double, _ precision: Precision) -> Double {
        switch precision {
        case .double:
            return -MathLibrary.log(min(max(probability, .ulpOfOne), 1 - .ulpOfOne))
        case .single:
            let clipped = min(max(Float(probability), .ulpOfOne), 1 - .ulpOfOne)
            return -Double(Float(MathLibrary.log(Double(clipped))))
        }
    }

    @inline(__always)
    private static func mean(
        count: Int, _ weights: [Double]?, _ precision: Precision, _ loss: (Int) -> Double
    ) -> Double {
        if precision == .double || weights != nil { return Summation.mean(count: count, weights: weights, loss) }
        return Double(Float(Summation.sum(count: count, loss)) / Float(count))
    }

    /// The columns of both classes.
    private static func paired(_ probabilities: [Double]) throws(MetricUndefined) -> ScoreMatrix {
        let values = probabilities.flatMap { [1 - $0, $0] }
        guard let matrix = ScoreMatrix(rows: probabilities.count, columns: 2, values: values) else {
            throw MetricUndefined("probabilities", .tooManyRows)
        }
        return matrix
    }

    private static func shares(_ truth: [Int], classCount: Int, _ weights: [Double]?) -> [Double] {
        var sums = [Summation](repeating: Summation(), count: classCount)
        for (row, code) in truth.enumerated() { sums[code].add(weights?[row] ?? 1) }
        let whole = weights.map { Summation.total(of: $0) } ?? Double(truth.count)
        return sums.map { $0.total / whole }
    }

    private static func check(
        _ truth: [Int], _ probabilities: ScoreMatrix, _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.count, [("rows of probabilities", probabilities.rows)], weights: weights)
        guard probabilities.columns > 1 else { throw check.undefined(.tooFewClasses(probabilities.columns)) }
        try check.codes(truth, classCount: probabilities.columns)
        try check.probabilities(probabilities.values, columns: probabilities.columns)
    }

    private static func check(
        _ truth: [Int], _ probabilities: [Double], _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.count, [("probabilities", probabilities.count)], weights: weights)
        try check.codes(truth, classCount: 2)
        try check.probabilities(probabilities)
    }
}
