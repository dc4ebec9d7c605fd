/// Metrics of scores, of which only the order counts, and of the order of documents in lists.
///
/// Formulas are those of scikit-learn 1.9.1, `sklearn/metrics/_ranking.py`.
package enum RankingMetrics {
    /// How the values of several classes or labels become one.
    package enum ScoreAveraging: String, Sendable, CaseIterable {
        /// The plain mean over the columns.
        case macro
        /// All cells as one column.
        case micro
        /// The mean over the columns, each with the weight of its positive rows.
        case weighted
        /// The mean over the rows; for labels only.
        case samples
    }

    /// The area under the ROC curve of labels, of which a row may have several.
    ///
    /// Columns whose rows are all of one kind are NaN, and so is the mean.
    package static func rocAUC(
        truth: LabelMatrix, scores: ScoreMatrix, averaging: ScoreAveraging = .macro, weights: [Double]? = nil,
        maximumFalsePositiveRate: Double? = nil
    ) throws(MetricUndefined) -> Double {
        try average(truth, scores, averaging, weights, "roc_auc") {
            positives, scores, weights throws(MetricUndefined) in
            try rocAUC(
                positives: positives, scores: scores, weights: weights,
                maximumFalsePositiveRate: maximumFalsePositiveRate)
        }
    }

    /// The area of each class against all others.
    ///
    /// - Parameters:
    ///   - truth: class codes, which are columns of `probabilities`.
    ///   - probabilities: rows that add up to 1, within numpy's `allclose`.
    ///   - averaging: not `samples`.
    package static func rocAUCOneVersusRest(
        truth: [Int], probabilities: ScoreMatrix, averaging: ScoreAveraging = .macro, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        guard averaging != .samples else {
            throw MetricUndefined("roc_auc_ovr", .parameter(name: "the average", allowed: "macro, weighted or micro"))
        }
        try checkProbabilities(truth, probabilities, weights, "roc_auc_ovr")
        return try rocAUC(
            truth: LabelMatrix(codes: truth, classCount: probabilities.columns), scores: probabilities,
            averaging: averaging, weights: weights)
    }

    /// The area of each class against all others, in the order of the columns; NaN for classes without rows.
    package static func rocAUCs(
        truth: [Int], probabilities: ScoreMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> [Double] {
        try checkProbabilities(truth, probabilities, weights, "roc_auc_ovr")
        var areas: [Double] = []
        for code in 0..<probabilities.columns {
            areas.append(
                try rocAUC(
                    positives: truth.map { $0 == code }, scores: probabilities.column(code), weights: weights))
        }
        return areas
    }

    /// The mean over all pairs of classes that occur, of the two areas of one against the other on their rows alone
    /// (Hand and Till, 2001); NaN for a single class.
    ///
    /// - Parameter weighted: each pair with the share of its rows. Weights of rows are not supported, as in
    ///   scikit-learn.
    package static func rocAUCOneVersusOne(
        truth: [Int], probabilities: ScoreMatrix, weighted: Bool = false
    ) throws(MetricUndefined) -> Double {
        try checkProbabilities(truth, probabilities, nil, "roc_auc_ovo")
        var rowsOf = [[Int]](repeating: [], count: probabilities.columns)
        for (row, code) in truth.enumerated() { rowsOf[code].append(row) }
        let present = rowsOf.indices.filter { !rowsOf[$0].isEmpty }
        var sum = Summation()
        var shares = Summation()
        for (place, first) in present.enumerated() {
            for second in present[(place + 1)...] {
                let rows = rowsOf[first] + rowsOf[second]
                let positives = rows.indices.map { $0 < rowsOf[first].count }
                let ofFirst = try rocAUC(positives: positives, scores: rows.map { probabilities[$0, first] })
                let ofSecond = try rocAUC(
                    positives: positives.map { !$0 }, scores: rows.map { probabilities[$0, second] })
                let share = weighted ? Double(rows.count) / Double(truth.count) : 1
                sum.add(share * (ofFirst + ofSecond) / 2)
                shares.add(share)
            }
        }
        if weighted, present.count < 2 { throw MetricUndefined("roc_auc_ovo", .tooFewClasses(present.count)) }
        return sum.total / shares.total
    }

    /// Average precision of labels, of which a row may have several.
    package static func averagePrecision(
        truth: LabelMatrix, scores: ScoreMatrix, averaging: ScoreAveraging = .macro, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try average(truth, scores, averaging, weights, "average_precision") {
            positives, scores, weights throws(MetricUndefined) in
            try averagePrecision(positives: positives, scores: scores, weights: weights)
        }
    }

    /// Average precision of each class against all others.
    ///
    /// - Throws: where a column's class has no row.
    package static func averagePrecision(
        truth: [Int], scores: ScoreMatrix, averaging: ScoreAveraging = .macro, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("average_precision")
        try check.rows(truth.count, [("rows of scores", scores.rows)], weights: weights)
        try check.codes(truth, classCount: scores.columns)
        var seen = [Bool](repeating: false, count: scores.columns)
        for code in truth { seen[code] = true }
        let absent = seen.indices.filter { !seen[$0] }
        guard absent.isEmpty else { throw check.undefined(.classesAbsent(absent)) }
        return try averagePrecision(
            truth: LabelMatrix(codes: truth, classCount: scores.columns), scores: scores, averaging: averaging,
            weights: weights)
    }

    /// The weighted share of rows whose class is among the k with the highest scores (`top_k_accuracy_score`); of
    /// equal scores the class with the higher code comes first.
    ///
    /// - Parameters:
    ///   - scores: a column for each class, at least three.
    ///   - k: 1 or more; the number of classes or more gives 1.
    package static func topKAccuracy(
        truth: [Int], scores: ScoreMatrix, k: Int = 2, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("top_k_accuracy")
        try check.rows(truth.count, [("rows of scores", scores.rows)], weights: weights)
        try check.codes(truth, classCount: scores.columns)
        try check.finite(scores, "a score")
        guard scores.columns > 2 else { throw check.undefined(.tooFewClasses(scores.columns)) }
        guard k > 0 else { throw check.undefined(.parameter(name: "k", allowed: "1 or more")) }
        return Summation.mean(count: truth.count, weights: weights) { row in
            let own = scores[row, truth[row]]
            var ahead = 0
            for column in 0..<scores.columns where column != truth[row] {
                let other = scores[row, column]
                if other > own || (other == own && column > truth[row]) { ahead += 1 }
            }
            return ahead < k ? 1 : 0
        }
    }

    /// The same for two classes: whether the score is above the threshold where the row is of class 1. The threshold is
    /// 0.5 where all scores lie between 0 and 1, else 0.
    package static func topKAccuracy(
        truth: [Int], scores: [Double], k: Int = 2, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck("top_k_accuracy")
        try check.rows(truth.count, [("scores", scores.count)], weights: weights)
        try check.codes(truth, classCount: 2)
        try check.finite(scores, "the score")
        guard k > 0 else { throw check.undefined(.parameter(name: "k", allowed: "1 or more")) }
        if k > 1 { return 1 }
        let threshold = scores.allSatisfy { $0 >= 0 && $0 <= 1 } ? 0.5 : 0
        return Summation.mean(count: truth.count, weights: weights) {
            (scores[$0] > threshold) == (truth[$0] == 1) ? 1 : 0
        }
    }

    private static func checkProbabilities(
        _ truth: [Int], _ probabilities: ScoreMatrix, _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.count, [("rows of probabilities", probabilities.rows)], weights: weights)
        guard probabilities.columns > 1 else { throw check.undefined(.tooFewClasses(probabilities.columns)) }
        try check.codes(truth, classCount: probabilities.columns)
        try check.finite(probabilities, "a probability")
        for row in 0..<probabilities.rows {
            let sum = Summation.sum(count: probabilities.columns) { probabilities[row, $0] }
            guard abs(1 - sum) <= 1e-8 + 1e-5 * abs(sum) else { throw check.undefined(.rowSum(row: row)) }
        }
    }

    /// scikit-learn's `_average_binary_score`.
    private static func average(
        _ truth: LabelMatrix, _ scores: ScoreMatrix, _ averaging: ScoreAveraging, _ weights: [Double]?,
        _ metric: String,
        _ value: ([Bool], [Double], [Double]?) throws(MetricUndefined) -> Double
    ) throws(MetricUndefined) -> Double {
        let check = ArgumentCheck(metric)
        try check.rows(truth.rows, [("rows of scores", scores.rows)], weights: weights)
        guard truth.columns == scores.columns, truth.columns > 0 else {
            throw check.undefined(
                .unequalLengths(what: "columns of scores", count: scores.columns, expected: truth.columns))
        }
        let columns = truth.columns
        var values: [Double] = []
        var shares: [Double]?
        switch averaging {
        case .micro:
            let repeated = weights?.flatMap { [Double](repeating: $0, count: columns) }
            return try value(truth.values, scores.values, repeated)
        case .samples:
            for row in 0..<truth.rows {
                let range = row * columns..<(row + 1) * columns
                values.append(try value(Array(truth.values[range]), Array(scores.values[range]), nil))
            }
            shares = weights
        case .macro, .weighted:
            if averaging == .weighted {
                let support = (0..<columns).map { column in
                    Summation.sum(count: truth.rows, weights: weights) { truth[$0, column] ? 1 : 0 }
                }
                if Summation.total(of: support) <= 1e-8 { return 0 }
                shares = support
            }
            for column in 0..<columns {
                values.append(try value(truth.column(column), scores.column(column), weights))
            }
        }
        // A value without weight does not count, even where it is NaN.
        if let shares { for index in values.indices where shares[index] == 0 { values[index] = 0 } }
        return Summation.mean(count: values.count, weights: shares) { values[$0] }
    }
}
