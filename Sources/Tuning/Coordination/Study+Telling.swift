package import Basics
package import Documents

/// What trials report, and how they end.
extension Study {
    package enum Outcome: Sendable, Equatable {
        /// One value for each objective.
        case complete([Double])
        case pruned
        case failed(String)
    }

    /// What becomes of a trial after its outcome was told.
    package enum Sequel: Sendable, Equatable {
        case ended(TrialState)
        /// It failed, and by the rule for retries it is to be run again.
        case again(Trial)
    }

    /// Takes a value that a running trial reports on its way.
    ///
    /// - Returns: whether the trial is to be stopped; `tell` it as pruned then.
    @discardableResult
    package func report(_ number: Int, _ value: Double, at step: Int) throws(Failure) -> Bool {
        var isPruned = false
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name), record.trials.indices.contains(number) else {
                throw Failure("the study '\(name)' has no trial \(number)", category: .usage)
            }
            var trial = record.trials[number]
            guard trial.state == .running else { return [] }
            trial.report(value, at: step)
            let verdict = verdict(trial, record)
            isPruned = verdict.prune
            return [.report(trial: trial.id, step: step, value: value)]
                + verdict.attributes.entries.map {
                    .trialSystemAttribute(trial: trial.id, key: $0.key, value: $0.value)
                }
        }
        return isPruned
    }

    /// Remembers something with a running trial.
    package func note(_ number: Int, _ key: String, _ value: Value) throws(Failure) {
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name), record.trials.indices.contains(number) else { return [] }
            return [.trialUserAttribute(trial: record.trials[number].id, key: key, value: value)]
        }
    }

    private func verdict(_ trial: Trial, _ record: StudyRecord) -> Verdict {
        guard settings.directions.count == 1 else { return .keep }
        var others = record.trials.filter { $0.number != trial.number }
        var order = record.order
        if case .strict = settings.order {
            // Only what was there for certain when the trial began may decide over it.
            let seen = SeenTrials(trial.systemAttributes[TrialMark.seen])
            let numbers = Set(seen?.finished ?? [])
            others = others.filter { numbers.contains($0.number) }
            order = seen?.finished ?? []
        }
        return settings.pruner.pruner.verdict(
            PruningContext(
                study: name, direction: settings.directions[0], trial: trial, others: others, order: order))
    }

    /// Takes the end of a trial.
    ///
    /// - Parameter metrics: What the constraints of the study name, beside the parameters.
    package func tell(
        _ number: Int, _ outcome: Outcome, metrics: (String) -> Value? = { _ in nil }
    ) throws(Failure) -> Sequel {
        var sequel = Sequel.ended(.failed)
        var isAgain = false
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name), record.trials.indices.contains(number) else {
                throw Failure("the study '\(name)' has no trial \(number)", category: .usage)
            }
            let trial = record.trials[number]
            guard !trial.state.isFinished else {
                sequel = .ended(trial.state)
                return []
            }
            guard trial.state == .running else {
                throw Failure("trial \(number) of the study '\(name)' was not begun yet", category: .usage)
            }
            let moment = Timestamp.text(now())
            switch Self.checked(outcome, settings) {
            case .complete(let values):
                sequel = .ended(.complete)
                var violations: [Value] = []
                for constraint in settings.constraints {
                    violations.append(
                        .float(try constraint.violation { name in trial[name]?.value ?? metrics(name) }))
                }
                let constraints: [JournalEntry] =
                    violations.isEmpty
                    ? []
                    : [.trialSystemAttribute(trial: trial.id, key: "constraints", value: .array(violations))]
                return constraints + [.state(trial: trial.id, .complete, values: values, at: moment)]
            case .pruned:
                sequel = .ended(.pruned)
                let last = trial.lastReport.flatMap { $0.value.isNaN ? nil : [$0.value] }
                return [.state(trial: trial.id, .pruned, values: last, at: moment)]
            case .failed(let reason):
                let attempt = trial.systemAttributes[TrialMark.attempt]?.int ?? 1
                let entry = JournalEntry.trialSystemAttribute(
                    trial: trial.id, key: TrialMark.failure, value: .string(reason))
                if attempt <= settings.retries {
                    isAgain = true
                    return [
                        entry,
                        .trialSystemAttribute(trial: trial.id, key: TrialMark.attempt, value: .int(attempt + 1)),
                    ]
                }
                return [entry, .state(trial: trial.id, .failed, values: nil, at: moment)]
            }
        }
        if isAgain { sequel = .again(record.trials[number]) }
        return sequel
    }

    /// A result that is no result counts as a failure.
    private static func checked(_ outcome: Outcome, _ settings: StudySettings) -> Outcome {
        guard case .complete(let values) = outcome else { return outcome }
        guard values.count == settings.objectives.count else {
            return .failed("\(values.count) values came for \(settings.objectives.count) objectives")
        }
        if values.contains(where: \.isNaN) { return .failed("the objective is NaN") }
        return outcome
    }
}
