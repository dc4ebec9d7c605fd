/// How much of the spread of the true values a model explains: 1 for a perfect one, 0 for the best constant one, below
/// 0 for a worse one.
extension RegressionMetrics {
    /// 1 − Σ(y − ŷ)² / Σ(y − ȳ)² (`r2_score`). NaN for fewer than two rows.
    ///
    /// - Parameter forceFinite: where all y are equal, 1 for a perfect prediction and 0 for another one, instead of NaN
    ///   and −∞.
    package static func r2(
        truth: [Double], predicted: [Double], weights: [Double]? = nil, forceFinite: Bool = true
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "r2")
        guard truth.count > 1 else { return .nan }
        let mean = Summation.mean(count: truth.count, weights: weights) { truth[$0] }
        return share(
            Summation.sum(count: truth.count, weights: weights) { squared(truth[$0] - predicted[$0]) },
            of: Summation.sum(count: truth.count, weights: weights) { squared(truth[$0] - mean) },
            forceFinite: forceFinite)
    }

    /// 1 − Var(y − ŷ) / Var(y) (`explained_variance_score`): R² that forgives a constant error.
    ///
    /// - Parameter forceFinite: as for `r2`.
    package static func explainedVariance(
        truth: [Double], predicted: [Double], weights: [Double]? = nil, forceFinite: Bool = true
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "explained_variance")
        let error = Summation.mean(count: truth.count, weights: weights) { truth[$0] - predicted[$0] }
        let mean = Summation.mean(count: truth.count, weights: weights) { truth[$0] }
        return share(
            Summation.mean(count: truth.count, weights: weights) { squared(truth[$0] - predicted[$0] - error) },
            of: Summation.mean(count: truth.count, weights: weights) { squared(truth[$0] - mean) },
            forceFinite: forceFinite)
    }

    /// 1 − pinball loss / pinball loss of the α-quantile of y (`d2_pinball_score`). NaN for fewer than two rows.
    package static func d2Pinball(
        truth: [Double], predicted: [Double], alpha: Double = 0.5, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "d2_pinball_score")
        guard truth.count > 1 else { return .nan }
        let loss = try meanPinballLoss(truth: truth, predicted: predicted, alpha: alpha, weights: weights)
        let quantile = try WeightedPercentile.value(
            of: truth, share: alpha, weights: weights, metric: "d2_pinball_score")
        let constant = Summation.mean(count: truth.count, weights: weights) { pinball(truth[$0] - quantile, alpha) }
        return share(loss, of: constant, forceFinite: true)
    }

    /// 1 − mean absolute error / that of the median of y (`d2_absolute_error_score`). NaN for fewer than two rows.
    package static func d2AbsoluteError(
        truth: [Double], predicted: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "d2_absolute_error_score")
        return try d2Pinball(truth: truth, predicted: predicted, weights: weights)
    }

    private static func share(_ rest: Double, of whole: Double, forceFinite: Bool) -> Double {
        if !forceFinite { return 1 - rest / whole }
        if rest == 0 { return 1 }
        return whole == 0 ? 0 : 1 - rest / whole
    }
}
