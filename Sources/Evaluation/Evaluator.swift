import Basics

/// Judges predictions.
package struct Evaluator: Sendable {
    package let options: EvaluationOptions
    private let processors: Int

    /// - Parameter processors: how many threads may work where the options do not say.
    package init(_ options: EvaluationOptions, processors: Int) {
        self.options = options
        self.processors = processors
    }

    /// What a baseline predicted, and from which score on it says positive.
    package struct Baseline: Sendable {
        package let data: EvaluationData
        package let name: String
        package let threshold: Threshold?

        package init(data: EvaluationData, name: String, threshold: Threshold?) {
            self.data = data
            self.name = name
            self.threshold = threshold
        }
    }

    /// Rows of more than this many are not drawn from unless somebody asks.
    package static let mostRowsDrawnUnasked = 100_000

    // MARK: Thresholds

    /// The score from which on a row is positive.
    ///
    /// - Parameter validation: rows to choose it on; those that are judged where it is `nil`.
    /// - Returns: `nil` where rows have no such score.
    package func threshold(for data: EvaluationData, validation: EvaluationData?) throws -> Threshold? {
        guard data.task == .binary || data.task == .multilabel, data.scores != nil else {
            guard options.namesThreshold else { return nil }
            throw InputError(
                "a threshold is for the scores of two classes or of labels, and '\(data.name)' has none",
                remedy: "leave the threshold out, or name the score's column with --score")
        }
        switch options.threshold {
        case .fixed(let value):
            // Labels that were predicted outright are taken as they are, unless somebody wants them otherwise.
            if data.decisions != nil, !options.namesThreshold { return nil }
            return Threshold(value: value, rule: nil, source: nil, rows: nil)
        case .chosen(let rule):
            let rows = validation ?? data
            guard data.task == .binary, let scores = rows.scores else {
                throw InputError(
                    "a threshold can be chosen for the scores of two classes only",
                    remedy: "give one with --threshold")
            }
            let counts = try ThresholdCounts(
                positives: rows.truth.map { $0 == 1 }, scores: scores, weights: rows.weights)
            let value = try ThresholdChoice(counts, of: rows.name).threshold(rule)
            return Threshold(value: value, rule: rule, source: rows.name, rows: rows.rows)
        }
    }

    // MARK: Judging

    package func evaluate(
        _ given: EvaluationData, threshold: Threshold?, baseline: Baseline?
    ) throws -> EvaluationResult {
        var notes: [String] = []
        let data = try given.decided(threshold, notes: &notes, options).sorted()
        let paired = try baseline.map { baseline -> PairedRows in
            var ignored: [String] = []
            return try PairedRows(old: baseline.data.decided(baseline.threshold, notes: &ignored, options), new: data)
        }
        let selection = try MetricSelection(options, data)
        notes += selection.notes
        let bootstrap = resampling(of: data, notes: &notes)
        let measuring = Measuring(
            selection: selection, options: options, bootstrap: bootstrap,
            hasBaseline: baseline != nil)
        let overall = try measuring.scope(data, paired, stream: 0)
        var result = EvaluationResult(
            task: data.task, resampling: Self.resampling(bootstrap, options, data), overall: overall)
        result.target = options.columns.target.joined(separator: ", ")
        result.isTaskGuessed = options.task == nil
        result.classes = data.classes
        result.rows = data.rows
        result.weight = data.weights.map { Summation.total(of: $0) }
        result.threshold = data.decisions == nil ? nil : threshold
        if let baseline, let paired {
            result.baseline = EvaluationResult.Baseline(
                name: baseline.name, rows: paired.new.rows, onlyOld: paired.onlyOld, onlyNew: paired.onlyNew,
                threshold: baseline.threshold?.value)
            if paired.onlyOld + paired.onlyNew > 0 {
                notes.append(
                    "The comparison is on the \(paired.new.rows) rows that both sides have; \(paired.onlyOld) are only in "
                        + "the baseline, \(paired.onlyNew) only here.")
            }
        }
        try addSlices(to: &result, data, paired, measuring)
        try addFairness(to: &result, data, bootstrap)
        try addDetails(to: &result, data, notes: &notes)
        notes += overall.metrics.compactMap { metric in metric.reason.map { "\(metric.name) has no value: \($0)." } }
        result.gates = GateCheck(
            overall: overall, slices: result.slices, fairness: result.fairness, hasBaseline: baseline != nil,
            leastRows: options.leastRows
        ).outcomes(options.gates)
        result.notes = notes
        return result
    }

    private func resampling(of data: EvaluationData, notes: inout [String]) -> Bootstrap {
        var bootstrap = Bootstrap(replicates: 0, seed: options.seed, threads: options.threads ?? max(1, processors))
        if let wish = options.replicates {
            bootstrap.replicates = wish
        } else if data.rows <= Self.mostRowsDrawnUnasked || options.gates.contains(where: { $0.significance != nil }) {
            bootstrap.replicates = 1000
        } else {
            notes.append(
                "No confidence intervals, since there are more than \(Self.mostRowsDrawnUnasked) rows; --bootstrap 1000 "
                    + "computes them.")
        }
        return bootstrap
    }

    private static func resampling(
        _ bootstrap: Bootstrap, _ options: EvaluationOptions, _ data: EvaluationData
    ) -> EvaluationResult.Resampling {
        let units = Measuring.units(data)
        return EvaluationResult.Resampling(
            replicates: bootstrap.replicates, confidence: options.confidence, method: options.intervalMethod,
            seed: options.seed, unit: data.clusters != nil ? "cluster" : data.queries != nil ? "query" : "row",
            units: units.count)
    }

    // MARK: Slices

    /// The slices that were asked for, and those that gates name.
    private var sliceColumns: [[String]] {
        var lists: [[String]] = []
        for columns in options.slices.map(\.columns) + options.gates.map({ $0.slice.map(\.column) })
        where !columns.isEmpty && !lists.contains(where: { $0 == columns }) {
            lists.append(columns)
        }
        return lists
    }

    private func addSlices(
        to result: inout EvaluationResult, _ data: EvaluationData, _ paired: PairedRows?, _ measuring: Measuring
    ) throws {
        var stream: UInt64 = 1
        for columns in sliceColumns {
            let least = options.gates.filter { $0.slice.map(\.column) == columns }.compactMap(\.leastRows)
                .reduce(options.leastRows, min)
            let pairs = try paired?.new.groups(by: columns) ?? []
            var groups: [EvaluationResult.Group] = []
            for group in try data.groups(by: columns) {
                var scope: EvaluationResult.Scope?
                if group.rows.count >= least {
                    let pair = pairs.first { $0.name.utf8.elementsEqual(group.name.utf8) }
                    scope = try measuring.scope(
                        data.subset(group.rows), pair.flatMap { paired?.subset($0.rows) }, stream: stream)
                }
                stream += 1
                groups.append(
                    EvaluationResult.Group(
                        values: group.values, name: group.name, rows: group.rows.count, scope: scope))
            }
            result.slices.append(EvaluationResult.Slice(columns: columns, groups: groups))
        }
    }

    // MARK: Fairness

    private var fairnessColumns: [String] {
        var columns: [String] = []
        let named = options.gates.compactMap { gate in
            if case .fairness(_, let column) = gate.subject { column } else { nil }
        }
        for column in options.fairness + named where !columns.contains(column) { columns.append(column) }
        return columns
    }

    private func addFairness(to result: inout EvaluationResult, _ data: EvaluationData, _ bootstrap: Bootstrap) throws {
        for (number, column) in fairnessColumns.enumerated() {
            guard data.task == .binary, let decisions = data.decisions else {
                throw InputError(
                    "fairness is measured of two classes, and the task is \(data.task.rawValue)",
                    remedy: "leave --fairness out, or compare groups with --slice \(column)")
            }
            let groups = try data.groups(by: [column])
            let least = options.gates.compactMap { gate -> Int? in
                if case .fairness(_, column) = gate.subject { gate.leastRows } else { nil }
            }.reduce(options.leastRows, min)
            let count = FairnessCount(data, groups, decisions: decisions, leastRows: least)
            let rates = count.rates()
            var next = rates.makeIterator()
            let values = FairnessCount.measures(rates)
            var draws = values.map { _ in [Double]() }
            if bootstrap.replicates > 0 {
                draws = try bootstrap.stream(UInt64(1 << 40 + number)).values(
                    of: Measuring.units(data), count: values.count
                ) { FairnessCount.measures(count.rates($0)) }
            }
            result.fairness.append(
                Fairness(
                    column: column,
                    groups: groups.map { group in
                        FairnessGroup(
                            name: group.values[0].value ?? "(missing)", rows: group.rows.count,
                            rates: group.rows.count >= least ? next.next() : nil)
                    },
                    measures: zip(FairnessMeasure.allCases, zip(values, draws)).map { measure, found in
                        Fairness.Measured(
                            measure: measure, value: found.0,
                            interval: Interval.percentile(found.1, confidence: options.confidence), draws: found.1)
                    }))
        }
    }
}
