import Tuning

/// How far a study is while its trials run.
struct TuningProgress: Sendable {
    struct Running: Sendable {
        let number: Int
        let parameters: String
        /// Seconds of a clock that only goes forward.
        let start: Double
        var reports: [Trial.Report] = []
    }

    /// How many trials there shall be.
    let wanted: Int
    /// How many had ended before.
    let before: Int
    private(set) var running: [Running] = []
    /// How many have ended since, and how.
    private(set) var ended: [TrialState: Int] = [:]
    private(set) var best: (value: Double, number: Int)?

    init(wanted: Int, _ record: StudyRecord) {
        self.wanted = wanted
        before = record.trials.count(where: \.state.isFinished)
        best = record.best.flatMap { trial in trial.value.map { ($0, trial.number) } }
    }

    var endedCount: Int { ended.values.reduce(0, +) }

    mutating func begin(_ trial: Trial, now: Double) {
        running.removeAll { $0.number == trial.number }
        running.append(Running(number: trial.number, parameters: TuningView.parameters(trial), start: now))
    }

    mutating func take(_ report: Trial.Report, of number: Int) {
        guard let place = running.firstIndex(where: { $0.number == number }) else { return }
        running[place].reports.append(report)
        // A curve in one line shows no more.
        if running[place].reports.count > 200 { running[place].reports.removeFirst(100) }
    }

    mutating func end(_ trial: Trial, best: (value: Double, number: Int)?) {
        self.best = best ?? self.best
        guard trial.state.isFinished else { return }
        running.removeAll { $0.number == trial.number }
        ended[trial.state, default: 0] += 1
    }
}
