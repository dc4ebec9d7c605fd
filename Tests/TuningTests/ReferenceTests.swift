import Basics
import Documents
import Testing

@testable import Tuning

/// Formulas beside those of SciPy, of the library `cmaes` and of Optuna.
@Suite("Formulas of the tuner")
struct ReferenceTests {
    @Test("Sobol's points are those of Joe and Kuo")
    func sobol() throws {
        let references = try References.document("numbers.json")
        let points = (references["sobol"] ?? .null).rows
        #expect(points.count == 32)
        for (index, point) in points.enumerated() {
            #expect(QuasiRandom.sobol(index, dimensions: 12) == point)
        }
        #expect(QuasiRandom.sobol(1000, dimensions: 256) == references["sobol_1000"]?.numbers)
        let first = [
            [0, 0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.375, 0.375], [0.875, 0.875], [0.625, 0.125],
        ]
        #expect((0..<7).map { QuasiRandom.sobol($0, dimensions: 2) } == first)
    }

    @Test("Halton's points count in primes")
    func halton() throws {
        let points = (try References.document("numbers.json")["halton"] ?? .null).rows
        #expect(points.count == 32)
        for (index, point) in points.enumerated() {
            #expect(near(QuasiRandom.halton(index, dimensions: 8), point, 1e-15))
        }
    }

    @Test("a scrambled sequence is another for each seed and as even as the plain one")
    func scrambled() {
        for points in [
            (0..<256).map { QuasiRandom.sobol($0, dimensions: 3, scramble: 5) },
            (0..<256).map { QuasiRandom.halton($0, dimensions: 3, scramble: 5) },
        ] {
            #expect(points.allSatisfy { $0.allSatisfy { (0..<1).contains($0) } })
            for axis in 0..<3 {
                // Sixteen equal parts have sixteen points each; Halton's bases other than 2 come near that.
                let counts = (0..<16).map { part in points.count { Int($0[axis] * 16) == part } }
                #expect(counts.allSatisfy { (14...18).contains($0) })
            }
        }
        let sobol = (0..<256).map { QuasiRandom.sobol($0, dimensions: 2, scramble: 5)[1] }
        #expect((0..<256).allSatisfy { part in sobol.contains { Int($0 * 256) == part } })
        #expect(QuasiRandom.sobol(0, dimensions: 2, scramble: 5) != QuasiRandom.sobol(0, dimensions: 2, scramble: 6))
    }

    @Test("the normal distribution is exact into its tails")
    func normal() throws {
        let references = try References.document("numbers.json")
        for pair in (references["log_ndtr"] ?? .null).rows {
            #expect(near([NormalDistribution.logCumulative(pair[0])], [pair[1]], 1e-12), "at \(pair[0])")
        }
        for pair in (references["ndtri"] ?? .null).rows {
            #expect(near([NormalDistribution.quantile(pair[0])], [pair[1]], 1e-12), "of \(pair[0])")
        }
        for row in (references["log_mass"] ?? .null).rows {
            #expect(near([NormalDistribution.logMass(row[0], row[1])], [row[2]], 1e-12), "from \(row[0])")
        }
    }

    @Test("hypervolumes and the subsets that cover most are Optuna's")
    func hypervolume() throws {
        #expect(Hypervolume.volume([[1, 3], [2, 2], [3, 1]], reference: [4, 4]) == 6)
        #expect(Hypervolume.volume([[1, 2, 3], [2, 1, 2], [3, 3, 1]], reference: [4, 4, 4]) == 15)
        for item in try References.document("numbers.json")["hypervolume"]?.array ?? [] {
            let points = item["points"].rows
            let reference = item["reference"].numbers
            #expect(near([Hypervolume.volume(points, reference: reference)], [item["volume"].number], 1e-12))
            let subset = Hypervolume.subset(points, count: 5, reference: reference)
            #expect(subset.map(Double.init).sorted() == item["subset"].numbers.sorted())
        }
    }

    @Test("CMA-ES goes through the same states as the library cmaes")
    func covarianceAdaptation() throws {
        for run in try References.document("numbers.json")["cmaes"]?.array ?? [] {
            let generations = run["generations"].array ?? []
            #expect(generations.count == 12)
            let dimensions = try #require(generations.first)["mean"].numbers.count
            var state = CovarianceAdaptation(mean: [Double](repeating: 0.5, count: dimensions), sigma: 1.0 / 6)
            #expect(Double(state.population) == run["population"].number)
            for generation in generations {
                let told = zip(generation["points"].rows, generation["values"].numbers).map { (point: $0, loss: $1) }
                state.tell(told)
                #expect(near(state.mean, generation["mean"].numbers))
                #expect(near([state.sigma], [generation["sigma"].number]))
                #expect(near(state.covariance.values, generation["covariance"].rows.flatMap { $0 }, 1e-8))
                #expect(near(state.stepPath, generation["step_path"].numbers, 1e-8))
                #expect(near(state.evolutionPath, generation["evolution"].numbers, 1e-8))
            }
        }
    }

    @Test("a Gaussian process expects what scikit-learn's does")
    func gaussianProcess() throws {
        let reference = try References.document("numbers.json")["gp"] ?? .null
        let shape = GaussianProcess.Shape(
            inverseSquares: reference["lengths"].numbers.map { 1 / ($0 * $0) }, scale: reference["scale"].number,
            noise: reference["noise"].number)
        let process = try #require(
            GaussianProcess(
                points: reference["x"].rows, values: reference["y"].numbers, isChoice: [false, false], shape: shape))
        let predictions = reference["at"].rows.map { process.prediction(at: $0) }
        #expect(near(predictions.map(\.mean), reference["mean"].numbers))
        #expect(near(predictions.map(\.variance), reference["variance"].numbers))
        #expect(near([process.logLikelihood], [reference["log_likelihood"].number]))
    }

    @Test("gradients of the expected improvement are those of its values")
    func improvementGradient() throws {
        let reference = try References.document("numbers.json")["gp"] ?? .null
        let process = try #require(
            GaussianProcess.fitted(
                points: reference["x"].rows, values: reference["y"].numbers, isChoice: [false, false]))
        let constraint = try #require(
            GaussianProcess.fitted(
                points: reference["x"].rows, values: reference["y"].numbers.map { 0.3 - $0 }, isChoice: [false, false]))
        let improvement = ExpectedImprovement(objective: process, best: 1.2, constraints: [(constraint, 0.1)])
        for point in [[0.3, 0.4], [0.81, 0.13], [0.05, 0.95]] {
            let (value, gradient) = improvement.gradient(at: point)
            #expect(near([value], [improvement.value(at: point)], 1e-12))
            for axis in 0..<2 {
                var (left, right) = (point, point)
                left[axis] -= 1e-5
                right[axis] += 1e-5
                let slope = (improvement.value(at: right) - improvement.value(at: left)) / 2e-5
                #expect(near([gradient[axis]], [slope], 1e-4), "axis \(axis) at \(point)")
            }
        }
        for pair in (try References.document("numbers.json")["log_ei"] ?? .null).rows {
            #expect(near([ExpectedImprovement.logStandard(pair[0])], [pair[1]], 1e-11), "at \(pair[0])")
        }
    }

    @Test("a fitted process is likelier than one of another shape")
    func fittedProcess() throws {
        let reference = try References.document("numbers.json")["gp"] ?? .null
        let points = reference["x"].rows
        let values = reference["y"].numbers
        let fitted = try #require(GaussianProcess.fitted(points: points, values: values, isChoice: [false, false]))
        func posterior(_ process: GaussianProcess) -> Double {
            var sum = process.logLikelihood
            for inverse in process.shape.inverseSquares { sum -= 0.1 / inverse + 0.1 * inverse }
            sum += Real.log(process.shape.scale) - process.shape.scale
            return sum + 0.1 * Real.log(process.shape.noise) - 30 * process.shape.noise
        }
        for change in 0..<4 {
            for factor in [0.8, 1.25] {
                var shape = fitted.shape
                switch change {
                case 0, 1: shape.inverseSquares[change] *= factor
                case 2: shape.scale *= factor
                default: shape.noise *= factor
                }
                let other = try #require(
                    GaussianProcess(points: points, values: values, isChoice: [false, false], shape: shape))
                #expect(posterior(other) <= posterior(fitted) + 1e-3)
            }
        }
    }

    @Test("importance by PED-ANOVA is Optuna's")
    func pedAnova() throws {
        let space = try ImportanceSpace.make()
        for item in try References.document("numbers.json")["importance"]?.array ?? [] {
            let word = item["direction"].string ?? ""
            var record = StudyRecord(id: 0, name: "s", directions: [Direction(name: word) ?? .minimize])
            if word == "golden" {
                let range = Distribution.float(try FloatRange(0, 1))
                for index in 1...40 {
                    let x = (0.618034 * Double(index)).truncatingRemainder(dividingBy: 1)
                    let y = (0.754878 * Double(index)).truncatingRemainder(dividingBy: 1)
                    record.trials.append(
                        Trial(
                            number: index - 1, state: .complete, values: [10 * (x - 0.3) * (x - 0.3) + 0.5 * y],
                            settings: [
                                .init(name: "x", inside: x, distribution: range),
                                .init(name: "y", inside: y, distribution: range),
                            ]))
                }
            }
            for (number, trial) in (item["trials"].array ?? []).enumerated() {
                let settings = try (trial["params"].mapping?.entries ?? []).map { name, value in
                    let distribution = try #require(space[name]?.distribution)
                    return Trial.Setting(
                        name: name, inside: try #require(distribution.inside(value)), distribution: distribution)
                }
                record.trials.append(
                    Trial(number: number, state: .complete, values: [trial["value"].number], settings: settings))
            }
            let shares = try Importance.ped.shares(record)
            let expected = item["importance"].mapping?.entries ?? []
            #expect(shares.count == expected.count)
            for (name, value) in expected {
                let found = try #require(shares.first { $0.name == name }).share
                #expect((found - value.number).magnitude < 1e-6, "\(word) \(name)")
            }
            #expect(zip(shares, shares.dropFirst()).allSatisfy { $0.share >= $1.share })
        }
    }

    @Test("a forest gives the variance to the parameter that causes it")
    func forestAnova() throws {
        let range = Distribution.float(try FloatRange(0, 1))
        let choices = try Distribution.choices(["a", "b", "c"])
        var record = StudyRecord(id: 0, name: "s", directions: [.minimize])
        var random = RandomSource(seed: 1)
        for number in 0..<150 {
            let (big, small, none) = (random.uniform(), random.uniform(), random.uniform())
            let choice = random.below(3)
            record.trials.append(
                Trial(
                    number: number, state: .complete, values: [10 * big * big + small],
                    settings: [
                        .init(name: "big", inside: big, distribution: range),
                        .init(name: "small", inside: small, distribution: range),
                        .init(name: "none", inside: none, distribution: range),
                        .init(name: "choice", inside: Double(choice), distribution: choices),
                    ]))
        }
        let shares = try Importance.forest(seed: 0).shares(record)
        #expect(shares.map(\.name).prefix(2) == ["big", "small"])
        #expect(shares[0].share > 0.97)
        let byPed = try Importance.ped.shares(record)
        #expect(byPed[0].name == "big")
    }
}

private enum ImportanceSpace {
    static func make() throws -> SearchSpace {
        try SearchSpace([
            Parameter("x", .float(try FloatRange(0, 1))),
            Parameter("lr", .float(try FloatRange(1e-5, 1e-1, log: true))), Parameter("n", .int(try IntRange(1, 8))),
            Parameter("w", .int(try IntRange(16, 1024, log: true))),
            Parameter("s", .float(try FloatRange(0, 1, step: 0.125))),
            Parameter("c", try .choices(["a", "b", "c"])), Parameter("one", .float(try FloatRange(2, 2))),
        ])
    }
}
