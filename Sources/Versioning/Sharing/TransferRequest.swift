import Basics
import Objects
package import Transfers

/// What `push`, `fetch` and `pull` are asked to move.
package struct TransferRequest: Sendable {
    /// What a file that outputs are made for is good for, to fetch only those.
    package enum Kind: String, Sendable, CaseIterable {
        case metrics, plots
    }

    package var targets: [String] = []
    /// Whether targets are shell patterns.
    package var usesPatterns = false
    package var selection = TargetOptions()
    package var revisions = RevisionSelection()
    /// `nil` for each output's own remote, or the default one.
    package var remote: String?
    package var jobs: Int?
    /// Bytes per second in each direction.
    package var bandwidth: Int64?
    var use: RemoteUse { RemoteUse(jobs: jobs, bandwidth: bandwidth) }
    package var withRunCache = false
    /// Only outputs of fewer bytes are fetched; 0 is no limit.
    package var maximumSize: Int?
    /// Only outputs of these kinds are fetched, where any are given.
    package var kinds: [Kind] = []

    package init() {}
}

/// Objects that could not be moved, after all others were.
package struct TransferFailed: UserFacingError {
    /// Past participle for the summary: `upload`, `download`.
    let verb: String
    /// How many objects did not arrive; those held back because of another count as well.
    package let count: Int
    package let causes: [TransferReport.FailedObject]

    package var summary: String {
        let shown = causes.prefix(20).map { cause in
            "  " + ((cause.error as? any UserFacingError)?.summary ?? "object \(cause.id): \(cause.error)")
        }
        let more = causes.count > 20 ? ["  … and \(causes.count - 20) more"] : []
        return (["\(count) files failed to \(verb)"] + shown + more).joined(separator: "\n")
    }
    package var remedy: String? {
        causes.lazy.compactMap { ($0.error as? any UserFacingError)?.remedy }.first
    }
}

extension Repository {
    /// The words that select, with patterns replaced by what they match.
    func expandedTargets(of request: TransferRequest) throws -> [String] {
        guard request.usesPatterns, !request.targets.isEmpty else { return request.targets }
        let found = try request.targets.flatMap {
            try GlobExpansion.paths(matching: $0, from: environment.workingDirectory)
        }
        guard found.isEmpty else { return found }
        let quoted = request.targets.map { "'\($0)'" }.joined(separator: ", ")
        throw Failure("Glob [\(quoted)] has no matches.")
    }

    func warnOfMissing(_ missing: some Sequence<ObjectID>, names: ObjectNames) {
        let lines = missing.sorted().map { id in names[id].map { "name: \($0), md5: \(id)" } ?? "md5: \(id)" }
        guard !lines.isEmpty else { return }
        let shown = lines.prefix(100) + (lines.count > 100 ? ["… and \(lines.count - 100) more"] : [])
        progress.report(
            .warning(
                "Some of the cache files do not exist neither locally nor on remote. Missing cache files:\n"
                    + shown.joined(separator: "\n")))
    }
}

/// Under which path an object is known: the first that names it.
struct ObjectNames: Sendable {
    private var names: [ObjectID: String] = [:]

    subscript(_ id: ObjectID) -> String? { names[id] }

    mutating func add(_ id: ObjectID, named name: String) {
        if names[id] == nil { names[id] = name }
    }

    /// - Parameter name: how the output is shown to the user.
    mutating func add(_ output: UsedOutput, named name: String, _ listing: DirectoryObject?) {
        if names[output.object] == nil { names[output.object] = name }
        for entry in listing?.entries ?? [] {
            let id = ObjectID(entry.digest, algorithm: output.object.algorithm)
            if names[id] == nil { names[id] = "\(name)/\(entry.path)" }
        }
    }
}
