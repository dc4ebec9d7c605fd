/// Numbers as a row of colours, from faint to strong: dark on a light page, light on a dark one. The colours differ in
/// brightness first (they are those of viridis), so that they can be told apart by everybody and on paper.
package struct Ramp: Sendable {
    /// What the numbers are.
    package var axis: Axis
    /// Whether small numbers are the strong ones.
    package var isReversed: Bool
    /// What strong colours mean, in a few words.
    package var meaning: String

    package init(_ axis: Axis, isReversed: Bool = false, meaning: String = "") {
        self.axis = axis
        self.isReversed = isReversed
        self.meaning = meaning
    }

    static let count = 16
    private static let light = [
        "#c9e129", "#a2da37", "#7ad150", "#59c564", "#39b977", "#2aab81", "#1f9d89", "#238e8c",
        "#277e8e", "#2e708e", "#34618d", "#3b4f8a", "#413e83", "#472b7a", "#461768", "#440154",
    ]
    private static let dark = [
        "#3c4e8a", "#365c8c", "#306a8e", "#2b768e", "#26828e", "#238e8c", "#209b8a", "#27a783",
        "#31b27c", "#44bd70", "#5ec861", "#7ad150", "#9bd83c", "#bbdf2a", "#dce328", "#fde725",
    ]

    /// Rules that say what `r0` … look like.
    static var rules: String { light.indices.map { ".r\($0){--ink:var(--r\($0))}" }.joined() }
    static let lightVariables = variables(light)
    static let darkVariables = variables(dark)

    private static func variables(_ colors: [String]) -> String {
        colors.enumerated().map { "--r\($0.offset):\($0.element);" }.joined()
    }
}

/// A ramp over the numbers that a picture has.
struct RampScale {
    let ramp: Ramp
    let scale: Scale

    init(_ ramp: Ramp, _ values: some Sequence<Double>) {
        self.ramp = ramp
        scale = ramp.axis.scale(values.filter { ramp.axis.holds($0) }, from: 0, to: 1, count: 5)
    }

    /// How strong a number is, from 0 to 1; `nil` for what has no place.
    func strength(_ value: Double) -> Double? {
        guard ramp.axis.holds(value) else { return nil }
        let share = min(1, max(0, scale.share(value)))
        return ramp.isReversed ? 1 - share : share
    }

    /// The number of its colour.
    func step(_ value: Double) -> Int? { strength(value).map(Self.step) }

    static func step(_ strength: Double) -> Int { min(Ramp.count - 1, max(0, Int(strength * Double(Ramp.count)))) }
}

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
