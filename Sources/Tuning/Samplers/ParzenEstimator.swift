import Basics

/// A density over a space, made of one kernel for each observation and one for what was believed before
/// (Bergstra et al. 2011; the rules are those of Optuna 5).
///
/// A kernel is a product over the parameters of truncated normal distributions (of their mass on the grid where there is
/// one, in logarithms for `log`) and of categorical ones. Densities of `log` parameters are those in logarithms.
struct ParzenEstimator {
    struct Axis {
        let distribution: Distribution
        /// Of the kernels, the prior's last; empty for a choice.
        var means: [Double] = []
        var deviations: [Double] = []
        /// The logarithm of each kernel's mass between the bounds, and for densities that of its height, too.
        var norms: [Double] = []
        var low = 0.0
        var high = 0.0
        /// For a choice: the probabilities of each kernel, one row after the other.
        var rows: [Double] = []
        var choices = 0
    }

    /// Of the kernels; they add up to 1.
    let weights: [Double]
    let axes: [Axis]

    /// - Parameters:
    ///   - observations: For each axis the values inside of the observed trials, oldest first; all of the same count.
    ///   - weights: Of the observations; by age where there are none.
    init(
        _ distributions: [Distribution], observations: [[Double]], weights given: [Double]? = nil,
        priorWeight: Double = 1, magicClip: Bool = true, endpoints: Bool = false
    ) {
        let count = observations.first?.count ?? 0
        var weights = (given ?? Self.weightsByAge(count)) + [priorWeight]
        if count == 0 { weights = [1] }
        var sum = 0.0
        for weight in weights { sum += weight }
        self.weights = weights.map { $0 / sum }
        axes = zip(distributions, observations).map { distribution, values in
            distribution.isCategorical
                ? Self.choiceAxis(distribution, values, priorWeight)
                : Self.numberAxis(distribution, values, magicClip: magicClip, endpoints: endpoints)
        }
    }

    /// Old observations count less, once there are 25 newer ones.
    static func weightsByAge(_ count: Int) -> [Double] {
        guard count >= 25 else { return [Double](repeating: 1, count: count) }
        let old = count - 25
        let first = 1 / Double(count)
        let ramp = (0..<old).map { old == 1 ? first : first + (1 - first) * Double($0) / Double(old - 1) }
        return ramp + [Double](repeating: 1, count: 25)
    }

    private static func choiceAxis(_ distribution: Distribution, _ values: [Double], _ priorWeight: Double) -> Axis {
        var axis = Axis(distribution: distribution)
        let choices = Int(distribution.high) + 1
        axis.choices = choices
        guard !values.isEmpty else {
            axis.rows = [Double](repeating: 1 / Double(choices), count: choices)
            return axis
        }
        let kernels = values.count + 1
        let base = priorWeight / Double(kernels)
        for kernel in 0..<kernels {
            var row = [Double](repeating: base, count: choices)
            if kernel < values.count, let choice = Int(exactly: values[kernel]), row.indices.contains(choice) {
                row[choice] += 1
            }
            var sum = 0.0
            for share in row { sum += share }
            axis.rows += row.map { sum == 0 ? $0 : $0 / sum }
        }
        return axis
    }

    private static func numberAxis(
        _ distribution: Distribution, _ values: [Double], magicClip: Bool, endpoints: Bool
    ) -> Axis {
        var axis = Axis(distribution: distribution)
        (axis.low, axis.high) = distribution.continuousBounds
        let range = axis.high - axis.low
        let means = distribution.isLog ? values.map(Real.log) : values
        let order = means.indices.sorted { means[$0] != means[$1] ? means[$0] < means[$1] : $0 < $1 }
        var deviations = [Double](repeating: range, count: means.count)
        let least = magicClip ? range / min(100, Double(means.count + 2)) : 1e-12
        for (position, index) in order.enumerated() {
            let left = position == 0 ? axis.low : means[order[position - 1]]
            let right = position + 1 == order.count ? axis.high : means[order[position + 1]]
            var deviation = max(means[index] - left, right - means[index])
            if !endpoints, order.count >= 2 {
                if position == 0 { deviation = right - means[index] }
                if position + 1 == order.count { deviation = means[index] - left }
            }
            deviations[index] = min(max(deviation, least), range)
        }
        axis.means = means + [0.5 * (axis.low + axis.high)]
        axis.deviations = deviations + [range]
        axis.norms = zip(axis.means, axis.deviations).map { mean, deviation in
            let mass = NormalDistribution.logMass((axis.low - mean) / deviation, (axis.high - mean) / deviation)
            return distribution.step > 0 ? mass : mass + NormalDistribution.logRootTwoPi + Real.log(deviation)
        }
        return axis
    }

    /// The logarithm of the density at points, each of which has one value inside for every axis.
    func logDensity(_ points: [[Double]]) -> [Double] {
        let kernels = weights.count
        var terms = [Double](repeating: 0, count: points.count * kernels)
        let logWeights = weights.map(Real.log)
        terms.withUnsafeMutableBufferPointer { terms in
            for (place, axis) in axes.enumerated() {
                for (index, point) in points.enumerated() {
                    let row = UnsafeMutableBufferPointer(rebasing: terms[(index * kernels)..<((index + 1) * kernels)])
                    axis.add(point[place], to: row)
                }
            }
        }
        return points.indices.map { index in
            var largest = -Double.infinity
            for kernel in 0..<kernels {
                terms[index * kernels + kernel] += logWeights[kernel]
                largest = max(largest, terms[index * kernels + kernel])
            }
            guard largest > -.infinity else { return -.infinity }
            var sum = 0.0
            for kernel in 0..<kernels { sum += Real.exp(terms[index * kernels + kernel] - largest) }
            return largest + Real.log(sum)
        }
    }

    /// Points drawn from the density, each with one value inside for every axis.
    func sample(_ count: Int, _ random: inout RandomSource) -> [[Double]] {
        (0..<count).map { _ in
            let kernel = Self.pick(weights[...], &random)
            return axes.map { axis in
                if axis.choices > 0 {
                    let start = (axis.rows.count == axis.choices ? 0 : kernel) * axis.choices
                    return Double(Self.pick(axis.rows[start..<(start + axis.choices)], &random))
                }
                let mean = axis.means[kernel]
                let deviation = axis.deviations[kernel]
                let drawn = NormalDistribution.truncatedQuantile(
                    random.uniform(), (axis.low - mean) / deviation, (axis.high - mean) / deviation)
                let number = mean + deviation * drawn
                return axis.distribution.rounded(axis.distribution.isLog ? Real.exp(number) : number)
            }
        }
    }

    private static func pick(_ shares: ArraySlice<Double>, _ random: inout RandomSource) -> Int {
        var rest = random.uniform()
        for (index, share) in shares.enumerated() {
            rest -= share
            if rest < 0 { return index }
        }
        return shares.count - 1
    }
}

extension ParzenEstimator.Axis {
    /// Adds the logarithm of each kernel's density at a value.
    func add(_ value: Double, to row: UnsafeMutableBufferPointer<Double>) {
        if choices > 0 {
            let choice = min(max(0, Int(value)), choices - 1)
            let isPrior = rows.count == choices
            for kernel in row.indices { row[kernel] += Real.log(rows[(isPrior ? 0 : kernel) * choices + choice]) }
            return
        }
        let step = distribution.step
        means.withUnsafeBufferPointer { means in
            deviations.withUnsafeBufferPointer { deviations in
                norms.withUnsafeBufferPointer { norms in
                    if step > 0 {
                        let left = distribution.isLog ? Real.log(value - step / 2) : value - step / 2
                        let right = distribution.isLog ? Real.log(value + step / 2) : value + step / 2
                        for kernel in 0..<row.count {
                            let deviation = deviations[kernel]
                            let mass = NormalDistribution.logMass(
                                (left - means[kernel]) / deviation, (right - means[kernel]) / deviation)
                            row[kernel] += mass - norms[kernel]
                        }
                    } else {
                        let x = distribution.isLog ? Real.log(value) : value
                        for kernel in 0..<row.count {
                            let z = (x - means[kernel]) / deviations[kernel]
                            row[kernel] -= 0.5 * z * z + norms[kernel]
                        }
                    }
                }
            }
        }
    }
}
