import Charts
import Tuning

/// Each two objectives against one another, with the trials that no other beats.
struct FrontChart {
    let study: ChartedStudy

    var charts: [Chart] {
        let count = study.settings.objectives.count
        let trials = study.complete.filter { $0.isFeasible || study.best.contains($0.number) }
        guard count > 1, !trials.isEmpty else { return [] }
        var clouds: [Cloud] = []
        for (x, y) in (0..<count).flatMap({ first in (first + 1..<max(count, first + 1)).map { (first, $0) } }) {
            let spots = trials.map { trial in
                Cloud.Spot(
                    name: study.name(trial), x: study.value(trial, x), y: study.value(trial, y),
                    value: Double(trial.number), isMarked: study.best.contains(trial.number))
            }
            clouds.append(
                Cloud(
                    title: "\(study.name(x)), \(study.name(y))", x: study.axis(x), y: study.axis(y), spots: spots))
        }
        let words = study.settings.objectives.enumerated().map { place, objective in
            "\(objective.direction.name) \(study.name(place))"
        }
        let broken = study.complete.count - trials.count
        return [
            Chart(
                title: "Front", content: .clouds(clouds, study.numberRamp),
                sources: ["Stars are trials that no other beats in every objective: \(words.joined(separator: ", "))"],
                problems: study.problems
                    + (broken > 0 ? ["\(broken) left out that break a constraint."] : []))
        ]
    }
}
