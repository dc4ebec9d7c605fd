import Basics
import Documents

@testable import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Functions that optimisers are compared on.
struct TestFunction: Sendable {
    let name: String
    let space: SearchSpace
    let value: @Sendable ([String: Value]) -> Double

    private static func box(_ count: Int, _ low: Double, _ high: Double) throws -> SearchSpace {
        try SearchSpace(
            try (0..<count).map { Parameter("x\($0)", .float(try FloatRange(low, high))) })
    }

    private static func point(_ values: [String: Value], _ count: Int) -> [Double] {
        (0..<count).map { Distribution.number(values["x\($0)"]) ?? .nan }
    }

    static func branin() throws -> TestFunction {
        let space = try SearchSpace([
            Parameter("x0", .float(try FloatRange(-5, 10))), Parameter("x1", .float(try FloatRange(0, 15))),
        ])
        return TestFunction(name: "branin", space: space) { values in
            let x = point(values, 2)
            let a = x[1] - 5.1 / (4 * .pi * .pi) * x[0] * x[0] + 5 / .pi * x[0] - 6
            return a * a + 10 * (1 - 1 / (8 * .pi)) * cos(x[0]) + 10
        }
    }

    static func hartmann6() throws -> TestFunction {
        let alpha = [1.0, 1.2, 3.0, 3.2]
        let a: [[Double]] = [
            [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
        ]
        let p: [[Double]] = [
            [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
            [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
        ]
        return TestFunction(name: "hartmann6", space: try box(6, 0, 1)) { values in
            let x = point(values, 6)
            var sum = 0.0
            for row in 0..<4 {
                var exponent = 0.0
                for column in 0..<6 {
                    let difference = x[column] - p[row][column] * 1e-4
                    exponent += a[row][column] * difference * difference
                }
                sum += alpha[row] * exp(-exponent)
            }
            return -sum
        }
    }

    static func ackley5() throws -> TestFunction {
        TestFunction(name: "ackley5", space: try box(5, -32.768, 32.768)) { values in
            let x = point(values, 5)
            var squares = 0.0
            var waves = 0.0
            for number in x {
                squares += number * number
                waves += cos(2 * .pi * number)
            }
            return -20 * exp(-0.2 * (squares / 5).squareRoot()) - exp(waves / 5) + 20 + exp(1)
        }
    }

    static func rosenbrock4() throws -> TestFunction {
        TestFunction(name: "rosenbrock4", space: try box(4, -5, 10)) { values in
            let x = point(values, 4)
            var sum = 0.0
            for index in 0..<3 {
                let bend = x[index + 1] - x[index] * x[index]
                let rest = 1 - x[index]
                sum += 100 * bend * bend + rest * rest
            }
            return sum
        }
    }

    static func mixed3() throws -> TestFunction {
        let space = try SearchSpace([
            Parameter("c", try .choices(["a", "b", "c", "d"])),
            Parameter("lr", .float(try FloatRange(1e-5, 1, log: true))), Parameter("n", .int(try IntRange(1, 20))),
        ])
        return TestFunction(name: "mixed3", space: space) { values in
            let cost = ["a": 1.0, "b": 0, "c": 0.5, "d": 2][values["c"]?.string ?? ""] ?? .nan
            let rate = log10(Distribution.number(values["lr"]) ?? .nan) + 2
            let count = ((Distribution.number(values["n"]) ?? .nan) - 7) / 10
            return cost + rate * rate + count * count
        }
    }

    /// The best value after so many trials, one after the other.
    func best(_ sampler: any Sampler, seed: UInt64, trials count: Int) throws -> Double {
        try run(sampler, seed: seed, trials: count).compactMap(\.value).min() ?? .nan
    }

    func run(_ sampler: any Sampler, seed: UInt64, trials count: Int) throws -> [Trial] {
        var trials: [Trial] = []
        for number in 0..<count {
            let suggestion = try sampler.suggest(
                SamplingContext(space: space, finished: trials, number: number, seed: seed))
            let values = Dictionary(uniqueKeysWithValues: suggestion.settings.map { ($0.name, $0.value) })
            trials.append(
                Trial(
                    number: number, state: .complete, values: [value(values)], settings: suggestion.settings,
                    systemAttributes: suggestion.attributes))
        }
        return trials
    }
}

/// Two-sided test of Mann and Whitney by the normal approximation with ties and continuity, as SciPy does it for large
/// samples.
func mannWhitney(_ a: [Double], _ b: [Double]) -> Double {
    let all = (a.map { ($0, true) } + b.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var rankSum = 0.0
    var ties = 0.0
    var start = 0
    while start < all.count {
        var end = start
        while end < all.count, all[end].0 == all[start].0 { end += 1 }
        let rank = Double(start + 1 + end) / 2
        for index in start..<end where all[index].1 { rankSum += rank }
        let size = Double(end - start)
        ties += size * size * size - size
        start = end
    }
    let n = Double(a.count)
    let m = Double(b.count)
    let statistic = rankSum - n * (n + 1) / 2
    let larger = max(statistic, n * m - statistic)
    let total = n + m
    let deviation = (n * m / 12 * (total + 1 - ties / (total * (total - 1)))).squareRoot()
    return min(1, erfc((larger - n * m / 2 - 0.5) / deviation / 2.0.squareRoot()))
}
