/// Draws what the colours of a ramp mean.
struct RampDrawing {
    let colors: RampScale

    func svg() -> String {
        let width = 360.0
        let left = 24.0
        let length = width - 2 * left
        var markup = Markup()
        let axis = colors.ramp.axis
        let texts = colors.scale.ticks.map(\.text).joined(separator: ", ")
        markup.element(
            "svg",
            [
                ("viewBox", "0 0 \(NumberText.pixel(width)) 46"), ("class", "ramp"), ("role", "img"),
                ("aria-label", "Colors: \(axis.label), \(texts)"),
            ]
        ) { svg in
            let words = [axis.label, colors.ramp.meaning].filter { !$0.isEmpty }.map { AxisDrawing.shortened($0, 40) }
            svg.element(
                "text", [("x", NumberText.pixel(left)), ("y", "13")], text: words.joined(separator: " · "))
            let cell = length / Double(Ramp.count)
            for place in 0..<Ramp.count {
                let step = colors.ramp.isReversed ? Ramp.count - 1 - place : place
                svg.element(
                    "rect",
                    [
                        ("class", "tint r\(step)"), ("x", NumberText.pixel(left + cell * Double(place))), ("y", "20"),
                        ("width", NumberText.pixel(cell + 0.4)), ("height", "8"),
                    ])
            }
            for tick in colors.scale.ticks {
                svg.element(
                    "text",
                    [
                        ("x", NumberText.pixel(left + colors.scale.share(tick.value) * length)), ("y", "42"),
                        ("class", "middle"),
                    ], text: AxisDrawing.shortened(tick.text, 9))
            }
        }
        return markup.text
    }
}
