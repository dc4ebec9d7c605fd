package import Basics

/// Points of Sobol's or Halton's sequence, one for each trial.
package struct QuasiRandomSampler: Sampler {
    package enum Kind: Sendable { case sobol, halton }

    package let kind: Kind
    /// Whether the seed turns the sequence; without that the first point is the lower corner of the space.
    package let isScrambled: Bool

    package init(_ kind: Kind, scramble: Bool = true) {
        self.kind = kind
        isScrambled = scramble
    }

    package func check(_ space: SearchSpace, _ directions: [Direction]) throws(Failure) {
        guard kind == .sobol, space.parameters.count > QuasiRandom.sobolDimensions else { return }
        throw Failure(
            "Sobol's sequence is known for \(QuasiRandom.sobolDimensions) parameters, the space has "
                + "\(space.parameters.count)", remedy: "use 'halton' or 'random'", category: .usage)
    }

    package func draw(_ context: SamplingContext, _ random: inout RandomSource) throws(Failure) -> Draw {
        let parameters = context.space.parameters.filter { !$0.distribution.isSingle }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let seed = isScrambled ? context.seed : nil
        let point =
            switch kind {
            case .sobol: QuasiRandom.sobol(context.drawn, dimensions: parameters.count, scramble: seed)
            case .halton: QuasiRandom.halton(context.drawn, dimensions: parameters.count, scramble: seed)
            }
        var values: [String: Double] = [:]
        for (parameter, place) in zip(parameters, point) {
            values[parameter.name] = parameter.distribution.at(place)
        }
        return Draw(values: values)
    }
}
