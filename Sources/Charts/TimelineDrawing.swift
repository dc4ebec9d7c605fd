/// Draws a timeline as SVG.
struct TimelineDrawing {
    let timeline: Timeline

    func svg(label: String) -> String {
        let lanes = Array(timeline.lanes.prefix(Timeline.mostLanes))
        var frame = PlaneDrawing.Frame()
        frame.left = 48
        let thickness = max(9, min(26, 360 / Double(max(1, lanes.count))))
        frame.height = frame.top + frame.bottom + thickness * Double(max(1, lanes.count)) + 4
        let spans = lanes.joined()
        let x = Scale(
            spans.lazy.flatMap { [$0.start, $0.end] }, from: frame.left, to: frame.plotRight, count: 8)
        let names = lanes.indices.map { String($0 + 1) }
        let y = Scale(categories: names, from: frame.top, to: frame.plotBottom, count: 20)
        var markup = Markup()
        let size = "0 0 \(NumberText.exact(frame.width)) \(NumberText.pixel(frame.height))"
        markup.element(
            "svg", [("viewBox", size), ("class", "timeline"), ("role", "img"), ("aria-label", label)]
        ) { svg in
            AxisDrawing(frame: frame).draw(x: x, y: y, xLabel: timeline.xLabel, yLabel: timeline.laneLabel, &svg)
            // One group for each kind, as the legend has them.
            for kind in timeline.presentKinds {
                svg.element("g", [("class", "series span c\(kind % Palette.count)")]) { group in
                    for (lane, spans) in lanes.enumerated() {
                        for span in spans where span.kind == kind {
                            draw(span, x, top: y.position(Double(lane)) - thickness * 0.4, thickness * 0.8, &group)
                        }
                    }
                }
            }
        }
        return markup.text
    }

    private func draw(_ span: Timeline.Span, _ x: Scale, top: Double, _ height: Double, _ group: inout Markup) {
        let start = x.position(span.start)
        let width = max(1, x.position(span.end) - start - 0.6)
        group.element("g", [("class", "tell")]) { sign in
            let kind = timeline.kinds.indices.contains(span.kind) ? timeline.kinds[span.kind] : ""
            sign.element("title", text: "\(span.name) · \(kind)")
            sign.element(
                "rect",
                [
                    ("x", NumberText.pixel(start)), ("y", NumberText.pixel(top)), ("width", NumberText.pixel(width)),
                    ("height", NumberText.pixel(height)),
                ])
            guard !span.sign.isEmpty, height >= 12, Double(span.sign.count) * 7.5 < width else { return }
            sign.element(
                "text",
                [
                    ("x", NumberText.pixel(start + width / 2)), ("y", NumberText.pixel(top + height / 2 + 4)),
                    ("class", "middle"),
                ], text: span.sign)
        }
    }
}
