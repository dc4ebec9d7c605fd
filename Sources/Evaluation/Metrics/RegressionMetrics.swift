/// Metrics of predicted numbers.
///
/// `truth` and `predicted` have an entry for each row, in one order and unit; all finite. Weights are 1 when nil.
/// Formulas are those of scikit-learn 1.9.1, `sklearn/metrics/_regression.py`, unless said otherwise.
package enum RegressionMetrics {
    /// mean |y − ŷ|, in the unit of y (`mean_absolute_error`).
    package static func meanAbsoluteError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "mean_absolute_error")
        return Summation.mean(count: truth.count, weights: weights) { abs(predicted[$0] - truth[$0]) }
    }

    /// mean (y − ŷ)², in the squared unit of y (`mean_squared_error`).
    package static func meanSquaredError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "mean_squared_error")
        return Summation.mean(count: truth.count, weights: weights) { squared(truth[$0] - predicted[$0]) }
    }

    /// √ of the mean squared error, in the unit of y (`root_mean_squared_error`).
    package static func rootMeanSquaredError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "root_mean_squared_error")
        return try meanSquaredError(truth: truth, predicted: predicted, weights: weights).squareRoot()
    }

    /// mean (ln(1+y) − ln(1+ŷ))² (`mean_squared_log_error`).
    ///
    /// - Throws: for a value of −1 or less.
    package static func meanSquaredLogError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try meanSquaredLogError(truth, predicted, weights, "mean_squared_log_error")
    }

    /// √ of the mean squared log error (`root_mean_squared_log_error`).
    package static func rootMeanSquaredLogError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try meanSquaredLogError(truth, predicted, weights, "root_mean_squared_log_error").squareRoot()
    }

    /// mean |y − ŷ| / max(|y|, ε) (`mean_absolute_percentage_error`): a fraction, not percent; about 1e15 times the
    /// error where y is 0.
    package static func meanAbsolutePercentageError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "mean_absolute_percentage_error")
        return Summation.mean(count: truth.count, weights: weights) {
            abs(predicted[$0] - truth[$0]) / max(abs(truth[$0]), .ulpOfOne)
        }
    }

    /// mean 2|y − ŷ| / (|y| + |ŷ|), from 0 to 2; 0 where both are 0 (Makridakis, 1993). Not in scikit-learn.
    package static func symmetricPercentageError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "smape")
        return Summation.mean(count: truth.count, weights: weights) { row in
            let size = abs(truth[row]) + abs(predicted[row])
            return size == 0 ? 0 : 2 * abs(truth[row] - predicted[row]) / size
        }
    }

    /// Σ |y − ŷ| / Σ |y|, a fraction (Kolassa and Schütz, 2007). Not in scikit-learn.
    ///
    /// - Throws: where all y are 0.
    package static func weightedAbsolutePercentageError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "wape")
        let size = Summation.sum(count: truth.count, weights: weights) { abs(truth[$0]) }
        guard size > 0 else { throw MetricUndefined("wape", .divisionByZero("all true values are 0")) }
        return Summation.sum(count: truth.count, weights: weights) { abs(truth[$0] - predicted[$0]) } / size
    }

    /// The median of |y − ŷ| (`median_absolute_error`); with weights, their averaged weighted percentile.
    package static func medianAbsoluteError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "median_absolute_error")
        let errors = truth.indices.map { abs(predicted[$0] - truth[$0]) }
        return try WeightedPercentile.value(of: errors, share: 0.5, weights: weights, metric: "median_absolute_error")
    }

    /// max |y − ŷ| (`max_error`). Takes no weights.
    package static func maxError(truth: [Double], predicted: [Double]) throws(MetricUndefined) -> Double {
        try check(truth, predicted, nil, "max_error")
        return truth.indices.reduce(0) { max($0, abs(truth[$1] - predicted[$1])) }
    }

    /// mean of α·(y − ŷ) where y ≥ ŷ, else (1 − α)·(ŷ − y) (`mean_pinball_loss`): the loss of the α-quantile.
    ///
    /// - Parameter alpha: from 0 to 1.
    package static func meanPinballLoss(
        truth: [Double], predicted: [Double], alpha: Double = 0.5, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "mean_pinball_loss")
        guard alpha >= 0, alpha <= 1 else {
            throw MetricUndefined("mean_pinball_loss", .parameter(name: "alpha", allowed: "between 0 and 1"))
        }
        return Summation.mean(count: truth.count, weights: weights) { pinball(truth[$0] - predicted[$0], alpha) }
    }

    @inline(__always)
    static func pinball(_ difference: Double, _ alpha: Double) -> Double {
        difference >= 0 ? alpha * difference : -(1 - alpha) * difference
    }

    @inline(__always)
    static func squared(_ value: Double) -> Double { value * value }

    static func check(
        _ truth: [Double], _ predicted: [Double], _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.count, [("predictions", predicted.count)], weights: weights)
        try check.finite(truth, "the true value")
        try check.finite(predicted, "the prediction")
    }

    private static func meanSquaredLogError(
        _ truth: [Double], _ predicted: [Double], _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, metric)
        for (what, values) in [("the true value", truth), ("the prediction", predicted)] {
            if let row = values.firstIndex(where: { $0 <= -1 }) {
                throw MetricUndefined(metric, .outside(what: what, row: row, allowed: "above -1"))
            }
        }
        return Summation.mean(count: truth.count, weights: weights) {
            squared(MathLibrary.log1p(truth[$0]) - MathLibrary.log1p(predicted[$0]))
        }
    }
}
