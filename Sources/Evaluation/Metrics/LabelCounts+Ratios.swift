/// Ratios of counts, each in two forms: one for each entry, and their average.
extension LabelCounts {
    /// TP / (TP + FP) of each entry.
    package func precisions(zeroDivision: ZeroDivision = .zero) -> [Double] {
        truePositives.indices.map { zeroDivision.ratio(truePositives[$0], predicted[$0]) }
    }

    /// TP / (TP + FN) of each entry.
    package func recalls(zeroDivision: ZeroDivision = .zero) -> [Double] {
        truePositives.indices.map { zeroDivision.ratio(truePositives[$0], actual[$0]) }
    }

    /// (1+β²)·TP / ((1+β²)·TP + FP + β²·FN) of each entry: with a denominator of its own, so that it is 0 where only
    /// the precision is undefined.
    ///
    /// - Parameter beta: 0 gives precision, infinity recall.
    package func fScores(beta: Double = 1, zeroDivision: ZeroDivision = .zero) -> [Double] {
        if beta == 0 { return precisions(zeroDivision: zeroDivision) }
        if beta == .infinity { return recalls(zeroDivision: zeroDivision) }
        let square = beta * beta
        return truePositives.indices.map {
            zeroDivision.ratio((1 + square) * truePositives[$0], square * actual[$0] + predicted[$0])
        }
    }

    /// TN / (TN + FP) of each entry: recall of all that is not the entry.
    package func specificities(zeroDivision: ZeroDivision = .zero) -> [Double] {
        truePositives.indices.map {
            zeroDivision.ratio(negatives[$0] - (predicted[$0] - truePositives[$0]), negatives[$0])
        }
    }

    /// TP / (TP + FP + FN) of each entry.
    package func jaccards(zeroDivision: ZeroDivision = .zero) -> [Double] {
        truePositives.indices.map {
            zeroDivision.ratio(truePositives[$0], predicted[$0] + actual[$0] - truePositives[$0])
        }
    }

    /// scikit-learn's `precision_score`.
    package func precision(_ averaging: Averaging = .macro, zeroDivision: ZeroDivision = .zero) -> Double {
        average(averaging) { $0.precisions(zeroDivision: zeroDivision) }
    }

    /// scikit-learn's `recall_score`.
    package func recall(_ averaging: Averaging = .macro, zeroDivision: ZeroDivision = .zero) -> Double {
        average(averaging) { $0.recalls(zeroDivision: zeroDivision) }
    }

    /// scikit-learn's `fbeta_score`, `f1_score` with a β of 1: the mean of the entries' F, not the F of means.
    package func fScore(
        _ averaging: Averaging = .macro, beta: Double = 1, zeroDivision: ZeroDivision = .zero
    ) -> Double {
        average(averaging) { $0.fScores(beta: beta, zeroDivision: zeroDivision) }
    }

    /// Recall of the negatives; imbalanced-learn's `specificity_score` knows it, scikit-learn has no name for it.
    package func specificity(_ averaging: Averaging = .macro, zeroDivision: ZeroDivision = .zero) -> Double {
        average(averaging) { $0.specificities(zeroDivision: zeroDivision) }
    }

    /// scikit-learn's `jaccard_score`. Unlike in the others, a NaN of one entry makes the average NaN.
    package func jaccard(_ averaging: Averaging = .macro, zeroDivision: ZeroDivision = .zero) -> Double {
        let entries = averaging == .micro ? pooled : self
        let values = entries.jaccards(zeroDivision: zeroDivision)
        return entries.mean(values, weights: entries.weights(averaging))
    }

    private func average(_ averaging: Averaging, _ ratios: (LabelCounts) -> [Double]) -> Double {
        let entries = averaging == .micro ? pooled : self
        let values = ratios(entries)
        let defined = values.indices.filter { !values[$0].isNaN }
        guard !defined.isEmpty else { return .nan }
        let weights = entries.weights(averaging)
        return mean(defined.map { values[$0] }, weights: weights.map { weights in defined.map { weights[$0] } })
    }

    private func weights(_ averaging: Averaging) -> [Double]? { averaging == .weighted ? actual : rowWeights }

    /// Weights of which the sum is zero do not count.
    private func mean(_ values: [Double], weights: [Double]?) -> Double {
        let counted = weights.flatMap { Summation.total(of: $0) == 0 ? nil : $0 }
        return Summation.mean(count: values.count, weights: counted) { values[$0] }
    }
}
