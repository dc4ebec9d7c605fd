package import Basics
package import Documents

/// A study that is under way: it hands out trials, takes their reports and results, and keeps all of it in a journal.
///
/// What it promises: a trial is in the journal before anybody runs it, and its result before anything follows from it;
/// each trial is drawn from the study's seed, its own number and the trials that the journal says were seen, and from
/// nothing else. It knows no processes and no clock: who uses it says who is alive and what time it is.
package final class Study {
    package let journal: Journal
    package let name: String
    package let settings: StudySettings
    /// Who runs its trials, as `isAlive` of `takeOver` will be asked about it; `nil` for a program that asks and tells.
    package let owner: String?
    let now: () -> Double

    /// The key of the settings among the study's user attributes.
    package static let settingsKey = "varve"

    /// The key of a study's user attribute that keeps new trials from being handed out.
    package static let stopKey = "varve:stop"

    private init(
        _ journal: Journal, _ name: String, _ settings: StudySettings, owner: String?, now: @escaping () -> Double
    ) {
        self.journal = journal
        self.name = name
        self.settings = settings
        self.owner = owner
        self.now = now
    }

    /// Begins a study; points to be tried first wait in the journal from the start.
    ///
    /// - Parameters:
    ///   - now: Seconds since 1970.
    ///   - attributes: What else is to be remembered with the study.
    package static func create(
        _ name: String, _ settings: StudySettings, in journal: Journal, owner: String?,
        attributes: Mapping = Mapping(), now: @escaping () -> Double
    ) throws(Failure) -> Study {
        try settings.check()
        let points = try settings.first.map { (point) throws(Failure) in try settings.settings(of: point) }
        try journal.append { (replay) throws(Failure) in
            guard replay.study(named: name) == nil else {
                throw Failure(
                    "the study '\(name)' is already there", remedy: "resume it, or choose another name",
                    category: .usage)
            }
            let id = replay.studies.count
            var entries: [JournalEntry] = [
                .createStudy(name: name, directions: settings.directions),
                .studyUserAttribute(study: id, key: settingsKey, value: .mapping(settings.document)),
                .studySystemAttribute(
                    study: id, key: "study:metric_names", value: .array(settings.objectives.map { .string($0.metric) })),
            ]
            entries += attributes.entries.map { .studyUserAttribute(study: id, key: $0.key, value: $0.value) }
            entries += points.map { .createTrial(study: id, waiting($0)) }
            return entries
        }
        return Study(journal, name, settings, owner: owner, now: now)
    }

    /// Goes on with a study that is in the journal.
    ///
    /// - Parameter trials: Another number of trials than the study was begun with.
    package static func open(
        _ name: String, in journal: Journal, owner: String?, trials: Int? = nil, now: @escaping () -> Double
    ) throws(Failure) -> Study {
        try journal.refresh()
        guard let record = journal.replay.study(named: name) else {
            let names = journal.replay.present.map(\.name)
            throw Failure(
                "there is no study '\(name)' in '\(journal.path)'",
                remedy: names.isEmpty ? nil : "there are \(names.joined(separator: ", "))", category: .usage)
        }
        guard let document = record.userAttributes[settingsKey]?.mapping else {
            throw Failure("the study '\(name)' was not begun by varve, which therefore cannot go on with it")
        }
        var settings = try StudySettings(document: document)
        if let trials { settings.trials = trials }
        return Study(journal, name, settings, owner: owner, now: now)
    }

    /// The study as the journal tells it by now.
    package var record: StudyRecord {
        journal.replay.study(named: name) ?? StudyRecord(id: -1, name: name, directions: settings.directions)
    }

    static func waiting(_ settings: [Trial.Setting]) -> Trial {
        Trial(
            number: 0, state: .waiting,
            systemAttributes: Mapping([
                (TrialMark.fixed, .mapping(Mapping(settings.map { ($0.name, $0.value) })))
            ]))
    }

    package enum Answer: Sendable, Equatable {
        /// To be run now.
        case trial(Trial)
        /// Nothing before a running trial ends.
        case wait
        case done(StopReason)
    }

    package enum StopReason: Sendable, Equatable {
        case trials, exhausted, target, patience, wall, stopped
        /// So many trials failed in a row.
        case failures(Int)
    }

    /// The next trial to run.
    ///
    /// - Parameter elapsed: Seconds since the study was begun or resumed.
    package func ask(elapsed: Double = 0) throws(Failure) -> Answer {
        var answer = Answer.wait
        var asked: Int?
        try journal.append { [self] (replay) throws(Failure) in
            guard let record = replay.study(named: name) else {
                throw Failure("the study '\(name)' was deleted meanwhile")
            }
            let waiting = record.trials.first { $0.state == .waiting }
            let number = waiting?.number ?? record.trials.count
            guard let visible = visible(number, record) else {
                // A study that has ended is not held up by the trials that still run.
                if waiting == nil, number >= settings.trials { answer = .done(.trials) }
                return []
            }
            if let reason = stopReason(record, number, elapsed) {
                answer = .done(reason)
                return []
            }
            if waiting == nil, number >= settings.trials {
                answer = .done(.trials)
                return []
            }
            let context = Self.context(record, number, visible, settings)
            if let capacity = try settings.sampler.sampler.capacity(settings.space), context.drawn >= capacity,
                waiting == nil
            {
                answer = .done(.exhausted)
                return []
            }
            let fixed = try waiting.map { (trial) throws(Failure) in try fixedSettings(trial) } ?? []
            let suggestion = try settings.sampler.sampler.suggest(context, fixed: fixed)
            var attributes = suggestion.attributes
            attributes[TrialMark.seen] = visible.value
            if let owner { attributes[TrialMark.owner] = .string(owner) }
            asked = number
            let moment = Timestamp.text(now())
            if let waiting {
                // The state comes last: a writer that is killed before it leaves the trial waiting.
                return suggestion.settings.map { .parameter(trial: waiting.id, $0) }
                    + attributes.entries.map {
                        .trialSystemAttribute(trial: waiting.id, key: $0.key, value: $0.value)
                    } + [.state(trial: waiting.id, .running, values: nil, at: moment)]
            }
            return [
                .createTrial(
                    study: record.id,
                    Trial(
                        number: number, state: .running, settings: suggestion.settings, systemAttributes: attributes,
                        startedAt: moment))
            ]
        }
        return asked.map { .trial(record.trials[$0]) } ?? answer
    }

    func fixedSettings(_ trial: Trial) throws(Failure) -> [Trial.Setting] {
        if !trial.settings.isEmpty, trial.systemAttributes[TrialMark.fixed] == nil { return trial.settings }
        return try settings.settings(of: trial.systemAttributes[TrialMark.fixed]?.mapping ?? Mapping())
    }

    /// The trials that the sampler may look at; `nil` while one that it must see is not finished.
    private func visible(_ number: Int, _ record: StudyRecord) -> SeenTrials? {
        func isResult(_ trial: Trial) -> Bool { trial.state == .complete || trial.state == .pruned }
        switch settings.order {
        case .free:
            return SeenTrials(
                finished: record.order.filter { isResult(record.trials[$0]) },
                running: record.trials.filter { $0.state == .running }.map(\.number))
        case .strict(let window):
            let end = max(0, number - window + 1)
            guard record.trials.prefix(end).allSatisfy(\.state.isFinished) else { return nil }
            // Those within the window count as running even when they have ended.
            let late = record.trials.prefix(number).dropFirst(end).filter { $0.state != .waiting }
            return SeenTrials(
                finished: record.trials.prefix(end).filter(isResult).map(\.number), running: late.map(\.number))
        }
    }

    static func context(
        _ record: StudyRecord, _ number: Int, _ seen: SeenTrials, _ settings: StudySettings
    ) -> SamplingContext {
        let trials = record.trials
        var finished = seen.finished.filter { trials.indices.contains($0) }.sorted().map { trials[$0] }
        if let hyperband = settings.pruner.pruner as? HyperbandPruner {
            finished = hyperband.peers(of: number, study: record.name, among: finished, order: seen.finished)
        }
        // How a trial ended is nothing to one that was drawn while it ran.
        let running = seen.running.filter { trials.indices.contains($0) && $0 != number }.sorted().map { index in
            let trial = trials[index]
            return Trial(
                id: trial.id, number: trial.number, state: .running, settings: trial.settings,
                systemAttributes: trial.systemAttributes)
        }
        let given = trials.prefix(number).count { $0.systemAttributes[TrialMark.fixed] != nil }
        let known = Set(finished.map(\.number))
        return SamplingContext(
            space: settings.space, directions: settings.directions, finished: finished,
            order: seen.finished.filter { known.contains($0) }, running: running, number: number,
            drawn: number - given, seed: settings.seed)
    }

    private func stopReason(_ record: StudyRecord, _ number: Int, _ elapsed: Double) -> StopReason? {
        if record.userAttributes[Self.stopKey]?.bool == true { return .stopped }
        if let wall = settings.stop.wall, elapsed >= wall { return .wall }
        let ended: [Trial]
        switch settings.order {
        case .free: ended = record.order.map { record.trials[$0] }
        case .strict(let window): ended = Array(record.trials.prefix(max(0, number - window + 1)))
        }
        let failed = ended.reversed().prefix { $0.state == .failed }.count
        if settings.stop.failures > 0, failed >= settings.stop.failures { return .failures(failed) }
        guard settings.directions.count == 1 else { return nil }
        let direction = settings.directions[0]
        var best: Double?
        var since = 0
        for trial in ended where trial.state == .complete || trial.state == .pruned {
            guard trial.state == .complete, trial.isFeasible, let value = trial.value, !value.isNaN,
                best.map({ direction.isBetter(value, than: $0) }) ?? true
            else {
                since += 1
                continue
            }
            best = value
            since = 0
        }
        if let target = settings.stop.target, let best, !direction.isBetter(target, than: best) { return .target }
        if let patience = settings.stop.patience, best != nil, since >= patience { return .patience }
        return nil
    }
}
