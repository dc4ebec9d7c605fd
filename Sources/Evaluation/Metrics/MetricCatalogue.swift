package import Basics

/// The metrics that can be asked for by name.
package enum MetricCatalogue {
    /// In the order in which a list shows them.
    package static let all: [MetricDescription] =
        classMetrics + averagedClassMetrics + scoreMetrics + probabilityMetrics + labelMetrics + regressionMetrics
        + rankingMetrics

    package static func metrics(of task: MetricTask) -> [MetricDescription] { all.filter { $0.tasks.contains(task) } }

    /// The metrics to compute when nobody asked for others.
    ///
    /// - Parameters:
    ///   - scored: whether there are scores or probabilities.
    ///   - predicted: whether there are predicted classes; numbers and orders always are.
    package static func standard(for task: MetricTask, scored: Bool, predicted: Bool = true) -> [Metric] {
        let names =
            switch task {
            case .binary:
                [
                    "accuracy", "balanced_accuracy", "precision", "recall", "f1", "specificity", "matthews_corrcoef",
                    "roc_auc", "average_precision", "log_loss", "brier_score", "expected_calibration_error",
                ]
            case .multiclass:
                [
                    "accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_weighted",
                    "matthews_corrcoef", "cohen_kappa", "roc_auc_ovr", "log_loss", "brier_score",
                    "expected_calibration_error",
                ]
            case .multilabel:
                [
                    "accuracy", "hamming_loss", "f1_micro", "f1_macro", "f1_samples", "jaccard_samples", "roc_auc",
                    "average_precision", "label_ranking_average_precision",
                ]
            case .regression:
                ["mae", "rmse", "r2", "mape", "median_absolute_error", "explained_variance", "max_error"]
            case .ranking: ["ndcg@5", "ndcg@10", "ndcg"]
            }
        return names.compactMap { try? metric(named: $0) }.filter { metric in
            switch metric.description.needs {
            case .classes: predicted
            case .scores, .decisions, .probabilities: scored || task == .ranking
            case .numbers: true
            }
        }
    }

    /// The metric of a name such as `roc_auc`, `f1_score`, `ndcg@10` or `fbeta@0.5`.
    package static func metric(named text: String) throws(UnknownMetric) -> Metric {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let description = byName[parts[0]] else {
            throw UnknownMetric(name: text, problem: .noSuchName(near: near(parts[0])))
        }
        guard parts.count > 1 else { return Metric(description: description, parameter: nil) }
        guard let parameter = description.parameter else {
            throw UnknownMetric(name: text, problem: .noParameter(description.name))
        }
        guard let value = Double(parts[1]), parameter.allows(value) else {
            throw UnknownMetric(name: text, problem: .badParameter(parameter.name, allowed: parameter.allowed))
        }
        return Metric(description: description, parameter: value)
    }

    /// The value of a metric by its name.
    ///
    /// - Returns: NaN where scikit-learn returns NaN.
    /// - Throws: `UnknownMetric`; `MetricUndefined` where scikit-learn raises an error, for input of another task, and
    ///   for input that lacks what the metric needs.
    package static func evaluate(name: String, _ input: MetricInput) throws -> Double {
        try metric(named: name).value(of: input)
    }

    private static let byName: [String: MetricDescription] = {
        var found: [String: MetricDescription] = [:]
        for description in all {
            for name in [description.name] + description.aliases { found[name] = description }
        }
        return found
    }()

    /// Names that begin alike, those with the most letters in common first.
    private static func near(_ name: String) -> [String] {
        let wanted = name.lowercased()
        let shared = all.map { description in
            let common = zip(description.name.utf8, wanted.utf8).prefix { $0 == $1 }.count
            return (name: description.name, common: common)
        }
        return shared.enumerated().filter { $0.element.common > 1 }
            .sorted { ($1.element.common, $0.offset) < ($0.element.common, $1.offset) }
            .prefix(3).map(\.element.name)
    }
}

/// A metric with its parameter, ready to be computed.
package struct Metric: Sendable {
    package let description: MetricDescription
    /// What followed the `@`.
    package let parameter: Double?

    /// The name in results: aliases become the metric's own name, and a whole parameter has no decimals.
    package var name: String {
        guard let parameter else { return description.name }
        guard let whole = Int(exactly: parameter) else { return "\(description.name)@\(parameter)" }
        return "\(description.name)@\(whole)"
    }

    package func value(of input: MetricInput) throws(MetricUndefined) -> Double {
        guard description.tasks.contains(input.task) else {
            let tasks = description.tasks.map(\.rawValue).joined(separator: ", ")
            throw MetricUndefined(name, .otherTask("\(tasks) tasks, not for \(input.task.rawValue) ones"))
        }
        return try description.compute(input, parameter ?? description.parameter?.standard)
    }
}

/// A name that is no metric's.
package struct UnknownMetric: UserFacingError, Equatable {
    package enum Problem: Sendable, Equatable {
        case noSuchName(near: [String])
        case noParameter(String)
        case badParameter(String, allowed: String)
    }

    package let name: String
    package let problem: Problem

    package var summary: String {
        switch problem {
        case .noSuchName: "there is no metric '\(name)'"
        case .noParameter(let metric): "'\(name)' has a number after '@', but \(metric) takes none"
        case .badParameter(let parameter, let allowed): "the \(parameter) of '\(name)' has to be \(allowed)"
        }
    }

    package var remedy: String? {
        guard case .noSuchName(let near) = problem, !near.isEmpty else { return nil }
        return "names like it are \(near.joined(separator: ", "))"
    }

    package var category: ErrorCategory { .usage }
}
