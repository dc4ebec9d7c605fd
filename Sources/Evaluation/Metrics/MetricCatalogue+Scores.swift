private let ranking = "scikit-learn 1.9.1, sklearn/metrics/_ranking.py"
private let classification = "scikit-learn 1.9.1, sklearn/metrics/_classification.py"
private let infinite = Double.infinity

/// Metrics of scores, decisions and probabilities of classes and labels.
extension MetricCatalogue {
    static let scoreMetrics: [MetricDescription] =
        [
            MetricDescription(
                "roc_auc", aliases: ["roc_auc_score"], [.binary, .multilabel], needs: .scores,
                "Share of pairs of a positive and a negative row that are in order; ties count half", source: ranking,
                parameter: MetricDescription.Parameter(
                    name: "max_fpr", standard: nil, allowed: "greater than 0, at most 1",
                    range: Double.leastNonzeroMagnitude...1, whole: false)
            ) { input, limit throws(MetricUndefined) in
                if case .binary(let rows) = input {
                    return try RankingMetrics.rocAUC(
                        positives: rows.positives, scores: try input.scored(rows.scores, "roc_auc"),
                        weights: rows.weights, maximumFalsePositiveRate: limit, order: rows.order)
                }
                let rows = try LabelRows(input, "roc_auc")
                return try RankingMetrics.rocAUC(
                    truth: rows.truth, scores: rows.scores, weights: rows.weights, maximumFalsePositiveRate: limit)
            },
            MetricDescription(
                "average_precision", aliases: ["average_precision_score"], [.binary, .multiclass, .multilabel],
                needs: .scores, "Precision at each threshold, weighted by the recall it adds", source: ranking
            ) { input, _ throws(MetricUndefined) in
                if case .binary(let rows) = input {
                    return try RankingMetrics.averagePrecision(
                        positives: rows.positives, scores: try input.scored(rows.scores, "average_precision"),
                        weights: rows.weights, order: rows.order)
                }
                return try averagePrecision(input, .macro)
            },
        ]
        + [RankingMetrics.ScoreAveraging.micro, .weighted, .samples].flatMap { averaging in
            [
                MetricDescription(
                    "roc_auc_\(averaging)", [.multilabel], needs: .scores,
                    "Area under the ROC curve, \(averaging) average over labels", source: ranking
                ) { input, _ throws(MetricUndefined) in
                    let rows = try LabelRows(input, "roc_auc_\(averaging)")
                    return try RankingMetrics.rocAUC(
                        truth: rows.truth, scores: rows.scores, averaging: averaging, weights: rows.weights)
                },
                MetricDescription(
                    "average_precision_\(averaging)",
                    averaging == .samples ? [.multilabel] : [.multiclass, .multilabel], needs: .scores,
                    "Average precision, \(averaging) average over classes or labels", source: ranking
                ) { input, _ throws(MetricUndefined) in try averagePrecision(input, averaging) },
            ]
        }
        + [
            oneVersusRest("roc_auc_ovr", .macro, "mean over classes against the others"),
            oneVersusRest("roc_auc_ovr_weighted", .weighted, "mean over classes against the others, by their rows"),
            oneVersusRest("roc_auc_ovr_micro", .micro, "of all classes against the others together"),
            oneVersusOne("roc_auc_ovo", false, "mean over pairs of classes"),
            oneVersusOne("roc_auc_ovo_weighted", true, "mean over pairs of classes, by their rows"),
            MetricDescription(
                "top_k_accuracy", aliases: ["top_k_accuracy_score"], [.binary, .multiclass], needs: .scores,
                "Share of rows whose class is among the k with the highest scores", source: ranking,
                parameter: MetricDescription.Parameter(
                    name: "k", standard: 2, allowed: "a whole number of 1 or more", range: 1...1e9, whole: true)
            ) { input, k throws(MetricUndefined) in
                if case .binary(let rows) = input {
                    return try RankingMetrics.topKAccuracy(
                        truth: rows.truth, scores: try input.scored(rows.scores, "top_k_accuracy"), k: Int(k ?? 2),
                        weights: rows.weights)
                }
                let rows = try ScoredClasses(input, "top_k_accuracy")
                return try RankingMetrics.topKAccuracy(
                    truth: rows.truth, scores: rows.scores, k: Int(k ?? 2), weights: rows.weights)
            },
            MetricDescription(
                "hinge_loss", [.binary, .multiclass], needs: .decisions, larger: false, in: 0...infinite,
                "How far decisions are from the right side of the margin", source: classification
            ) { input, _ throws(MetricUndefined) in
                if case .binary(let rows) = input {
                    return try ClassificationMetrics.hingeLoss(
                        truth: rows.truth, decisions: try input.scored(rows.scores, "hinge_loss"),
                        weights: rows.weights)
                }
                let rows = try ScoredClasses(input, "hinge_loss")
                return try ClassificationMetrics.hingeLoss(
                    truth: rows.truth, decisions: rows.scores, weights: rows.weights)
            },
        ]

    static let labelMetrics: [MetricDescription] = [
        MetricDescription(
            "coverage_error", [.multilabel], needs: .scores, larger: false, in: 0...infinite,
            "Mean number of labels, by score, that have to be taken to have all true ones", source: ranking
        ) { input, _ throws(MetricUndefined) in
            let rows = try LabelRows(input, "coverage_error")
            return try RankingMetrics.coverageError(truth: rows.truth, scores: rows.scores, weights: rows.weights)
        },
        MetricDescription(
            "label_ranking_average_precision", aliases: ["label_ranking_average_precision_score", "lrap"],
            [.multilabel], needs: .scores, "Mean share of true labels among those scored as high or higher",
            source: ranking
        ) { input, _ throws(MetricUndefined) in
            let rows = try LabelRows(input, "label_ranking_average_precision")
            return try RankingMetrics.labelRankingAveragePrecision(
                truth: rows.truth, scores: rows.scores, weights: rows.weights)
        },
        MetricDescription(
            "label_ranking_loss", [.multilabel], needs: .scores, larger: false,
            "Mean share of pairs of a true and a false label that are not in order", source: ranking
        ) { input, _ throws(MetricUndefined) in
            let rows = try LabelRows(input, "label_ranking_loss")
            return try RankingMetrics.labelRankingLoss(truth: rows.truth, scores: rows.scores, weights: rows.weights)
        },
    ]

    private static func oneVersusRest(
        _ name: String, _ averaging: RankingMetrics.ScoreAveraging, _ words: String
    ) -> MetricDescription {
        MetricDescription(
            name, [.multiclass], needs: .probabilities, "Area under the ROC curve, \(words)", source: ranking
        ) { input, _ throws(MetricUndefined) in
            let rows = try ScoredClasses(input, name)
            return try RankingMetrics.rocAUCOneVersusRest(
                truth: rows.truth, probabilities: rows.scores, averaging: averaging, weights: rows.weights)
        }
    }

    private static func oneVersusOne(_ name: String, _ weighted: Bool, _ words: String) -> MetricDescription {
        MetricDescription(
            name, [.multiclass], needs: .probabilities, "Area under the ROC curve, \(words)", source: ranking
        ) { input, _ throws(MetricUndefined) in
            let rows = try ScoredClasses(input, name)
            guard rows.weights == nil else { throw MetricUndefined(name, .weightsUnsupported) }
            return try RankingMetrics.rocAUCOneVersusOne(
                truth: rows.truth, probabilities: rows.scores, weighted: weighted)
        }
    }

    private static func averagePrecision(
        _ input: MetricInput, _ averaging: RankingMetrics.ScoreAveraging
    ) throws(MetricUndefined) -> Double {
        if case .multiclass = input {
            let rows = try ScoredClasses(input, "average_precision")
            return try RankingMetrics.averagePrecision(
                truth: rows.truth, scores: rows.scores, averaging: averaging, weights: rows.weights)
        }
        let rows = try LabelRows(input, "average_precision")
        return try RankingMetrics.averagePrecision(
            truth: rows.truth, scores: rows.scores, averaging: averaging, weights: rows.weights)
    }
}

/// Classes with a column of scores each.
struct ScoredClasses {
    let truth: [Int]
    let scores: ScoreMatrix
    let weights: [Double]?

    init(_ input: MetricInput, _ metric: String) throws(MetricUndefined) {
        guard case .multiclass(let rows) = input else { throw input.otherTask(metric) }
        (truth, scores, weights) = (rows.truth, try input.scored(rows.scores, metric), rows.weights)
    }
}

/// Labels with a column of scores each.
private struct LabelRows {
    let truth: LabelMatrix
    let scores: ScoreMatrix
    let weights: [Double]?

    init(_ input: MetricInput, _ metric: String) throws(MetricUndefined) {
        guard case .multilabel(let rows) = input else { throw input.otherTask(metric) }
        (truth, scores, weights) = (rows.truth, try input.scored(rows.scores, metric), rows.weights)
    }
}
