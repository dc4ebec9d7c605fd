import Charts
import Tuning

/// Which share of the trials came to at most a value: the empirical distribution function.
struct DistributionChart {
    let study: ChartedStudy

    var charts: [Chart] {
        guard !study.complete.isEmpty else { return [] }
        return study.settings.objectives.indices.map { objective in
            let values = study.complete.map { study.value($0, objective) }
            var plane = Plane(
                xLabel: study.name(objective), yLabel: "share of trials",
                series: [Series(name: "trials", color: 0, points: Self.steps(values))])
            plane.series[0].isLine = true
            plane.isXLog = study.axis(objective).isLog
            let share = study.settings.objectives[objective].direction == .minimize ? "at most" : "more than"
            let side = share == "at most" ? "below" : "above"
            return Chart(
                title: study.title("Distribution of values", objective), content: .lines(plane),
                sources: [
                    "The share \(side) the line is that of trials with \(share) the value."
                ], problems: study.problems)
        }
    }

    /// A step of the same height for each value; several at the same place are one.
    static func steps(_ values: [Double]) -> [Point] {
        let sorted = values.sorted()
        var points: [Point] = []
        for (place, value) in sorted.enumerated() {
            let below = Double(place) / Double(sorted.count)
            let upTo = Double(place + 1) / Double(sorted.count)
            if points.last?.x == value {
                points[points.count - 1].y = upTo
            } else {
                points += [Point(x: value, y: below), Point(x: value, y: upTo)]
            }
        }
        return points
    }
}
