import Charts
import Tuning

/// All objectives and parameters side by side, a line for each trial.
struct ParallelChart {
    let study: ChartedStudy

    /// More axes cannot be seen at once.
    private static let mostParameters = 20

    var charts: [Chart] {
        guard !study.complete.isEmpty, !study.ranked.isEmpty else { return [] }
        let parameters = study.isNarrowed ? study.ranked : Array(study.ranked.prefix(Self.mostParameters))
        let objectives = study.settings.objectives.indices
        let strands = study.complete.map { trial in
            ParallelAxes.Strand(
                name: study.name(trial),
                values: objectives.map { study.value(trial, $0) } + parameters.map { trial[$0.name]?.inside },
                value: study.value(trial, 0), isMarked: study.best.contains(trial.number))
        }
        let chart = ParallelAxes(
            axes: objectives.map(study.axis) + parameters.map(study.axis), strands: strands, ramp: study.ramp(0))
        var problems = study.problems
        let left = study.ranked.count - parameters.count
        if left > 0 { problems.append("The \(left) least important parameters are left out.") }
        return [
            Chart(
                title: "Parallel coordinates", content: .parallel(chart),
                sources: [objectives.count == 1 ? "The thick line is the best trial." : "Thick lines are the front."],
                problems: problems)
        ]
    }
}
