/// Draws parallel axes as SVG.
struct ParallelDrawing {
    private let chart: ParallelAxes
    private let colors: RampScale
    private let top = 48.0
    private let bottom = 368.0
    /// Where strands pass an axis that they have no number on.
    private let without = 396.0
    private let left = 64.0
    private let right: Double
    private let spacing: Double

    init(_ chart: ParallelAxes, _ colors: RampScale) {
        self.chart = chart
        self.colors = colors
        let last = chart.axes.last?.categories.map(\.count).max() ?? 0
        right = max(76, min(200, 16 + 7 * Double(last)))
        // Few axes share the width of other pictures; many have theirs, and the page lets one scroll.
        spacing = max(100, 760 / Double(max(1, chart.axes.count - 1)))
    }

    private var width: Double { left + right + spacing * Double(max(1, chart.axes.count - 1)) }
    private func across(_ axis: Int) -> Double { left + spacing * Double(axis) }

    func svg(label: String) -> String {
        let scales = chart.axes.indices.map { chart.scale($0, from: bottom, to: top, count: 6) }
        let hasGaps = chart.strands.contains { strand in
            chart.axes.indices.contains { chart.value(strand, $0) == nil }
        }
        var markup = Markup()
        let height = hasGaps ? 416.0 : 388.0
        markup.element(
            "svg",
            [
                ("viewBox", "0 0 \(NumberText.pixel(width)) \(NumberText.pixel(height))"), ("class", "parallel"),
                ("width", NumberText.pixel(width)), ("role", "img"), ("aria-label", label),
            ]
        ) { svg in
            svg.element("g", [("class", chart.strands.count > 150 ? "strands many" : "strands")]) { group in
                for item in chart.ordered(colors) { draw(item.strand, item.strength, scales, &group) }
            }
            svg.element("g", [("class", "axis halo")]) { group in
                for axis in chart.axes.indices { draw(axis, scales[axis], hasGaps: hasGaps, &group) }
            }
        }
        return markup.text
    }

    private func draw(
        _ strand: ParallelAxes.Strand, _ strength: Double, _ scales: [Scale], _ group: inout Markup
    ) {
        let heights = chart.axes.indices.map { axis in
            chart.value(strand, axis).map { scales[axis].position($0) } ?? without
        }
        let path = heights.enumerated().map { axis, height in
            (axis == 0 ? "M" : "L") + NumberText.pixel(across(axis)) + " " + NumberText.pixel(height)
        }
        let places = heights.map(NumberText.pixel).joined(separator: " ")
        let look = "tell strand tint r\(RampScale.step(strength))" + (strand.isMarked ? " best" : "")
        group.element("g", [("class", look), ("data-at", places)]) { line in
            line.element("title", text: words(strand))
            line.element("path", [("d", path.joined())])
        }
    }

    private func words(_ strand: ParallelAxes.Strand) -> String {
        let values = chart.axes.indices.compactMap { axis in
            chart.value(strand, axis).map { "\(chart.axes[axis].label): \(chart.axes[axis].text($0))" }
        }
        return ([strand.name] + values).joined(separator: " · ")
    }

    private func draw(_ axis: Int, _ scale: Scale, hasGaps: Bool, _ group: inout Markup) {
        let x = NumberText.pixel(across(axis))
        group.element("path", [("d", "M\(x) \(NumberText.pixel(top))V\(NumberText.pixel(bottom))")])
        // Long names stand in two rows in turns, so that each has the room of two axes.
        let isLong = chart.axes.contains { Double($0.label.count) * 7 > spacing - 14 }
        let name = chart.axes[axis].label
        let room = max(8, Int(spacing * 2 / 7) - 3)
        let shown = AxisDrawing.shortenedInside(name, room)
        // What would stick out of the picture begins or ends with it.
        let half = 4 * Double(shown.count)
        let (place, look) =
            across(axis) < half
            ? (4, "label")
            : across(axis) + half > width
                ? (width - 4, "end label")
                : (across(axis), "middle label")
        group.element(
            "text", [("x", NumberText.pixel(place)), ("y", axis % 2 == 0 || !isLong ? "32" : "16"), ("class", look)]
        ) { text in
            text.element("title", text: name)
            text.text(shown)
        }
        let length = max(4, Int(spacing / 7) - 3)
        for tick in scale.ticks {
            let y = scale.position(tick.value)
            group.element("path", [("d", "M\(x) \(NumberText.pixel(y))h-4")])
            group.element(
                "text",
                [("x", NumberText.pixel(across(axis) + 6)), ("y", NumberText.pixel(y + 4))],
                text: AxisDrawing.shortened(tick.text, length))
        }
        if hasGaps {
            group.element("circle", [("cx", x), ("cy", NumberText.pixel(without)), ("r", "2.5")])
            if chart.strands.contains(where: { chart.value($0, axis) == nil }) {
                group.element(
                    "text", [("x", NumberText.pixel(across(axis) + 6)), ("y", NumberText.pixel(without + 4))],
                    text: "none")
            }
        }
        // Where the pointer chooses a range.
        group.element(
            "rect",
            [
                ("class", "choice"), ("x", NumberText.pixel(across(axis) - 12)), ("y", NumberText.pixel(top)),
                ("width", "24"), ("height", NumberText.pixel((hasGaps ? without + 8 : bottom) - top)),
                ("data-axis", String(axis)),
            ])
        group.element(
            "rect",
            [
                ("class", "chosen"), ("x", NumberText.pixel(across(axis) - 5)), ("y", "0"), ("width", "10"),
                ("height", "0"),
            ])
    }
}
