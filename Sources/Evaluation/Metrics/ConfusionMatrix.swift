/// How often each class was taken for each: rows are true classes, columns predicted ones, both in the order of
/// `labels` (scikit-learn's `confusion_matrix`). With weights, sums of weights.
package struct ConfusionMatrix: Sendable, Equatable {
    /// What the cells are divided by; an empty row or column then has zeros.
    package enum Normalisation: String, Sendable, CaseIterable {
        /// Their row: the true class.
        case truth = "true"
        /// Their column: the predicted class.
        case predicted = "pred"
        /// The sum of all.
        case all
    }

    /// More classes than this make a matrix that nobody can read, and whose cells fill memory.
    package static let classLimit = 4096

    /// Class codes of the rows and columns.
    package let labels: [Int]
    /// Row by row.
    package private(set) var cells: [Double]

    /// - Parameters:
    ///   - truth: a class code in `0..<classCount` for each row of data.
    ///   - labels: the classes to show, in this order; those that occur in either array when nil. Rows of data whose
    ///     true or predicted class is not among them are left out.
    /// - Throws: for arrays of different lengths, codes out of range, no rows, none of `labels` among the true
    ///   classes.
    package init(
        truth: [Int], predicted: [Int], classCount: Int, labels: [Int]? = nil, weights: [Double]? = nil
    ) throws(MetricUndefined) {
        let check = ArgumentCheck("confusion_matrix")
        try check.rows(truth.count, [("predictions", predicted.count)], weights: weights)
        try check.codes(truth, classCount: classCount)
        try check.codes(predicted, classCount: classCount)
        try check.codes(labels ?? [], classCount: classCount)
        let shown: [Int]
        if let labels {
            guard !labels.isEmpty else { throw check.undefined(.tooFewClasses(0)) }
            shown = labels
        } else {
            var seen = [Bool](repeating: false, count: classCount)
            for code in truth { seen[code] = true }
            for code in predicted { seen[code] = true }
            shown = seen.indices.filter { seen[$0] }
        }
        guard shown.count <= Self.classLimit else {
            throw check.undefined(.tooManyClasses(shown.count, limit: Self.classLimit))
        }
        var place = [Int](repeating: -1, count: classCount)
        for (index, code) in shown.enumerated() { place[code] = index }
        guard truth.contains(where: { place[$0] >= 0 }) else { throw check.undefined(.classesAbsent(shown)) }
        var cells = [Double](repeating: 0, count: shown.count * shown.count)
        for row in truth.indices {
            let (own, said) = (place[truth[row]], place[predicted[row]])
            guard own >= 0, said >= 0 else { continue }
            cells[own * shown.count + said] += weights?[row] ?? 1
        }
        self.labels = shown
        self.cells = cells
    }

    package subscript(truth: Int, predicted: Int) -> Double { cells[truth * labels.count + predicted] }

    package var rows: [[Double]] {
        labels.indices.map { Array(cells[$0 * labels.count..<($0 + 1) * labels.count]) }
    }

    package func normalised(by normalisation: Normalisation) -> ConfusionMatrix {
        let size = labels.count
        func sum(_ indices: some Sequence<Int>) -> Double { indices.reduce(0) { $0 + cells[$1] } }
        let whole = sum(cells.indices)
        let rowSums = (0..<size).map { row in sum(row * size..<(row + 1) * size) }
        let columnSums = (0..<size).map { column in sum(stride(from: column, to: size * size, by: size)) }
        var result = self
        for index in cells.indices {
            let divisor =
                switch normalisation {
                case .truth: rowSums[index / size]
                case .predicted: columnSums[index % size]
                case .all: whole
                }
            result.cells[index] = divisor == 0 ? 0 : cells[index] / divisor
        }
        return result
    }
}
