import Basics
import Documents
import Testing

@testable import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Samplers")
struct SamplerTests {
    private static let runsAll = getenv("VARVE_TEST_SEEDS") != nil

    private func judge(
        _ found: [Double], _ name: String, of file: String = "results.json", better: Direction
    ) throws {
        let expected = try #require(try References.document(file)[name]).numbers
        let p = mannWhitney(found, expected)
        let median = linearQuantile(found.sorted(), 0.5)
        let quartiles = (linearQuantile(expected.sorted(), 0.25), linearQuantile(expected.sorted(), 0.75))
        if Self.runsAll { print(name, "median", median, "of", quartiles, "p", p) }
        // To be better than Optuna is no failure.
        let reference = linearQuantile(expected.sorted(), 0.5)
        #expect(p > 0.01 || better.isBetter(median, than: reference), "\(name): p = \(p), median \(median)")
        let limit = better == .minimize ? quartiles.1 : quartiles.0
        #expect(!better.isBetter(limit, than: median), "\(name): median \(median), quartiles \(quartiles)")
    }

    @Test("CMA-ES finds minima as Optuna's does")
    func covariance() throws {
        for function in try Self.runsAll
            ? [TestFunction.branin(), .ackley5(), .rosenbrock4(), .mixed3()] : [TestFunction.branin()]
        {
            let found = try (0..<40).map { try function.best(CovarianceSampler(), seed: UInt64($0), trials: 100) }
            try judge(found, "cmaes " + function.name, better: .minimize)
        }
    }

    /// The volume that ZDT1's front of 200 trials covers.
    private func volume(_ sampler: any Sampler, seed: UInt64) throws -> Double {
        let space = try SearchSpace((0..<5).map { Parameter("x\($0)", .float(try FloatRange(0, 1))) })
        var trials: [Trial] = []
        for number in 0..<200 {
            let suggestion = try sampler.suggest(
                SamplingContext(
                    space: space, directions: [.minimize, .minimize], finished: trials, number: number, seed: seed))
            let x = suggestion.settings.map(\.inside)
            let g = 1 + 9 * (x[1] + x[2] + x[3] + x[4]) / 4
            trials.append(
                Trial(
                    number: number, state: .complete, values: [x[0], g * (1 - (x[0] / g).squareRoot())],
                    settings: suggestion.settings, systemAttributes: suggestion.attributes))
        }
        return Hypervolume.volume(trials.compactMap(\.values), reference: [1.1, 6])
    }

    @Test("NSGA-II covers as much as Optuna's")
    func genetic() throws {
        let seeds = Self.runsAll ? 40 : 12
        let found = try (0..<seeds).map { try volume(GeneticSampler(), seed: UInt64($0)) }
        try judge(found, "nsga2 zdt1", better: .maximize)
    }

    @Test("the estimator with several objectives covers as much as Optuna's", .enabled(if: runsAll))
    func treeParzenWithTwoObjectives() throws {
        let found = try (0..<20).map { try volume(TreeParzenSampler(), seed: UInt64($0)) }
        try judge(found, "tpe zdt1", better: .maximize)
    }

    @Test("a Gaussian process comes near a smooth minimum in few trials")
    func gaussianProcess() throws {
        var sampler = GaussianProcessSampler()
        sampler.candidates = 256
        let found = try (0..<3).map { try TestFunction.branin().best(sampler, seed: UInt64($0), trials: 26) }
        #expect(found.allSatisfy { $0 < 0.5 }, "\(found)")
    }

    @Test(
        "the Gaussian process finds what Optuna's finds with as few trials",
        arguments: [("branin", 20, 40), ("hartmann6", 40, 20), ("mixed3", 25, 40), ("rosenbrock4", 40, 20)])
    func gaussianProcessBesideOptuna(_ name: String, _ trials: Int, _ seeds: Int) throws {
        let function =
            switch name {
            case "branin": try TestFunction.branin()
            case "hartmann6": try TestFunction.hartmann6()
            case "mixed3": try TestFunction.mixed3()
            default: try TestFunction.rosenbrock4()
            }
        let found = try (0..<seeds).map {
            try function.best(GaussianProcessSampler(), seed: UInt64($0), trials: trials)
        }
        try judge(found, "\(name) \(trials)", of: "gp-results.json", better: .minimize)
    }

    @Test("a grid has every cell once, in an order that the seed decides")
    func grid() throws {
        let space = try SearchSpace([
            Parameter("a", try .choices(["x", "y"])), Parameter("n", .int(try IntRange(1, 5, step: 2))),
            Parameter("m", .float(try FloatRange(0, 1, step: 0.5)), when: try Expression("a == 'x'")),
        ])
        let sampler = GridSampler()
        #expect(try sampler.capacity(space) == 12)
        let orders = try (0..<2).map { seed in
            try (0..<12).map { number in
                try sampler.suggest(SamplingContext(space: space, number: number, seed: UInt64(seed))).settings
                    .map { "\($0.name)=\(Distribution.text($0.value))" }.joined(separator: " ")
            }
        }
        #expect(Set(orders[0]).count == 12)
        #expect(Set(orders[0]) == Set(orders[1]))
        #expect(orders[0] != orders[1])
        #expect(orders[0].contains("a=y n=3"))
    }

    @Test("parameters whose condition does not hold are left out, points beyond a limit are drawn again")
    func conditionsAndLimits() throws {
        let space = try SearchSpace(
            [
                Parameter("opt", try .choices(["adam", "sgd"])),
                Parameter("mom", .float(try FloatRange(0.5, 0.99)), when: try Expression("opt == 'sgd'")),
                Parameter("a", .float(try FloatRange(0, 1))), Parameter("b", .float(try FloatRange(0, 1))),
            ], limits: [try Expression("a + b <= 0.5")])
        for name in SamplerSettings.names where !["grid", "sobol", "halton"].contains(name) {
            let options: Value = name == "gp" ? ["gp": ["candidates": 32]] : .string(name)
            let sampler = try SamplerSettings(document: options).sampler
            var trials: [Trial] = []
            for number in 0..<30 {
                let suggestion = try sampler.suggest(
                    SamplingContext(space: space, finished: trials, number: number, seed: 4))
                let settings = suggestion.settings
                let isStochastic = settings.first { $0.name == "opt" }?.value == "sgd"
                #expect(settings.contains { $0.name == "mom" } == isStochastic)
                #expect(try space.violation(settings) <= 0, "\(name)")
                trials.append(
                    Trial(
                        number: number, state: .complete, values: [settings.last?.inside ?? 0], settings: settings,
                        systemAttributes: suggestion.attributes))
            }
        }
    }

    @Test("grouped estimation draws what belongs to a branch together")
    func groups() throws {
        let space = try SearchSpace([
            Parameter("kind", try .choices(["a", "b"])),
            Parameter("x", .float(try FloatRange(-5, 5)), when: try Expression("kind == 'a'")),
            Parameter("y", .float(try FloatRange(-5, 5)), when: try Expression("kind == 'a'")),
            Parameter("z", .float(try FloatRange(-5, 5)), when: try Expression("kind == 'b'")),
        ])
        var sampler = TreeParzenSampler()
        sampler.isGrouped = true
        let function = TestFunction(name: "branches", space: space) { values in
            func square(_ name: String, _ at: Double) -> Double {
                let number = Distribution.number(values[name]) ?? 0
                return (number - at) * (number - at)
            }
            return values["kind"] == "a" ? square("x", 1) + square("y", -1) : 2 + square("z", 0)
        }
        let found = try (0..<10).map { try function.best(sampler, seed: UInt64($0), trials: 60) }.sorted()
        let random = try (0..<10).map { try function.best(RandomSampler(), seed: UInt64($0), trials: 60) }.sorted()
        #expect(linearQuantile(found, 0.5) < linearQuantile(random, 0.5))
        #expect(found[4] < 0.3)
    }

    @Test("running trials keep parallel ones from the same place")
    func constantLiar() throws {
        let function = try TestFunction.branin()
        let finished = try function.run(TreeParzenSampler(), seed: 1, trials: 30)
        func spread(_ sampler: TreeParzenSampler) throws -> Double {
            var running: [Trial] = []
            for number in 30..<46 {
                let suggestion = try sampler.suggest(
                    SamplingContext(
                        space: function.space, finished: finished, running: running, number: number, seed: 1))
                running.append(Trial(number: number, state: .running, settings: suggestion.settings))
            }
            var sum = 0.0
            for a in running { for b in running { sum += (a.settings[0].inside - b.settings[0].inside).magnitude } }
            return sum
        }
        var without = TreeParzenSampler()
        without.constantLiar = false
        #expect(try spread(TreeParzenSampler()) > spread(without))
    }
}
