import Basics
import Versioning

/// A failure that DVC's command catches itself, settings included, with its words in front.
struct CaughtFailure: UserFacingError {
    private let lead: String
    private let cause: any UserFacingError

    init(_ lead: String, _ cause: any UserFacingError) {
        self.lead = lead
        self.cause = cause
    }

    var summary: String { "\(lead) - \(cause.summary)" }
    var remedy: String? { cause.remedy }
    var category: ErrorCategory { .failure }
}

extension UserFacingError {
    /// Whether this is one of the errors that DVC's commands catch; the others reach its top level.
    var isCaughtByDVC: Bool { category == .failure || category == .configuration }
}

extension String {
    /// A URL without login and query, for messages.
    var withoutSecrets: String { RemoteURL.withoutSecrets(self) }
}
