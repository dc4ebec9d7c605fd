package import Basics
import Documents

/// The elitist genetic algorithm for several objectives of Deb et al. (2002), NSGA-II, as Optuna runs it.
package struct GeneticSampler: Sampler {
    package var population = 50
    /// How often two parents are crossed rather than one copied.
    package var crossover = 0.9
    /// How often a parameter comes from the second parent.
    package var swapping = 0.5
    /// How often a parameter is drawn anew; one in the number of parameters by default.
    package var mutation: Double?

    private static let key = "varve:nsga2_generation"

    package init() {}

    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw {
        let generations = context.generations(Self.key)
        var generation = 0
        var parents: [Trial] = []
        while let members = generations[generation], members.count >= population {
            parents = elite(parents + members.prefix(population), context)
            generation += 1
        }
        var result = Draw(attributes: Mapping([(Self.key, .int(generation))]))
        guard !parents.isEmpty else { return result }
        let names = context.commonParameters(includingPruned: false).map(\.name)
        guard !names.isEmpty else { return result }
        let isConstrained = parents.contains { !$0.constraints.isEmpty }
        let first: Trial
        let second: Trial
        if random.uniform() < crossover {
            first = tournament(parents, context, isConstrained, &random)
            let others = parents.filter { $0.number != first.number }
            second = others.isEmpty ? first : tournament(others, context, isConstrained, &random)
        } else {
            first = parents[random.below(parents.count)]
            second = first
        }
        let rate = mutation ?? 1 / Double(names.count)
        for name in names {
            let parent = random.uniform() < swapping ? second : first
            // What is left out is drawn at random, which is the mutation.
            guard random.uniform() >= rate, let setting = parent[name] else { continue }
            result.values[name] = setting.inside
        }
        return result
    }

    private func losses(_ trial: Trial, _ context: SamplingContext) -> [Double] {
        context.directions.enumerated().map { index, direction in
            direction.loss(trial.values.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .infinity)
        }
    }

    /// The best by layer of the front, and in the last layer those with most room around them.
    private func elite(_ trials: [Trial], _ context: SamplingContext) -> [Trial] {
        let losses = trials.map { self.losses($0, context) }
        let isConstrained = trials.contains { !$0.constraints.isEmpty }
        let ranks = ParetoFront.ranks(losses, penalties: isConstrained ? trials.map(\.violation) : nil)
        var result: [Trial] = []
        for rank in 0...(ranks.max() ?? 0) where result.count < population {
            let layer = trials.indices.filter { ranks[$0] == rank }
            if result.count + layer.count <= population {
                result += layer.map { trials[$0] }
                continue
            }
            let room = ParetoFront.crowding(layer.map { losses[$0] })
            let order = layer.indices.sorted { room[$0] != room[$1] ? room[$0] > room[$1] : $0 < $1 }
            result += order.prefix(population - result.count).map { trials[layer[$0]] }
        }
        return result
    }

    private func tournament(
        _ trials: [Trial], _ context: SamplingContext, _ isConstrained: Bool, _ random: inout RandomSource
    ) -> Trial {
        let first = trials[random.below(trials.count)]
        let second = trials[random.below(trials.count)]
        return beats(first, second, context, isConstrained) ? first : second
    }

    private func beats(_ a: Trial, _ b: Trial, _ context: SamplingContext, _ isConstrained: Bool) -> Bool {
        if isConstrained {
            if a.isFeasible != b.isFeasible { return a.isFeasible }
            if !a.isFeasible { return a.violation < b.violation }
        }
        return ParetoFront.dominates(losses(a, context), losses(b, context))
    }
}
