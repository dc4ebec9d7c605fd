import Basics

/// An exact Gaussian process with a Matérn-5/2 kernel that has a length for each axis; choices are either the same or
/// not. Values are meant to be standardised.
struct GaussianProcess {
    struct Shape: Equatable {
        /// 1 / length², for each axis.
        var inverseSquares: [Double]
        var scale: Double
        var noise: Double
    }

    static let leastNoise = 1e-6

    let points: [[Double]]
    let values: [Double]
    let isChoice: [Bool]
    let shape: Shape
    private let lower: Matrix
    /// The inverse of the covariance times the values.
    private let weights: [Double]

    /// - Returns: `nil` where the covariance is not positive, which noise prevents.
    init?(points: [[Double]], values: [Double], isChoice: [Bool], shape: Shape) {
        self.points = points
        self.values = values
        self.isChoice = isChoice
        self.shape = shape
        guard let lower = Self.covariance(points, isChoice, shape).cholesky() else { return nil }
        self.lower = lower
        weights = lower.solvedLowerTransposed(lower.solvedLower(values))
    }

    /// The likeliest shape under the priors of Optuna's sampler, found from all ones.
    static func fitted(points: [[Double]], values: [Double], isChoice: [Bool]) -> GaussianProcess? {
        let axes = isChoice.count
        var minimizer = BoxMinimizer()
        minimizer.tolerance = 1e-2
        // Beyond these the numbers themselves end.
        minimizer.bounds = [(low: Double, high: Double)](repeating: (-20, 20), count: axes + 2)
        let squares = SquaredDifferences(points, isChoice)
        let start = [Double](repeating: 0, count: axes + 1) + [Real.log(1 - 0.99 * leastNoise)]
        let found = minimizer.minimize(from: start) { raw in
            let shape = Self.shape(raw)
            guard let (value, gradient) = likelihood(squares, values, shape) else {
                return (.infinity, raw.map { _ in 0 })
            }
            // Parameters are exponents, so that the gradient gains a factor.
            let factors = shape.inverseSquares + [shape.scale, Real.exp(raw[axes + 1])]
            return (-value, zip(gradient, factors).map { -$0 * $1 })
        }
        let best = Self.shape(found.value.isFinite ? found.point : start)
        return GaussianProcess(points: points, values: values, isChoice: isChoice, shape: best)
    }

    private static func shape(_ raw: [Double]) -> Shape {
        Shape(
            inverseSquares: raw.dropLast(2).map(Real.exp), scale: Real.exp(raw[raw.count - 2]),
            noise: Real.exp(raw[raw.count - 1]) + leastNoise)
    }

    /// The squares of the differences on each axis, for every pair once.
    private struct SquaredDifferences {
        let count: Int
        let axes: [[Double]]

        init(_ points: [[Double]], _ isChoice: [Bool]) {
            count = points.count
            axes = isChoice.indices.map { axis in
                var result: [Double] = []
                result.reserveCapacity(points.count * (points.count + 1) / 2)
                for row in points.indices {
                    for column in 0...row {
                        let difference = points[row][axis] - points[column][axis]
                        result.append(isChoice[axis] ? (difference == 0 ? 0 : 1) : difference * difference)
                    }
                }
                return result
            }
        }
    }

    /// The logarithm of likelihood times prior and its gradient by inverse squares, scale and noise.
    private static func likelihood(
        _ squares: SquaredDifferences, _ values: [Double], _ shape: Shape
    ) -> (value: Double, gradient: [Double])? {
        let count = squares.count
        var covariance = Matrix(rows: count, columns: count)
        // The derivative of the kernel by the squared distance.
        var slopes = Matrix(rows: count, columns: count)
        var place = 0
        for row in 0..<count {
            for column in 0...row {
                var distance = 0.0
                for axis in squares.axes.indices { distance += shape.inverseSquares[axis] * squares.axes[axis][place] }
                let (value, slope) = matern(distance)
                covariance[row, column] = shape.scale * value
                slopes[row, column] = shape.scale * slope
                place += 1
            }
            covariance[row, row] += shape.noise
        }
        for row in 0..<count { for column in 0..<row { covariance[column, row] = covariance[row, column] } }
        guard let lower = covariance.cholesky() else { return nil }
        let half = lower.solvedLower(values)
        let weights = lower.solvedLowerTransposed(half)
        var value = 0.0
        for index in 0..<count { value -= Real.log(lower[index, index]) + 0.5 * half[index] * half[index] }
        let inverse = inverse(lower)
        var gradient = [Double](repeating: 0, count: squares.axes.count + 2)
        place = 0
        for row in 0..<count {
            for column in 0...row {
                let both = (row == column ? 0.5 : 1) * (weights[row] * weights[column] - inverse[row, column])
                for axis in squares.axes.indices {
                    gradient[axis] += both * slopes[row, column] * squares.axes[axis][place]
                }
                let kernel = covariance[row, column] - (row == column ? shape.noise : 0)
                gradient[squares.axes.count] += both * kernel / shape.scale
                if row == column { gradient[squares.axes.count + 1] += both }
                place += 1
            }
        }
        for (axis, inverseSquare) in shape.inverseSquares.enumerated() {
            value -= 0.1 / inverseSquare + 0.1 * inverseSquare
            gradient[axis] += 0.1 / (inverseSquare * inverseSquare) - 0.1
        }
        value += Real.log(shape.scale) - shape.scale + 0.1 * Real.log(shape.noise) - 30 * shape.noise
        gradient[squares.axes.count] += 1 / shape.scale - 1
        gradient[squares.axes.count + 1] += 0.1 / shape.noise - 30
        return (value, gradient)
    }

    /// The inverse of `L Lᵀ`; its lower triangle only.
    private static func inverse(_ lower: Matrix) -> Matrix {
        let size = lower.rows
        var inverted = Matrix(rows: size, columns: size)
        for column in 0..<size {
            inverted[column, column] = 1 / lower[column, column]
            for row in (column + 1)..<max(column + 1, size) {
                var sum = 0.0
                for k in column..<row { sum -= lower[row, k] * inverted[k, column] }
                inverted[row, column] = sum / lower[row, row]
            }
        }
        var result = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0...row {
                var sum = 0.0
                for k in row..<size { sum += inverted[k, row] * inverted[k, column] }
                result[row, column] = sum
            }
        }
        return result
    }

    /// The kernel of scale 1 at a squared distance, and its derivative.
    private static func matern(_ square: Double) -> (value: Double, slope: Double) {
        let root = (5 * square).squareRoot()
        let decay = Real.exp(-root)
        return (decay * (5.0 / 3 * square + root + 1), -5.0 / 6 * (root + 1) * decay)
    }

    private static func covariance(_ points: [[Double]], _ isChoice: [Bool], _ shape: Shape) -> Matrix {
        let squares = SquaredDifferences(points, isChoice)
        var result = Matrix(rows: points.count, columns: points.count)
        var place = 0
        for row in points.indices {
            for column in 0...row {
                var distance = 0.0
                for axis in isChoice.indices { distance += shape.inverseSquares[axis] * squares.axes[axis][place] }
                let value = shape.scale * matern(distance).value
                result[row, column] = value
                result[column, row] = value
                place += 1
            }
            result[row, row] += shape.noise
        }
        return result
    }

    /// The logarithm of the likelihood, without priors.
    var logLikelihood: Double {
        var sum = -Double(values.count) * NormalDistribution.logRootTwoPi
        let half = lower.solvedLower(values)
        for index in values.indices { sum -= Real.log(lower[index, index]) + 0.5 * half[index] * half[index] }
        return sum
    }

    /// What is to be expected at a point, without noise.
    func prediction(at point: [Double]) -> (mean: Double, variance: Double) {
        let kernels = points.map { other in shape.scale * Self.matern(distance(point, other)).value }
        let half = lower.solvedLower(kernels)
        var mean = 0.0
        var variance = shape.scale
        for index in kernels.indices {
            mean += kernels[index] * weights[index]
            variance -= half[index] * half[index]
        }
        return (mean, max(0, variance))
    }

    /// The prediction with its gradients; on axes of choices they are 0.
    func gradients(
        at point: [Double]
    ) -> (mean: Double, variance: Double, meanGradient: [Double], varianceGradient: [Double]) {
        var kernels: [Double] = []
        var slopes: [Double] = []
        for other in points {
            let (value, slope) = Self.matern(distance(point, other))
            kernels.append(shape.scale * value)
            slopes.append(shape.scale * slope)
        }
        let half = lower.solvedLower(kernels)
        let whole = lower.solvedLowerTransposed(half)
        var mean = 0.0
        var variance = shape.scale
        var meanGradient = point.map { _ in 0.0 }
        var varianceGradient = meanGradient
        for (index, other) in points.enumerated() {
            mean += kernels[index] * weights[index]
            variance -= half[index] * half[index]
            for axis in point.indices where !isChoice[axis] {
                let change = slopes[index] * 2 * shape.inverseSquares[axis] * (point[axis] - other[axis])
                meanGradient[axis] += weights[index] * change
                varianceGradient[axis] -= 2 * whole[index] * change
            }
        }
        return (mean, max(0, variance), meanGradient, varianceGradient)
    }

    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for axis in a.indices {
            let difference = a[axis] - b[axis]
            let square = isChoice[axis] ? (difference == 0 ? 0 : 1) : difference * difference
            sum += shape.inverseSquares[axis] * square
        }
        return sum
    }
}
