/// For each class, label or row: how often it was true, predicted, and both. All that precision, recall, F, Jaccard
/// and their relatives need; with weights, sums of weights (scikit-learn's `multilabel_confusion_matrix`).
package struct LabelCounts: Sendable, Equatable {
    /// Class codes or label columns, in order; row numbers for counts of rows.
    package let labels: [Int]
    package internal(set) var truePositives: [Double]
    /// True and false positives.
    package internal(set) var predicted: [Double]
    /// True positives and false negatives: the support.
    package internal(set) var actual: [Double]
    /// False positives and true negatives.
    package internal(set) var negatives: [Double]
    /// Weights of rows, for the mean over rows; nil for counts of classes and labels.
    let rowWeights: [Double]?

    /// Counts of classes.
    ///
    /// - Parameters:
    ///   - truth: a class code in `0..<classCount` for each row.
    ///   - predicted: likewise, in the same order.
    ///   - labels: the classes to count, in this order; those that occur in either array when nil. Rows of other
    ///     classes still count as misses.
    ///   - weights: one for each row; all 1 when nil.
    package init(
        truth: [Int], predicted: [Int], classCount: Int, labels: [Int]? = nil, weights: [Double]? = nil,
        metric: String = "the count of classes"
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.count, [("predictions", predicted.count)], weights: weights)
        try check.codes(truth, classCount: classCount)
        try check.codes(predicted, classCount: classCount)
        try check.codes(labels ?? [], classCount: classCount)
        let empty = [Double](repeating: 0, count: classCount)
        var hits = empty
        var guesses = empty
        var actual = empty
        var seen = [Bool](repeating: false, count: classCount)
        for row in truth.indices {
            let weight = weights?[row] ?? 1
            let (own, said) = (truth[row], predicted[row])
            actual[own] += weight
            guesses[said] += weight
            if own == said { hits[own] += weight }
            seen[own] = true
            seen[said] = true
        }
        let negatives = Self.sumsOfOthers(actual)
        let chosen = labels ?? seen.indices.filter { seen[$0] }
        self.labels = chosen
        truePositives = chosen.map { hits[$0] }
        self.predicted = chosen.map { guesses[$0] }
        self.actual = chosen.map { actual[$0] }
        self.negatives = chosen.map { negatives[$0] }
        rowWeights = nil
    }

    /// Counts of the positive class alone, for `average="binary"`.
    ///
    /// - Throws: when more than two classes occur, or two of which none is `positive`.
    package init(
        binary truth: [Int], predicted: [Int], positive: Int = 1, classCount: Int = 2, weights: [Double]? = nil,
        metric: String = "the count of the positive class"
    ) throws(MetricUndefined) {
        try ArgumentCheck(metric).codes([positive], classCount: classCount)
        let all = try LabelCounts(
            truth: truth, predicted: predicted, classCount: classCount, weights: weights, metric: metric)
        if all.labels.count > 2 { throw MetricUndefined(metric, .notBinary(classes: all.labels.count)) }
        if let place = all.labels.firstIndex(of: positive) {
            self = all.entry(place)
        } else if all.labels.count == 2 {
            throw MetricUndefined(metric, .positiveAbsent)
        } else {
            self.init(
                labels: [positive], hits: [0], predicted: [0], actual: [0], negatives: all.actual, rowWeights: nil)
        }
    }

    /// Counts of labels, of which a row may have several.
    ///
    /// - Parameter labels: columns to count, in this order; all when nil.
    package init(
        truth: LabelMatrix, predicted: LabelMatrix, labels: [Int]? = nil, weights: [Double]? = nil,
        metric: String = "the count of labels"
    ) throws(MetricUndefined) {
        try Self.check(truth, predicted, labels, weights, metric)
        let columns = labels ?? Array(0..<truth.columns)
        let empty = [Double](repeating: 0, count: truth.columns)
        var hits = empty
        var guesses = empty
        var actual = empty
        var negatives = empty
        for row in 0..<truth.rows {
            let weight = weights?[row] ?? 1
            for column in 0..<truth.columns {
                let index = row * truth.columns + column
                if truth.values[index] { actual[column] += weight } else { negatives[column] += weight }
                if predicted.values[index] { guesses[column] += weight }
                if truth.values[index], predicted.values[index] { hits[column] += weight }
            }
        }
        self.init(
            labels: columns, hits: columns.map { hits[$0] }, predicted: columns.map { guesses[$0] },
            actual: columns.map { actual[$0] }, negatives: columns.map { negatives[$0] }, rowWeights: nil)
    }

    /// Counts of rows, for `average="samples"`: how many labels a row has, was given, and both.
    ///
    /// Their macro average is the mean over rows, with the rows' weights.
    package init(
        rowsOf truth: LabelMatrix, predicted: LabelMatrix, labels: [Int]? = nil, weights: [Double]? = nil,
        metric: String = "the count of rows"
    ) throws(MetricUndefined) {
        try Self.check(truth, predicted, labels, weights, metric)
        let columns = labels ?? Array(0..<truth.columns)
        let empty = [Double](repeating: 0, count: truth.rows)
        var hits = empty
        var guesses = empty
        var actual = empty
        for row in 0..<truth.rows {
            for column in columns {
                let index = row * truth.columns + column
                if truth.values[index] { actual[row] += 1 }
                if predicted.values[index] { guesses[row] += 1 }
                if truth.values[index], predicted.values[index] { hits[row] += 1 }
            }
        }
        self.init(
            labels: Array(0..<truth.rows), hits: hits, predicted: guesses, actual: actual,
            negatives: actual.map { Double(columns.count) - $0 }, rowWeights: weights)
    }

    private init(
        labels: [Int], hits: [Double], predicted: [Double], actual: [Double], negatives: [Double], rowWeights: [Double]?
    ) {
        self.labels = labels
        truePositives = hits
        self.predicted = predicted
        self.actual = actual
        self.negatives = negatives
        self.rowWeights = rowWeights
    }

    private static func check(
        _ truth: LabelMatrix, _ predicted: LabelMatrix, _ labels: [Int]?, _ weights: [Double]?, _ metric: String
    ) throws(MetricUndefined) {
        let check = ArgumentCheck(metric)
        try check.rows(truth.rows, [("predictions", predicted.rows)], weights: weights)
        guard truth.columns == predicted.columns else {
            throw check.undefined(
                .unequalLengths(what: "columns of predictions", count: predicted.columns, expected: truth.columns))
        }
        try check.codes(labels ?? [], classCount: truth.columns)
    }

    /// For each number the sum of all others, without taking it from the whole: so that nothing remains where the
    /// others are 0.
    private static func sumsOfOthers(_ values: [Double]) -> [Double] {
        var before = [0.0]
        for value in values { before.append(before[before.count - 1] + value) }
        var after = 0.0
        var sums = values
        for index in values.indices.reversed() {
            sums[index] = before[index] + after
            after += values[index]
        }
        return sums
    }

    private func entry(_ place: Int) -> LabelCounts {
        LabelCounts(
            labels: [labels[place]], hits: [truePositives[place]], predicted: [predicted[place]],
            actual: [actual[place]], negatives: [negatives[place]], rowWeights: nil)
    }

    /// The totals over all entries, as if they were one.
    var pooled: LabelCounts {
        func sum(_ values: [Double]) -> [Double] { [Summation.total(of: values)] }
        return LabelCounts(
            labels: [], hits: sum(truePositives), predicted: sum(predicted), actual: sum(actual),
            negatives: sum(negatives),
            rowWeights: nil)
    }
}
