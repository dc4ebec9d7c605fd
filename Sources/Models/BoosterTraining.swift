import Basics

/// Trains a booster in segments (`BoosterCheckpoint` tells why).
struct BoosterTraining {
    let library: XGBoostLibrary
    let parameters: BoosterParameters
    let given: [TrainingOptions.Parameter]
    let seed: Int
    let rounds: Int
    /// Rounds of a segment.
    let segment: Int
    let rule: StoppingRule

    /// What came out.
    struct Result {
        let booster: Booster
        let curve: BoosterCurve
        /// The best round, where there are data to judge by.
        let best: (round: Int, score: Double)?
    }

    /// What is told while it goes on.
    struct Follower {
        /// A round is over, the curve's last.
        var round: (BoosterCurve) throws -> Void = { _ in }
        /// A segment is over and more are to come.
        var segment: (BoosterCurve, _ model: [UInt8]) throws -> Void = { _, _ in }
        /// Whether the training is no longer wanted; asked before each round.
        var isStopped: () -> Bool = { false }
        /// XGBoost said something.
        var message: (String) -> Void = { _ in }
    }

    /// - Parameters:
    ///   - training: the rows for a segment, anew unless `BoosterParameters.keepsMatrices`.
    ///   - start: the end of a segment of the same training, to go on from.
    func run(
        _ training: () throws -> DataMatrix, validation: (() throws -> DataMatrix)?,
        from start: (curve: BoosterCurve, model: [UInt8])? = nil, _ follower: Follower
    ) throws -> Result {
        var curve = start?.curve ?? BoosterCurve()
        var model = start?.model ?? []
        while true {
            let begin = curve.rounds.count
            let training = try training()
            var data = [(name: "train", matrix: training)]
            if let validation { data.append((name: "valid", matrix: try validation())) }
            let booster = try Booster(library, data.map(\.matrix))
            if !model.isEmpty { try booster.load(model) }
            try parameters.apply(to: booster, seed: (seed + begin) & 0x7fff_ffff)
            try booster.configure()
            for message in try BoosterParameters.refuseUnused(library.takeMessages(), of: given) {
                follower.message(message)
            }
            var isOver = begin >= rounds || rule.judge(curve)?.isOver == true
            while !isOver, curve.rounds.count < min(begin + segment, rounds) {
                if Task.isCancelled || follower.isStopped() { throw CancellationError() }
                let round = curve.rounds.count
                try booster.update(round: round, with: training)
                curve.add(try booster.evaluate(round: round, data))
                try follower.round(curve)
                isOver = rule.judge(curve)?.isOver == true
            }
            if isOver || curve.rounds.count >= rounds {
                let best = validation == nil ? nil : rule.judge(curve)
                return Result(booster: booster, curve: curve, best: best.map { ($0.best, $0.score) })
            }
            model = try booster.save(.ubj)
            try follower.segment(curve, model)
        }
    }

    /// How many rounds, and whether they were judged by data of their own: a part of a cross-validation.
    func with(rounds: Int, rule: StoppingRule) -> BoosterTraining {
        BoosterTraining(
            library: library, parameters: parameters, given: given, seed: seed, rounds: rounds, segment: segment,
            rule: rule)
    }
}
