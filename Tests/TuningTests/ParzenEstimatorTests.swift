import Basics
import Documents
import Testing

@testable import Tuning

/// Golden values of Optuna 5.0.0's `_ParzenEstimator`.
@Suite("The Parzen estimator")
struct ParzenEstimatorTests {
    private func near(_ actual: [Double], _ expected: [Double], _ tolerance: Double = 1e-6) -> Bool {
        actual.count == expected.count && zip(actual, expected).allSatisfy { ($0 - $1).magnitude <= tolerance }
    }

    private func density(_ estimator: ParzenEstimator, _ points: [Double]) -> [Double] {
        estimator.logDensity(points.map { [$0] })
    }

    @Test("a real parameter has the kernels and densities of Optuna")
    func realParameter() throws {
        let estimator = ParzenEstimator([.float(try FloatRange(0, 1))], observations: [[0.2, 0.5, 0.55]])
        #expect(near(estimator.weights, [0.25, 0.25, 0.25, 0.25]))
        #expect(near(estimator.axes[0].means, [0.2, 0.5, 0.55, 0.5]))
        #expect(near(estimator.axes[0].deviations, [0.3, 0.3, 0.2, 1]))
        #expect(near(density(estimator, [0, 0.25, 0.5, 1]), [-0.369596, 0.111064, 0.329291, -0.981982]))
    }

    @Test("a logarithmic parameter has its density in logarithms")
    func logParameter() throws {
        let estimator = ParzenEstimator(
            [.float(try FloatRange(1e-4, 1, log: true))], observations: [[1e-3, 1e-2, 0.5]])
        #expect(near(estimator.axes[0].means, [-6.907755, -4.60517, -0.693147, -4.60517]))
        #expect(near(estimator.axes[0].deviations, [2.302585, 3.912023, 3.912023, 9.21034]))
        #expect(near(density(estimator, [1e-4, 5e-3, 0.3]), [-2.560331, -2.083262, -2.330236]))
    }

    @Test("a stepped parameter has the mass of its cells")
    func steppedParameter() throws {
        let estimator = ParzenEstimator(
            [.float(try FloatRange(0, 1, step: 0.25))], observations: [[0.25, 0.75]])
        #expect(near(estimator.axes[0].deviations, [0.5, 0.5, 1.25]))
        #expect(near(density(estimator, [0, 0.25, 0.5, 1]), [-1.753099, -1.547882, -1.477833, -1.753099]))
    }

    @Test("whole numbers, plain and in logarithms, have the mass of their cells")
    func wholeNumbers() throws {
        let plain = ParzenEstimator([.int(try IntRange(1, 8))], observations: [[2, 3, 7]])
        #expect(near(plain.axes[0].deviations, [1.6, 4, 4, 8]))
        #expect(near(density(plain, [1, 3, 8]), [-1.976593, -1.850213, -2.432303]))
        let log = ParzenEstimator([.int(try IntRange(1, 128, log: true))], observations: [[2, 64]])
        #expect(near(log.axes[0].means, [0.693147, 4.158883, 2.081391]))
        #expect(near(log.axes[0].deviations, [3.465736, 3.465736, 5.549076]))
        #expect(near(density(log, [1, 8, 128]), [-1.726099, -3.726693, -6.652752]))
    }

    @Test("choices have a row for each observation")
    func choices() throws {
        let estimator = ParzenEstimator([try .choices(["a", "b", "c"])], observations: [[0, 0, 2]])
        let first = [0.714286, 0.142857, 0.142857]
        let third = [0.142857, 0.142857, 0.714286]
        let prior = [0.333333, 0.333333, 0.333333]
        #expect(near(estimator.axes[0].rows, first + first + third + prior))
        #expect(near(density(estimator, [0, 1, 2]), [-0.741937, -1.658228, -1.098612]))
    }

    @Test("one observation, and none")
    func fewObservations() throws {
        let range = Distribution.float(try FloatRange(0, 1))
        let one = ParzenEstimator([range], observations: [[0.3]])
        #expect(near(one.axes[0].deviations, [0.7, 1]))
        #expect(near(density(one, [0.3, 0.9]), [0.069896, -0.139322]))
        let none = ParzenEstimator([range], observations: [[]])
        #expect(near(none.weights, [1]))
        #expect(near(density(none, [0.3, 0.9]), [0.020978, -0.039022]))
    }

    @Test("a density of two parameters is a mixture of products")
    func jointDensity() throws {
        let estimator = ParzenEstimator(
            [.float(try FloatRange(0, 1)), try .choices(["x", "y"])], observations: [[0.2, 0.5], [1, 0]])
        #expect(
            near(estimator.logDensity([[0.2, 1], [0.2, 0], [0.9, 1]]), [-0.353406, -0.648129, -1.461325]))
    }

    @Test("old observations weigh less")
    func weightsByAge() {
        #expect(ParzenEstimator.weightsByAge(24) == [Double](repeating: 1, count: 24))
        #expect(near(Array(ParzenEstimator.weightsByAge(27).prefix(3)), [0.037037, 1, 1]))
        #expect(
            near(
                Array(ParzenEstimator.weightsByAge(30).prefix(7)), [0.033333, 0.275, 0.516667, 0.758333, 1, 1, 1]))
    }

    @Test("a tenth of the trials is good, and no more than 25")
    func shareOfGoodTrials() {
        let counts = [1, 10, 11, 50, 100, 250, 300]
        #expect(counts.map { TreeParzenSampler.good(of: $0, multiObjective: false) } == [1, 1, 2, 5, 10, 25, 25])
        #expect(TreeParzenSampler.good(of: 300, multiObjective: true) == 30)
    }

    @Test("what is drawn is spread as the density says")
    func samplesFollowTheDensity() throws {
        let estimator = ParzenEstimator(
            [.int(try IntRange(1, 8)), try .choices(["a", "b", "c"])], observations: [[2, 3, 7], [0, 0, 2]])
        var random = RandomSource(seed: 3)
        var counts: [[Double]: Double] = [:]
        let count = 20_000
        for point in estimator.sample(count, &random) { counts[point, default: 0] += 1 }
        var total = 0.0
        for number in 1...8 {
            for choice in 0..<3 {
                let point = [Double(number), Double(choice)]
                let expected = Real.exp(estimator.logDensity([point])[0])
                total += expected
                let share = (counts[point] ?? 0) / Double(count)
                #expect((share - expected).magnitude < 4.5 * (expected / Double(count)).squareRoot())
            }
        }
        #expect((total - 1).magnitude < 1e-9)
    }
}
