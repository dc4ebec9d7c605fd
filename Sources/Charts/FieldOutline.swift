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
                let isWhole = corners?.allSatisfy { $0.value >= limit } ?? false
                if isWhole, start == nil { start = column }
                if !isWhole, let begun = start {
                    path +=
                        "M" + text(x(begun), bottom) + "H" + NumberText.pixel(x(column)) + "V"
                        + NumberText.pixel(top) + "H" + NumberText.pixel(x(begun)) + "Z"
                    start = nil
                }
                if !isWhole, let corners { path += Self.path(Self.clipped(corners, limit)) }
            }
        }
        return path
    }

    private typealias Corner = (x: Double, y: Double, value: Double)

    /// The corners of a cell in their order around it; `nil` where one has no value.
    private func corners(_ row: Int, _ column: Int) -> [Corner]? {
        var result: [Corner] = []
        for (down, right) in [(0, 0), (0, 1), (1, 1), (1, 0)] {
            guard let value = field[row + down, column + right] else { return nil }
            result.append((x(column + right), y(row + down), value))
        }
        return result
    }

    /// The part of a cell that is at least `limit`.
    private static func clipped(_ corners: [Corner], _ limit: Double) -> [(x: Double, y: Double)] {
        var result: [(x: Double, y: Double)] = []
        for (place, corner) in corners.enumerated() {
            let next = corners[(place + 1) % corners.count]
            if corner.value >= limit { result.append((corner.x, corner.y)) }
            if (corner.value >= limit) != (next.value >= limit) {
                let share = (limit - corner.value) / (next.value - corner.value)
                result.append((corner.x + (next.x - corner.x) * share, corner.y + (next.y - corner.y) * share))
            }
        }
        return result
    }

    private static func path(_ points: [(x: Double, y: Double)]) -> String {
        guard points.count > 2 else { return "" }
        let places = points.map { short($0.x) + " " + short($0.y) }
        return "M" + places.joined(separator: "L") + "Z"
    }

    private func text(_ x: Double, _ y: Double) -> String { NumberText.pixel(x) + " " + NumberText.pixel(y) }
    /// A tenth of a pixel is enough for shapes.
    private static func short(_ number: Double) -> String { NumberText.pixel((number * 10).rounded() / 10) }
}
