/// Computes metrics on some rows, with what resampling says about them.
struct Measuring: Sendable {
    let selection: MetricSelection
    let options: EvaluationOptions
    let bootstrap: Bootstrap
    let hasBaseline: Bool

    /// Whole clusters are drawn, and of a ranking whole queries, since the rows of one are not independent.
    static func units(_ data: EvaluationData) -> Bootstrap.Units {
        Bootstrap.Units(rows: data.rows, clusters: data.clusters ?? data.queries)
    }

    /// - Parameters:
    ///   - paired: the rows of `data` that a baseline has as well.
    ///   - stream: a number for these rows, so that other rows are drawn by other random numbers.
    func scope(_ data: EvaluationData, _ paired: PairedRows?, stream: UInt64) throws -> EvaluationResult.Scope {
        let plan = try MetricPlan(selection, data)
        let found = try plan.measured(refusing: selection.isExplicit ? options.metrics : [])
        let count = found.count
        let bootstrap = bootstrap.stream(stream)
        var metrics = found.map { metric in
            EvaluationResult.Measured(
                name: metric.name, value: metric.value, reason: metric.reason, isGreaterBetter: metric.isGreaterBetter)
        }
        let isSame = paired.map { $0.new.rows == data.rows } ?? false
        if let paired {
            let oldPlan = try MetricPlan(selection, paired.old)
            let newPlan = isSame ? plan : try MetricPlan(selection, paired.new)
            let old = try oldPlan.measured(refusing: []).map(\.value)
            let new = isSame ? found.map(\.value) : try newPlan.measured(refusing: []).map(\.value)
            var draws: [[Double]] = []
            if bootstrap.replicates > 0 {
                draws = try bootstrap.values(of: Self.units(paired.new), count: 2 * count) {
                    newPlan.values($0) + oldPlan.values($0)
                }
            }
            for place in metrics.indices where !old[place].isNaN || metrics[place].value.isNaN {
                var interval: Interval?
                var pValue: Double?
                if !draws.isEmpty {
                    metrics[place].pairedDraws = (old: draws[count + place], new: draws[place])
                    if isSame { metrics[place].draws = draws[place] }
                    let differences = zip(draws[place], draws[count + place]).map { $0 - $1 }
                    interval = Interval.percentile(differences, confidence: options.confidence)
                    pValue = PairedDifference.pValue(differences)
                }
                metrics[place].difference = PairedDifference(
                    old: old[place], new: new[place], interval: interval, pValue: pValue)
            }
            if isSame, !draws.isEmpty {
                for place in metrics.indices { metrics[place].draws = draws[place] }
            }
        }
        if !isSame, bootstrap.replicates > 0 {
            let draws = try bootstrap.values(of: Self.units(data), count: count) { plan.values($0) }
            for place in metrics.indices { metrics[place].draws = draws[place] }
        }
        try addIntervals(to: &metrics, plan, data, bootstrap)
        return EvaluationResult.Scope(
            rows: data.rows, weight: data.weights.map { Summation.total(of: $0) }, metrics: metrics)
    }

    private func addIntervals(
        to metrics: inout [EvaluationResult.Measured], _ plan: MetricPlan, _ data: EvaluationData,
        _ bootstrap: Bootstrap
    ) throws {
        guard bootstrap.replicates > 0 else { return }
        guard options.intervalMethod == .bca else {
            for place in metrics.indices where !metrics[place].value.isNaN {
                metrics[place].interval = Interval.percentile(metrics[place].draws, confidence: options.confidence)
            }
            return
        }
        let parts = try bootstrap.jackknife(of: Self.units(data), count: metrics.count) { plan.values($0) }
        for place in metrics.indices where !metrics[place].value.isNaN {
            metrics[place].interval = Interval.bca(
                metrics[place].draws, estimate: metrics[place].value, jackknife: parts[place],
                confidence: options.confidence)
        }
    }
}
