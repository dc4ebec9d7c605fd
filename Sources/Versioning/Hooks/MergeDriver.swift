package import Basics
package import Documents
package import FileSystem

/// Merging `.dvc` files for Git: what `git-hook merge-driver` does.
///
/// Only files of `add` with one tracked folder can be merged; for all others, and where both sides changed one path, it
/// is an error, and Git leaves our side in place and reports the conflict.
package struct MergeDriver<Entry: Equatable & Sendable>: Sendable {
    /// One version of the `.dvc` file.
    package struct Side: Sendable {
        /// Whether `add` made it: no command, no dependencies, at most one output.
        package var isFromAdd: Bool
        /// The output; nil where there is none.
        package var output: Output?

        package init(isFromAdd: Bool, output: Output?) {
            self.isFromAdd = isFromAdd
            self.output = output
        }
    }

    package struct Output: Sendable {
        /// All of the output that does not follow from its content: without digest, size, count and hash name.
        package var options: Mapping
        /// The name of the digest's algorithm, as in the file.
        package var algorithm: String
        /// The listing of a tracked folder; nil for a file.
        package var listing: [RelativePath: Entry]?

        package init(options: Mapping, algorithm: String, listing: [RelativePath: Entry]?) {
            self.options = options
            self.algorithm = algorithm
            self.listing = listing
        }
    }

    /// What becomes of our file.
    package enum Outcome: Sendable {
        /// It stays as it is.
        case ours
        /// It becomes theirs.
        case theirs
        /// Its folder gets this listing, which is to be stored in the cache first.
        case merged([RelativePath: Entry])
    }

    package init() {}

    package func merge(ancestor: Side?, ours: Side, theirs: Side) throws(MergeFailure) -> Outcome {
        guard let their = theirs.output else { return .ours }
        guard let our = ours.output else { return .theirs }
        for side in [ancestor, ours, theirs].compactMap({ $0 }) where !side.isFromAdd {
            throw MergeFailure("unable to auto-merge DVC files that weren't created by `dvc add`")
        }
        let base = ancestor?.output
        for output in [base, their].compactMap({ $0 }) {
            guard output.options == our.options, output.algorithm == our.algorithm else {
                throw MergeFailure("unable to auto-merge outputs with different options")
            }
        }
        guard let ourListing = our.listing, let theirListing = their.listing, base == nil || base?.listing != nil else {
            throw MergeFailure("unable to auto-merge outputs that are not directories")
        }
        let (merged, conflicts) = DirectoryMerge.merge(
            ancestor: base?.listing ?? [:], ours: ourListing, theirs: theirListing)
        guard conflicts.isEmpty else {
            let lines = conflicts.map { "\($0.path) (\($0.kind.rawValue))" }
            throw MergeFailure("unable to auto-merge the following paths:\n" + lines.joined(separator: "\n"))
        }
        return .merged(merged)
    }
}

/// Two versions of a `.dvc` file that cannot be merged without a person.
package struct MergeFailure: UserFacingError, Equatable {
    package let summary: String

    package init(_ summary: String) { self.summary = summary }

    package var remedy: String? { "choose one side with `git checkout --ours` or `--theirs`, then `varve checkout`" }
    package var category: ErrorCategory { .unexpected }
}
