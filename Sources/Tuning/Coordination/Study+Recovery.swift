package import Basics
package import Documents

/// Trials that are run once more, and those that are drawn once more.
extension Study {
    /// Takes the running trials of coordinators that are gone, to be run again under their own numbers with their own
    /// parameters.
    ///
    /// - Parameter isAlive: Whether the coordinator that named itself so still runs; a trial without one, which a
    ///   program asked for, stays with that program.
    package func takeOver(isAlive: (String) -> Bool) throws(Failure) -> [Trial] {
        var numbers: [Int] = []
        try journal.append { [self] (replay) throws(Failure) in
            numbers = []
            guard let record = replay.study(named: name) else { return [] }
            var entries: [JournalEntry] = []
            for trial in record.trials where trial.state == .running {
                guard let other = trial.systemAttributes[TrialMark.owner]?.string, other != owner, !isAlive(other)
                else { continue }
                let attempt = trial.systemAttributes[TrialMark.attempt]?.int ?? 1
                // The attempt comes first, since it makes all older reports void.
                entries += [
                    // A lost attempt is nobody's failure and does not count for the rule on retries.
                    .trialSystemAttribute(trial: trial.id, key: TrialMark.attempt, value: .int(attempt)),
                    .trialSystemAttribute(
                        trial: trial.id, key: TrialMark.owner, value: owner.map(Value.string) ?? .null),
                ]
                numbers.append(trial.number)
            }
            return entries
        }
        return numbers.map { record.trials[$0] }
    }

    /// Lets failed trials be run again, each as a new one with the same parameters.
    ///
    /// - Returns: how many.
    package func retryFailed() throws(Failure) -> Int {
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name) else { return [] }
            let retried = Set(record.trials.compactMap { $0.systemAttributes[TrialMark.failedTrial]?.int })
            return record.trials.filter { $0.state == .failed && !retried.contains($0.number) }.map { trial in
                var copy = Self.waiting(trial.settings)
                copy.systemAttributes[TrialMark.failedTrial] = .int(trial.number)
                return .createTrial(study: record.id, copy)
            }
        }
    }

    /// Adds points to be tried next.
    package func enqueue(_ points: [Mapping]) throws(Failure) {
        let settings = try points.map { (point) throws(Failure) in try self.settings.settings(of: point) }
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name) else { return [] }
            return settings.map { .createTrial(study: record.id, Self.waiting($0)) }
        }
    }

    /// Keeps new trials from being handed out, to this process and to others; or lets them again.
    package func stop(_ isStopped: Bool) throws(Failure) {
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name),
                (record.userAttributes[Self.stopKey]?.bool ?? false) != isStopped
            else { return [] }
            return [.studyUserAttribute(study: record.id, key: Self.stopKey, value: .bool(isStopped))]
        }
    }

    /// Draws every trial again from the seed and from what it saw.
    ///
    /// - Returns: the numbers of those that come out differently. A study without any was drawn by these samplers and
    ///   nothing else.
    package func replay() throws(Failure) -> [Int] {
        let record = record
        var different: [Int] = []
        for trial in record.trials where trial.state != .waiting {
            guard let seen = SeenTrials(trial.systemAttributes[TrialMark.seen]) else {
                different.append(trial.number)
                continue
            }
            let context = Self.context(record, trial.number, seen, settings)
            let fixed = trial.systemAttributes[TrialMark.fixed] == nil ? [] : try fixedSettings(trial)
            let suggestion = try settings.sampler.sampler.suggest(context, fixed: fixed)
            if suggestion.settings != trial.settings { different.append(trial.number) }
        }
        return different
    }
}
