/// Draws lines and points over two axes as SVG.
struct PlaneDrawing {
    private let plane: Plane
    private let hasLines: Bool
    private let x: Scale
    private let y: Scale
    private let frame: Frame

    /// Where the axes lie in a picture.
    struct Frame {
        var width = 640.0
        var height = 400.0
        var left = 72.0
        var right = 16.0
        var top = 12.0
        var bottom = 52.0

        var plotRight: Double { width - right }
        var plotBottom: Double { height - bottom }
    }

    init(_ plane: Plane, hasLines: Bool) {
        self.plane = plane
        self.hasLines = hasLines
        var frame = Frame()
        let widest = plane.yCategories.map(\.count).max() ?? 0
        frame.left = max(frame.left, min(240, 24 + 7 * Double(min(widest, 30))))
        self.frame = frame
        let points = plane.series.lazy.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        x =
            plane.xCategories.isEmpty
            ? plane.axes.x.scale(points.map(\.x), from: frame.left, to: frame.plotRight, count: 8)
            : Scale(categories: plane.xCategories, from: frame.left, to: frame.plotRight, count: 10)
        y =
            plane.yCategories.isEmpty
            ? plane.axes.y.scale(points.map(\.y), from: frame.plotBottom, to: frame.top, count: 6)
            : Scale(categories: plane.yCategories, from: frame.plotBottom, to: frame.top, count: 24)
    }

    /// The axes' extent goes with the picture, so that the page's script knows which number the pointer is at.
    func svg(label: String) -> String {
        var markup = Markup()
        let extent = [x.lower, x.upper, x.start, x.end].map(NumberText.exact).joined(separator: " ")
        let height = [y.lower, y.upper, y.start, y.end].map(NumberText.exact).joined(separator: " ")
        var attributes = [
            ("viewBox", "0 0 \(NumberText.exact(frame.width)) \(NumberText.exact(frame.height))"), ("role", "img"),
            ("aria-label", label), ("data-x", extent), ("data-y", height), ("data-xlabel", plane.xLabel),
        ]
        if hasLines, !plane.isCrowd { attributes.append(("data-lines", "")) }
        if x.isLog { attributes.append(("data-xlog", "")) }
        if y.isLog { attributes.append(("data-ylog", "")) }
        if !plane.xCategories.isEmpty { attributes.append(("data-xnames", Self.joined(plane.xCategories))) }
        if !plane.yCategories.isEmpty { attributes.append(("data-ynames", Self.joined(plane.yCategories))) }
        markup.element("svg", attributes) { svg in
            drawAxes(&svg)
            svg.element(
                "line",
                [
                    ("class", "rule"), ("y1", NumberText.pixel(frame.top)), ("y2", NumberText.pixel(frame.plotBottom)),
                    ("x1", "-9"), ("x2", "-9"),
                ])
            for series in plane.series { draw(series, &svg) }
        }
        return markup.text
    }

    /// Names in one attribute, divided by a character that is no part of any.
    private static func joined(_ names: [String]) -> String {
        names.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
    }

    private func drawAxes(_ svg: inout Markup) {
        AxisDrawing(frame: frame).draw(x: x, y: y, xLabel: plane.xLabel, yLabel: plane.yLabel, &svg)
    }

    private func draw(_ series: Series, _ svg: inout Markup) {
        let hasLines = series.isLine ?? hasLines
        let (xAxis, yAxis) = plane.axes
        let placed =
            xAxis.isLog || yAxis.isLog ? series.points.filter { xAxis.holds($0.x) && yAxis.holds($0.y) } : series.points
        let points =
            hasLines
            ? Thinning.line(placed, x, columns: Int(frame.plotRight - frame.left)) : Thinning.cloud(placed, x, y)
        // What the numbers are, exactly; the picture rounds them to its pixels.
        let values = points.map { "\(NumberText.exact($0.x)),\(NumberText.exact($0.y))" }.joined(separator: " ")
        let attributes = [
            (
                "class",
                "series c\(series.color % Palette.count) d\(series.style % Palette.dashes)" + Self.look(series.weight)
            ),
            ("data-name", series.name), ("data-values", values),
        ]
        svg.element("g", attributes) { group in
            group.element("title", text: series.name)
            if hasLines {
                if plane.isSmoothed {
                    group.element("path", [("class", "line faint"), ("d", path(points))])
                    group.element("path", [("class", "line"), ("d", path(Smoothing.loess(points)))])
                } else {
                    group.element("path", [("class", "line"), ("d", path(points))])
                }
                if points.count == 1 || (points.count <= 60 && series.isLine == nil && series.weight != .faint) {
                    for point in points {
                        group.element("circle", [("cx", px(point)), ("cy", py(point)), ("r", "2.2")])
                    }
                }
            } else {
                for point in points {
                    group.element("path", [("d", Palette.mark(series.style, x.position(point.x), y.position(point.y)))])
                }
            }
        }
    }

    private static func look(_ weight: Series.Weight) -> String {
        switch weight {
        case .faint: " weak"
        case .normal: ""
        case .strong: " heavy"
        }
    }

    private func path(_ points: [Point]) -> String {
        points.enumerated().map { ($0.offset == 0 ? "M" : "L") + px($0.element) + " " + py($0.element) }.joined()
    }

    private func px(_ point: Point) -> String { NumberText.pixel(x.position(point.x)) }
    private func py(_ point: Point) -> String { NumberText.pixel(y.position(point.y)) }
}

/// Draws axes with ticks, grid and labels.
struct AxisDrawing {
    let frame: PlaneDrawing.Frame

    func draw(x: Scale, y: Scale, xLabel: String, yLabel: String, _ svg: inout Markup) {
        let left = NumberText.pixel(frame.left)
        let right = NumberText.pixel(frame.plotRight)
        let top = NumberText.pixel(frame.top)
        let bottom = NumberText.pixel(frame.plotBottom)
        svg.element("g", [("class", "grid")]) { grid in
            for tick in y.ticks {
                let at = NumberText.pixel(y.position(tick.value))
                grid.element("line", [("x1", left), ("x2", right), ("y1", at), ("y2", at)])
            }
            for tick in x.ticks {
                let at = NumberText.pixel(x.position(tick.value))
                grid.element("line", [("x1", at), ("x2", at), ("y1", top), ("y2", bottom)])
            }
        }
        svg.element("g", [("class", "axis")]) { axis in
            axis.element("path", [("d", "M\(left) \(top)V\(bottom)H\(right)")])
            // Names of categories get the room that lies between two of them.
            let places = x.ticks.map { x.position($0.value) }
            let between = zip(places.dropFirst(), places).map(-).min() ?? (frame.plotRight - frame.left)
            let length = max(3, min(18, Int(between / 7)))
            for tick in x.ticks {
                axis.element(
                    "text",
                    [
                        ("x", NumberText.pixel(x.position(tick.value))), ("y", NumberText.pixel(frame.plotBottom + 16)),
                        ("class", "middle"),
                    ], text: Self.shortened(tick.text, length))
            }
            // Numbers always fit.
            let room = frame.left < 100 ? 30 : Int((frame.left - 30) / 6.5)
            for tick in y.ticks {
                axis.element(
                    "text",
                    [
                        ("x", NumberText.pixel(frame.left - 6)), ("y", NumberText.pixel(y.position(tick.value) + 4)),
                        ("class", "end"),
                    ], text: Self.shortened(tick.text, room))
            }
            let middle = NumberText.pixel((frame.left + frame.plotRight) / 2)
            axis.element(
                "text", [("x", middle), ("y", NumberText.pixel(frame.height - 10)), ("class", "middle label")],
                text: Self.shortened(xLabel, 70))
            let height = NumberText.pixel((frame.top + frame.plotBottom) / 2)
            axis.element(
                "text",
                [("x", "14"), ("y", height), ("class", "middle label"), ("transform", "rotate(-90 14 \(height))")],
                text: Self.shortened(yLabel, 45))
        }
    }

    /// A name without its middle: names in a hierarchy differ at their ends.
    static func shortenedInside(_ text: String, _ count: Int) -> String {
        guard text.count > count, count > 4 else { return shortened(text, count) }
        let head = (count - 1) / 3
        return text.prefix(head) + "…" + text.suffix(count - 1 - head)
    }

    static func shortened(_ text: String, _ count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }
}
