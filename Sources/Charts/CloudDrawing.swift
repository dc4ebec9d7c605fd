/// Draws a cloud as SVG.
struct CloudDrawing {
    private let cloud: Cloud
    private let colors: RampScale
    private let frame: PlaneDrawing.Frame
    private let x: Scale
    private let y: Scale
    private let spots: [(spot: Cloud.Spot, strength: Double)]

    /// - Parameter isSmall: Whether it is one of several side by side.
    init(_ cloud: Cloud, _ colors: RampScale, isSmall: Bool) {
        self.cloud = cloud
        self.colors = colors
        var frame = PlaneDrawing.Frame()
        if isSmall {
            frame.width = 480
            frame.height = 340
            frame.left = 64
        }
        let widest = cloud.y.categories.map(\.count).max() ?? 0
        frame.left = max(frame.left, min(isSmall ? 150 : 240, 24 + 7 * Double(min(widest, 30))))
        self.frame = frame
        let spots = cloud.drawable(colors)
        self.spots = spots
        x = cloud.x.scale(
            spots.lazy.map(\.spot.x), from: frame.left, to: frame.plotRight, count: isSmall ? 5 : 8)
        y = cloud.y.scale(spots.lazy.map(\.spot.y), from: frame.plotBottom, to: frame.top, count: isSmall ? 5 : 6)
    }

    func svg(label: String) -> String {
        var markup = Markup()
        let size = "0 0 \(NumberText.exact(frame.width)) \(NumberText.exact(frame.height))"
        markup.element("svg", [("viewBox", size), ("class", "cloud"), ("role", "img"), ("aria-label", label)]) { svg in
            if cloud.isFilled { fill(&svg) }
            AxisDrawing(frame: frame).draw(x: x, y: y, xLabel: cloud.x.label, yLabel: cloud.y.label, &svg)
            svg.element("g", [("class", cloud.isFilled ? "spots framed" : "spots")]) { group in
                // The strong ones lie above the faint ones, and the marked one above all.
                let order = spots.indices.sorted { (spots[$0].strength, $0) < (spots[$1].strength, $1) }
                for place in order where !spots[place].spot.isMarked { draw(place, &group) }
                for place in order where spots[place].spot.isMarked { draw(place, &group) }
            }
        }
        return markup.text
    }

    private func draw(_ place: Int, _ group: inout Markup) {
        let spot = spots[place].spot
        let step = RampScale.step(spots[place].strength)
        let left = x.position(cloud.x.categories.isEmpty ? spot.x : spot.x + Cloud.aside(place))
        let top = y.position(cloud.y.categories.isEmpty ? spot.y : spot.y + Cloud.aside(place))
        // Very many are small, and say less, or the page would be large.
        let isMany = spots.count > 300
        let title = isMany ? "\(spot.name) · \(NumberText.short(spot.value))" : words(spot)
        if spot.isMarked {
            let place = [("class", "tell best tint r\(step)"), ("d", Self.star(left, top))]
            group.element("path", place) { $0.element("title", text: title) }
        } else {
            let place = [
                ("class", "tell tint r\(step)"), ("cx", NumberText.pixel(left)), ("cy", NumberText.pixel(top)),
                ("r", isMany ? "2.2" : "3.5"),
            ]
            group.element("circle", place) { $0.element("title", text: title) }
        }
    }

    private func words(_ spot: Cloud.Spot) -> String {
        "\(spot.name) · \(cloud.x.label): \(cloud.x.text(spot.x)) · \(cloud.y.label): \(cloud.y.text(spot.y)) · "
            + "\(colors.ramp.axis.label): \(NumberText.short(spot.value))"
    }

    /// A star with five rays.
    static func star(_ x: Double, _ y: Double) -> String {
        let rays = [
            (0.0, -8.0), (2.1, -2.9), (7.6, -2.5), (3.4, 1.1), (4.7, 6.5), (0.0, 3.6), (-4.7, 6.5), (-3.4, 1.1),
            (-7.6, -2.5), (-2.1, -2.9),
        ]
        return "M" + rays.map { NumberText.pixel(x + $0.0) + " " + NumberText.pixel(y + $0.1) }.joined(separator: "L")
            + "Z"
    }

    // MARK: The room between

    private func fill(_ svg: inout Markup) {
        let xNames = cloud.x.categories.count
        let yNames = cloud.y.categories.count
        let samples = spots.map { item in
            Field.Sample(x: x.share(item.spot.x), y: y.share(item.spot.y), value: item.strength)
        }
        let field = Field(samples, columns: 57, rows: 41, xNames: xNames, yNames: yNames)
        svg.element("g", [("class", "field")]) { group in
            if xNames > 0 || yNames > 0 {
                cells(field, isNamed: (xNames > 0, yNames > 0), &group)
                return
            }
            let wide = (frame.plotRight - frame.left) / Double(field.columns - 1)
            let high = (frame.plotBottom - frame.top) / Double(field.rows - 1)
            let outline = FieldOutline(
                field: field, x: { frame.left + wide * Double($0) }, y: { frame.plotBottom - high * Double($0) })
            for step in 0..<Ramp.count {
                let path = outline.path(atLeast: Double(step) / Double(Ramp.count))
                if !path.isEmpty { group.element("path", [("class", "tint r\(step)"), ("d", path)]) }
            }
        }
    }

    /// A column or row of its own for each name.
    private func cells(_ field: Field, isNamed: (x: Bool, y: Bool), _ group: inout Markup) {
        func places(_ count: Int, isNamed: Bool, _ start: Double, _ end: Double) -> [(low: Double, high: Double)] {
            let cells = Double(isNamed ? count : count - 1)
            return (0..<count).map { place in
                let middle = isNamed ? Double(place) + 0.5 : Double(place)
                let half = isNamed ? 0.44 : 0.5
                let ends = [middle - half, middle + half].map { start + (end - start) * min(1, max(0, $0 / cells)) }
                return (ends.min() ?? start, ends.max() ?? end)
            }
        }
        let columns = places(field.columns, isNamed: isNamed.x, frame.left, frame.plotRight)
        let rows = places(field.rows, isNamed: isNamed.y, frame.plotBottom, frame.top)
        var paths = [String](repeating: "", count: Ramp.count)
        for row in 0..<field.rows {
            for column in 0..<field.columns {
                guard let value = field[row, column] else { continue }
                let (across, up) = (columns[column], rows[row])
                paths[RampScale.step(value)] +=
                    "M\(NumberText.pixel(across.low)) \(NumberText.pixel(up.low))H\(NumberText.pixel(across.high))"
                    + "V\(NumberText.pixel(up.high))H\(NumberText.pixel(across.low))Z"
            }
        }
        for (step, path) in paths.enumerated() where !path.isEmpty {
            group.element("path", [("class", "tint r\(step)"), ("d", path)])
        }
    }
}
