package import Basics

/// Words that a command cannot read. The usage goes to standard output before this, as argparse users know it.
package struct UsageError: UserFacingError, Equatable {
    package let summary: String
    package let remedy: String?
    package var category: ErrorCategory { .usage }

    init(_ summary: String, remedy: String? = nil) {
        self.summary = summary
        self.remedy = remedy
    }

    /// Something wrong with one option or argument, in argparse's words.
    static func argument(_ title: String, _ problem: String) -> UsageError {
        UsageError("argument \(title): \(problem)")
    }
}
