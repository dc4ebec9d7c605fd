import Documents
import Tuning

/// What a study came to, in words and as JSON.
struct StudySummary {
    let record: StudyRecord
    let settings: StudySettings

    var counts: String {
        let parts = TrialState.allCases.compactMap { state -> String? in
            let count = record.trials.count { $0.state == state }
            return count > 0 ? "\(count) \(state.name)" : nil
        }
        let count = "\(record.trials.count) of \(settings.trials) trials"
        return parts.isEmpty ? count : "\(count): \(parts.joined(separator: ", "))"
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
