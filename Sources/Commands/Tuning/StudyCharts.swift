import Charts
import Documents
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A study as charts: how it went, what its parameters did, what matters.
struct StudyCharts {
    private let record: StudyRecord
    private let settings: StudySettings

    init(_ record: StudyRecord, _ settings: StudySettings) {
        self.record = record
        self.settings = settings
    }

    var page: ChartPage {
        let summary = StudySummary(record: record, settings: settings)
        var block = PageBlock(title: record.directions.count == 1 ? "Best trial" : "Trials that no other beats")
        if summary.best.isEmpty {
            block.problems = ["No complete trial keeps the constraints."]
        } else {
            let names = settings.space.parameters.map(\.name)
            let metrics = settings.objectives.map(\.metric)
            block.grid = PageBlock.Grid(
                ["trial"] + metrics + names,
                rows: summary.best.map { trial in
                    [.number(String(trial.number))]
                        + metrics.indices.map { .number(Self.text(trial, $0)) }
                        + names.map { name in trial[name].map { .code(Distribution.text($0.value)) } ?? .soft("–") }
                })
        }
        return ChartPage(
            title: "Study \(record.name)", lead: summary.counts, blocks: [block], charts: charts)
    }

    var charts: [Chart] {
        history + front + importance + reports + slices
    }

    private static func text(_ trial: Trial, _ objective: Int) -> String {
        trial.values.flatMap { $0.indices.contains(objective) ? PythonFloat.repr($0[objective]) : nil } ?? ""
    }

    private var complete: [Trial] {
        record.trials.filter { $0.state == .complete && $0.values?.allSatisfy(\.isFinite) ?? false }
    }

    /// Values by trial, and the best of those so far.
    private var history: [Chart] {
        settings.objectives.enumerated().map { index, objective in
            let points = complete.map { Point(x: Double($0.number), y: $0.values?[index] ?? 0) }
            var best: [Point] = []
            for (trial, point) in zip(complete, points) where trial.isFeasible {
                let isBetter = best.last.map { objective.direction.isBetter(point.y, than: $0.y) } ?? true
                best.append(Point(x: point.x, y: isBetter ? point.y : best.last?.y ?? point.y))
            }
            let series = [
                Series(name: "trial", color: 0, points: points), Series(name: "best so far", color: 1, points: best),
            ]
            return Chart(
                title: "History of \(objective.metric)",
                content: points.isEmpty
                    ? .nothing : .points(Plane(xLabel: "trial", yLabel: objective.metric, series: series)))
        }
    }

    private var front: [Chart] {
        guard settings.objectives.count == 2 else { return [] }
        func points(_ trials: [Trial]) -> [Point] {
            trials.compactMap { trial in
                trial.values.flatMap { $0.count == 2 ? Point(x: $0[0], y: $0[1]) : nil }
            }
        }
        let best = record.front
        let numbers = Set(best.map(\.number))
        let plane = Plane(
            xLabel: settings.objectives[0].metric, yLabel: settings.objectives[1].metric,
            series: [
                Series(name: "other", color: 0, points: points(complete.filter { !numbers.contains($0.number) })),
                Series(name: "front", color: 1, points: points(best)),
            ])
        return [Chart(title: "Front", content: best.isEmpty ? .nothing : .points(plane))]
    }

    private var importance: [Chart] {
        guard complete.count > 1, let shares = try? Importance.ped.shares(record) else { return [] }
        let bars = Bars(
            categories: shares.map(\.name), categoryLabel: "parameter", valueLabel: "importance", isHorizontal: true,
            series: [Bars.Row(name: "importance", color: 0, values: shares.map(\.share))])
        return [Chart(title: "Importance of parameters", content: .bars(bars))]
    }

    /// What trials reported on their way; of many the best and the last.
    private var reports: [Chart] {
        let reporting = record.trials.filter { $0.reports.count > 1 }
        guard !reporting.isEmpty, let objective = settings.objectives.first else { return [] }
        let chosen = reporting.suffix(40)
        let series = chosen.map { trial in
            Series(
                name: "\(trial.number)", color: trial.state == .pruned ? 1 : 0,
                points: trial.reports.sorted { $0.step < $1.step }.filter { $0.value.isFinite }
                    .map { Point(x: Double($0.step), y: $0.value) })
        }
        let plane = Plane(xLabel: "step", yLabel: objective.metric, series: series)
        let left = reporting.count - chosen.count
        return [
            Chart(
                title: "Values on the way", content: .lines(plane), sources: ["The second color is of pruned trials."],
                problems: left > 0 ? ["\(left) earlier trials are left out."] : [])
        ]
    }

    /// The objective over each parameter.
    private var slices: [Chart] {
        guard let objective = settings.objectives.first else { return [] }
        return settings.space.parameters.filter { !$0.distribution.isSingle }.map { parameter in
            let isLog = parameter.distribution.isLog
            let points = complete.compactMap { trial -> Point? in
                guard let inside = trial[parameter.name]?.inside, let value = trial.value else { return nil }
                return Point(x: isLog ? log10(inside) : inside, y: value)
            }.filter { $0.x.isFinite }
            var plane = Plane(
                xLabel: isLog ? "log10 \(parameter.name)" : parameter.name, yLabel: objective.metric,
                series: [Series(name: "trial", color: 0, points: points)])
            if case .categorical(let choices) = parameter.distribution {
                plane.xCategories = choices.map(Distribution.text)
            }
            return Chart(title: "Slice of \(parameter.name)", content: points.isEmpty ? .nothing : .points(plane))
        }
    }
}
