/// Which metrics are computed.
struct MetricSelection: Sendable {
    let metrics: [Metric]
    /// Whether somebody named them.
    let isExplicit: Bool
    let notes: [String]

    /// The metrics that were asked for or that suit the task, and those that gates need.
    ///
    /// - Throws: for a metric that was asked for and that these rows cannot have.
    init(_ options: EvaluationOptions, _ data: EvaluationData) throws {
        var notes: [String] = []
        isExplicit = !options.metrics.isEmpty
        var metrics: [Metric]
        if isExplicit {
            metrics = try options.metrics.map { try MetricCatalogue.metric(named: $0) }
            for metric in metrics { try Self.check(metric, data) }
        } else {
            metrics = MetricCatalogue.standard(
                for: data.metricTask, scored: data.scores != nil, predicted: data.decisions != nil)
            let needingProbabilities = metrics.filter { $0.description.needs == .probabilities }
            if !needingProbabilities.isEmpty, let place = data.firstOutsideOfProbabilities {
                metrics.removeAll { $0.description.needs == .probabilities }
                let score = data.scores.map { LabelColumn.name($0[place]) } ?? ""
                notes.append(
                    "No \(needingProbabilities.map(\.name).joined(separator: ", ")): scores are no probabilities "
                        + "(\(score) on line \(data.lines[place / data.width])).")
            }
        }
        for name in options.gates.compactMap(\.metric) {
            let metric = try MetricCatalogue.metric(named: name)
            guard metric.description.tasks.contains(data.metricTask) else { continue }
            metrics.append(metric)
        }
        var seen: Set<String> = []
        self.metrics = metrics.filter { seen.insert($0.name).inserted }
        self.notes = notes
        guard !self.metrics.isEmpty else {
            throw InputError(
                "'\(data.name)': there is no metric to compute",
                remedy: "name predicted classes with --pred-col, or a threshold for the scores with --threshold")
        }
    }

    private static func check(_ metric: Metric, _ data: EvaluationData) throws {
        let description = metric.description
        guard description.tasks.contains(data.metricTask) else {
            throw InputError(
                "the metric \(metric.name) is for \(description.tasks.map(\.rawValue).joined(separator: ", ")), and the task "
                    + "is \(data.task.rawValue)",
                remedy: "metrics of this task are "
                    + MetricCatalogue.metrics(of: data.metricTask).map(\.name).joined(separator: ", "))
        }
        switch description.needs {
        case .classes where data.decisions == nil:
            throw InputError(
                "the metric \(metric.name) needs predicted classes", remedy: "name their column with --pred-col")
        case .scores, .decisions, .probabilities:
            guard data.task == .ranking || data.scores != nil else {
                throw InputError(
                    "the metric \(metric.name) needs scores",
                    remedy: "name their column with --score, or --score-cols for more than two classes")
            }
        default: break
        }
    }
}

extension EvaluationData {
    var metricTask: MetricTask {
        switch task {
        case .binary: .binary
        case .multiclass: .multiclass
        case .multilabel: .multilabel
        case .regression: .regression
        case .ranking: .ranking
        }
    }

    /// The rows as metrics take them; of a ranking, a list for each query in the order of their first rows.
    func metricInput() throws -> MetricInput {
        switch task {
        case .binary:
            var predictions = BinaryPredictions(
                truth: truth, predicted: decisions, scores: scores, weights: weights)
            predictions.order = order
            return .binary(predictions)
        case .multiclass:
            return .multiclass(
                MulticlassPredictions(
                    truth: truth, predicted: decisions,
                    scores: scores.flatMap { ScoreMatrix(rows: rows, columns: width, values: $0) },
                    classCount: classes.count, weights: weights))
        case .multilabel:
            guard let matrix = labelMatrix(truth) else { throw InputError("'\(name)' has no labels") }
            return .multilabel(
                MultilabelPredictions(
                    truth: matrix, predicted: decisions.flatMap(labelMatrix),
                    scores: scores.flatMap { ScoreMatrix(rows: rows, columns: width, values: $0) },
                    weights: weights))
        case .regression:
            return .regression(RegressionPredictions(truth: targets, predicted: estimates, weights: weights))
        case .ranking:
            let lists = queryLists
            let order = lists.flatMap { $0 }
            return .ranking(
                RankingPredictions(
                    lists: try RankedLists(
                        relevance: order.map { targets[$0] }, scores: order.map { estimates[$0] },
                        sizes: lists.map(\.count)),
                    weights: weights.map { weights in lists.map { weights[$0[0]] } }))
        }
    }

    /// The rows of each query.
    var queryLists: [[Int]] {
        guard let queries else { return [Array(0..<rows)] }
        var lists = [[Int]](repeating: [], count: Int((queries.max() ?? -1) + 1))
        for (row, query) in queries.enumerated() { lists[Int(query)].append(row) }
        return lists.filter { !$0.isEmpty }
    }
}
