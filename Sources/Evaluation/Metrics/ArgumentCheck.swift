/// What every metric asks of its arrays before it counts, in the name of that metric.
struct ArgumentCheck {
    let metric: String

    init(_ metric: String) { self.metric = metric }

    func undefined(_ reason: MetricUndefined.Reason) -> MetricUndefined { MetricUndefined(metric, reason) }

    /// There are rows, every array has that many, and the weights, when given, are finite, not negative and not all
    /// zero.
    func rows(_ count: Int, _ others: [(what: String, count: Int)] = [], weights: [Double]?) throws(MetricUndefined) {
        for other in others where other.count != count {
            throw undefined(.unequalLengths(what: other.what, count: other.count, expected: count))
        }
        guard count > 0 else { throw undefined(.noRows) }
        guard let weights else { return }
        guard weights.count == count else {
            throw undefined(.unequalLengths(what: "weights", count: weights.count, expected: count))
        }
        try finite(weights, "the weight")
        var hasWeight = false
        for (row, weight) in weights.enumerated() {
            if weight < 0 { throw undefined(.negativeWeight(row: row)) }
            hasWeight = hasWeight || weight > 0
        }
        if !hasWeight { throw undefined(.noWeight) }
    }

    func finite(_ values: [Double], _ what: String) throws(MetricUndefined) {
        // A sum is finite only when all its terms are; only otherwise it matters which one is not.
        var sum = 0.0
        for value in values { sum += value * 0 }
        if sum == 0 { return }
        for (row, value) in values.enumerated() where !value.isFinite {
            throw undefined(.notFinite(what: what, row: row))
        }
    }

    func finite(_ matrix: ScoreMatrix, _ what: String) throws(MetricUndefined) {
        for (index, value) in matrix.values.enumerated() where !value.isFinite {
            throw undefined(.notFinite(what: what, row: index / max(1, matrix.columns)))
        }
    }

    func codes(_ codes: [Int], classCount: Int) throws(MetricUndefined) {
        for code in codes where code < 0 || code >= classCount {
            throw undefined(.codeOutOfRange(code: code, classes: classCount))
        }
    }

    func probabilities(_ values: [Double], columns: Int = 1) throws(MetricUndefined) {
        for (index, value) in values.enumerated() where !(value >= 0 && value <= 1) {
            throw undefined(.outside(what: "the probability", row: index / max(1, columns), allowed: "between 0 and 1"))
        }
    }
}
