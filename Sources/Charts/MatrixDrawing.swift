/// Draws a matrix of counts or shares as SVG.
struct MatrixDrawing {
    let matrix: Matrix

    func svg(label: String) -> String {
        let longest = Double(min(18, matrix.rows.map(\.count).max() ?? 0))
        let left = 40 + longest * 7
        let cell = max(18, min(64, 360 / Double(max(1, matrix.columns.count, matrix.rows.count))))
        // Names of columns stand upright where they would run into each other.
        let widest = matrix.columns.map(\.count).max() ?? 0
        let isUpright = Double(widest) * 7 > cell
        let bottom = isUpright ? 40 + 7 * Double(min(18, widest)) : 46
        let width = left + cell * Double(matrix.columns.count) + 12
        let height = 8 + cell * Double(matrix.rows.count) + bottom
        let hasText = matrix.columns.count <= 20 && matrix.rows.count <= 20
        var markup = Markup()
        let size = "0 0 \(NumberText.pixel(width)) \(NumberText.pixel(height))"
        markup.element(
            "svg",
            [
                ("viewBox", size), ("width", NumberText.pixel(width)), ("height", NumberText.pixel(height)),
                ("class", "matrix"), ("role", "img"), ("aria-label", label),
            ]
        ) { svg in
            for row in matrix.rows.indices {
                let top = 8 + cell * Double(row)
                for column in matrix.columns.indices {
                    draw(
                        row, column, x: left + cell * Double(column), y: top, size: cell, hasText: hasText, &svg)
                }
            }
            svg.element("g", [("class", "axis")]) { axis in
                for (row, name) in matrix.rows.enumerated() {
                    let y = NumberText.pixel(8 + cell * (Double(row) + 0.5) + 4)
                    axis.element(
                        "text", [("x", NumberText.pixel(left - 6)), ("y", y), ("class", "end")],
                        text: AxisDrawing.shortened(name, 18))
                }
                let base = 8 + cell * Double(matrix.rows.count)
                for (column, name) in matrix.columns.enumerated() {
                    let x = NumberText.pixel(left + cell * (Double(column) + 0.5) + (isUpright ? 4 : 0))
                    let y = NumberText.pixel(base + (isUpright ? 8 : 16))
                    axis.element(
                        "text",
                        isUpright
                            ? [("x", x), ("y", y), ("class", "end"), ("transform", "rotate(-90 \(x) \(y))")]
                            : [("x", x), ("y", y), ("class", "middle")], text: AxisDrawing.shortened(name, 18))
                }
                let middle = NumberText.pixel(left + cell * Double(matrix.columns.count) / 2)
                axis.element(
                    "text", [("x", middle), ("y", NumberText.pixel(height - 8)), ("class", "middle label")],
                    text: matrix.xLabel)
                let side = NumberText.pixel(8 + cell * Double(matrix.rows.count) / 2)
                axis.element(
                    "text",
                    [("x", "14"), ("y", side), ("class", "middle label"), ("transform", "rotate(-90 14 \(side))")],
                    text: matrix.yLabel)
            }
        }
        return markup.text
    }

    private func draw(
        _ row: Int, _ column: Int, x: Double, y: Double, size: Double, hasText: Bool, _ svg: inout Markup
    ) {
        let weight = matrix.weight(row: row, column: column)
        let text = matrix.text(row: row, column: column)
        svg.element("g", [("class", weight > 0.5 ? "cell strong" : "cell"), ("data-value", text)]) { cell in
            cell.element(
                "title",
                text: "\(matrix.yLabel) \(matrix.rows[row]) · \(matrix.xLabel) \(matrix.columns[column]): \(text)")
            let side = NumberText.pixel(size - 1)
            let place = [("x", NumberText.pixel(x)), ("y", NumberText.pixel(y)), ("width", side), ("height", side)]
            cell.element("rect", place + [("class", "ground")])
            cell.element("rect", place + [("class", "fill"), ("fill-opacity", NumberText.fixed(weight, decimals: 3))])
            guard hasText else { return }
            cell.element(
                "text",
                [
                    ("x", NumberText.pixel(x + size / 2)), ("y", NumberText.pixel(y + size / 2 + 4)),
                    ("class", "middle"),
                ], text: text)
        }
    }
}
