/// What lies between points that have a value: on a grid over the unit square, a plane through the points nearby, which
/// count less the further they are away.
///
/// Points that lie on a plane give that plane. A grid place beyond all points has none: nobody has looked there.
struct Field {
    /// A point in the unit square.
    struct Sample {
        var x: Double
        var y: Double
        var value: Double
    }

    /// Grid places from left to right, and from bottom to top; their ends are those of the unit square.
    let columns: Int
    let rows: Int
    /// By row, then column.
    private var values: [Double?]
    /// How much nearer than the reach the next point is; less than 0 is beyond it.
    private var margins: [Double]

    /// - Parameters:
    ///   - xNames, yNames: How many names an axis has instead of numbers; each is a grid place then, and points count for
    ///     their own name alone.
    init(_ samples: [Sample], columns: Int, rows: Int, xNames: Int = 0, yNames: Int = 0) {
        let columns = xNames > 0 ? xNames : max(2, columns)
        let rows = yNames > 0 ? yNames : max(2, rows)
        self.columns = columns
        self.rows = rows
        values = [Double?](repeating: nil, count: columns * rows)
        margins = [Double](repeating: -1, count: columns * rows)
        let reach = Self.reach(samples.count)
        for row in 0..<rows {
            for column in 0..<columns {
                let x = xNames > 0 ? (Double(column) + 0.5) / Double(xNames) : Double(column) / Double(columns - 1)
                let y = yNames > 0 ? (Double(row) + 0.5) / Double(yNames) : Double(row) / Double(rows - 1)
                var nearest = Double.infinity
                let near = samples.compactMap { sample -> Sample? in
                    let dx = sample.x - x
                    let dy = sample.y - y
                    if xNames > 0, abs(dx) * Double(xNames) >= 0.5 { return nil }
                    if yNames > 0, abs(dy) * Double(yNames) >= 0.5 { return nil }
                    let own = Sample(x: xNames > 0 ? 0 : dx, y: yNames > 0 ? 0 : dy, value: sample.value)
                    let distance = own.x * own.x + own.y * own.y
                    nearest = min(nearest, distance)
                    return distance < Self.wide * Self.wide * reach * reach ? own : nil
                }
                values[row * columns + column] = Self.estimate(near, reach: reach * Self.wide)
                margins[row * columns + column] = reach - nearest.squareRoot()
            }
        }
    }

    /// The value at a place of the grid; `nil` where it is beyond all points.
    subscript(row: Int, column: Int) -> Double? {
        margins[row * columns + column] >= 0 ? values[row * columns + column] : nil
    }

    /// What is known at a place and somewhat beyond, for shapes that end between two places.
    func edge(row: Int, column: Int) -> (value: Double, margin: Double)? {
        values[row * columns + column].map { ($0, margins[row * columns + column]) }
    }

    /// Values are known so much further than the reach, so that the edge of what is drawn lies between values.
    private static let wide = 1.3

    /// How far a point is heard: less far where there are many.
    static func reach(_ count: Int) -> Double { min(0.3, max(0.1, 1.4 / Double(max(1, count)).squareRoot())) }

    /// The value at the origin.
    private static func estimate(_ samples: [Sample], reach: Double) -> Double? {
        var weights: [Double] = []
        var total = 0.0
        var sum = (x: 0.0, y: 0.0, value: 0.0)
        var low = Double.infinity
        var high = -Double.infinity
        for sample in samples {
            let distance = (sample.x * sample.x + sample.y * sample.y) / (reach * reach)
            // No bell: a polynomial, which is the same on every machine and ends at the reach.
            let rest = max(0, 1 - distance)
            let weight = rest * rest / (distance + 0.02)
            weights.append(weight)
            guard weight > 0 else { continue }
            total += weight
            sum.x += weight * sample.x
            sum.y += weight * sample.y
            sum.value += weight * sample.value
            low = min(low, sample.value)
            high = max(high, sample.value)
        }
        guard total > 0 else { return nil }
        let middle = (x: sum.x / total, y: sum.y / total, value: sum.value / total)
        var xx = 0.0
        var xy = 0.0
        var yy = 0.0
        var xv = 0.0
        var yv = 0.0
        for (sample, weight) in zip(samples, weights) where weight > 0 {
            let dx = sample.x - middle.x
            let dy = sample.y - middle.y
            xx += weight * dx * dx
            xy += weight * dx * dy
            yy += weight * dy * dy
            xv += weight * dx * (sample.value - middle.value)
            yv += weight * dy * (sample.value - middle.value)
        }
        let slope = slope(xx, xy, yy, xv, yv, least: 1e-4 * total * reach * reach)
        let value = middle.value - slope.x * middle.x - slope.y * middle.y
        // Beyond the points nearby a plane would promise what nobody has seen.
        return value.isFinite ? min(high, max(low, value)) : middle.value
    }

    /// The slope of the plane that fits best; none in a direction in which the points hardly differ.
    private static func slope(
        _ xx: Double, _ xy: Double, _ yy: Double, _ xv: Double, _ yv: Double, least: Double
    ) -> (x: Double, y: Double) {
        let mean = (xx + yy) / 2
        let half = (xx - yy) / 2
        let radius = (half * half + xy * xy).squareRoot()
        let (large, small) = (mean + radius, mean - radius)
        guard large > least else { return (0, 0) }
        if small > least {
            let determinant = xx * yy - xy * xy
            return ((yy * xv - xy * yv) / determinant, (xx * yv - xy * xv) / determinant)
        }
        // The direction in which the points lie.
        var (dx, dy) = abs(xy) > 1e-12 * large ? (large - yy, xy) : (xx >= yy ? (1.0, 0.0) : (0.0, 1.0))
        let length = (dx * dx + dy * dy).squareRoot()
        guard length > 0 else { return (0, 0) }
        (dx, dy) = (dx / length, dy / length)
        let along = (dx * xv + dy * yv) / large
        return (dx * along, dy * along)
    }
}
