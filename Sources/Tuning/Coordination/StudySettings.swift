package import Basics
package import Documents

/// One thing to make as small or as large as can be.
package struct Objective: Sendable, Equatable {
    /// Where its value stands: a key of a metrics file, such as `dvclive/metrics.json:val.auc`.
    package let metric: String
    package let direction: Direction

    package init(_ metric: String, _ direction: Direction = .minimize) {
        self.metric = metric
        self.direction = direction
    }
}

/// When a study ends before all its trials are run.
package struct StopRules: Sendable, Equatable {
    /// Finished trials in a row without a better value.
    package var patience: Int?
    /// A value that is good enough.
    package var target: Double?
    /// Seconds since the study was begun or resumed.
    package var wall: Double?
    /// Failed trials in a row; 0 never stops for them.
    package var failures = 10
    package init() {}
}

/// Which trials a sampler may look at when several run at once.
package enum Order: Sendable, Equatable {
    /// All that are finished. No slot waits, and what was seen is written down, so that the study can be replayed;
    /// another run may see others.
    case free
    /// Exactly those that are so many numbers back, whatever else is finished: every run of the study is the same, and
    /// a slot waits only when a trial takes longer than so many others.
    case strict(window: Int)
}

/// Everything that decides what a study does, kept in its journal.
package struct StudySettings: Sendable {
    package var objectives: [Objective]
    package var space: SearchSpace
    package var sampler: SamplerSettings
    package var pruner: PrunerSettings
    package var seed: UInt64
    /// How many trials there shall be, failed ones included.
    package var trials: Int
    package var order: Order = .free
    /// How often a trial is begun anew when it fails.
    package var retries = 0
    package var stop = StopRules()
    /// Formulas over metrics and parameters that a good result keeps.
    package var constraints: [Expression] = []
    /// Points that are tried first; parameters that are missing in one are drawn.
    package var first: [Mapping] = []

    package init(
        objectives: [Objective], space: SearchSpace, sampler: SamplerSettings = SamplerSettings(),
        pruner: PrunerSettings = PrunerSettings(), seed: UInt64 = 0, trials: Int = 100
    ) {
        self.objectives = objectives
        self.space = space
        self.sampler = sampler
        self.pruner = pruner
        self.seed = seed
        self.trials = trials
    }

    package var directions: [Direction] { objectives.map(\.direction) }

    /// Refuses what does not go together.
    package func check() throws(Failure) {
        guard !objectives.isEmpty else {
            throw Failure("the study has no objective", remedy: "name a metric with --objective", category: .usage)
        }
        guard !space.parameters.isEmpty else {
            throw Failure(
                "the study has nothing to tune", remedy: "name a parameter, such as 'lr=interval(0,1)'",
                category: .usage)
        }
        guard trials >= 0 else { throw Failure("'trials' must be at least 0", category: .usage) }
        if case .strict(let window) = order, window < 1 {
            throw Failure("the window of a strict order must be at least 1", category: .usage)
        }
        if objectives.count > 1 {
            if pruner.name != "none" {
                throw Failure("a study with several objectives has no pruner", category: .usage)
            }
            if stop.target != nil || stop.patience != nil {
                throw Failure("'target' and 'patience' need a study with one objective", category: .usage)
            }
        }
        try sampler.sampler.check(space, directions)
        for point in first { _ = try settings(of: point) }
    }

    /// A point that a person gave.
    package func settings(of point: Mapping) throws(Failure) -> [Trial.Setting] {
        try point.entries.map { (entry) throws(Failure) in
            guard let parameter = space[entry.key] else {
                throw Failure("the point names '\(entry.key)', which is no parameter of the space", category: .usage)
            }
            guard let inside = parameter.distribution.inside(entry.value) else {
                throw Failure(
                    "'\(Distribution.text(entry.value))' is no value for the parameter '\(entry.key)'",
                    category: .usage)
            }
            return Trial.Setting(name: entry.key, inside: inside, distribution: parameter.distribution)
        }
    }
}
