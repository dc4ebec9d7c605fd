package import Basics
import FileSystem

/// A package, layout or archive that is not what it should be.
package struct PackageError: UserFacingError, Equatable {
    package enum Problem: Sendable, Equatable {
        /// The bytes do not have the digest that they are named by.
        case digest
        /// More than a reader is willing to take.
        case limit
        /// A name that leads out of the folder, a link, a device, a file that stands twice.
        case unsafe
        /// Not what the format says.
        case malformed
        /// Something that is named is not there.
        case missing
        /// A signature that does not hold, or none where one is asked for.
        case signature
        /// A feature that varve does not have.
        case unsupported
        /// A file changed while it was packed.
        case changed
    }

    package let problem: Problem
    package let summary: String
    package let remedy: String?
    package var category: ErrorCategory { .failure }

    package init(_ problem: Problem, _ summary: String, remedy: String? = nil) {
        self.problem = problem
        self.summary = summary
        self.remedy = remedy ?? Self.remedy(for: problem)
    }

    private static func remedy(for problem: Problem) -> String? {
        switch problem {
        case .digest: "fetch the package again; if that does not help, ask whoever made it"
        case .limit, .unsafe, .malformed: "nothing was unpacked; do not use the package before its maker explains it"
        case .changed: "wait until nothing writes to it, then package again"
        case .missing, .signature, .unsupported: nil
        }
    }
}
