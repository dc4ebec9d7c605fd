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
