/// An error that a person reads: what happened, and what to do about it.
///
/// Printed as `error: <summary>` and, when there is one, `hint: <remedy>`. Neither ends with a full stop.
package protocol UserFacingError: Error, Sendable {
    /// One sentence that names the file, object or option concerned.
    var summary: String { get }
    /// The next step, as a command where there is one.
    var remedy: String? { get }
    /// What kind of failure this is; the exit status follows from it.
    var category: ErrorCategory { get }
}

extension UserFacingError {
    package var remedy: String? { nil }
    package var category: ErrorCategory { .failure }
}

/// Kinds of failure that scripts tell apart by DVC's exit statuses (`ExitStatus` in Commands maps them).
package enum ErrorCategory: Sendable {
    /// The command ran and failed: 1 where DVC's command catches its own errors, else 255.
    case failure
    /// Broken or contradictory settings: 251.
    case configuration
    /// Ctrl-C: 252.
    case interrupted
    /// Not inside a repository: 253.
    case notARepository
    /// Wrong words on the command line: 254.
    case usage
    /// Anything that DVC lets reach its top level, whatever the command: 255.
    case unexpected
}

/// A failure that nobody needs to tell apart by type.
package struct Failure: UserFacingError, Equatable {
    package let summary: String
    package let remedy: String?
    package let category: ErrorCategory

    package init(_ summary: String, remedy: String? = nil, category: ErrorCategory = .failure) {
        self.summary = summary
        self.remedy = remedy
        self.category = category
    }
}

/// Several failures of one piece of work that went on past each of them.
package struct MultipleFailures: UserFacingError {
    package let failures: [any UserFacingError]
    package let lead: String

    /// - Parameter lead: what the work was, such as `failed to push 3 objects`.
    package init(_ lead: String, _ failures: [any UserFacingError]) {
        self.lead = lead
        self.failures = failures
    }

    package var summary: String {
        ([lead] + failures.prefix(20).map { "  " + $0.summary }
            + (failures.count > 20 ? ["  … and \(failures.count - 20) more"] : [])).joined(separator: "\n")
    }
    package var remedy: String? { failures.lazy.compactMap(\.remedy).first }
    package var category: ErrorCategory { failures.first?.category ?? .failure }
}
