/// Metrics on some rows, made ready to be computed again and again under other weights.
struct MetricPlan: Sendable {
    private let metrics: [Metric]
    private let input: MetricInput
    private let weights: [Double]?
    /// The first row of each list of a ranking, which stands for all of them.
    private let firstRows: [Int]?
    private let cells: Cells?
    private let hasOneClass: Bool

    init(_ selection: MetricSelection, _ data: EvaluationData) throws {
        metrics = selection.metrics
        input = try data.metricInput().ordered()
        weights = input.weights
        firstRows = data.task == .ranking ? data.queryLists.map { $0[0] } : nil
        cells = Cells(data)
        hasOneClass =
            (data.task == .binary || data.task == .multiclass) && data.truth.allSatisfy { $0 == data.truth[0] }
    }

    struct Found {
        let name: String
        let value: Double
        let reason: String?
        let isGreaterBetter: Bool
    }

    /// The metrics on the rows as they are.
    ///
    /// - Parameter refused: metrics whose formula must not be given what it is not made for.
    func measured(refusing refused: [String]) throws -> [Found] {
        try metrics.map { metric in
            var value = Double.nan
            var reason: String?
            do throws(MetricUndefined) {
                value = try metric.value(of: metric.description.needs == .classes ? cells?.input(nil) ?? input : input)
                if value.isNaN {
                    reason = hasOneClass ? "all rows are of one class" : "its formula gives no number for these rows"
                }
            } catch {
                let isMisuse =
                    switch error.reason {
                    case .outside, .rowSum, .notFinite: true
                    default: false
                    }
                if isMisuse, !refused.isEmpty, refused.contains(where: { isName($0, of: metric) }) {
                    throw InputError(error.summary)
                }
                let lead = "\(error.metric) is not defined: "
                reason = error.summary.hasPrefix(lead) ? String(error.summary.dropFirst(lead.count)) : error.summary
            }
            return Found(
                name: metric.name, value: value, reason: reason, isGreaterBetter: metric.description.largerIsBetter)
        }
    }

    private func isName(_ name: String, of metric: Metric) -> Bool {
        (try? MetricCatalogue.metric(named: name))?.name == metric.name
    }

    /// The metrics where each row counts so many times; NaN where one has no value.
    func values(_ counts: [UInt32]) -> [Double] {
        let counts = firstRows.map { rows in rows.map { counts[$0] } } ?? counts
        var drawn = [Double](repeating: 0, count: counts.count)
        if let weights {
            for row in counts.indices { drawn[row] = weights[row] * Double(counts[row]) }
        } else {
            for row in counts.indices { drawn[row] = Double(counts[row]) }
        }
        let weighted = input.weighted(by: drawn)
        let table = cells?.input(drawn)
        var repeated: MetricInput?
        return metrics.map { metric in
            do {
                if metric.description.needs == .classes, let table { return try metric.value(of: table) }
                if Self.needsRows(metric) {
                    if repeated == nil { repeated = try input.taking(Self.rows(counts)) }
                    return try metric.value(of: repeated ?? weighted)
                }
                return try metric.value(of: weighted)
            } catch { return .nan }
        }
    }

    /// Whether weights do not stand for rows that occur more than once.
    private static func needsRows(_ metric: Metric) -> Bool {
        ["max_error", "roc_auc_ovo", "roc_auc_ovo_weighted"].contains(metric.description.name)
    }

    private static func rows(_ counts: [UInt32]) -> [Int] {
        counts.indices.flatMap { Array(repeating: $0, count: Int(counts[$0])) }
    }
}

/// Rows of single classes summed up by their true and their predicted class, which is all that metrics of predicted
/// classes depend on.
private struct Cells: Sendable {
    private let isBinary: Bool
    private let classCount: Int
    /// The cell of each row: true class times number of classes, plus predicted class.
    private let places: [Int32]
    private let weights: [Double]?
    private let occurring: [Int]

    init?(_ data: EvaluationData) {
        guard data.task == .binary || data.task == .multiclass, let decisions = data.decisions,
            data.classes.count <= 256
        else { return nil }
        isBinary = data.task == .binary
        classCount = max(2, data.classes.count)
        let count = classCount
        let places = zip(data.truth, decisions).map { Int32($0 * count + $1) }
        var isThere = [Bool](repeating: false, count: count * count)
        for place in places { isThere[Int(place)] = true }
        self.places = places
        occurring = isThere.indices.filter { isThere[$0] }
        weights = data.weights
    }

    /// A row for each pair of classes that occurs.
    ///
    /// - Parameter drawn: the weight of each row; its own for `nil`.
    func input(_ drawn: [Double]?) -> MetricInput {
        var sums = [Double](repeating: 0, count: classCount * classCount)
        if let drawn = drawn ?? weights {
            for (row, place) in places.enumerated() { sums[Int(place)] += drawn[row] }
        } else {
            for place in places { sums[Int(place)] += 1 }
        }
        // Classes without weight occur all the same, as long as nothing is drawn.
        let used = drawn == nil ? occurring : occurring.filter { sums[$0] > 0 }
        let truth = used.map { $0 / classCount }
        let predicted = used.map { $0 % classCount }
        let weights = used.map { sums[$0] }
        return isBinary
            ? .binary(BinaryPredictions(truth: truth, predicted: predicted, scores: nil, weights: weights))
            : .multiclass(
                MulticlassPredictions(
                    truth: truth, predicted: predicted, scores: nil, classCount: classCount, weights: weights))
    }
}
