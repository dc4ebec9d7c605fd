import Basics

/// Far into the tails.
extension NormalDistribution {
    static let logRootTwoPi = 0.9189385332046727

    /// The logarithm of the share below `x`, also where the share itself would be no more than 0.
    static func logCumulative(_ x: Double) -> Double {
        if x > 6 { return -cumulative(-x) }
        if x > -20 { return Real.log(cumulative(x)) }
        // The asymptotic series of Mills' ratio.
        let inverseSquare = 1 / (x * x)
        var sum = 1.0
        var term = 1.0
        for k in 1...10 {
            term *= -Double(2 * k - 1) * inverseSquare
            sum += term
        }
        return -0.5 * x * x - Real.log(-x) - logRootTwoPi + Real.log(sum)
    }

    /// The logarithm of the share between `a` and `b`.
    static func logMass(_ a: Double, _ b: Double) -> Double {
        if b <= 0 { return logDifference(logCumulative(b), logCumulative(a)) }
        if a > 0 { return logDifference(logCumulative(-a), logCumulative(-b)) }
        return Real.log1plus(-cumulative(a) - cumulative(-b))
    }

    /// `log(exp(larger) − exp(smaller))`
    private static func logDifference(_ larger: Double, _ smaller: Double) -> Double {
        guard larger > -.infinity else { return -.infinity }
        return larger + Real.log1plus(-Real.exp(smaller - larger))
    }

    /// The point that cuts off the share `fraction` of what lies between `a` and `b`.
    static func truncatedQuantile(_ fraction: Double, _ a: Double, _ b: Double) -> Double {
        // In the right tail both shares would be near 1; its mirror image keeps their digits.
        if a > 0 { return -truncatedQuantile(1 - fraction, -b, -a) }
        let below = cumulative(a)
        let share = below + fraction * (cumulative(b) - below)
        guard share > 1e-300 else { return b < 0 ? b : a }
        return Swift.min(Swift.max(quantile(share), a), b)
    }
}
