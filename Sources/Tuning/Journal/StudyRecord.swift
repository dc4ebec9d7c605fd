package import Documents

/// A study as its journal tells it.
package struct StudyRecord: Sendable, Equatable {
    package let id: Int
    package let name: String
    package let directions: [Direction]
    package var userAttributes = Mapping()
    package var systemAttributes = Mapping()
    /// By number.
    package var trials: [Trial] = []
    /// The numbers of the finished trials in the order in which they ended.
    package var order: [Int] = []

    package init(id: Int, name: String, directions: [Direction]) {
        self.id = id
        self.name = name
        self.directions = directions.isEmpty ? [.minimize] : directions
    }

    /// The trial with the best value: complete, feasible, no NaN; the first of several.
    package var best: Trial? {
        guard directions.count == 1 else { return nil }
        var best: (trial: Trial, loss: Double)?
        for trial in trials where trial.state == .complete && trial.isFeasible {
            guard let value = trial.value, !value.isNaN else { continue }
            let loss = directions[0].loss(value)
            if best.map({ loss < $0.loss }) ?? true { best = (trial, loss) }
        }
        return best?.trial
    }

    /// Complete and feasible trials that no other beats in every objective.
    package var front: [Trial] {
        let candidates = trials.filter { trial in
            trial.state == .complete && trial.isFeasible && trial.values?.count == directions.count
        }
        return ParetoFront.members(candidates.map { losses($0) }).map { candidates[$0] }
    }

    /// The values with their signs turned so that less is better.
    package func losses(_ trial: Trial) -> [Double] {
        directions.enumerated().map { index, direction in
            direction.loss(trial.values.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .infinity)
        }
    }
}

/// All studies of a journal, built up line by line.
///
/// The rules are those of Optuna: what concerns a finished trial, or one that is not there, is passed over.
package struct JournalReplay: Sendable {
    package private(set) var studies: [StudyRecord] = []
    private var deleted: Set<Int> = []
    private var names: Set<String> = []
    /// Of each trial: the place of its study and its number there.
    private var places: [(study: Int, number: Int)] = []
    /// Lines that were read.
    package private(set) var lines = 0

    package init() {}

    /// The study that a name means now.
    package func study(named name: String) -> StudyRecord? {
        studies.last { $0.name.utf8.elementsEqual(name.utf8) && !deleted.contains($0.id) }
    }

    package var present: [StudyRecord] { studies.filter { !deleted.contains($0.id) } }

    package mutating func apply(_ entry: JournalEntry) {
        lines += 1
        switch entry {
        case .createStudy(let name, let directions):
            guard study(named: name) == nil else { return }
            studies.append(StudyRecord(id: studies.count, name: name, directions: directions))
        case .deleteStudy(let study): if studies.indices.contains(study) { deleted.insert(study) }
        case .studyUserAttribute(let study, let key, let value):
            if isPresent(study) { studies[study].userAttributes[key] = value }
        case .studySystemAttribute(let study, let key, let value):
            if isPresent(study) { studies[study].systemAttributes[key] = value }
        case .createTrial(let study, var trial):
            guard isPresent(study) else { return }
            trial.id = places.count
            trial.number = studies[study].trials.count
            places.append((study, trial.number))
            studies[study].trials.append(trial)
            if trial.state.isFinished { studies[study].order.append(trial.number) }
        case .parameter(let trial, let setting):
            update(trial) { study, trial in
                let earlier = study.trials.lazy.compactMap { $0[setting.name] }.first
                if earlier?.distribution.conflict(with: setting.distribution) == nil { trial.set(setting) }
            }
        case .state(let trial, let state, let values, let moment):
            update(trial) { _, trial in
                if state == .running {
                    guard trial.state != .running else { return }
                    trial.startedAt = moment
                }
                if state.isFinished { trial.finishedAt = moment }
                trial.state = state
                if let values { trial.values = values }
            }
            if places.indices.contains(trial) {
                let place = places[trial]
                let isFinished = studies[place.study].trials[place.number].state.isFinished
                if isFinished, state.isFinished, !studies[place.study].order.contains(place.number) {
                    studies[place.study].order.append(place.number)
                }
            }
        case .report(let trial, let step, let value):
            update(trial) { _, trial in trial.report(value, at: step) }
        case .trialUserAttribute(let trial, let key, let value):
            update(trial) { _, trial in trial.userAttributes[key] = value }
        case .trialSystemAttribute(let trial, let key, let value):
            update(trial) { _, trial in
                if key == TrialMark.attempt { trial.beginAnew() }
                trial.systemAttributes[key] = value
            }
        case .other: break
        }
    }

    private func isPresent(_ study: Int) -> Bool { studies.indices.contains(study) && !deleted.contains(study) }

    private mutating func update(_ id: Int, _ change: (StudyRecord, inout Trial) -> Void) {
        guard places.indices.contains(id) else { return }
        let place = places[id]
        var trial = studies[place.study].trials[place.number]
        guard !trial.state.isFinished else { return }
        change(studies[place.study], &trial)
        studies[place.study].trials[place.number] = trial
    }
}

/// The names of what varve writes into a trial's system attributes.
package enum TrialMark {
    /// Which trials a sampler saw.
    package static let seen = "varve:seen"
    /// Who runs the trial: the coordinator's process, as it names itself.
    package static let owner = "varve:owner"
    /// How often the trial was begun, where that is more than once. What it reported before does not count.
    package static let attempt = "varve:attempt"
    /// Why it failed.
    package static let failure = "varve:failure"
    /// Parameters that a person gave, as Optuna names them.
    package static let fixed = "fixed_params"
    /// The trial of which this is another try, as Optuna names it.
    package static let failedTrial = "failed_trial"
}

extension Trial {
    /// Forgets what an attempt that was cut off had reported.
    mutating func beginAnew() {
        var attributes = Mapping()
        for (key, value) in systemAttributes.entries where !key.hasPrefix("completed_rung_") {
            attributes[key] = value
        }
        systemAttributes = attributes
        self = Trial(
            id: id, number: number, state: state, settings: settings, userAttributes: userAttributes,
            systemAttributes: attributes, startedAt: startedAt)
    }
}
