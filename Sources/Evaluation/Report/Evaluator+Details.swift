/// What a report shows beside numbers.
extension Evaluator {
    /// More classes than this make a matrix that nobody can read.
    private static let mostMatrixClasses = 100

    func addDetails(to result: inout EvaluationResult, _ data: EvaluationData, notes: inout [String]) throws {
        if let decisions = data.decisions, data.task != .multilabel {
            result.classTable = try Self.classTable(data, decisions)
            if data.classes.count <= Self.mostMatrixClasses {
                result.confusion = Self.confusion(data, decisions)
            } else {
                notes.append("No confusion matrix, since there are more than \(Self.mostMatrixClasses) classes.")
            }
        }
        if data.task == .multilabel, let decisions = data.decisions {
            result.classTable = try Self.labelTable(data, decisions)
        }
        result.curves = try Self.curves(data, result.overall)
        result.calibration = try calibration(data)
        if data.task == .regression {
            result.residuals = Residuals(actual: data.targets, predicted: data.estimates, seed: options.seed)
        }
    }

    private static func confusion(_ data: EvaluationData, _ decisions: [Int]) -> EvaluationResult.Confusion {
        let size = data.classes.count
        var counts = [Int](repeating: 0, count: size * size)
        var sums = [Double](repeating: 0, count: data.weights == nil ? 0 : size * size)
        for row in 0..<data.rows {
            let cell = data.truth[row] * size + decisions[row]
            counts[cell] += 1
            if let weights = data.weights { sums[cell] += weights[row] }
        }
        func rows<Item>(_ cells: [Item]) -> [[Item]] {
            (0..<size).map { Array(cells[$0 * size..<($0 + 1) * size]) }
        }
        return EvaluationResult.Confusion(
            labels: data.classes, counts: rows(counts), weighted: data.weights == nil ? nil : rows(sums))
    }

    private static func classTable(_ data: EvaluationData, _ decisions: [Int]) throws -> [EvaluationResult.ClassRow] {
        let counts = try LabelCounts(
            truth: data.truth, predicted: decisions, classCount: data.classes.count, weights: data.weights)
        return table(counts, data.classes)
    }

    private static func labelTable(_ data: EvaluationData, _ decisions: [Int]) throws -> [EvaluationResult.ClassRow] {
        guard let truth = data.labelMatrix(data.truth), let predicted = data.labelMatrix(decisions) else { return [] }
        return table(try LabelCounts(truth: truth, predicted: predicted, weights: data.weights), data.classes)
    }

    private static func table(_ counts: LabelCounts, _ names: [String]) -> [EvaluationResult.ClassRow] {
        let (precisions, recalls, scores) = (counts.precisions(), counts.recalls(), counts.fScores())
        return counts.labels.enumerated().map { place, label in
            EvaluationResult.ClassRow(
                name: names[label], precision: precisions[place], recall: recalls[place], f1: scores[place],
                support: counts.actual[place])
        }
    }

    // MARK: Curves

    /// Of the positive class, or of the most frequent classes or labels.
    private static func curves(_ data: EvaluationData, _ overall: EvaluationResult.Scope) throws -> [ClassCurves] {
        guard let scores = data.scores else { return [] }
        switch data.task {
        case .binary:
            return [
                try ClassCurves(
                    name: data.classes.last ?? "", positives: data.truth.map { $0 == 1 }, scores: scores,
                    weights: data.weights, order: data.order ?? ScoreOrder(scores),
                    known: (overall.metric("roc_auc")?.value, overall.metric("average_precision")?.value))
            ]
        case .multiclass, .multilabel:
            let width = data.width
            let isMultilabel = data.task == .multilabel
            var support = [Int](repeating: 0, count: width)
            if isMultilabel {
                for (place, value) in data.truth.enumerated() { support[place % width] += value }
            } else {
                for code in data.truth { support[code] += 1 }
            }
            let order = (0..<width).sorted { (-support[$0], $0) < (-support[$1], $1) }
            return try order.prefix(7).filter { support[$0] > 0 }.map { label in
                let column = (0..<data.rows).map { scores[$0 * width + label] }
                let positives = (0..<data.rows).map { row in
                    isMultilabel ? data.truth[row * width + label] == 1 : data.truth[row] == label
                }
                return try ClassCurves(
                    name: data.classes[label], positives: positives, scores: column, weights: data.weights,
                    order: ScoreOrder(column))
            }
        case .regression, .ranking: return []
        }
    }

    private func calibration(_ data: EvaluationData) throws -> Calibration? {
        guard let scores = data.scores, data.firstOutsideOfProbabilities == nil else { return nil }
        switch data.task {
        case .binary:
            return try Calibration(
                subject: "class \(data.classes.last ?? "")", positives: data.truth.map { $0 == 1 },
                probabilities: scores,
                weights: data.weights, bins: options.calibrationBins, byQuantile: options.calibrationByQuantile)
        case .multiclass:
            let width = data.width
            var hits: [Bool] = []
            var confidences: [Double] = []
            for row in 0..<data.rows {
                var best = 0
                for place in 1..<width where scores[row * width + place] > scores[row * width + best] { best = place }
                hits.append(data.truth[row] == best)
                confidences.append(scores[row * width + best])
            }
            return try Calibration(
                subject: "the most likely class", positives: hits, probabilities: confidences, weights: data.weights,
                bins: options.calibrationBins, byQuantile: options.calibrationByQuantile)
        case .multilabel, .regression, .ranking: return nil
        }
    }
}

extension EvaluationData {
    /// 0 and 1 for each label of each row.
    func labelMatrix(_ flags: [Int]) -> LabelMatrix? {
        LabelMatrix(rows: rows, columns: classes.count, values: flags.map { $0 == 1 })
    }
}
