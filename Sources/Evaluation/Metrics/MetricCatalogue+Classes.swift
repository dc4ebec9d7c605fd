private let classification = "scikit-learn 1.9.1, sklearn/metrics/_classification.py"
private let each: [MetricTask] = [.binary, .multiclass, .multilabel]
private let single: [MetricTask] = [.binary, .multiclass]

/// Metrics of predicted classes.
extension MetricCatalogue {
    static let classMetrics: [MetricDescription] = [
        MetricDescription(
            "accuracy", aliases: ["accuracy_score"], each, needs: .classes,
            "Share of rows whose class, or all of whose labels, were predicted", source: classification
        ) { input, _ throws(MetricUndefined) in
            if case .multilabel(let rows) = input {
                return try ClassificationMetrics.accuracy(
                    truth: rows.truth, predicted: try input.predicted(rows.predicted, "accuracy"),
                    weights: rows.weights)
            }
            let rows = try ClassRows(input, "accuracy")
            return try ClassificationMetrics.accuracy(
                truth: rows.truth, predicted: rows.predicted, weights: rows.weights)
        },
        MetricDescription(
            "balanced_accuracy", aliases: ["balanced_accuracy_score"], single, needs: .classes,
            "Mean recall of the classes that occur", source: classification
        ) { input, _ throws(MetricUndefined) in
            try ClassRows(input, "balanced_accuracy").balancedAccuracy(adjusted: false)
        },
        MetricDescription(
            "balanced_accuracy_adjusted", single, needs: .classes, in: -1...1,
            "Balanced accuracy, moved so that chance gives 0", source: classification
        ) { input, _ throws(MetricUndefined) in
            try ClassRows(input, "balanced_accuracy_adjusted").balancedAccuracy(adjusted: true)
        },
        MetricDescription(
            "zero_one_loss", each, needs: .classes, larger: false,
            "Share of rows whose class, or one of whose labels, was not predicted", source: classification
        ) { input, _ throws(MetricUndefined) in
            if case .multilabel(let rows) = input {
                return try ClassificationMetrics.zeroOneLoss(
                    truth: rows.truth, predicted: try input.predicted(rows.predicted, "zero_one_loss"),
                    weights: rows.weights)
            }
            let rows = try ClassRows(input, "zero_one_loss")
            return try ClassificationMetrics.zeroOneLoss(
                truth: rows.truth, predicted: rows.predicted, weights: rows.weights)
        },
        MetricDescription(
            "hamming_loss", each, needs: .classes, larger: false,
            "Share of classes, or of labels of rows, that were predicted wrongly", source: classification
        ) { input, _ throws(MetricUndefined) in
            if case .multilabel(let rows) = input {
                return try ClassificationMetrics.hammingLoss(
                    truth: rows.truth, predicted: try input.predicted(rows.predicted, "hamming_loss"),
                    weights: rows.weights)
            }
            let rows = try ClassRows(input, "hamming_loss")
            return try ClassificationMetrics.hammingLoss(
                truth: rows.truth, predicted: rows.predicted, weights: rows.weights)
        },
        MetricDescription(
            "matthews_corrcoef", aliases: ["mcc"], single, needs: .classes, in: -1...1,
            "Correlation of true and predicted classes; 0 where one side is constant", source: classification
        ) { input, _ throws(MetricUndefined) in
            let rows = try ClassRows(input, "matthews_corrcoef")
            return try ClassificationMetrics.matthewsCorrelation(
                truth: rows.truth, predicted: rows.predicted, classCount: rows.classCount, weights: rows.weights)
        },
        kappa("cohen_kappa", ["cohen_kappa_score", "kappa"], .none, "Agreement above chance"),
        kappa("cohen_kappa_linear", [], .linear, "Agreement above chance; misses count by their distance"),
        kappa(
            "cohen_kappa_quadratic", ["quadratic_weighted_kappa"], .quadratic,
            "Agreement above chance; misses count by their squared distance"),
        MetricDescription(
            "positive_likelihood_ratio", [.binary], needs: .classes, in: 0...Double.infinity,
            "How much more often positive rows than negative ones are predicted positive; 1 where undefined",
            source: classification
        ) { input, _ throws(MetricUndefined) in
            try ClassRows(input, "positive_likelihood_ratio").likelihoodRatios().positive
        },
        MetricDescription(
            "negative_likelihood_ratio", [.binary], needs: .classes, larger: false, in: 0...Double.infinity,
            "How much more often positive rows than negative ones are predicted negative; 1 where undefined",
            source: classification
        ) { input, _ throws(MetricUndefined) in
            try ClassRows(input, "negative_likelihood_ratio").likelihoodRatios().negative
        },
    ]

    private static func kappa(
        _ name: String, _ aliases: [String], _ distance: ClassificationMetrics.KappaWeights, _ summary: String
    ) -> MetricDescription {
        MetricDescription(name, aliases: aliases, single, needs: .classes, in: -1...1, summary, source: classification)
        {
            input, _ throws(MetricUndefined) in
            let rows = try ClassRows(input, name)
            return try ClassificationMetrics.cohenKappa(
                truth: rows.truth, predicted: rows.predicted, classCount: rows.classCount, distance: distance,
                weights: rows.weights)
        }
    }
}

/// Classes of a task in which each row has one.
private struct ClassRows {
    let truth: [Int]
    let predicted: [Int]
    let classCount: Int
    let weights: [Double]?

    init(_ input: MetricInput, _ metric: String) throws(MetricUndefined) {
        switch input {
        case .binary(let rows):
            (truth, predicted) = (rows.truth, try input.predicted(rows.predicted, metric))
            (classCount, weights) = (2, rows.weights)
        case .multiclass(let rows):
            (truth, predicted) = (rows.truth, try input.predicted(rows.predicted, metric))
            (classCount, weights) = (rows.classCount, rows.weights)
        case .multilabel, .regression, .ranking: throw input.otherTask(metric)
        }
    }

    func balancedAccuracy(adjusted: Bool) throws(MetricUndefined) -> Double {
        try ClassificationMetrics.balancedAccuracy(
            truth: truth, predicted: predicted, classCount: classCount, weights: weights, adjusted: adjusted)
    }

    func likelihoodRatios() throws(MetricUndefined) -> (positive: Double, negative: Double) {
        try ClassificationMetrics.likelihoodRatios(
            truth: truth, predicted: predicted, weights: weights, undefined: (1, 1))
    }
}
