import Charts
import Tuning

/// Values by trial, and the best of those so far.
struct HistoryChart {
    let study: ChartedStudy

    var charts: [Chart] {
        guard !study.complete.isEmpty else { return [] }
        return study.settings.objectives.indices.map { objective in
            func points(_ trials: [Trial]) -> [Point] {
                trials.map { Point(x: Double($0.number), y: study.value($0, objective)) }
            }
            var best = Series(name: "best so far", color: 1, points: steps(points, objective))
            best.isLine = true
            best.weight = .strong
            var series = [Series(name: "trial", color: 0, points: points(study.complete.filter(\.isFeasible))), best]
            let broken = study.complete.filter { !$0.isFeasible }
            if !broken.isEmpty {
                series.append(Series(name: "breaks a constraint", color: 6, style: 2, points: points(broken)))
            }
            var plane = Plane(xLabel: "trial", yLabel: study.name(objective), series: series)
            plane.isXWhole = true
            plane.isYLog = study.axis(objective).isLog
            return Chart(
                title: study.title("History", objective), content: .points(plane), problems: study.problems)
        }
    }

    /// A line that falls, or rises, where a trial is better than all before.
    private func steps(_ points: ([Trial]) -> [Point], _ objective: Int) -> [Point] {
        let direction = study.settings.objectives[objective].direction
        var result: [Point] = []
        for point in points(study.complete.filter(\.isFeasible)) {
            if let last = result.last {
                guard direction.isBetter(point.y, than: last.y) else { continue }
                result.append(Point(x: point.x, y: last.y))
            }
            result.append(point)
        }
        if let last = result.last, let end = study.complete.last, Double(end.number) > last.x {
            result.append(Point(x: Double(end.number), y: last.y))
        }
        return result
    }
}
