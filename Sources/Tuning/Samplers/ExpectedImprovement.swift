import Basics

/// The logarithm of the improvement to be expected (Ament et al., arXiv:2310.20708), times the probability that
/// constraints are kept. It has a slope also where the improvement itself is too small for a number.
struct ExpectedImprovement {
    let objective: GaussianProcess
    /// The best value so far; more is better. `nil` where nothing is feasible yet: then only the constraints count.
    let best: Double?
    /// What is to be above a limit.
    var constraints: [(process: GaussianProcess, limit: Double)] = []

    func value(at point: [Double]) -> Double {
        var result = 0.0
        if let best {
            let (mean, variance) = objective.prediction(at: point)
            let deviation = (variance + 1e-12).squareRoot()
            result += Real.log(deviation) + Self.logStandard((mean - best) / deviation)
        }
        for constraint in constraints {
            let (mean, variance) = constraint.process.prediction(at: point)
            let deviation = (variance + 1e-12).squareRoot()
            result += NormalDistribution.logCumulative((mean - constraint.limit) / deviation)
        }
        return result
    }

    func gradient(at point: [Double]) -> (value: Double, gradient: [Double]) {
        var result = 0.0
        var gradient = point.map { _ in 0.0 }
        if let best {
            let (mean, variance, meanGradient, varianceGradient) = objective.gradients(at: point)
            let deviation = (variance + 1e-12).squareRoot()
            let z = (mean - best) / deviation
            let height = Self.logStandard(z)
            result += Real.log(deviation) + height
            let byMean = Real.exp(NormalDistribution.logCumulative(z) - height) / deviation
            let byDeviation =
                Real.exp(-0.5 * z * z - NormalDistribution.logRootTwoPi - height) / deviation
            for axis in gradient.indices {
                gradient[axis] += byMean * meanGradient[axis] + byDeviation * varianceGradient[axis] / (2 * deviation)
            }
        }
        for constraint in constraints {
            let (mean, variance, meanGradient, varianceGradient) = constraint.process.gradients(at: point)
            let deviation = (variance + 1e-12).squareRoot()
            let z = (mean - constraint.limit) / deviation
            let logShare = NormalDistribution.logCumulative(z)
            result += logShare
            let slope = Real.exp(-0.5 * z * z - NormalDistribution.logRootTwoPi - logShare)
            for axis in gradient.indices {
                let change = meanGradient[axis] - z * varianceGradient[axis] / (2 * deviation)
                gradient[axis] += slope * change / deviation
            }
        }
        return (result, gradient)
    }

    /// `log(φ(z) + z Φ(z))`
    static func logStandard(_ z: Double) -> Double {
        let logDensity = -0.5 * z * z - NormalDistribution.logRootTwoPi
        if z > -1 { return Real.log(Real.exp(logDensity) + z * NormalDistribution.cumulative(z)) }
        if z > -20 {
            let ratio = Real.exp(NormalDistribution.logCumulative(z) - logDensity)
            return logDensity + Real.log1plus(z * ratio)
        }
        // 1 + z Φ(z) / φ(z) as the rest of Mills' series, whose first term cancels.
        let inverseSquare = 1 / (z * z)
        var sum = 0.0
        var term = -1.0
        for k in 1...10 {
            term *= -Double(2 * k - 1) * inverseSquare
            sum += term
        }
        return logDensity + Real.log(sum)
    }
}
