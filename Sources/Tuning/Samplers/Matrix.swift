/// A small dense matrix, row by row.
struct Matrix: Sendable, Equatable {
    let rows: Int
    let columns: Int
    var values: [Double]

    init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.rows = rows
        self.columns = columns
        values = [Double](repeating: value, count: rows * columns)
    }

    static func identity(_ size: Int) -> Matrix {
        var result = Matrix(rows: size, columns: size)
        for index in 0..<size { result[index, index] = 1 }
        return result
    }

    subscript(_ row: Int, _ column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    func times(_ vector: [Double]) -> [Double] {
        values.withUnsafeBufferPointer { values in
            (0..<rows).map { row in
                var sum = 0.0
                for column in 0..<columns { sum += values[row * columns + column] * vector[column] }
                return sum
            }
        }
    }

    /// The eigenvalues of a symmetric matrix and its eigenvectors as columns, by Jacobi's rotations.
    func symmetricEigen() -> (values: [Double], vectors: Matrix) {
        var a = self
        var vectors = Matrix.identity(rows)
        for _ in 0..<100 {
            var off = 0.0
            for row in 0..<rows {
                for column in 0..<rows where column != row { off += a[row, column] * a[row, column] }
            }
            var scale = 0.0
            for index in 0..<rows { scale += a[index, index] * a[index, index] }
            guard off > 1e-30 * Swift.max(scale, .leastNormalMagnitude), off.isFinite else { break }
            for p in 0..<rows {
                for q in (p + 1)..<Swift.max(p + 1, rows) where a[p, q] != 0 {
                    let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
                    let tangent = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
                    let cosine = 1 / (tangent * tangent + 1).squareRoot()
                    let sine = tangent * cosine
                    for k in 0..<rows {
                        let (x, y) = (a[k, p], a[k, q])
                        a[k, p] = cosine * x - sine * y
                        a[k, q] = sine * x + cosine * y
                    }
                    for k in 0..<rows {
                        let (x, y) = (a[p, k], a[q, k])
                        a[p, k] = cosine * x - sine * y
                        a[q, k] = sine * x + cosine * y
                    }
                    for k in 0..<rows {
                        let (x, y) = (vectors[k, p], vectors[k, q])
                        vectors[k, p] = cosine * x - sine * y
                        vectors[k, q] = sine * x + cosine * y
                    }
                }
            }
        }
        return ((0..<rows).map { a[$0, $0] }, vectors)
    }

    /// The lower triangle whose product with its transpose is this matrix; `nil` where there is none.
    func cholesky() -> Matrix? {
        var lower = self
        let size = rows
        let isPositive = lower.values.withUnsafeMutableBufferPointer { a -> Bool in
            for row in 0..<size {
                for column in 0...row {
                    var sum = a[row * size + column]
                    for k in 0..<column { sum -= a[row * size + k] * a[column * size + k] }
                    if row == column {
                        guard sum > 0, sum.isFinite else { return false }
                        a[row * size + row] = sum.squareRoot()
                    } else {
                        a[row * size + column] = sum / a[column * size + column]
                    }
                }
                for column in (row + 1)..<Swift.max(row + 1, size) { a[row * size + column] = 0 }
            }
            return true
        }
        return isPositive ? lower : nil
    }

    /// Solves `L x = b` for a lower triangle.
    func solvedLower(_ b: [Double]) -> [Double] {
        var x = b
        values.withUnsafeBufferPointer { a in
            x.withUnsafeMutableBufferPointer { x in
                for row in 0..<rows {
                    var sum = x[row]
                    for k in 0..<row { sum -= a[row * columns + k] * x[k] }
                    x[row] = sum / a[row * columns + row]
                }
            }
        }
        return x
    }

    /// Solves `Lᵀ x = b` for a lower triangle `L`.
    func solvedLowerTransposed(_ b: [Double]) -> [Double] {
        var x = b
        values.withUnsafeBufferPointer { a in
            x.withUnsafeMutableBufferPointer { x in
                for row in stride(from: rows - 1, through: 0, by: -1) {
                    let value = x[row] / a[row * columns + row]
                    x[row] = value
                    for k in 0..<row { x[k] -= a[row * columns + k] * value }
                }
            }
        }
        return x
    }
}
