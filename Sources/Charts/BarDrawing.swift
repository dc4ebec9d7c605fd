/// Draws groups of bars as SVG.
struct BarDrawing {
    let bars: Bars

    func svg(label: String) -> String {
        var frame = PlaneDrawing.Frame()
        let widest = Double(bars.categories.map(\.count).max() ?? 0)
        let groups = Double(max(1, bars.categories.count))
        let thickness = max(4, min(22, 320 / (groups * Double(max(1, bars.series.count)))))
        let values = bars.series.lazy.flatMap(\.values).compactMap { $0 }
        let x: Scale
        let y: Scale
        if bars.isHorizontal {
            frame.left = max(72, min(300, 30 + 6.5 * min(widest, 41)))
            frame.height = max(200, frame.top + frame.bottom + groups * (thickness * Double(bars.series.count) + 8))
            x = Scale(values, from: frame.left, to: frame.plotRight, count: 8, includingZero: true)
            // The first category is the upper one.
            y = Scale(categories: bars.categories, from: frame.top, to: frame.plotBottom, count: bars.categories.count)
        } else {
            x = Scale(categories: bars.categories, from: frame.left, to: frame.plotRight, count: 12)
            y = Scale(values, from: frame.plotBottom, to: frame.top, count: 6, includingZero: true)
        }
        var markup = Markup()
        let size = "0 0 \(NumberText.exact(frame.width)) \(NumberText.pixel(frame.height))"
        markup.element("svg", [("viewBox", size), ("role", "img"), ("aria-label", label)]) { svg in
            AxisDrawing(frame: frame).draw(
                x: x, y: y, xLabel: bars.isHorizontal ? bars.valueLabel : bars.categoryLabel,
                yLabel: bars.isHorizontal ? bars.categoryLabel : bars.valueLabel, &svg)
            for (position, series) in bars.series.enumerated() {
                svg.element(
                    "g",
                    [
                        ("class", "series bar c\(series.color % Palette.count)"), ("data-name", series.name),
                        ("data-values", series.values.map { $0.map(NumberText.exact) ?? "" }.joined(separator: " ")),
                    ]
                ) { group in
                    for (category, value) in series.values.enumerated() {
                        guard let value, value.isFinite, bars.categories.indices.contains(category) else { continue }
                        let attributes = rectangle(category, position, value, x, y)
                        group.element("rect", attributes) { bar in
                            bar.element(
                                "title",
                                text: "\(bars.categories[category]) · \(series.name): \(NumberText.exact(value))")
                        }
                    }
                }
            }
        }
        return markup.text
    }

    private func rectangle(
        _ category: Int, _ series: Int, _ value: Double, _ x: Scale, _ y: Scale
    ) -> [(String, String)] {
        let names = bars.isHorizontal ? y : x
        let values = bars.isHorizontal ? x : y
        let room = abs(names.position(1) - names.position(0)) * 0.8
        let thickness = room / Double(max(1, bars.series.count))
        let side = names.position(Double(category)) - room / 2 + thickness * Double(series)
        let zero = values.position(0)
        let end = values.position(value)
        let low = NumberText.pixel(min(zero, end))
        let length = NumberText.pixel(abs(end - zero))
        let across = NumberText.pixel(side)
        let thick = NumberText.pixel(max(1, thickness - 1))
        return bars.isHorizontal
            ? [("x", low), ("y", across), ("width", length), ("height", thick)]
            : [("x", across), ("y", low), ("width", thick), ("height", length)]
    }
}
