import Basics

/// The state of the covariance matrix adaptation evolution strategy (Hansen, arXiv:1604.00772), with active updates, as
/// the library `cmaes` has it.
struct CovarianceAdaptation {
    private(set) var mean: [Double]
    private(set) var sigma: Double
    private(set) var covariance: Matrix
    private(set) var generation = 0
    private(set) var evolutionPath: [Double]
    private(set) var stepPath: [Double]
    let population: Int

    private let weights: [Double]
    private let parents: Int
    private let parentMass: Double
    private let stepRate: Double
    private let stepDamping: Double
    private let pathRate: Double
    private let rankOneRate: Double
    private let rankManyRate: Double

    init(mean: [Double], sigma: Double, population: Int? = nil) {
        let n = Double(mean.count)
        let size = population ?? 4 + Int((3 * Real.log(n)).rounded(.down))
        let half = size / 2
        let raw = (1...size).map { Real.log(Double(size + 1) / 2) - Real.log(Double($0)) }
        func mass(_ weights: ArraySlice<Double>) -> Double {
            var sum = 0.0
            var squares = 0.0
            for weight in weights {
                sum += weight
                squares += weight * weight
            }
            return sum * sum / squares
        }
        let mass1 = mass(raw[..<half])
        let mass2 = mass(raw[half...])
        let one = 2 / ((n + 1.3) * (n + 1.3) + mass1)
        let many = min(1 - one - 1e-8, 2 * (mass1 - 2 + 1 / mass1) / ((n + 2) * (n + 2) + mass1))
        let least = min(1 + one / many, 1 + 2 * mass2 / (mass1 + 2), (1 - one - many) / (n * many))
        var positive = 0.0
        var negative = 0.0
        for weight in raw {
            if weight > 0 { positive += weight } else { negative -= weight }
        }
        weights = raw.map { $0 >= 0 ? $0 / positive : least / negative * $0 }
        parents = half
        parentMass = mass1
        rankOneRate = one
        rankManyRate = many
        stepRate = (mass1 + 2) / (n + mass1 + 5)
        stepDamping = 1 + 2 * max(0, ((mass1 - 1) / (n + 1)).squareRoot() - 1) + stepRate
        pathRate = (4 + mass1 / n) / (n + 4 + 2 * mass1 / n)
        self.mean = mean
        self.sigma = sigma
        self.population = size
        covariance = .identity(mean.count)
        evolutionPath = mean.map { _ in 0 }
        stepPath = mean.map { _ in 0 }
    }

    /// Eigenvectors as columns, and the square roots of the eigenvalues.
    private func axes() -> (vectors: Matrix, lengths: [Double]) {
        let (values, vectors) = covariance.symmetricEigen()
        return (vectors, values.map { ($0 < 0 ? 1e-8 : $0).squareRoot() })
    }

    /// A point of the normal distribution within the unit cube: drawn again up to ten times for each dimension, then
    /// pushed to the border.
    func draw(_ random: inout RandomSource) -> [Double] {
        let (vectors, lengths) = axes()
        var point = mean
        for _ in 0...(10 * mean.count) {
            let steps = lengths.map { $0 * random.normal() }
            let turned = vectors.times(steps)
            point = zip(mean, turned).map { $0 + sigma * $1 }
            if point.allSatisfy({ (0...1).contains($0) }) { return point }
        }
        return point.map { min(max($0, 0), 1) }
    }

    /// Takes the losses of a whole population.
    mutating func tell(_ told: [(point: [Double], loss: Double)]) {
        let n = Double(mean.count)
        let sorted = told.enumerated().sorted { a, b in
            a.element.loss != b.element.loss ? a.element.loss < b.element.loss : a.offset < b.offset
        }.map(\.element)
        generation += 1
        let (vectors, lengths) = axes()
        covariance = Self.product(vectors, lengths.map { $0 * $0 })
        let inverseRoot = Self.product(vectors, lengths.map { 1 / $0 })
        let steps = sorted.map { item in zip(item.point, mean).map { ($0 - $1) / sigma } }
        var shift = mean.map { _ in 0.0 }
        for index in 0..<parents {
            for axis in shift.indices { shift[axis] += weights[index] * steps[index][axis] }
        }
        mean = zip(mean, shift).map { $0 + sigma * $1 }

        let whitened = inverseRoot.times(shift)
        let factor = (stepRate * (2 - stepRate) * parentMass).squareRoot()
        stepPath = zip(stepPath, whitened).map { (1 - stepRate) * $0 + factor * $1 }
        let length = Self.norm(stepPath)
        let expected = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        sigma = min(sigma * Real.exp(stepRate / stepDamping * (length / expected - 1)), 1e32)

        let decay = Real.power(1 - stepRate, 2 * Double(generation + 1))
        let isShort = length / (1 - decay).squareRoot() < (1.4 + 2 / (n + 1)) * expected
        let pathFactor = isShort ? (pathRate * (2 - pathRate) * parentMass).squareRoot() : 0
        evolutionPath = zip(evolutionPath, shift).map { (1 - pathRate) * $0 + pathFactor * $1 }

        var sum = 0.0
        for weight in weights { sum += weight }
        let lost = isShort ? 0 : pathRate * (2 - pathRate)
        let keep = 1 + rankOneRate * lost - rankOneRate - rankManyRate * sum
        let scaled = zip(weights, steps).map { weight, step in
            guard weight < 0 else { return weight }
            let length = Self.norm(inverseRoot.times(step))
            return weight * n / (length * length + 1e-8)
        }
        var next = covariance
        for row in mean.indices {
            for column in mean.indices {
                var many = 0.0
                for (weight, step) in zip(scaled, steps) { many += weight * step[row] * step[column] }
                next[row, column] =
                    keep * covariance[row, column] + rankOneRate * evolutionPath[row] * evolutionPath[column]
                    + rankManyRate * many
            }
        }
        covariance = next
    }

    private static func norm(_ vector: [Double]) -> Double {
        var sum = 0.0
        for value in vector { sum += value * value }
        return sum.squareRoot()
    }

    /// `B diag(d) Bᵀ`
    private static func product(_ vectors: Matrix, _ diagonal: [Double]) -> Matrix {
        var result = Matrix(rows: vectors.rows, columns: vectors.rows)
        for row in 0..<vectors.rows {
            for column in 0..<vectors.rows {
                var sum = 0.0
                for k in diagonal.indices { sum += vectors[row, k] * diagonal[k] * vectors[column, k] }
                result[row, column] = sum
            }
        }
        return result
    }
}
