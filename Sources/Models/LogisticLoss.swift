#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The mean log loss of a logistic model over a design matrix, plus a share of its squared coefficients.
///
/// A point is, for each output, the coefficients and then the intercept. Two classes have one output, more have one
/// each.
struct LogisticLoss {
    let design: DesignMatrix
    /// The class of each row.
    private let target: [Int]
    let outputs: Int
    /// What half the sum of squared coefficients counts, intercepts apart.
    let penalty: Double
    /// At the point last asked for; output by output, and of each row by row, so that loops run along memory.
    private var probabilities: [Double]

    init(_ design: DesignMatrix, target: [Int], classes: Int, penalty: Double) {
        self.design = design
        self.target = target
        outputs = classes == 2 ? 1 : classes
        self.penalty = penalty
        probabilities = [Double](repeating: 0, count: design.rows * outputs)
    }

    private var stride: Int { design.width + 1 }
    var dimension: Int { outputs * stride }

    /// Of each output row by row.
    private func scores(_ point: [Double]) -> [Double] {
        let rows = design.rows
        var scores = [Double](repeating: 0, count: rows * outputs)
        scores.withUnsafeMutableBufferPointer { scores in
            design.columns.withUnsafeBufferPointer { columns in
                for output in 0..<outputs {
                    let own = UnsafeMutableBufferPointer(rebasing: scores[output * rows..<(output + 1) * rows])
                    own.update(repeating: point[output * stride + design.width])
                    for column in 0..<design.width {
                        let weight = point[output * stride + column]
                        guard weight != 0 else { continue }
                        let values = UnsafeBufferPointer(rebasing: columns[column * rows..<(column + 1) * rows])
                        for row in 0..<rows { own[row] += weight * values[row] }
                    }
                }
            }
        }
        return scores
    }

    /// The loss at a point, which the next gradient and curvature are of.
    mutating func value(at point: [Double]) -> Double {
        let rows = design.rows
        probabilities = scores(point)
        let sum = probabilities.withUnsafeMutableBufferPointer { scores in
            var sum = 0.0
            var powers = [Double](repeating: 0, count: outputs)
            for row in 0..<rows {
                let loss: Double
                if outputs == 1 {
                    let score = scores[row]
                    loss = (score > 0 ? score : 0) + log1p(exp(-score.magnitude)) - (target[row] == 1 ? score : 0)
                    scores[row] = LinearModel.logistic(score)
                } else {
                    for output in 0..<outputs { powers[output] = scores[output * rows + row] }
                    let own = powers[target[row]]
                    loss = LinearModel.softmax(&powers, 0..<outputs) - own
                    for output in 0..<outputs { scores[output * rows + row] = powers[output] }
                }
                sum += design.weights[row] * loss
            }
            return sum
        }
        var squares = 0.0
        for output in 0..<outputs {
            for column in 0..<design.width {
                let weight = point[output * stride + column]
                squares += weight * weight
            }
        }
        return sum / design.total + penalty / 2 * squares
    }

    /// Where the loss rises at the point last asked for.
    func gradient(at point: [Double]) -> [Double] {
        let rows = design.rows
        var errors = probabilities
        errors.withUnsafeMutableBufferPointer { errors in
            for row in 0..<rows {
                if outputs == 1 {
                    errors[row] -= target[row] == 1 ? 1 : 0
                } else {
                    errors[target[row] * rows + row] -= 1
                }
            }
            for output in 0..<outputs {
                for row in 0..<rows { errors[output * rows + row] *= design.weights[row] / design.total }
            }
        }
        return gathered(errors, plusPenaltyOn: point)
    }

    /// How the gradient changes in a direction.
    func curvature(along direction: [Double]) -> [Double] {
        let rows = design.rows
        var changes = scores(direction)
        changes.withUnsafeMutableBufferPointer { changes in
            probabilities.withUnsafeBufferPointer { probabilities in
                if outputs == 1 {
                    for row in 0..<rows {
                        let weight = design.weights[row] / design.total
                        changes[row] *= probabilities[row] * (1 - probabilities[row]) * weight
                    }
                    return
                }
                var means = [Double](repeating: 0, count: rows)
                for output in 0..<outputs {
                    for row in 0..<rows {
                        means[row] += probabilities[output * rows + row] * changes[output * rows + row]
                    }
                }
                for output in 0..<outputs {
                    for row in 0..<rows {
                        let place = output * rows + row
                        let weight = design.weights[row] / design.total
                        changes[place] = probabilities[place] * (changes[place] - means[row]) * weight
                    }
                }
            }
        }
        return gathered(changes, plusPenaltyOn: direction)
    }

    private func gathered(_ errors: [Double], plusPenaltyOn point: [Double]) -> [Double] {
        let rows = design.rows
        var result = [Double](repeating: 0, count: dimension)
        errors.withUnsafeBufferPointer { errors in
            design.columns.withUnsafeBufferPointer { columns in
                for output in 0..<outputs {
                    let own = UnsafeBufferPointer(rebasing: errors[output * rows..<(output + 1) * rows])
                    for column in 0..<design.width {
                        let values = UnsafeBufferPointer(rebasing: columns[column * rows..<(column + 1) * rows])
                        let place = output * stride + column
                        result[place] = Self.dot(values, own) + penalty * point[place]
                    }
                    var sum = 0.0
                    for error in own { sum += error }
                    result[output * stride + design.width] = sum
                }
            }
        }
        return result
    }

    /// In four sums side by side, which processors add at once, and always in this order.
    private static func dot(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Double {
        var sums = SIMD4<Double>.zero
        let whole = a.count & ~3
        for place in Swift.stride(from: 0, to: whole, by: 4) {
            let left = SIMD4<Double>(a[place], a[place + 1], a[place + 2], a[place + 3])
            let right = SIMD4<Double>(b[place], b[place + 1], b[place + 2], b[place + 3])
            sums += left * right
        }
        var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
        for place in whole..<a.count { sum += a[place] * b[place] }
        return sum
    }

    // MARK: Finding the smallest

    /// Newton's method, each step by conjugate gradients.
    mutating func minimise(limit: Int, tolerance: Double) -> (point: [Double], hasConverged: Bool) {
        var point = [Double](repeating: 0, count: dimension)
        var value = value(at: point)
        var hasConverged = false
        for _ in 0..<limit {
            let gradient = gradient(at: point)
            let size = gradient.reduce(0) { max($0, $1.magnitude) }
            if size <= tolerance {
                hasConverged = true
                break
            }
            let direction = step(gradient)
            var slope = 0.0
            for place in 0..<dimension { slope += gradient[place] * direction[place] }
            var length = 1.0
            var next = point
            var isBetter = false
            for _ in 0..<40 {
                for place in 0..<dimension { next[place] = point[place] + length * direction[place] }
                let there = self.value(at: next)
                if there <= value + 1e-4 * length * slope + 1e-15 * value.magnitude {
                    isBetter = there < value || size > 1e-12
                    value = there
                    break
                }
                length /= 2
            }
            guard isBetter else {
                // Rounding is all that is left to gain.
                hasConverged = size <= tolerance * 1e4
                break
            }
            point = next
        }
        centreIntercepts(&point)
        _ = self.value(at: point)
        return (point, hasConverged)
    }

    /// Of more than two classes the intercepts are free up to a number common to all, along which rounding drifts; their
    /// mean is made zero, as it is where the search begins.
    private func centreIntercepts(_ point: inout [Double]) {
        guard outputs > 1 else { return }
        var mean = 0.0
        for output in 0..<outputs { mean += point[output * stride + design.width] / Double(outputs) }
        for output in 0..<outputs { point[output * stride + design.width] -= mean }
    }

    private func step(_ gradient: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: dimension)
        var rest = gradient.map { -$0 }
        var direction = rest
        func dot(_ a: [Double], _ b: [Double]) -> Double {
            var sum = 0.0
            for place in 0..<dimension { sum += a[place] * b[place] }
            return sum
        }
        var square = dot(rest, rest)
        let size = square.squareRoot()
        let goal = min(0.1, size) * size
        for _ in 0..<min(20 * dimension, 2000) {
            guard square.squareRoot() > goal else { break }
            let bent = curvature(along: direction)
            let bend = dot(direction, bent)
            guard bend > 1e-300 else { break }
            let length = square / bend
            for place in 0..<dimension {
                result[place] += length * direction[place]
                rest[place] -= length * bent[place]
            }
            let next = dot(rest, rest)
            for place in 0..<dimension { direction[place] = rest[place] + next / square * direction[place] }
            square = next
        }
        return result
    }

    /// Proximal gradients with Nesterov's momentum, for a penalty on the sizes of the coefficients beside that on their
    /// squares.
    ///
    /// - Parameter absolute: what the sum of the sizes counts.
    mutating func minimise(absolute: Double, limit: Int, tolerance: Double) -> (point: [Double], hasConverged: Bool) {
        let rate = 1 / steepest
        var point = [Double](repeating: 0, count: dimension)
        var ahead = point
        var momentum = 1.0
        for _ in 0..<limit {
            _ = value(at: ahead)
            let gradient = gradient(at: ahead)
            var next = ahead
            var change = 0.0
            var progress = 0.0
            for place in 0..<dimension {
                var value = ahead[place] - rate * gradient[place]
                if place % stride != design.width {
                    let size = max(0, value.magnitude - rate * absolute)
                    value = value < 0 ? -size : size
                }
                next[place] = value
                change = max(change, (value - ahead[place]).magnitude)
                progress += (ahead[place] - value) * (value - point[place])
            }
            if change <= tolerance * rate { return (next, true) }
            // Momentum that leads uphill is given up.
            if progress > 0 { momentum = 1 }
            let following = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
            let share = (momentum - 1) / following
            for place in 0..<dimension { ahead[place] = next[place] + share * (next[place] - point[place]) }
            point = next
            momentum = following
        }
        return (point, false)
    }

    /// A bound of the curvature in any direction, from the largest eigenvalue of the columns' products.
    private var steepest: Double {
        var direction = [Double](repeating: 1, count: stride)
        var bound = 0.0
        for _ in 0..<100 {
            var images = [Double](repeating: direction[design.width], count: design.rows)
            for column in 0..<design.width {
                for row in 0..<design.rows {
                    images[row] += direction[column] * design.columns[column * design.rows + row]
                }
            }
            var next = [Double](repeating: 0, count: stride)
            for row in 0..<design.rows {
                let share = images[row] * design.weights[row] / design.total
                next[design.width] += share
                for column in 0..<design.width {
                    next[column] += share * design.columns[column * design.rows + row]
                }
            }
            let size = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard size > 0 else { break }
            direction = next.map { $0 / size }
            bound = size
        }
        // The iteration comes from below.
        return 1.05 * max(bound, 1) * (outputs == 1 ? 0.25 : 0.5) + penalty
    }
}
