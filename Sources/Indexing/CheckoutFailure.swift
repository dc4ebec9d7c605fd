package import Basics

/// Files that would be lost, since nothing else holds them.
package struct UnsavedFiles: UserFacingError, Equatable {
    /// Absolute paths.
    package let paths: [String]

    package init(paths: [String]) { self.paths = paths }

    package var summary: String {
        "Can't remove the following unsaved files without confirmation. Use `--force` to force.\n"
            + paths.joined(separator: "\n")
    }
    package var remedy: String? { "keep them with `varve add` or `varve commit`, or give them up with `--force`" }
    package var category: ErrorCategory { .failure }
}

/// Files that could not be put in place, by what keeps them from it.
package struct CheckoutFailed: UserFacingError {
    /// Relative to the repository.
    package let paths: [String]
    package let causes: [any UserFacingError]

    package init(paths: [String], causes: [any UserFacingError]) {
        self.paths = paths
        self.causes = causes
    }

    package var summary: String {
        let others = causes.filter { !($0 is MissingObject) }
        return
            (["Checkout failed for following targets:"] + paths + ["Is your cache up to date?"]
            + others.prefix(5).map(\.summary)).joined(separator: "\n")
    }
    package var remedy: String? {
        causes.contains { $0 is MissingObject } || causes.isEmpty
            ? "run `varve fetch` to get what is missing from the remote" : causes.lazy.compactMap(\.remedy).first
    }
    package var category: ErrorCategory { .failure }
}
