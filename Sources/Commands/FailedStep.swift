import Basics

/// A failure with the words in front that DVC says for the command: `failed to move 'a' -> 'b' - why`.
struct FailedStep: UserFacingError {
    private let lead: String
    private let cause: any UserFacingError

    init(_ lead: String, _ cause: any UserFacingError) {
        self.lead = lead
        self.cause = cause
    }

    var summary: String { "\(lead) - \(cause.summary)" }
    var remedy: String? { cause.remedy }
    var category: ErrorCategory { cause.category }
}
