/// Minimises a smooth function, within bounds where there are any, by limited-memory BFGS steps that are projected onto
/// the bounds.
struct BoxMinimizer {
    var bounds: [(low: Double, high: Double)]?
    var iterations = 200
    /// Ends when no part of the (projected) gradient is larger.
    var tolerance = 1e-5
    var memory = 10

    struct Result {
        let point: [Double]
        let value: Double
        let steps: Int
    }

    /// - Parameter function: The value and the gradient at a point; a value that is no number counts as infinite.
    func minimize(
        from start: [Double], _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> Result {
        var point = projected(start)
        var (value, gradient) = function(point)
        var pairs: [(step: [Double], change: [Double], scale: Double)] = []
        guard value.isFinite else { return Result(point: point, value: .infinity, steps: 0) }
        for iteration in 0..<iterations {
            let free = point.indices.map { isFree($0, point, gradient) }
            var largest = 0.0
            for index in point.indices where free[index] { largest = max(largest, gradient[index].magnitude) }
            if largest <= tolerance { return Result(point: point, value: value, steps: iteration) }
            var direction = direction(gradient, free, pairs)
            var slope = Self.dot(direction, gradient)
            if !(slope < 0) {
                pairs = []
                direction = gradient.indices.map { free[$0] ? -gradient[$0] : 0 }
                slope = Self.dot(direction, gradient)
            }
            // Without a memory the gradient's length says nothing about how far to go.
            var length = pairs.isEmpty ? min(1, 1 / Self.dot(direction, direction).squareRoot()) : 1
            var isBetter = false
            for _ in 0..<40 {
                let next = projected(zip(point, direction).map { $0 + length * $1 })
                let (nextValue, nextGradient) = function(next)
                let moved = zip(next, point).map { $0 - $1 }
                if nextValue.isFinite, nextValue <= value + 1e-4 * Self.dot(gradient, moved), nextValue < value {
                    let change = zip(nextGradient, gradient).map { $0 - $1 }
                    let curvature = Self.dot(moved, change)
                    if curvature > 1e-12 * Self.dot(change, change) {
                        pairs.append((moved, change, 1 / curvature))
                        if pairs.count > memory { pairs.removeFirst() }
                    }
                    let gain = value - nextValue
                    (point, value, gradient) = (next, nextValue, nextGradient)
                    isBetter = gain > 1e-12 * max(1, value.magnitude)
                    break
                }
                length *= 0.5
            }
            if !isBetter {
                if pairs.isEmpty { return Result(point: point, value: value, steps: iteration + 1) }
                pairs = []
            }
        }
        return Result(point: point, value: value, steps: iterations)
    }

    private func projected(_ point: [Double]) -> [Double] {
        guard let bounds else { return point }
        return zip(point, bounds).map { min(max($0, $1.low), $1.high) }
    }

    private func isFree(_ index: Int, _ point: [Double], _ gradient: [Double]) -> Bool {
        guard let bounds else { return true }
        if point[index] <= bounds[index].low, gradient[index] > 0 { return false }
        if point[index] >= bounds[index].high, gradient[index] < 0 { return false }
        return true
    }

    /// The two loops of limited-memory BFGS.
    private func direction(
        _ gradient: [Double], _ free: [Bool], _ pairs: [(step: [Double], change: [Double], scale: Double)]
    ) -> [Double] {
        var result = gradient.indices.map { free[$0] ? gradient[$0] : 0 }
        var factors: [Double] = []
        for pair in pairs.reversed() {
            let factor = pair.scale * Self.dot(pair.step, result)
            factors.append(factor)
            for index in result.indices { result[index] -= factor * pair.change[index] }
        }
        if let last = pairs.last {
            let scale = 1 / (last.scale * Self.dot(last.change, last.change))
            for index in result.indices { result[index] *= scale }
        }
        for (pair, factor) in zip(pairs, factors.reversed()) {
            let other = pair.scale * Self.dot(pair.change, result)
            for index in result.indices { result[index] += (factor - other) * pair.step[index] }
        }
        return result.indices.map { free[$0] ? -result[$0] : 0 }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
