/// The numbers of a linear model's training, by columns, centred and scaled.
struct DesignMatrix {
    let rows: Int
    let width: Int
    /// Column by column; missing numbers are the column's mean, so 0.
    private(set) var columns: [Double]
    let weights: [Double]
    /// What the weights sum up to.
    let total: Double
    /// Mean of each column where it is known.
    let means: [Double]
    let scales: [Double]

    /// - Parameter scales: whether each column gets a deviation of 1.
    init(_ data: TrainingRows<Double>, scalesColumns: Bool) {
        let rows = data.count
        let width = data.width
        let weights = data.weights ?? [Double](repeating: 1, count: rows)
        var columns = [Double](repeating: 0, count: rows * width)
        var means = [Double](repeating: 0, count: width)
        var scales = [Double](repeating: 1, count: width)
        data.values.withUnsafeBufferPointer { values in
            columns.withUnsafeMutableBufferPointer { columns in
                for column in 0..<width {
                    let out = UnsafeMutableBufferPointer(rebasing: columns[column * rows..<(column + 1) * rows])
                    var sum = 0.0
                    var known = 0.0
                    for row in 0..<rows {
                        let value = values[row * width + column]
                        if !value.isNaN {
                            sum += weights[row] * value
                            known += weights[row]
                        }
                    }
                    let mean = known > 0 ? sum / known : 0
                    means[column] = mean
                    var squares = 0.0
                    for row in 0..<rows {
                        let value = values[row * width + column]
                        out[row] = value.isNaN ? 0 : value - mean
                        squares += weights[row] * out[row] * out[row]
                    }
                    let deviation = (squares / weights.reduce(0, +)).squareRoot()
                    // A constant column says nothing; rounding must not make it look as if it did.
                    guard deviation > 1e-14 * max(1, mean.magnitude) else {
                        for row in 0..<rows { out[row] = 0 }
                        continue
                    }
                    guard scalesColumns else { continue }
                    scales[column] = deviation
                    for row in 0..<rows { out[row] /= deviation }
                }
            }
        }
        self.rows = rows
        self.width = width
        self.columns = columns
        self.weights = weights
        total = weights.reduce(0, +)
        self.means = means
        self.scales = scales
    }

    /// Coefficients and intercept for the numbers as they came.
    func unscaled(_ coefficients: [Double], intercept: Double) -> (coefficients: [Double], intercept: Double) {
        var result = coefficients
        var shift = intercept
        for column in 0..<width {
            result[column] /= scales[column]
            shift -= result[column] * means[column]
        }
        return (result, shift)
    }
}
