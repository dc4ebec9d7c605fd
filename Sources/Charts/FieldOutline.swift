/// A field as shapes, one for each colour: where the field is at least so strong. Each lies on the one before, so that
/// nothing shines through between them.
struct FieldOutline {
    let field: Field
    /// The place of a column, and of a row.
    let x: (Int) -> Double
    let y: (Int) -> Double

    /// The outline of everything that is at least `limit`, as the path of an SVG; empty where there is nothing.
    func path(atLeast limit: Double) -> String {
        var path = ""
        for row in 0..<field.rows - 1 {
            let (bottom, top) = (y(row), y(row + 1))
            var start: Int?
            for column in 0..<field.columns {
                let corners = column + 1 < field.columns ? self.corners(row, column) : nil
                let isWhole = corners?.allSatisfy { $0.value >= limit && $0.margin >= 0 } ?? false
                if isWhole, start == nil { start = column }
                if !isWhole, let begun = start {
                    path +=
                        "M" + text(x(begun), bottom) + "H" + NumberText.pixel(x(column)) + "V"
                        + NumberText.pixel(top) + "H" + NumberText.pixel(x(begun)) + "Z"
                    start = nil
                }
                if !isWhole, let corners {
                    path += Self.path(Self.clipped(Self.clipped(corners) { $0.value - limit }) { $0.margin })
                }
            }
        }
        return path
    }

    private struct Corner {
        var x: Double
        var y: Double
        var value: Double
        var margin: Double

        func toward(_ other: Corner, _ share: Double) -> Corner {
            Corner(
                x: x + (other.x - x) * share, y: y + (other.y - y) * share,
                value: value + (other.value - value) * share, margin: margin + (other.margin - margin) * share)
        }
    }

    /// The corners of a cell in their order around it; `nil` where one has no value.
    private func corners(_ row: Int, _ column: Int) -> [Corner]? {
        var result: [Corner] = []
        for (down, right) in [(0, 0), (0, 1), (1, 1), (1, 0)] {
            guard let edge = field.edge(row: row + down, column: column + right) else { return nil }
            result.append(Corner(x: x(column + right), y: y(row + down), value: edge.value, margin: edge.margin))
        }
        return result
    }

    /// The part of a shape where something is not below 0.
    private static func clipped(_ corners: [Corner], _ height: (Corner) -> Double) -> [Corner] {
        var result: [Corner] = []
        for (place, corner) in corners.enumerated() {
            let next = corners[(place + 1) % corners.count]
            let (here, there) = (height(corner), height(next))
            if here >= 0 { result.append(corner) }
            if (here >= 0) != (there >= 0) { result.append(corner.toward(next, here / (here - there))) }
        }
        return result
    }

    private static func path(_ points: [Corner]) -> String {
        guard points.count > 2 else { return "" }
        let places = points.map { short($0.x) + " " + short($0.y) }
        return "M" + places.joined(separator: "L") + "Z"
    }

    private func text(_ x: Double, _ y: Double) -> String { NumberText.pixel(x) + " " + NumberText.pixel(y) }
    /// A tenth of a pixel is enough for shapes.
    private static func short(_ number: Double) -> String { NumberText.pixel((number * 10).rounded() / 10) }
}
