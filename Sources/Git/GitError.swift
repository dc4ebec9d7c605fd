package import Basics

/// A failure of Git as varve uses it, in process.
package struct GitError: UserFacingError, Equatable {
    /// What callers tell apart.
    package enum Reason: Sendable, Equatable {
        /// libgit2 cannot be opened.
        case unavailable(GitUnavailable)
        /// There is no repository in this folder.
        case notARepository(String)
        /// The folder belongs to someone else and is not listed in `safe.directory`.
        case foreignOwner(String)
        /// Nothing has this name, or what has it is not a commit.
        case unknownRevision(String)
        /// An abbreviated name that several commits share, or a branch that several remotes have.
        case ambiguousRevision(String)
        /// The path is not below the work tree.
        case outsideWorkTree(String)
        /// The work tree is asked of a bare repository.
        case bareRepository
        /// A name or path that Git cannot have, such as one with a NUL byte.
        case invalidName(String)
        /// Another process writes the index or the configuration.
        case locked
        /// An object is not in the repository: a partial or damaged clone.
        case missingObject
        /// Anything else.
        case failure
    }

    package let reason: Reason
    /// What was being done, as the end of the sentence "cannot …".
    package let action: String
    /// libgit2's own words; empty where the failure is not its.
    package let detail: String
    /// libgit2's error code, such as -3 for "not found"; 0 where the failure is not its.
    package let code: Int32
    /// libgit2's error class: the part of it that failed.
    package let libraryClass: Int32

    init(_ reason: Reason, doing action: String = "", detail: String = "", code: Int32 = 0, libraryClass: Int32 = 0) {
        self.reason = reason
        self.action = action
        self.detail = detail
        self.code = code
        self.libraryClass = libraryClass
    }

    package var summary: String {
        switch reason {
        case .unavailable(let error): error.summary
        case .notARepository(let path): "'\(path)' is not a Git repository"
        case .foreignOwner(let path): "the Git repository of '\(path)' belongs to another user"
        case .unknownRevision(let name): "unknown Git revision '\(name)'"
        case .ambiguousRevision(let name): "ambiguous Git revision '\(name)'"
        case .outsideWorkTree(let path): "'\(path)' is outside of the Git work tree"
        case .bareRepository: "the Git repository is bare: it has no work tree"
        case .invalidName(let name): "Git cannot have a file or revision named '\(name)'"
        case .locked: "cannot \(action), another process is writing to the Git repository: \(detail)"
        case .missingObject: "cannot \(action), the Git repository lacks an object: \(detail)"
        case .failure: "cannot \(action): \(detail)"
        }
    }

    package var remedy: String? {
        switch reason {
        case .unavailable(let error): error.remedy
        case .foreignOwner(let path): "trust it with `git config --global --add safe.directory '\(path)'`"
        case .ambiguousRevision: "use a longer or a full name"
        case .locked: "wait for the other process, or remove the lock file when there is none"
        case .missingObject: "run `git fetch`, or `git fsck` to see what is damaged"
        default: nil
        }
    }

    package var category: ErrorCategory {
        if case .unavailable(let error) = reason { error.category } else { .failure }
    }
}

/// libgit2 is missing, or is a version with other structures than the one that varve was built for.
package struct GitUnavailable: UserFacingError, Equatable {
    /// What the dynamic loader said.
    package let detail: String
    /// The version of libgit2 that would do, such as `1.5`.
    package let version: String

    package var summary: String { "Git support needs libgit2 \(version): \(detail)" }
    package var remedy: String? {
        #if canImport(Darwin)
            "install it with `brew install libgit2`"
        #else
            "install it with `apt-get install libgit2-\(version)`"
        #endif
    }
}
