/// What a model is to predict.
package enum MetricTask: String, Sendable, CaseIterable {
    case binary, multiclass, multilabel, regression, ranking
}

/// True and predicted values, of any task: what `MetricCatalogue` computes metrics of.
package enum MetricInput: Sendable {
    case binary(BinaryPredictions)
    case multiclass(MulticlassPredictions)
    case multilabel(MultilabelPredictions)
    case regression(RegressionPredictions)
    case ranking(RankingPredictions)

    package var task: MetricTask {
        switch self {
        case .binary: .binary
        case .multiclass: .multiclass
        case .multilabel: .multilabel
        case .regression: .regression
        case .ranking: .ranking
        }
    }

    /// Number of rows; of lists for a ranking.
    package var count: Int {
        switch self {
        case .binary(let rows): rows.truth.count
        case .multiclass(let rows): rows.truth.count
        case .multilabel(let rows): rows.truth.rows
        case .regression(let rows): rows.truth.count
        case .ranking(let lists): lists.lists.count
        }
    }

    package var weights: [Double]? {
        switch self {
        case .binary(let rows): rows.weights
        case .multiclass(let rows): rows.weights
        case .multilabel(let rows): rows.weights
        case .regression(let rows): rows.weights
        case .ranking(let lists): lists.weights
        }
    }

    /// The rows, or lists, with these numbers, in their order; a number may occur more than once.
    package func taking(_ numbers: [Int]) throws(MetricUndefined) -> MetricInput {
        func taken<Element>(_ values: [Element]) -> [Element] { numbers.map { values[$0] } }
        switch self {
        case .binary(let rows):
            return .binary(
                BinaryPredictions(
                    truth: taken(rows.truth), predicted: rows.predicted.map(taken), scores: rows.scores.map(taken),
                    weights: rows.weights.map(taken)))
        case .multiclass(let rows):
            return .multiclass(
                MulticlassPredictions(
                    truth: taken(rows.truth), predicted: rows.predicted.map(taken),
                    scores: rows.scores?.taking(numbers), classCount: rows.classCount,
                    weights: rows.weights.map(taken)))
        case .multilabel(let rows):
            return .multilabel(
                MultilabelPredictions(
                    truth: rows.truth.taking(numbers), predicted: rows.predicted?.taking(numbers),
                    scores: rows.scores?.taking(numbers), weights: rows.weights.map(taken)))
        case .regression(let rows):
            return .regression(
                RegressionPredictions(
                    truth: taken(rows.truth), predicted: taken(rows.predicted), weights: rows.weights.map(taken)))
        case .ranking(let lists):
            return .ranking(
                RankingPredictions(lists: try lists.lists.taking(numbers), weights: lists.weights.map(taken)))
        }
    }

    /// The same rows with other weights, and the order of the scores as it was.
    ///
    /// How often a row was drawn, as its weight, gives what the drawn rows would give, without sorting them again;
    /// except for `max_error`, and for what depends on the number of rows or on which classes occur.
    package func weighted(by weights: [Double]?) -> MetricInput {
        switch self {
        case .binary(var rows):
            rows.weights = weights
            return .binary(rows)
        case .multiclass(var rows):
            rows.weights = weights
            return .multiclass(rows)
        case .multilabel(var rows):
            rows.weights = weights
            return .multilabel(rows)
        case .regression(var rows):
            rows.weights = weights
            return .regression(rows)
        case .ranking(var lists):
            lists.weights = weights
            return .ranking(lists)
        }
    }

    /// With the scores of a binary task in order, so that no metric sorts them again.
    package func ordered() throws(MetricUndefined) -> MetricInput {
        guard case .binary(var rows) = self, rows.order == nil, let scores = rows.scores else { return self }
        rows.order = try ScoreOrder(scores)
        return .binary(rows)
    }
}

extension MetricInput {
    /// Counts of all classes, or of all labels.
    func counts(_ metric: String) throws(MetricUndefined) -> LabelCounts {
        switch self {
        case .binary(let rows):
            try LabelCounts(
                truth: rows.truth, predicted: try predicted(rows.predicted, metric), classCount: 2,
                weights: rows.weights, metric: metric)
        case .multiclass(let rows):
            try LabelCounts(
                truth: rows.truth, predicted: try predicted(rows.predicted, metric), classCount: rows.classCount,
                weights: rows.weights, metric: metric)
        case .multilabel(let rows):
            try LabelCounts(
                truth: rows.truth, predicted: try predicted(rows.predicted, metric), weights: rows.weights,
                metric: metric)
        case .regression, .ranking: throw otherTask(metric)
        }
    }

    /// Counts of the positive class.
    func positiveCounts(_ metric: String) throws(MetricUndefined) -> LabelCounts {
        guard case .binary(let rows) = self else { throw otherTask(metric) }
        return try LabelCounts(
            binary: rows.truth, predicted: try predicted(rows.predicted, metric), weights: rows.weights,
            metric: metric)
    }

    /// Counts of the labels of each row.
    func rowCounts(_ metric: String) throws(MetricUndefined) -> LabelCounts {
        guard case .multilabel(let rows) = self else { throw otherTask(metric) }
        return try LabelCounts(
            rowsOf: rows.truth, predicted: try predicted(rows.predicted, metric), weights: rows.weights,
            metric: metric)
    }

    func predicted<Values>(_ values: Values?, _ metric: String) throws(MetricUndefined) -> Values {
        guard let values else { throw MetricUndefined(metric, .missing("predicted classes")) }
        return values
    }

    func scored<Values>(_ values: Values?, _ metric: String) throws(MetricUndefined) -> Values {
        guard let values else { throw MetricUndefined(metric, .missing("scores or probabilities")) }
        return values
    }

    func otherTask(_ metric: String) -> MetricUndefined { MetricUndefined(metric, .otherTask("another task")) }
}
