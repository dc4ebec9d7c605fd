package import Basics
import Documents

/// CMA-ES over the numerical parameters; choices are drawn at random.
///
/// Generations are told apart by an attribute of the trials; the state is built up again from them for each draw, so
/// that nothing has to be kept.
package struct CovarianceSampler: Sampler {
    /// Trials that are drawn at random first.
    package var startup = 1
    /// The first step as a share of the range.
    package var sigma = 1.0 / 6
    package var population: Int?

    private static let key = "varve:cmaes_generation"

    package init() {}

    package func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure) {
        guard directions.count == 1 else {
            throw Failure("'cmaes' has one objective only", remedy: "use 'nsga2' or 'tpe'", category: .usage)
        }
        guard space.parameters.count(where: { !$0.distribution.isCategorical && !$0.distribution.isSingle }) >= 2 else {
            throw Failure("'cmaes' needs two parameters with numbers", remedy: "use 'tpe'", category: .usage)
        }
    }

    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw {
        guard context.finished.count(where: { $0.state == .complete }) >= max(1, startup) else { return Draw() }
        let parameters = context.commonParameters(includingPruned: false).filter { !$0.distribution.isCategorical }
        guard parameters.count >= 2 else { return Draw() }
        var state = CovarianceAdaptation(
            mean: parameters.map { _ in 0.5 }, sigma: max(sigma, 1e-10), population: population)
        let generations = context.generations(Self.key)
        while let told = generations[state.generation], told.count >= state.population {
            state.tell(
                told.prefix(state.population).map { trial in
                    let point = parameters.map { parameter in
                        trial[parameter.name].map { parameter.distribution.place(of: $0.inside) } ?? 0.5
                    }
                    return (point, context.directions[0].loss(trial.value ?? .infinity))
                })
        }
        var point = state.draw(&random)
        for _ in 0..<50 where !context.isAllowed(parameters, zip(parameters, point).map { $0.distribution.at($1) }) {
            point = state.draw(&random)
        }
        var result = Draw(attributes: Mapping([(Self.key, .int(state.generation))]))
        for (parameter, place) in zip(parameters, point) {
            result.values[parameter.name] = parameter.distribution.at(place)
        }
        return result
    }
}
