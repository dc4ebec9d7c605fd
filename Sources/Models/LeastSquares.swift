#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Linear regression over a design matrix, plain or with a penalty.
struct LeastSquares {
    let design: DesignMatrix
    /// The target less its mean.
    private let target: [Double]
    let mean: Double

    /// What came out, for the scaled columns.
    struct Solution {
        var coefficients: [Double]
        /// Columns that follow from the others and were given the coefficient 0.
        var dependent: [Int] = []
        var hasConverged = true
    }

    init(_ design: DesignMatrix, target: [Double]) {
        self.design = design
        var sum = 0.0
        for row in target.indices { sum += design.weights[row] * target[row] }
        let mean = sum / design.total
        self.mean = mean
        self.target = target.map { $0 - mean }
    }

    /// Least squares with so much times the sum of squared coefficients added, by Householder's QR with pivoting.
    func solve(alpha: Double) -> Solution {
        let extra = alpha > 0 ? design.width : 0
        let height = design.rows + extra
        let width = design.width
        var matrix = [Double](repeating: 0, count: height * width)
        var right = [Double](repeating: 0, count: height)
        for row in 0..<design.rows {
            let root = design.weights[row].squareRoot()
            right[row] = root * target[row]
            for column in 0..<width {
                matrix[column * height + row] = root * design.columns[column * design.rows + row]
            }
        }
        for column in 0..<extra { matrix[column * height + design.rows + column] = alpha.squareRoot() }
        return matrix.withUnsafeMutableBufferPointer { matrix in
            right.withUnsafeMutableBufferPointer { right in
                Self.solve(matrix, right, height: height, width: width)
            }
        }
    }

    private static func solve(
        _ matrix: UnsafeMutableBufferPointer<Double>, _ right: UnsafeMutableBufferPointer<Double>, height: Int,
        width: Int
    ) -> Solution {
        func norm(_ column: Int, from row: Int) -> Double {
            var sum = 0.0
            for place in row..<height { sum += matrix[column * height + place] * matrix[column * height + place] }
            return sum
        }
        var order = Array(0..<width)
        var rank = 0
        var largest = 0.0
        for step in 0..<min(width, height) {
            var pivot = step
            var best = -1.0
            for column in step..<width {
                let size = norm(order[column], from: step)
                if size > best { (best, pivot) = (size, column) }
            }
            if step == 0 { largest = best }
            // What is left of a column that follows from those before is rounding.
            guard best > largest * 1e-22, best > 0 else { break }
            order.swapAt(step, pivot)
            rank += 1
            let start = order[step] * height
            let head = matrix[start + step]
            let length = head > 0 ? -best.squareRoot() : best.squareRoot()
            let first = head - length
            // The reflection's direction takes the column's place; its square is -length * first.
            let factor = -1 / (length * first)
            for column in (step + 1)..<max(step + 1, width) {
                let other = order[column] * height
                var dot = first * matrix[other + step]
                for row in (step + 1)..<max(step + 1, height) { dot += matrix[start + row] * matrix[other + row] }
                dot *= factor
                matrix[other + step] -= dot * first
                for row in (step + 1)..<max(step + 1, height) { matrix[other + row] -= dot * matrix[start + row] }
            }
            var dot = first * right[step]
            for row in (step + 1)..<max(step + 1, height) { dot += matrix[start + row] * right[row] }
            dot *= factor
            right[step] -= dot * first
            for row in (step + 1)..<max(step + 1, height) { right[row] -= dot * matrix[start + row] }
            matrix[start + step] = length
        }
        var coefficients = [Double](repeating: 0, count: width)
        for step in (0..<rank).reversed() {
            var value = right[step]
            for later in (step + 1)..<max(step + 1, rank) {
                value -= matrix[order[later] * height + step] * coefficients[order[later]]
            }
            coefficients[order[step]] = value / matrix[order[step] * height + step]
        }
        return Solution(coefficients: coefficients, dependent: order[rank...].sorted())
    }

    /// Half the mean squared error, plus `alpha` times `ratio` of the sum of sizes and half of the rest of the sum of
    /// squares of the coefficients, one coefficient at a time.
    func solve(alpha: Double, ratio: Double, limit: Int, tolerance: Double) -> Solution {
        let rows = design.rows
        let width = design.width
        var residual = target
        var coefficients = [Double](repeating: 0, count: width)
        var sizes = [Double](repeating: 0, count: width)
        let absolute = alpha * ratio * design.total
        let squared = alpha * (1 - ratio) * design.total
        var hasConverged = false
        var scale = 0.0
        for row in 0..<rows { scale += design.weights[row] * target[row] * target[row] }
        let threshold = tolerance * (scale / design.total).squareRoot()
        design.columns.withUnsafeBufferPointer { columns in
            residual.withUnsafeMutableBufferPointer { residual in
                design.weights.withUnsafeBufferPointer { weights in
                    for column in 0..<width {
                        for row in 0..<rows {
                            let value = columns[column * rows + row]
                            sizes[column] += weights[row] * value * value
                        }
                    }
                    for _ in 0..<limit {
                        var change = 0.0
                        for column in 0..<width where sizes[column] > 0 {
                            let start = column * rows
                            let old = coefficients[column]
                            var pull = sizes[column] * old
                            for row in 0..<rows { pull += weights[row] * columns[start + row] * residual[row] }
                            let size = max(0, pull.magnitude - absolute)
                            let new = (pull < 0 ? -size : size) / (sizes[column] + squared)
                            guard new != old else { continue }
                            coefficients[column] = new
                            for row in 0..<rows { residual[row] -= (new - old) * columns[start + row] }
                            // As large as the predictions change by it.
                            let deviation = (sizes[column] / design.total).squareRoot()
                            change = max(change, (new - old).magnitude * deviation)
                        }
                        if change <= threshold {
                            hasConverged = true
                            break
                        }
                    }
                }
            }
        }
        return Solution(coefficients: coefficients, hasConverged: hasConverged)
    }
}
