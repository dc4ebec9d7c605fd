#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Local regression: at each point a straight line through its neighbours, the nearer ones counting more.
enum Smoothing {
    /// How much of the data is a point's neighbourhood.
    static let bandwidth = 0.3

    /// - Parameter points: sorted by x, finite.
    static func loess(_ points: [Point], bandwidth: Double = bandwidth) -> [Point] {
        let count = max(2, Int((bandwidth * Double(points.count)).rounded()))
        guard points.count > 2, count < points.count else { return points }
        var result: [Point] = []
        var left = 0
        for point in points {
            // The window of nearest neighbours only moves to the right.
            while left + count < points.count,
                points[left + count].x - point.x < point.x - points[left].x
            {
                left += 1
            }
            let window = points[left..<left + count]
            let reach = max(point.x - points[left].x, points[left + count - 1].x - point.x)
            result.append(Point(x: point.x, y: estimate(at: point.x, window, reach: reach)))
        }
        return result
    }

    private static func estimate(at x: Double, _ window: ArraySlice<Point>, reach: Double) -> Double {
        var weights = 0.0
        var sumX = 0.0
        var sumY = 0.0
        var sumXX = 0.0
        var sumXY = 0.0
        for point in window {
            let offset = point.x - x
            let distance = reach > 0 ? abs(offset) / reach : 0
            let weight = distance < 1 ? pow(1 - pow(distance, 3), 3) : reach > 0 ? 0 : 1
            weights += weight
            sumX += weight * offset
            sumY += weight * point.y
            sumXX += weight * offset * offset
            sumXY += weight * offset * point.y
        }
        guard weights > 0 else { return window.first?.y ?? 0 }
        let spread = weights * sumXX - sumX * sumX
        guard spread > 1e-12 * weights * sumXX, spread > 0 else { return sumY / weights }
        return (sumXX * sumY - sumX * sumXY) / spread
    }
}
