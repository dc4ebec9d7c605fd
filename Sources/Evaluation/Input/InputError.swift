import Basics

/// Predictions that cannot be judged as they are.
package struct InputError: UserFacingError, Equatable {
    package let summary: String
    package let remedy: String?

    package init(_ summary: String, remedy: String? = nil) {
        self.summary = summary
        self.remedy = remedy
    }
}
