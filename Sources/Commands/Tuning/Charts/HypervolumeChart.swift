import Charts
import Tuning

/// How much the front of several objectives covers, by trial.
struct HypervolumeChart {
    let study: ChartedStudy

    /// With more objectives a volume takes too long for a picture.
    private static let mostObjectives = 4
    /// So many volumes are measured at most.
    private static let mostSteps = 200

    var charts: [Chart] {
        let count = study.settings.objectives.count
        let trials = study.complete.filter(\.isFeasible)
        guard count > 1, count <= Self.mostObjectives, let last = trials.last else { return [] }
        let losses = trials.map { study.record.losses($0) }
        let reference = (0..<count).map { objective in losses.map { $0[objective] }.max() ?? 0 }
        let words = (0..<count).map { objective -> String in
            let isLoss = study.settings.objectives[objective].direction == .minimize
            return "\(study.name(objective)) \(NumberText.short(isLoss ? reference[objective] : -reference[objective]))"
        }
        var plane = Plane(
            xLabel: "trial", yLabel: "hypervolume",
            series: [Series(name: "hypervolume", color: 0, points: steps(trials, losses, reference, last))])
        plane.series[0].isLine = true
        plane.isXWhole = true
        return [
            Chart(
                title: "Hypervolume", content: .lines(plane),
                sources: [
                    "How much the best trials so far cover together, as far as the worst value of each objective: "
                        + words.joined(separator: ", ")
                ])
        ]
    }

    private func steps(_ trials: [Trial], _ losses: [[Double]], _ reference: [Double], _ last: Trial) -> [Point] {
        var front: [[Double]] = []
        var points: [Point] = []
        var isStale = false
        let every = max(1, trials.count / Self.mostSteps)
        for (place, loss) in losses.enumerated() {
            if !front.contains(where: { $0 == loss || ParetoFront.dominates($0, loss) }) {
                front.removeAll { ParetoFront.dominates(loss, $0) }
                front.append(loss)
                isStale = true
            }
            guard isStale, place % every == 0 || place == losses.count - 1 else { continue }
            isStale = false
            let x = Double(trials[place].number)
            let volume = Hypervolume.volume(front, reference: reference)
            if let before = points.last { points.append(Point(x: x, y: before.y)) }
            points.append(Point(x: x, y: volume))
        }
        if let end = points.last { points.append(Point(x: Double(last.number), y: end.y)) }
        return points
    }
}
