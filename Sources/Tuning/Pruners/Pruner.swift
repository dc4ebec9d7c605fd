package import Documents

/// What a pruner may know when it judges a running trial.
package struct PruningContext: Sendable {
    package let study: String
    package let direction: Direction
    /// The one to be judged, with all its reports so far.
    package let trial: Trial
    /// All other trials that count, by number.
    package let others: [Trial]
    /// The numbers of the finished ones in the order in which they ended.
    package let order: [Int]

    package init(
        study: String = "", direction: Direction = .minimize, trial: Trial, others: [Trial], order: [Int]? = nil
    ) {
        self.study = study
        self.direction = direction
        self.trial = trial
        self.others = others
        self.order = order ?? others.filter(\.state.isFinished).map(\.number)
    }

    var complete: [Trial] { others.filter { $0.state == .complete } }

    /// The last step of the complete trial that ended first and reported at all.
    var firstLastStep: Int? { Self.firstLastStep(others, order) }

    static func firstLastStep(_ trials: [Trial], _ order: [Int]) -> Int? {
        for number in order {
            guard let trial = trials.first(where: { $0.number == number }), trial.state == .complete else { continue }
            if let report = trial.lastReport { return report.step }
        }
        return nil
    }
}

/// Whether to stop a trial.
package struct Verdict: Sendable, Equatable {
    package var prune: Bool
    /// Goes into the trial's system attributes.
    package var attributes: Mapping = Mapping()

    package static let keep = Verdict(prune: false)
    package static let stop = Verdict(prune: true)
}

/// A rule by which hopeless trials end early.
package protocol Pruner: Sendable {
    /// Called after each report of the trial.
    func verdict(_ context: PruningContext) -> Verdict
}

/// Lets every trial run to its end.
package struct NoPruner: Pruner {
    package init() {}
    package func verdict(_ context: PruningContext) -> Verdict { .keep }
}
