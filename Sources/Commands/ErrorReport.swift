import ArgumentParser
import Basics
package import Rendering

/// What is printed when a command ends with an error: `ERROR: …` as DVC has it, then our `hint: …`.
package struct ErrorReport: Sendable {
    package let summary: String
    package let remedy: String?

    /// - Returns: `nil` for an error that only carries a status.
    package init?(_ error: any Error) {
        switch error {
        case is ExitCode: return nil
        case is CancellationError:
            summary = "interrupted by the user"
            remedy = nil
        case let error as any UserFacingError:
            summary = error.summary
            remedy = error.remedy
        default:
            summary = "unexpected error - \(error)"
            remedy = nil
        }
    }

    /// The lines, safe to show: names and answers in them were written by others.
    package func text(style: Style) -> String {
        var text = "\(style.paint("ERROR", .boldRed)): \(summary.escapingControlCharacters)\n"
        if let remedy { text += "\(style.paint("hint", .cyan)): \(remedy.escapingControlCharacters)\n" }
        return text
    }
}
