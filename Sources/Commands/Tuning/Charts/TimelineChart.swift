import Charts
import Pipelines
import Tuning

/// When trials ran, and what became of them.
struct TimelineChart {
    let study: ChartedStudy

    /// Of very many trials the newest are drawn.
    private static let most = 2000

    var charts: [Chart] {
        let begun = study.record.trials.compactMap { trial -> (trial: Trial, start: Double, end: Double?)? in
            guard let start = trial.startedAt.flatMap(Timestamp.seconds) else { return nil }
            return (trial, start, trial.finishedAt.flatMap(Timestamp.seconds))
        }
        guard let first = begun.map(\.start).min() else { return [] }
        // What runs has no end yet: it reaches to the last thing that is known.
        let last = begun.map { max($0.start, $0.end ?? $0.start) }.max() ?? first
        let unit = Unit(seconds: last - first)
        let spans = begun.suffix(Self.most).map { item in
            Timeline.Span(
                name: "\(study.name(item.trial)) · \(Duration.seconds((item.end ?? last) - item.start).shortText)",
                sign: String(item.trial.number), start: (item.start - first) / unit.seconds,
                end: ((item.end ?? last) - first) / unit.seconds,
                kind: item.trial.state.color)
        }
        var kinds = [String](repeating: "", count: 7)
        for state in TrialState.allCases { kinds[state.color] = state.name }
        let left = begun.count - spans.count
        return [
            Chart(
                title: "Timeline",
                content: .timeline(
                    Timeline(
                        xLabel: "\(unit.name) since the first trial began", laneLabel: "at a time", spans: spans,
                        kinds: kinds)), problems: left > 0 ? ["The first \(left) trials are left out."] : [])
        ]
    }

    /// Seconds in numbers that people read.
    private struct Unit {
        let name: String
        let seconds: Double

        init(seconds extent: Double) {
            (name, seconds) =
                switch extent {
                case ..<180: ("seconds", 1)
                case ..<10_800: ("minutes", 60)
                case ..<259_200: ("hours", 3600)
                default: ("days", 86_400)
                }
        }
    }
}
