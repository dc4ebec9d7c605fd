private let regression = "scikit-learn 1.9.1, sklearn/metrics/_regression.py"
private let ranking = "scikit-learn 1.9.1, sklearn/metrics/_ranking.py"
private let infinite = Double.infinity

/// Metrics of predicted numbers, and of lists put in order.
extension MetricCatalogue {
    static let regressionMetrics: [MetricDescription] = [
        number(
            "mae", ["mean_absolute_error"], "Mean absolute error, in the target's unit",
            of: RegressionMetrics.meanAbsoluteError),
        number(
            "mse", ["mean_squared_error"], "Mean squared error",
            of: RegressionMetrics.meanSquaredError),
        number(
            "rmse", ["root_mean_squared_error"], "Root of the mean squared error, in the target's unit",
            of: RegressionMetrics.rootMeanSquaredError),
        number(
            "msle", ["mean_squared_log_error"], "Mean squared error of ln(1 + x)",
            of: RegressionMetrics.meanSquaredLogError),
        number(
            "rmsle", ["root_mean_squared_log_error"], "Root of the mean squared error of ln(1 + x)",
            of: RegressionMetrics.rootMeanSquaredLogError),
        number(
            "mape", ["mean_absolute_percentage_error"],
            "Mean absolute error as a fraction of the true value; huge where that is 0",
            of: RegressionMetrics.meanAbsolutePercentageError),
        number(
            "smape", [], in: 0...2, "Mean absolute error as a fraction of the mean of true and predicted value",
            source: "Makridakis, 1993; not in scikit-learn",
            of: RegressionMetrics.symmetricPercentageError),
        number(
            "wape", [], "Sum of absolute errors as a fraction of the sum of absolute true values",
            source: "Kolassa and Schütz, 2007; not in scikit-learn",
            of: RegressionMetrics.weightedAbsolutePercentageError),
        number(
            "median_absolute_error", ["medae"], "Median of the absolute errors, in the target's unit",
            of: RegressionMetrics.medianAbsoluteError),
        number("max_error", [], "Greatest absolute error, in the target's unit; without weights") {
            rows, _ throws(MetricUndefined) in
            try RegressionMetrics.maxError(truth: rows.truth, predicted: rows.predicted)
        },
        number(
            "r2", ["r2_score"], larger: true, in: -infinite...1, "Share of the variance that is explained",
            of: { truth, predicted, weights throws(MetricUndefined) in
                try RegressionMetrics.r2(truth: truth, predicted: predicted, weights: weights)
            }),
        number(
            "explained_variance", ["explained_variance_score"], larger: true, in: -infinite...1,
            "Share of the variance that is explained, but for a constant error",
            of: { truth, predicted, weights throws(MetricUndefined) in
                try RegressionMetrics.explainedVariance(truth: truth, predicted: predicted, weights: weights)
            }),
        number(
            "d2_absolute_error_score", ["d2_absolute_error"], larger: true, in: -infinite...1,
            "Share of the absolute error about the median that is gone",
            of: RegressionMetrics.d2AbsoluteError),
        number(
            "d2_pinball_score", ["d2_pinball"], larger: true, in: -infinite...1,
            "Share of the pinball loss about the quantile that is gone", parameter: alpha
        ) { rows, alpha throws(MetricUndefined) in
            try RegressionMetrics.d2Pinball(
                truth: rows.truth, predicted: rows.predicted, alpha: alpha ?? 0.5, weights: rows.weights)
        },
        number(
            "d2_tweedie_score", ["d2_tweedie"], larger: true, in: -infinite...1,
            "Share of the deviance about the mean that is gone", parameter: power
        ) { rows, power throws(MetricUndefined) in
            try RegressionMetrics.d2Tweedie(
                truth: rows.truth, predicted: rows.predicted, power: power ?? 0, weights: rows.weights)
        },
        number(
            "mean_pinball_loss", ["pinball_loss"], "Loss of a predicted quantile", parameter: alpha
        ) { rows, alpha throws(MetricUndefined) in
            try RegressionMetrics.meanPinballLoss(
                truth: rows.truth, predicted: rows.predicted, alpha: alpha ?? 0.5, weights: rows.weights)
        },
        number("mean_tweedie_deviance", [], "Deviance of a Tweedie distribution", parameter: power) {
            rows, power throws(MetricUndefined) in
            try RegressionMetrics.meanTweedieDeviance(
                truth: rows.truth, predicted: rows.predicted, power: power ?? 0, weights: rows.weights)
        },
        number(
            "mean_poisson_deviance", [], "Deviance of counts",
            of: RegressionMetrics.meanPoissonDeviance),
        number(
            "mean_gamma_deviance", [], "Deviance of positive numbers; only their ratio counts",
            of: RegressionMetrics.meanGammaDeviance),
    ]

    static let rankingMetrics: [MetricDescription] = [
        MetricDescription(
            "ndcg", aliases: ["ndcg_score"], [.ranking], needs: .scores,
            "Gain of the order as a share of the best order's; gain is the relevance itself", source: ranking,
            parameter: cut
        ) { input, k throws(MetricUndefined) in
            guard case .ranking(let rows) = input else { throw input.otherTask("ndcg") }
            return try RankingMetrics.normalisedGain(rows.lists, k: k.map { Int($0) }, weights: rows.weights)
        },
        MetricDescription(
            "dcg", aliases: ["dcg_score"], [.ranking], needs: .scores, in: -infinite...infinite,
            "Relevance, discounted by the logarithm of the rank", source: ranking, parameter: cut
        ) { input, k throws(MetricUndefined) in
            guard case .ranking(let rows) = input else { throw input.otherTask("dcg") }
            return try RankingMetrics.discountedGain(rows.lists, k: k.map { Int($0) }, weights: rows.weights)
        },
    ]

    private static let alpha = MetricDescription.Parameter(
        name: "alpha", standard: 0.5, allowed: "between 0 and 1", range: 0...1, whole: false)
    private static let power = MetricDescription.Parameter(
        name: "power", standard: 0, allowed: "a number", range: -1e6...1e6, whole: false)
    private static let cut = MetricDescription.Parameter(
        name: "k", standard: nil, allowed: "a whole number of 1 or more", range: 1...1e9, whole: true)

    private static func number(
        _ name: String, _ aliases: [String], larger: Bool = false, in range: ClosedRange<Double> = 0...infinite,
        _ summary: String, source: String = regression,
        of value: @escaping @Sendable ([Double], [Double], [Double]?) throws(MetricUndefined) -> Double
    ) -> MetricDescription {
        number(name, aliases, larger: larger, in: range, summary, source: source) {
            rows, _ throws(MetricUndefined) in try value(rows.truth, rows.predicted, rows.weights)
        }
    }

    private static func number(
        _ name: String, _ aliases: [String], larger: Bool = false, in range: ClosedRange<Double> = 0...infinite,
        _ summary: String, source: String = regression, parameter: MetricDescription.Parameter? = nil,
        _ value: @escaping @Sendable (RegressionPredictions, Double?) throws(MetricUndefined) -> Double
    ) -> MetricDescription {
        MetricDescription(
            name, aliases: aliases, [.regression], needs: .numbers, larger: larger, in: range, summary, source: source,
            parameter: parameter
        ) { input, parameter throws(MetricUndefined) in
            guard case .regression(let rows) = input else { throw input.otherTask(name) }
            return try value(rows, parameter)
        }
    }
}
