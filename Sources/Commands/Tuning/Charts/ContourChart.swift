import Charts
import Tuning

/// Two parameters at a time, and what the objective is between the trials.
struct ContourChart {
    let study: ChartedStudy

    /// So many of the most important parameters are drawn in pairs.
    private static let most = (alone: 4, among: 3)

    var charts: [Chart] {
        let objectives = study.settings.objectives.indices
        let most = objectives.count == 1 ? Self.most.alone : Self.most.among
        let parameters = study.isNarrowed ? study.ranked : Array(study.ranked.prefix(most))
        guard study.complete.count > 1, parameters.count > 1 else { return [] }
        return objectives.map { objective in
            var clouds: [Cloud] = []
            for (place, x) in parameters.enumerated() {
                for y in parameters.dropFirst(place + 1) { clouds.append(cloud(x, y, objective)) }
            }
            var sources = [
                "Colored where trials are near, by what came of them; dots are trials, the star is the best."
            ]
            if parameters.count < study.ranked.count, !study.isNarrowed {
                sources.append("The \(parameters.count) most important parameters; --params chooses others.")
            }
            return Chart(
                title: study.title("Contour", objective),
                content: .clouds(clouds.filter { !$0.spots.isEmpty }, study.ramp(objective)), sources: sources,
                problems: study.problems)
        }
    }

    private func cloud(_ x: Parameter, _ y: Parameter, _ objective: Int) -> Cloud {
        let spots = study.complete.compactMap { trial -> Cloud.Spot? in
            guard let across = trial[x.name]?.inside, let up = trial[y.name]?.inside else { return nil }
            return Cloud.Spot(
                name: study.name(trial), x: across, y: up, value: study.value(trial, objective),
                isMarked: study.best.contains(trial.number))
        }
        return Cloud(
            title: "\(x.name), \(y.name)", x: study.axis(x), y: study.axis(y), spots: spots, isFilled: true)
    }
}
