/// Deviances of the Tweedie family: errors of targets whose spread grows with the power of their mean.
extension RegressionMetrics {
    /// The mean unit deviance (`mean_tweedie_deviance`).
    ///
    /// - Parameter power: 0 is the squared error, 1 Poisson's, 2 gamma's, 3 inverse Gauss's; not between 0 and 1.
    /// - Throws: where `truth` or `predicted` has values that the distribution cannot have: negative or zero, by power.
    package static func meanTweedieDeviance(
        truth: [Double], predicted: [Double], power: Double = 0, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try meanTweedieDeviance(truth, predicted, power, weights, "mean_tweedie_deviance")
    }

    /// Power 1: true counts of 0 or more, predictions above 0 (`mean_poisson_deviance`).
    package static func meanPoissonDeviance(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try meanTweedieDeviance(truth, predicted, 1, weights, "mean_poisson_deviance")
    }

    /// Power 2: true values and predictions above 0 (`mean_gamma_deviance`).
    package static func meanGammaDeviance(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try meanTweedieDeviance(truth, predicted, 2, weights, "mean_gamma_deviance")
    }

    /// 1 − deviance / deviance of the mean of y (`d2_tweedie_score`). NaN for fewer than two rows.
    ///
    /// - Throws: as the deviance, and where the mean explains everything.
    package static func d2Tweedie(
        truth: [Double], predicted: [Double], power: Double = 0, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "d2_tweedie_score")
        guard truth.count > 1 else { return .nan }
        let deviance = try meanTweedieDeviance(truth, predicted, power, weights, "d2_tweedie_score")
        let mean = Summation.mean(count: truth.count, weights: weights) { truth[$0] }
        let constant = Summation.mean(count: truth.count, weights: weights) { unit(truth[$0], mean, power) }
        guard constant != 0 else {
            throw MetricUndefined("d2_tweedie_score", .divisionByZero("all true values are equal"))
        }
        return 1 - deviance / constant
    }

    private static func meanTweedieDeviance(
        _ truth: [Double], _ predicted: [Double], _ power: Double, _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, metric)
        guard power.isFinite, power <= 0 || power >= 1 else {
            throw MetricUndefined(metric, .parameter(name: "the power", allowed: "at most 0 or at least 1"))
        }
        if power >= 1 {
            let zeroAllowed = power < 2
            if let row = truth.firstIndex(where: { zeroAllowed ? $0 < 0 : $0 <= 0 }) {
                throw MetricUndefined(
                    metric,
                    .outside(what: "the true value", row: row, allowed: zeroAllowed ? "0 or more" : "above 0"))
            }
        }
        if power != 0, let row = predicted.firstIndex(where: { $0 <= 0 }) {
            throw MetricUndefined(metric, .outside(what: "the prediction", row: row, allowed: "above 0"))
        }
        return Summation.mean(count: truth.count, weights: weights) { unit(truth[$0], predicted[$0], power) }
    }

    /// The deviance of one row.
    private static func unit(_ truth: Double, _ predicted: Double, _ power: Double) -> Double {
        switch power {
        case 0: squared(truth - predicted)
        case 1: 2 * (MathLibrary.xlogy(truth, truth / predicted) - truth + predicted)
        case 2: 2 * (MathLibrary.log(predicted / truth) + truth / predicted - 1)
        default:
            2
                * (MathLibrary.pow(power < 0 ? max(truth, 0) : truth, 2 - power) / ((1 - power) * (2 - power))
                    - truth * MathLibrary.pow(predicted, 1 - power) / (1 - power)
                    + MathLibrary.pow(predicted, 2 - power) / (2 - power))
        }
    }
}
