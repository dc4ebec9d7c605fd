import Basics
import Testing

@testable import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Over many seeds the estimator finds what Optuna's finds.
///
/// A run of all five functions takes minutes without optimisation. By default two are run, and with
/// `VARVE_TEST_SEEDS=1` all, in both modes.
@Suite("The tree-structured Parzen estimator")
struct TreeParzenTests {
    private static let runsAll = getenv("VARVE_TEST_SEEDS") != nil

    private func judge(_ function: TestFunction, univariate: Bool = false) throws {
        var sampler = TreeParzenSampler()
        if univariate {
            sampler.isMultivariate = false
            sampler.constantLiar = false
        }
        let name = univariate ? function.name + " univariate" : function.name
        let expected = try #require(OptunaResults.best[name])
        let found = try (0..<40).map { try function.best(sampler, seed: UInt64($0), trials: 100) }.sorted()
        let p = mannWhitney(found, expected)
        let median = linearQuantile(found, 0.5)
        let quartiles = (linearQuantile(expected, 0.25), linearQuantile(expected, 0.75))
        if Self.runsAll { print(name, "median", median, "of", quartiles, "p", p) }
        #expect(p > 0.01, "\(name): Mann–Whitney p = \(p), median \(median)")
        #expect(median >= quartiles.0 && median <= quartiles.1, "\(name): median \(median) outside \(quartiles)")
    }

    @Test("it finds Branin's minimum as Optuna does")
    func branin() throws { try judge(.branin()) }

    @Test("it finds the minimum of a mixed space as Optuna does")
    func mixed() throws { try judge(.mixed3()) }

    @Test("it finds all minima as Optuna does, in both modes", .enabled(if: runsAll))
    func all() throws {
        for function in try [TestFunction.hartmann6(), .ackley5(), .rosenbrock4()] { try judge(function) }
        for function in try [
            TestFunction.branin(), .hartmann6(), .ackley5(), .rosenbrock4(), .mixed3(),
        ] { try judge(function, univariate: true) }
    }
}
