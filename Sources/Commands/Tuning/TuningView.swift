import Basics
import Documents
import Pipelines
import Rendering
import Synchronization
import Tuning

/// The best value while trials come in.
final class BestSoFar: Sendable {
    private let directions: [Direction]
    private let best: Mutex<(value: Double, number: Int)?>

    init(_ directions: [Direction], _ record: StudyRecord) {
        self.directions = directions
        best = Mutex(record.best.flatMap { trial in trial.value.map { ($0, trial.number) } })
    }

    /// Takes a trial that has ended.
    ///
    /// - Returns: the best one by now; `nil` where there is none, or several objectives.
    func take(_ trial: Trial) -> (value: Double, number: Int)? {
        guard directions.count == 1 else { return nil }
        return best.withLock { best in
            if trial.state == .complete, trial.isFeasible, let value = trial.value,
                best.map({ directions[0].isBetter(value, than: $0.value) }) ?? true
            {
                best = (value, trial.number)
            }
            return best
        }
    }
}

/// Says on standard error how trials go.
struct TuningView: TuningObserver {
    private let console: Console
    private let best: BestSoFar

    init(_ console: Console, _ best: BestSoFar) {
        self.console = console
        self.best = best
    }

    func began(_ trial: Trial, slot: String, isAgain: Bool) {
        console.detail("trial \(trial.number) \(isAgain ? "begins anew" : "begins"): \(Self.parameters(trial))")
    }

    func ended(_ trial: Trial, reason: String?) {
        let best = best.take(trial)
        let values = (trial.values ?? []).map(PythonFloat.repr).joined(separator: ", ")
        switch trial.state {
        case .complete:
            let word = best?.number == trial.number ? ", the best so far" : ""
            console.note("trial \(trial.number): \(values)\(word)  \(Self.parameters(trial))")
        case .pruned: console.note("trial \(trial.number): pruned  \(Self.parameters(trial))")
        case .failed: console.warn("trial \(trial.number) failed: \(reason ?? "nobody knows why")")
        case .running, .waiting:
            console.warn("trial \(trial.number) is begun anew, it failed: \(reason ?? "nobody knows why")")
        }
    }

    static func parameters(_ trial: Trial) -> String {
        trial.settings.map { "\($0.name)=\(Distribution.text($0.value))" }.joined(separator: " ")
    }
}

/// What a study came to, in words and as JSON.
struct StudySummary {
    let record: StudyRecord
    let settings: StudySettings

    var counts: String {
        let parts = TrialState.allCases.compactMap { state -> String? in
            let count = record.trials.count { $0.state == state }
            return count > 0 ? "\(count) \(state.name)" : nil
        }
        return "\(record.trials.count) of \(settings.trials) trials: " + parts.joined(separator: ", ")
    }

    var best: [Trial] { record.directions.count == 1 ? record.best.map { [$0] } ?? [] : record.front }

    static func json(_ trial: Trial) -> Value {
        var result = Mapping([
            ("number", .int(trial.number)), ("state", .string(trial.state.name)),
            ("values", trial.values.map { .array($0.map(Self.number)) } ?? .null),
            ("params", .mapping(Mapping(trial.settings.map { ($0.name, $0.value) }))),
        ])
        if !trial.reports.isEmpty {
            result["reports"] = .mapping(Mapping(trial.reports.map { (String($0.step), Self.number($0.value)) }))
        }
        if !trial.constraints.isEmpty { result["constraints"] = .array(trial.constraints.map(Self.number)) }
        if let failure = trial.systemAttributes[TrialMark.failure] { result["failure"] = failure }
        if let start = trial.startedAt { result["started"] = .string(start) }
        if let end = trial.finishedAt { result["finished"] = .string(end) }
        return .mapping(result)
    }

    /// Numbers that JSON lacks are words, as DVCLive writes them.
    static func number(_ number: Double) -> Value {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return .float(number)
    }

    static func text(_ reason: Study.StopReason) -> String {
        switch reason {
        case .trials: "all trials are done"
        case .exhausted: "the sampler has no more points"
        case .target: "the target is reached"
        case .patience: "no better trial came for a while"
        case .wall: "the time is up"
        case .stopped: "it was stopped"
        case .failures(let count): "\(count) trials failed in a row"
        }
    }
}
