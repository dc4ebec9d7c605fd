/// How the values of several predicted numbers per row become one: scikit-learn's `multioutput`.
package enum OutputAveraging: Sendable, Equatable {
    /// The plain mean over the outputs (`uniform_average`).
    case uniform
    /// A weight for each output.
    case weighted([Double])
}

extension RegressionMetrics {
    /// A metric of each output, such as `RegressionMetrics.rootMeanSquaredError`; scikit-learn's `raw_values`.
    ///
    /// - Parameters:
    ///   - truth: a row for each row of data, a column for each output.
    ///   - predicted: likewise.
    package static func ofOutputs(
        truth: ScoreMatrix, predicted: ScoreMatrix, weights: [Double]? = nil,
        _ metric: ([Double], [Double], [Double]?) throws(MetricUndefined) -> Double
    ) throws(MetricUndefined) -> [Double] {
        guard truth.columns == predicted.columns else {
            throw MetricUndefined(
                "a metric of several outputs",
                .unequalLengths(what: "predicted outputs", count: predicted.columns, expected: truth.columns))
        }
        var values: [Double] = []
        for column in 0..<truth.columns {
            values.append(try metric(truth.column(column), predicted.column(column), weights))
        }
        return values
    }

    /// The mean of those.
    package static func average(_ values: [Double], _ averaging: OutputAveraging) throws(MetricUndefined) -> Double {
        switch averaging {
        case .uniform: return Summation.mean(count: values.count, weights: nil) { values[$0] }
        case .weighted(let weights):
            try ArgumentCheck("a metric of several outputs").rows(values.count, weights: weights)
            return Summation.mean(count: values.count, weights: weights) { values[$0] }
        }
    }
}
