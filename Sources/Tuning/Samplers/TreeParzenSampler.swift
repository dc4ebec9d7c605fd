package import Basics

/// The tree-structured Parzen estimator as Optuna 5.0 defines it: candidates are drawn where good trials are dense, and
/// the one is taken where they are densest compared with the others.
package struct TreeParzenSampler: Sampler {
    /// Trials that are drawn at random first; complete and pruned ones count.
    package var startup = 10
    package var candidates = 24
    package var priorWeight = 1.0
    package var magicClip = true
    package var endpoints = false
    /// Whether parameters are drawn together; by default with one objective they are.
    package var isMultivariate: Bool?
    /// Whether the parameters that occur together form groups of their own, which conditional spaces need.
    package var isGrouped = false
    /// Whether running trials count as bad ones, so that parallel trials do not crowd.
    package var constantLiar = true

    package init() {}

    private func isMultivariate(_ context: SamplingContext) -> Bool {
        isMultivariate ?? (isGrouped || !context.isMultiObjective)
    }

    package func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure) {
        if isGrouped, isMultivariate == false {
            throw Failure("'group' of the sampler needs 'multivariate'", category: .usage)
        }
    }

    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw {
        guard isMultivariate(context), context.finished.count >= startup else { return Draw() }
        var result = Draw()
        let groups = isGrouped ? groups(context) : [context.commonParameters(includingPruned: true)]
        for group in groups where !group.isEmpty {
            for (parameter, value) in zip(group, sample(group, context, &random)) {
                result.values[parameter.name] = value
            }
        }
        return result
    }

    package func draw(
        _ parameter: Parameter, _ context: SamplingContext, _ random: inout RandomSource
    ) throws(Failure) -> Double {
        guard context.finished.count >= startup else { return parameter.distribution.uniform(&random) }
        return sample([(parameter.name, parameter.distribution)], context, &random)[0]
    }

    /// How many of so many finished trials are good.
    static func good(of count: Int, multiObjective: Bool) -> Int {
        let tenth = Int((0.1 * Double(count)).rounded(.up))
        return multiObjective ? tenth : min(tenth, 25)
    }

    private func sample(
        _ parameters: [(name: String, distribution: Distribution)], _ context: SamplingContext,
        _ random: inout RandomSource
    ) -> [Double] {
        let split = TrialSplit(
            finished: context.finished, running: constantLiar ? context.running : [], directions: context.directions,
            count: Self.good(of: context.finished.count, multiObjective: context.isMultiObjective))
        let below = estimator(parameters, split.below, even: context.isMultiObjective)
        let above = estimator(parameters, split.above, even: false)
        var points = below.sample(max(1, candidates), &random)
        let allowed = points.filter { context.isAllowed(parameters, $0) }
        if !allowed.isEmpty { points = allowed }
        let likely = below.logDensity(points)
        let unlikely = above.logDensity(points)
        var best = 0
        var bestScore = -Double.infinity
        for index in points.indices where likely[index] - unlikely[index] > bestScore {
            bestScore = likely[index] - unlikely[index]
            best = index
        }
        return points[best]
    }

    private func estimator(
        _ parameters: [(name: String, distribution: Distribution)], _ trials: [Trial], even: Bool
    ) -> ParzenEstimator {
        var observations = [[Double]](repeating: [], count: parameters.count)
        for trial in trials {
            let values = parameters.compactMap { trial[$0.name]?.inside }
            guard values.count == parameters.count else { continue }
            for (index, value) in values.enumerated() { observations[index].append(value) }
        }
        let count = observations.first?.count ?? 0
        return ParzenEstimator(
            parameters.map(\.distribution), observations: observations,
            weights: even ? [Double](repeating: 1, count: count) : nil, priorWeight: priorWeight,
            magicClip: magicClip, endpoints: endpoints)
    }

    /// Parameters that occurred in the same trials belong together.
    private func groups(_ context: SamplingContext) -> [[(name: String, distribution: Distribution)]] {
        var groups: [[Trial.Setting]] = []
        for trial in context.finished {
            var new = trial.settings
            var next: [[Trial.Setting]] = []
            for group in groups {
                let shared = group.filter { setting in new.contains { $0.name == setting.name } }
                let others = group.filter { setting in !new.contains { $0.name == setting.name } }
                next += [shared, others].filter { !$0.isEmpty }
                new.removeAll { setting in group.contains { $0.name == setting.name } }
            }
            if !new.isEmpty { next.append(new) }
            groups = next
        }
        return groups.map { group in
            group.filter { !$0.distribution.isSingle }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                .map { ($0.name, $0.distribution) }
        }
    }
}
