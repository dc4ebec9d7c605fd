/// Colours that people who see colours differently can tell apart (Okabe and Ito's), dashes and marks.
enum Palette {
    static let light = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#3aa0dc", "#444444"]
    static let dark = ["#56b4e9", "#ff8a4c", "#2fc79a", "#f0a6d0", "#f0e442", "#9db4ff", "#dddddd"]
    static let count = 7
    static let dashes = 7
    private static let dashPatterns = ["none", "8 5", "2 3", "10 3 2 3", "5 2", "1 4", "12 4"]

    /// Rules that say what `c0` … and `d0` … look like.
    static var rules: String {
        light.indices.map { ".c\($0){--ink:var(--c\($0))}" }.joined()
            + dashPatterns.enumerated().map { ".d\($0.offset) .line{stroke-dasharray:\($0.element)}" }.joined()
    }

    static func variables(_ colors: [String]) -> String {
        colors.enumerated().map { "--c\($0.offset):\($0.element);" }.joined()
    }

    /// A point's sign: circle, square, triangle, diamond.
    static func mark(_ style: Int, _ x: Double, _ y: Double) -> String {
        let at = "M\(NumberText.pixel(x)) \(NumberText.pixel(y))"
        return switch style % 4 {
        case 0: at + "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z"
        case 1: at + "m-3 -3h6v6h-6z"
        case 2: at + "m0 -4l4 7h-8z"
        default: at + "m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z"
        }
    }
}
