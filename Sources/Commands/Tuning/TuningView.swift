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

/// Says on standard error how trials go, and keeps a line below that tells what runs.
final class TuningView: TuningObserver {
    private struct State {
        var running: [Int] = []
        var ended = 0
        var best: (value: Double, number: Int)?
    }

    private let console: Console
    private let best: BestSoFar
    /// How many trials there shall be, and how many there were before this run.
    private let wanted: Int
    private let before: Int
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    init(_ console: Console, _ best: BestSoFar, _ settings: StudySettings, _ record: StudyRecord) {
        self.console = console
        self.best = best
        wanted = settings.trials
        before = record.trials.count(where: \.state.isFinished)
        state = Mutex(State())
    }

    func began(_ trial: Trial, slot: String, isAgain: Bool) {
        console.detail("trial \(trial.number) \(isAgain ? "begins anew" : "begins"): \(Self.parameters(trial))")
        state.withLock { state in
            if !state.running.contains(trial.number) { state.running.append(trial.number) }
        }
        stand()
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
        state.withLock { state in
            state.best = best
            guard trial.state.isFinished else { return }
            state.running.removeAll { $0 == trial.number }
            state.ended += 1
        }
        stand()
    }

    /// Takes the line away.
    func end() { console.stand([]) }

    /// `12 of 50 trials · running 12, 13 · best 0.31 (trial 7) · 2 m left`
    private func stand() {
        let state = state.withLock { $0 }
        var parts = ["\(before + state.ended) of \(wanted) trials"]
        if !state.running.isEmpty { parts.append("running " + state.running.map(String.init).joined(separator: ", ")) }
        if let best = state.best { parts.append("best \(PythonFloat.repr(best.value)) (trial \(best.number))") }
        let left = wanted - before - state.ended
        if state.ended > 0, left > 0 {
            let seconds = start.duration(to: .now) / .seconds(1) / Double(state.ended) * Double(left)
            parts.append("\(Duration.seconds(seconds).shortText) left")
        }
        console.stand([parts.joined(separator: " · ")])
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
