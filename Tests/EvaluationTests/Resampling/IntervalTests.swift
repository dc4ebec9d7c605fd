import Basics
import Testing

@testable import Evaluation

@Suite("confidence intervals") struct IntervalTests {
    /// Twelve numbers, and two hundred values that a bootstrap might have given; golden values are what
    /// `scipy.stats.bootstrap` (1.17.1) makes of them, given as `bootstrap_result`.
    private static let sample = [0.61, 0.12, 0.85, 0.33, 0.97, 0.41, 0.18, 0.73, 0.05, 0.66, 0.29, 1.9]

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    private static func deviation(_ values: [Double]) -> Double {
        let center = mean(values)
        return mean(values.map { ($0 - center) * ($0 - center) }).squareRoot()
    }

    private static func draws(around base: Double) -> [Double] {
        (1...200).map { number in
            let i = Double(number)
            func fraction(_ factor: Double) -> Double { (i * factor).truncatingRemainder(dividingBy: 1) }
            let (u, v, w) = (
                fraction(0.6180339887498949), fraction(0.7548776662466927), fraction(0.5698402909980532)
            )
            return base + 0.15 * (u + v + w - 1.5) + 0.05 * u * u
        }
    }

    private func check(
        _ statistic: ([Double]) -> Double, _ confidence: Double, percentile: (Double, Double), bca: (Double, Double)
    ) throws {
        let estimate = statistic(Self.sample)
        let draws = Self.draws(around: estimate)
        let jackknife = Self.sample.indices.map { place in
            var rest = Self.sample
            rest.remove(at: place)
            return statistic(rest)
        }
        let plain = try #require(Interval.percentile(draws, confidence: confidence))
        #expect(abs(plain.low - percentile.0) < 1e-12 && abs(plain.high - percentile.1) < 1e-12)
        let moved = try #require(
            Interval.bca(draws, estimate: estimate, jackknife: jackknife, confidence: confidence))
        #expect(abs(moved.low - bca.0) < 1e-12 && abs(moved.high - bca.1) < 1e-12)
        #expect(!moved.isFallback)
    }

    @Test("percentile and BCa intervals of a mean are scipy's")
    func ofMean() throws {
        try check(
            Self.mean, 95, percentile: (0.45161918023295244, 0.7676816059798626),
            bca: (0.4450713214194527, 0.7635453955130765))
        try check(
            Self.mean, 80, percentile: (0.502393632899676, 0.7182976536458866),
            bca: (0.4878481581132782, 0.6910640911225452))
    }

    @Test("percentile and BCa intervals of a deviation, which is skew, are scipy's")
    func ofDeviation() throws {
        try check(
            Self.deviation, 95, percentile: (0.3450269637512261, 0.6610893894981362),
            bca: (0.3542246794541669, 0.6802683568607363))
        try check(
            Self.deviation, 80, percentile: (0.3958014164179495, 0.6117054371641603),
            bca: (0.38919942651804573, 0.5932866670204072))
    }

    @Test("draws without a value are counted, and too many of them leave no interval")
    func undefined() throws {
        let interval = try #require(Interval.percentile([1, 2, .nan, 3], confidence: 50))
        #expect(interval == Interval(low: 1.5, high: 2.5, undefined: 1))
        #expect(Interval.percentile([1, 2, .nan, .nan, .nan], confidence: 95) == nil)
    }

    @Test("an estimate beyond all draws has no BCa interval, and the percentile one says that it stands in")
    func fallback() throws {
        let interval = try #require(
            Interval.bca([1, 2, 3], estimate: 9, jackknife: [1, 2, 3], confidence: 90))
        #expect(interval.isFallback && interval.high <= 3)
    }

    @Test("quantiles and probabilities of the normal distribution are scipy's")
    func normal() {
        let quantiles = [
            (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.001, -3.090232306167813),
            (0.025, -1.9599639845400545), (0.3, -0.5244005127080409), (0.5, 0), (0.77, 0.7388468491852137),
            (0.975, 1.959963984540054), (0.9999999, 5.199337582290661),
        ]
        for (p, z) in quantiles { #expect(abs(NormalDistribution.quantile(p) - z) < 1e-13 * max(1, abs(z))) }
        let probabilities = [
            (-8, 6.22096057427174e-16), (-1.5, 0.06680720126885807), (0, 0.5), (0.3, 0.6179114221889526),
            (2.5, 0.9937903346742238),
        ]
        for (z, p) in probabilities { #expect(abs(NormalDistribution.cumulative(z) - p) < 1e-14 * max(p, 1e-2)) }
        #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
    }
}
