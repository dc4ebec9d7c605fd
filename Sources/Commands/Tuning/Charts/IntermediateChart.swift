import Charts
import Tuning

/// What trials reported on their way.
struct IntermediateChart {
    let study: ChartedStudy

    /// More lines cannot be told apart: of many, the best and the newest are drawn, so many of each.
    private static let most = 50

    var charts: [Chart] {
        let reporting = study.record.trials.filter { trial in trial.reports.contains { $0.value.isFinite } }
        guard !reporting.isEmpty else { return [] }
        let shown = shown(reporting)
        var series = shown.map(series)
        // Lines of one kind lie together, the best above all.
        series.sort { order($0) < order($1) }
        let isLog = Axis.needsLogarithms(series.lazy.flatMap(\.points).map(\.y))
        var plane = Plane(xLabel: "step", yLabel: study.name(0), series: series)
        plane.isXWhole = true
        plane.isYLog = isLog
        let left = reporting.count - shown.count
        return [
            Chart(
                title: "Values on the way", content: .lines(plane),
                problems: left > 0 ? ["\(left) trials are left out that are neither among the best nor new."] : [])
        ]
    }

    private func shown(_ reporting: [Trial]) -> [Trial] {
        guard reporting.count > 2 * Self.most else { return reporting }
        let direction = study.settings.objectives[0].direction
        let complete = reporting.filter { $0.state == .complete && $0.value?.isNaN == false }
        let good = complete.indices.sorted { a, b in
            let values = (complete[a].value ?? 0, complete[b].value ?? 0)
            return values.0 == values.1 ? a < b : direction.isBetter(values.0, than: values.1)
        }.prefix(Self.most).map { complete[$0].number }
        let chosen = Set(good).union(reporting.suffix(Self.most).map(\.number))
        return reporting.filter { chosen.contains($0.number) }
    }

    private func series(_ trial: Trial) -> Series {
        var series = Series(
            name: study.name(trial), color: trial.state.color,
            style: trial.state == .pruned ? 1 : trial.state == .failed ? 2 : 0,
            points: trial.reports.sorted { $0.step < $1.step }.filter { $0.value.isFinite }
                .map { Point(x: Double($0.step), y: $0.value) })
        series.group = trial.state.name
        series.weight = .faint
        if study.best.contains(trial.number) {
            series.group = "best"
            series.color = 4
            series.weight = .strong
        }
        return series
    }

    private func order(_ series: Series) -> Int { series.group == "best" ? TrialState.allCases.count : series.color }
}
