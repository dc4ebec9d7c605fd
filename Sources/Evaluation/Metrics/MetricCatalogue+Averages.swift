/// A ratio of counts, of which there is one for each class.
private struct ClassRatio: Sendable {
    let name: String
    let function: String?
    let summary: String
    let source: String
    var parameter: MetricDescription.Parameter?
    let value: @Sendable (LabelCounts, Averaging, Double) -> Double
}

private let classification = "scikit-learn 1.9.1, sklearn/metrics/_classification.py"

private let ratios: [ClassRatio] = [
    ClassRatio(
        name: "precision", function: "precision_score", summary: "Share of what was predicted that is true",
        source: classification
    ) { counts, averaging, _ in counts.precision(averaging) },
    ClassRatio(
        name: "recall", function: "recall_score", summary: "Share of what is true that was predicted",
        source: classification
    ) { counts, averaging, _ in counts.recall(averaging) },
    ClassRatio(
        name: "f1", function: "f1_score", summary: "Harmonic mean of precision and recall", source: classification
    ) { counts, averaging, _ in counts.fScore(averaging) },
    ClassRatio(
        name: "fbeta", function: "fbeta_score",
        summary: "Mean of precision and recall, with β times the care for recall",
        source: classification,
        parameter: MetricDescription.Parameter(
            name: "beta", standard: 1, allowed: "0 or more", range: 0...Double.infinity, whole: false)
    ) { counts, averaging, beta in counts.fScore(averaging, beta: beta) },
    ClassRatio(
        name: "jaccard", function: "jaccard_score", summary: "Share of what is true or predicted that is both",
        source: classification
    ) { counts, averaging, _ in counts.jaccard(averaging) },
    ClassRatio(
        name: "specificity", function: nil, summary: "Share of what is not true that was not predicted",
        source: "TN / (TN + FP): recall of the negatives; not in scikit-learn"
    ) { counts, averaging, _ in counts.specificity(averaging) },
]

/// Precision, recall and their relatives: of the positive class, and averaged over classes, labels or rows.
extension MetricCatalogue {
    static let averagedClassMetrics: [MetricDescription] =
        ratios.map { ratio in
            metric(ratio, "", [.binary], ", of the positive class") { input, name, beta throws(MetricUndefined) in
                ratio.value(try input.positiveCounts(name), .macro, beta)
            }
        }
        + Averaging.allCases.flatMap { averaging in
            ratios.map { ratio in
                metric(ratio, "_\(averaging)", [.binary, .multiclass, .multilabel], words(averaging)) {
                    input, name, beta throws(MetricUndefined) in ratio.value(try input.counts(name), averaging, beta)
                }
            }
        }
        + ratios.filter { $0.function != nil }.map { ratio in
            metric(ratio, "_samples", [.multilabel], ", mean over rows") {
                input, name, beta throws(MetricUndefined) in ratio.value(try input.rowCounts(name), .macro, beta)
            }
        }

    private static func metric(
        _ ratio: ClassRatio, _ suffix: String, _ tasks: [MetricTask], _ words: String,
        _ value: @escaping @Sendable (MetricInput, String, Double) throws(MetricUndefined) -> Double
    ) -> MetricDescription {
        let name = ratio.name + suffix
        let alias = suffix.isEmpty ? ratio.function : nil
        return MetricDescription(
            name, aliases: alias.map { [$0] } ?? [], tasks, needs: .classes, ratio.summary + words,
            source: ratio.source, parameter: ratio.parameter
        ) { input, beta throws(MetricUndefined) in try value(input, name, beta ?? 1) }
    }

    private static func words(_ averaging: Averaging) -> String {
        switch averaging {
        case .macro: ", mean over classes"
        case .micro: ", over all classes together"
        case .weighted: ", mean over classes weighted by their rows"
        }
    }
}
