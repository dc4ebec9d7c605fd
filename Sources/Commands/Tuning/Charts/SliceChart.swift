import Charts
import Tuning

/// The objective over each parameter alone.
struct SliceChart {
    let study: ChartedStudy

    private static let mostParameters = 24

    var charts: [Chart] {
        let parameters = study.isNarrowed ? study.ranked : Array(study.ranked.prefix(Self.mostParameters))
        guard !study.complete.isEmpty, !parameters.isEmpty else { return [] }
        let left = study.ranked.count - parameters.count
        return study.settings.objectives.indices.map { objective in
            let clouds = parameters.map { parameter in
                Cloud(
                    title: parameter.name, x: study.axis(parameter), y: study.axis(objective),
                    spots: study.complete.compactMap { trial in
                        guard let inside = trial[parameter.name]?.inside else { return nil }
                        return Cloud.Spot(
                            name: study.name(trial), x: inside, y: study.value(trial, objective),
                            value: Double(trial.number), isMarked: study.best.contains(trial.number))
                    })
            }
            return Chart(
                title: study.title("Slices", objective),
                content: .clouds(clouds.filter { !$0.spots.isEmpty }, study.numberRamp),
                sources: ["The star is the best trial."],
                problems: study.problems
                    + (left > 0 ? ["The \(left) least important parameters are left out."] : []))
        }
    }
}
