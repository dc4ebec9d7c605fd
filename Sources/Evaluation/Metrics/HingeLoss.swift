extension ClassificationMetrics {
    /// mean max(0, 1 − y·d), with y = ±1 and the decision d (`hinge_loss`).
    ///
    /// As in scikit-learn, rows that are all of one class are taken for negative ones, whichever class that is.
    ///
    /// - Parameters:
    ///   - truth: 1 for the positive class, else 0.
    ///   - decisions: positive for rows that the model takes for positive; any finite number.
    package static func hingeLoss(
        truth: [Int], decisions: [Double], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("hinge_loss")
        try check.rows(truth.count, [("decisions", decisions.count)], weights: weights)
        try check.codes(truth, classCount: 2)
        try check.finite(decisions, "the decision")
        let both = truth.contains(0) && truth.contains(1)
        return Summation.mean(count: truth.count, weights: weights) { row in
            max(0, 1 - (both && truth[row] == 1 ? decisions[row] : -decisions[row]))
        }
    }

    /// mean max(0, 1 − (d_true − the highest other d)), for three classes or more (Crammer and Singer, 2001).
    package static func hingeLoss(
        truth: [Int], decisions: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("hinge_loss")
        try check.rows(truth.count, [("rows of decisions", decisions.rows)], weights: weights)
        guard decisions.columns > 2 else { throw check.undefined(.tooFewClasses(decisions.columns)) }
        try check.codes(truth, classCount: decisions.columns)
        try check.finite(decisions, "a decision")
        return Summation.mean(count: truth.count, weights: weights) { row in
            var best = -Double.infinity
            for column in 0..<decisions.columns where column != truth[row] { best = max(best, decisions[row, column]) }
            return max(0, 1 - (decisions[row, truth[row]] - best))
        }
    }
}
