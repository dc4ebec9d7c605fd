/// In which styles a string may be written so that it reads back the same.
struct YAMLScalarAnalysis {
    var isEmpty = false
    var hasLineBreaks = false
    var allowsFlowPlain = true
    var allowsBlockPlain = true
    var allowsSingleQuoted = true
    /// Control characters, which only double quotes can carry.
    var hasSpecialCharacters = false

    init(_ text: [Unicode.Scalar]) {
        guard let first = text.first else {
            isEmpty = true
            allowsFlowPlain = false
            return
        }
        var hasFlowIndicators = false
        var hasBlockIndicators = false
        if text.starts(with: ["-", "-", "-"]) || text.starts(with: [".", ".", "."]) {
            hasFlowIndicators = true
            hasBlockIndicators = true
        }
        var breakThenSpace = false
        var spaceThenBreak = false
        var previous = first
        for (index, scalar) in text.enumerated() {
            let isFollowedByBlank = index + 1 >= text.count || Self.isBlank(text[index + 1])
            switch scalar {
            case ",", "[", "]", "{", "}":
                hasFlowIndicators = true
                if index == 0 { hasBlockIndicators = true }
            case "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`":
                if index == 0 {
                    hasFlowIndicators = true
                    hasBlockIndicators = true
                }
            case "#":
                if index == 0 || Self.isBlank(previous) {
                    hasFlowIndicators = true
                    hasBlockIndicators = true
                }
            case "?" where index == 0, ":" where index == 0:
                if text.count == 1 { hasFlowIndicators = true }
                if isFollowedByBlank { hasBlockIndicators = true }
            case ":":
                if isFollowedByBlank {
                    hasFlowIndicators = true
                    hasBlockIndicators = true
                }
            case "-" where index == 0:
                if isFollowedByBlank {
                    hasFlowIndicators = true
                    hasBlockIndicators = true
                }
            case " ":
                if index > 0, Self.isBreak(previous) { breakThenSpace = true }
            default:
                if Self.isBreak(scalar) {
                    hasLineBreaks = true
                    if index > 0, previous == " " { spaceThenBreak = true }
                }
                if !Self.isPrintable(scalar) { hasSpecialCharacters = true }
            }
            previous = scalar
        }
        if first == " " || Self.isBreak(first) || previous == " " || Self.isBreak(previous) || hasLineBreaks {
            allowsFlowPlain = false
            allowsBlockPlain = false
        }
        if breakThenSpace || spaceThenBreak || hasSpecialCharacters {
            allowsFlowPlain = false
            allowsBlockPlain = false
            allowsSingleQuoted = false
        }
        if hasFlowIndicators { allowsFlowPlain = false }
        if hasBlockIndicators { allowsBlockPlain = false }
    }

    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\0" || isBreak(scalar)
    }

    /// Whether a character may stand in text as itself. U+0085 may, but would be read as a line break.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x20...0x7E: true
        case 0xFEFF: false
        case 0xA0...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
