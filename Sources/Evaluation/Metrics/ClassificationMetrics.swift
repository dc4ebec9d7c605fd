/// Metrics of predicted classes as a whole; those of single classes are on `LabelCounts`.
///
/// Classes are codes in `0..<classCount`, in the order of their sorted names. Arrays have an entry for each row, in one
/// order; weights are 1 when nil. Formulas are those of scikit-learn 1.9.1, `sklearn/metrics/_classification.py`.
package enum ClassificationMetrics {
    /// The weighted share of rows whose class was predicted (`accuracy_score`).
    package static func accuracy(
        truth: [Int], predicted: [Int], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try ArgumentCheck("accuracy").rows(truth.count, [("predictions", predicted.count)], weights: weights)
        return Summation.mean(count: truth.count, weights: weights) { truth[$0] == predicted[$0] ? 1 : 0 }
    }

    /// The weighted share of rows whose labels were all predicted, and no other.
    package static func accuracy(
        truth: LabelMatrix, predicted: LabelMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "accuracy")
        let columns = truth.columns
        return Summation.mean(count: truth.rows, weights: weights) { row in
            let range = row * columns..<(row + 1) * columns
            return truth.values[range] == predicted.values[range] ? 1 : 0
        }
    }

    /// 1 − accuracy (`zero_one_loss`).
    package static func zeroOneLoss(
        truth: [Int], predicted: [Int], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        1 - (try accuracy(truth: truth, predicted: predicted, weights: weights))
    }

    /// 1 − accuracy, of labels.
    package static func zeroOneLoss(
        truth: LabelMatrix, predicted: LabelMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        1 - (try accuracy(truth: truth, predicted: predicted, weights: weights))
    }

    /// The weighted share of rows whose class was not predicted (`hamming_loss`).
    package static func hammingLoss(
        truth: [Int], predicted: [Int], weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try ArgumentCheck("hamming_loss").rows(truth.count, [("predictions", predicted.count)], weights: weights)
        return Summation.mean(count: truth.count, weights: weights) { truth[$0] == predicted[$0] ? 0 : 1 }
    }

    /// The weighted share of cells, a row and a label each, that were predicted wrongly.
    package static func hammingLoss(
        truth: LabelMatrix, predicted: LabelMatrix, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        try check(truth, predicted, weights, "hamming_loss")
        guard truth.columns > 0 else { throw MetricUndefined("hamming_loss", .tooFewClasses(0)) }
        let columns = truth.columns
        let wrong = Summation.sum(count: truth.rows, weights: weights) { row in
            var wrong = 0
            for index in row * columns..<(row + 1) * columns where truth.values[index] != predicted.values[index] {
                wrong += 1
            }
            return Double(wrong)
        }
        return wrong / ((weights.map { Summation.total(of: $0) } ?? Double(truth.rows)) * Double(columns))
    }

    /// The mean recall of the classes that occur in `truth` (`balanced_accuracy_score`).
    ///
    /// - Parameter adjusted: moved and stretched, so that chance gives 0 and perfection 1; NaN for one class.
    package static func balancedAccuracy(
        truth: [Int], predicted: [Int], classCount: Int, weights: [Double]? = nil, adjusted: Bool = false
    ) throws(MetricUndefined) -> Double {
        let counts = try LabelCounts(
            truth: truth, predicted: predicted, classCount: classCount, weights: weights, metric: "balanced_accuracy")
        let recalls = counts.recalls(zeroDivision: .nan).filter { !$0.isNaN }
        let score = Summation.total(of: recalls) / Double(recalls.count)
        guard adjusted else { return score }
        let chance = 1 / Double(recalls.count)
        return (score - chance) / (1 - chance)
    }

    /// Matthews' correlation coefficient, for any number of classes (`matthews_corrcoef`): from −1 to 1, 0 where one
    /// side is of one class only.
    package static func matthewsCorrelation(
        truth: [Int], predicted: [Int], classCount: Int, weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let counts = try LabelCounts(
            truth: truth, predicted: predicted, classCount: classCount, weights: weights, metric: "matthews_corrcoef")
        // What is 0 by the formula need not be 0 after rounding.
        if counts.actual.count(where: { $0 > 0 }) < 2 || counts.predicted.count(where: { $0 > 0 }) < 2 { return 0 }
        func dot(_ left: [Double], _ right: [Double]) -> Double {
            Summation.sum(count: left.count) { left[$0] * right[$0] }
        }
        let hits = Summation.total(of: counts.truePositives)
        let whole = Summation.total(of: counts.predicted)
        let between = hits * whole - dot(counts.actual, counts.predicted)
        let ofPredicted = whole * whole - dot(counts.predicted, counts.predicted)
        let ofTruth = whole * whole - dot(counts.actual, counts.actual)
        let product = ofPredicted * ofTruth
        return product == 0 ? 0 : between / product.squareRoot()
    }

    /// How much a disagreement counts, by the distance of the two classes' places.
    package enum KappaWeights: String, Sendable, CaseIterable {
        case none, linear, quadratic
    }

    /// Cohen's κ (`cohen_kappa_score`): agreement above chance, at most 1; NaN where chance alone would agree always.
    ///
    /// - Parameter labels: the classes to look at, in this order; those that occur in either array when nil. Their
    ///   places, not their codes, make the distances.
    package static func cohenKappa(
        truth: [Int], predicted: [Int], classCount: Int, labels: [Int]? = nil, distance: KappaWeights = .none,
        weights: [Double]? = nil
    ) throws(MetricUndefined) -> Double {
        let matrix: ConfusionMatrix
        do {
            matrix = try ConfusionMatrix(
                truth: truth, predicted: predicted, classCount: classCount, labels: labels, weights: weights)
        } catch { throw MetricUndefined("cohen_kappa_score", error.reason) }
        let size = matrix.labels.count
        var rowSums = [Double](repeating: 0, count: size)
        var columnSums = rowSums
        for row in 0..<size {
            for column in 0..<size {
                rowSums[row] += matrix[row, column]
                columnSums[column] += matrix[row, column]
            }
        }
        let whole = Summation.total(of: columnSums)
        guard whole != 0 else { return .nan }
        var observed = Summation()
        var expected = Summation()
        for row in 0..<size {
            for column in 0..<size {
                let apart = Double(abs(row - column))
                let cost =
                    switch distance {
                    case .none: row == column ? 0.0 : 1
                    case .linear: apart
                    case .quadratic: apart * apart
                    }
                observed.add(cost * matrix[row, column])
                expected.add(cost * (columnSums[row] * rowSums[column] / whole))
            }
        }
        return expected.total == 0 ? .nan : 1 - observed.total / expected.total
    }

    /// The ratios of a positive and of a negative prediction's likelihood in the two classes
    /// (`class_likelihood_ratios`): sensitivity / (1 − specificity), and (1 − sensitivity) / specificity.
    ///
    /// - Parameter undefined: what stands for a ratio whose denominator has no false positive, or no true negative.
    package static func likelihoodRatios(
        truth: [Int], predicted: [Int], positive: Int = 1, weights: [Double]? = nil,
        undefined: (positive: Double, negative: Double) = (.nan, .nan)
    ) throws(MetricUndefined) -> (positive: Double, negative: Double) {
        let matrix: ConfusionMatrix
        do {
            matrix = try ConfusionMatrix(
                truth: truth, predicted: predicted, classCount: 2, labels: [1 - positive, positive], weights: weights)
        } catch { throw MetricUndefined("class_likelihood_ratios", error.reason) }
        let (rejected, falseAlarms, missed, hits) = (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1])
        let (negatives, actual) = (rejected + falseAlarms, missed + hits)
        return (
            falseAlarms == 0 ? undefined.positive : hits * negatives / (falseAlarms * actual),
            rejected == 0 ? undefined.negative : missed * negatives / (rejected * actual)
        )
    }

    private static func check(
        _ truth: LabelMatrix, _ predicted: LabelMatrix, _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.rows, [("predictions", predicted.rows)], weights: weights)
        guard truth.columns == predicted.columns else {
            throw check.undefined(
                .unequalLengths(what: "columns of predictions", count: predicted.columns, expected: truth.columns))
        }
    }
}
