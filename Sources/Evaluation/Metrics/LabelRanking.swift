/// How well scores put the labels that a row has before those that it has not.
extension RankingMetrics {
    /// The mean number of labels, from the best score down, that have to be taken to have all true ones
    /// (`coverage_error`); 0 for a row without labels.
    package static func coverageError(
        truth: LabelMatrix, scores: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, scores, weights, "coverage_error")
        return Summation.mean(count: truth.rows, weights: weights) { row in
            let columns = 0..<truth.columns
            guard let least = columns.lazy.filter({ truth[row, $0] }).map({ scores[row, $0] }).min() else { return 0 }
            return Double(columns.count { scores[row, $0] >= least })
        }
    }

    /// The mean over rows and their labels of the share of true labels among those scored as high or higher
    /// (`label_ranking_average_precision_score`); 1 for a row with no label or all of them.
    package static func labelRankingAveragePrecision(
        truth: LabelMatrix, scores: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, scores, weights, "label_ranking_average_precision")
        return Summation.mean(count: truth.rows, weights: weights) { row in
            let columns = 0..<truth.columns
            let relevant = columns.filter { truth[row, $0] }
            if relevant.isEmpty || relevant.count == columns.count { return 1 }
            var sum = Summation()
            for label in relevant {
                let score = scores[row, label]
                let found = relevant.count { scores[row, $0] >= score }
                sum.add(Double(found) / Double(columns.count { scores[row, $0] >= score }))
            }
            return sum.total / Double(relevant.count)
        }
    }

    /// The mean share of pairs of a true and a false label in which the false one is scored as high or higher
    /// (`label_ranking_loss`); 0 for a row with no label or all of them.
    package static func labelRankingLoss(
        truth: LabelMatrix, scores: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, scores, weights, "label_ranking_loss")
        return Summation.mean(count: truth.rows, weights: weights) { row in
            let relevant = (0..<truth.columns).filter { truth[row, $0] }
            let others = (0..<truth.columns).filter { !truth[row, $0] }
            if relevant.isEmpty || others.isEmpty { return 0 }
            var wrong = 0
            for label in relevant {
                let score = scores[row, label]
                wrong += others.count { scores[row, $0] >= score }
            }
            return Double(wrong) / (Double(relevant.count) * Double(others.count))
        }
    }

    private static func check(
        _ truth: LabelMatrix, _ scores: ScoreMatrix, _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.rows, [("rows of scores", scores.rows)], weights: weights)
        guard truth.columns == scores.columns else {
            throw check.undefined(
                .unequalLengths(what: "columns of scores", count: scores.columns, expected: truth.columns))
        }
        try check.finite(scores, "a score")
    }
}
