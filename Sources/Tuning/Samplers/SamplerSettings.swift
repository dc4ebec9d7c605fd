package import Basics
package import Documents

/// A sampler by name and options: `tpe`, or `{tpe: {startup: 20}}`.
package struct SamplerSettings: Sendable {
    package let name: String
    package let options: Mapping
    package let sampler: any Sampler

    package static let names = ["tpe", "random", "grid", "sobol", "halton", "cmaes", "gp", "nsga2"]

    package init() {
        name = "tpe"
        options = Mapping()
        sampler = TreeParzenSampler()
    }

    package init(document: Value) throws(Failure) {
        let (name, options) = try Self.named(document, "sampler")
        self.name = name
        self.options = options
        let reader = SettingsReader(options, place: "the sampler '\(name)'")
        func only(_ keys: [String]) throws(Failure) { try reader.refuseOthers(than: keys) }
        switch name {
        case "random":
            try only([])
            sampler = RandomSampler()
        case "grid":
            try only(["points"])
            sampler = GridSampler(points: try reader.integer("points"))
        case "sobol", "halton":
            try only(["scramble"])
            sampler = QuasiRandomSampler(
                name == "sobol" ? .sobol : .halton, scramble: try reader.bool("scramble") ?? true)
        case "tpe":
            try only([
                "startup", "candidates", "prior_weight", "magic_clip", "endpoints", "multivariate", "group",
                "constant_liar",
            ])
            var tpe = TreeParzenSampler()
            tpe.startup = try reader.integer("startup") ?? tpe.startup
            tpe.candidates = try reader.integer("candidates") ?? tpe.candidates
            tpe.priorWeight = try reader.number("prior_weight") ?? tpe.priorWeight
            tpe.magicClip = try reader.bool("magic_clip") ?? tpe.magicClip
            tpe.endpoints = try reader.bool("endpoints") ?? tpe.endpoints
            tpe.isMultivariate = try reader.bool("multivariate")
            tpe.isGrouped = try reader.bool("group") ?? tpe.isGrouped
            tpe.constantLiar = try reader.bool("constant_liar") ?? tpe.constantLiar
            guard tpe.candidates > 0, tpe.candidates <= 1_000_000 else {
                throw reader.wrong("candidates", "must be at least 1")
            }
            guard tpe.priorWeight >= 0 else { throw reader.wrong("prior_weight", "must not be negative") }
            sampler = tpe
        case "cmaes":
            try only(["startup", "sigma", "population"])
            var cmaes = CovarianceSampler()
            cmaes.startup = try reader.integer("startup") ?? cmaes.startup
            cmaes.sigma = try reader.number("sigma") ?? cmaes.sigma
            guard cmaes.sigma > 0, cmaes.sigma.isFinite else { throw reader.wrong("sigma", "must be above 0") }
            cmaes.population = try reader.integer("population")
            if let population = cmaes.population, !(4...100_000).contains(population) {
                throw reader.wrong("population", "must be at least 4")
            }
            sampler = cmaes
        case "gp":
            try only(["startup", "candidates"])
            var process = GaussianProcessSampler()
            process.startup = try reader.integer("startup") ?? process.startup
            process.candidates = try reader.integer("candidates") ?? process.candidates
            guard (1...100_000).contains(process.candidates) else {
                throw reader.wrong("candidates", "must lie between 1 and 100000")
            }
            sampler = process
        case "nsga2":
            try only(["population", "crossover", "swapping", "mutation"])
            var nsga2 = GeneticSampler()
            nsga2.population = try reader.integer("population") ?? nsga2.population
            guard nsga2.population >= 2 else { throw reader.wrong("population", "must be at least 2") }
            nsga2.crossover = try reader.number("crossover") ?? nsga2.crossover
            nsga2.swapping = try reader.number("swapping") ?? nsga2.swapping
            nsga2.mutation = try reader.number("mutation")
            sampler = nsga2
        default: throw Self.unknown(name, "sampler", Self.names)
        }
    }

    package var document: Value {
        options.isEmpty ? .string(name) : .mapping(Mapping([(name, .mapping(options))]))
    }

    static func unknown(_ name: String, _ kind: String, _ names: [String]) -> Failure {
        Failure(
            "there is no \(kind) '\(name)'", remedy: "there are \(names.joined(separator: ", "))", category: .usage)
    }

    /// `name`, or a mapping of one name to its options.
    static func named(_ document: Value, _ kind: String) throws(Failure) -> (name: String, options: Mapping) {
        switch document {
        case .string(let name): return (name.lowercased(), Mapping())
        case .null: return ("none", Mapping())
        case .mapping(let mapping) where mapping.count == 1:
            let (name, value) = mapping.entries[0]
            guard let options = value.isNull ? Mapping() : value.mapping else { break }
            return (name.lowercased(), options)
        default: break
        }
        throw Failure("the \(kind) must be a name, or one name with options", category: .usage)
    }
}
