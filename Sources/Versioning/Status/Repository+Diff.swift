import Basics
import FileSystem
import Git
import Indexing
import Objects

/// What `diff` is asked to compare.
package struct DiffRequest: Sendable {
    /// A Git revision, or `workspace`.
    package var from = "HEAD"
    /// A Git revision; `nil` for the workspace.
    package var to: String?
    /// Only these outputs, pointer files, stages or paths in outputs; all for none.
    package var targets: [String] = []

    package init() {}
}

/// What differs between two revisions; each list sorted by path, the older one.
package struct DataDiff: Sendable {
    package var added: [DataEntry] = []
    package var deleted: [DataEntry] = []
    package var modified: [(old: DataEntry, new: DataEntry)] = []
    package var renamed: [(old: DataEntry, new: DataEntry)] = []
    /// Of the older side; only looked for when the newer one is the workspace by default.
    package var notInCache: [DataEntry] = []

    package init() {}

    package var isEmpty: Bool {
        added.isEmpty && deleted.isEmpty && modified.isEmpty && renamed.isEmpty && notInCache.isEmpty
    }
}

extension Repository {
    /// Compares the tracked data of two revisions, or of a revision and the workspace, file by file.
    ///
    /// - Throws: `GitError` for an unknown revision, a `Failure` without Git. Nothing differs before the first commit.
    package func diff(_ request: DiffRequest) async throws -> DataDiff {
        let git = try requireGit()
        guard try git.head() != nil else { return DataDiff() }
        defer { index.save() }
        let old = try compared(request.from, git)
        let new = try compared(request.to ?? Self.workspaceName, git)
        if old.commit == new.commit { return DataDiff() }
        let (oldOutputs, newOutputs, paths) = try restricted(old, new, to: request.targets)
        let sides = DataSides(self)
        let before = old.commit == nil ? try sides.present(oldOutputs) : sides.recorded(oldOutputs)
        let after = new.commit == nil ? try sides.present(newOutputs) : sides.recorded(newOutputs)
        let looksIntoAll = request.to == nil
        try await sides.completeListings(
            of: oldOutputs,
            entries: looksIntoAll ? before.outputs : before.outputs.filter { !after.outputs.contains($0) })
        if new.commit != nil {
            try await sides.completeListings(
                of: newOutputs, entries: after.outputs.filter { !before.outputs.contains($0) })
        }
        let comparison = DataComparison(
            rule: .presence,
            selects: { path in paths.map { $0.contains { path.isInside($0) } } ?? true })
        var result = DataDiff(try comparison.changes(from: before, to: after))
        if request.to == nil {
            result.notInCache = try sides.missing(try comparison.entries(of: before)).sorted { $0.name < $1.name }
        }
        return result
    }

    /// What stands for the files as they are, where a revision is asked for.
    package static let workspaceName = "workspace"

    private func compared(
        _ revision: String, _ git: GitRepository
    ) throws -> (name: String, commit: GitCommit?, snapshot: ProjectSnapshot) {
        if revision == Self.workspaceName { return (revision, nil, try workspace()) }
        let commit = try git.resolve(revision)
        return (revision, commit, try snapshot(of: commit, named: revision))
    }

    private typealias Compared = (name: String, commit: GitCommit?, snapshot: ProjectSnapshot)

    /// The outputs of both sides that targets select, and the selected paths; `nil` for all.
    private func restricted(
        _ old: Compared, _ new: Compared, to targets: [String]
    ) throws -> (old: [TrackedOutput], new: [TrackedOutput], paths: [RelativePath]?) {
        if targets.isEmpty { return (old.snapshot.outputs, new.snapshot.outputs, nil) }
        var paths: [RelativePath] = []
        var selected: [[RelativePath: TrackedOutput]] = [[:], [:]]
        for target in targets {
            var isFound = false
            for (side, snapshot) in [old.snapshot, new.snapshot].enumerated() {
                guard let matches = try? selectedOutputs([target], in: snapshot) else { continue }
                isFound = true
                for match in matches {
                    selected[side][match.output.path] = match.output
                    paths += match.paths.isEmpty ? [match.output.path] : match.paths
                }
            }
            guard isFound else {
                throw Failure(
                    "'\(target)' is tracked neither in '\(old.name)' nor in '\(new.name)'",
                    remedy: "name an output, a file in one, a pointer file or a stage", category: .unexpected)
            }
        }
        func sorted(_ outputs: [RelativePath: TrackedOutput]) -> [TrackedOutput] {
            outputs.values.sorted { $0.path < $1.path }
        }
        return (sorted(selected[0]), sorted(selected[1]), paths)
    }
}

extension DataDiff {
    init(_ changes: [DataChange]) {
        for change in changes {
            switch (change.kind, change.old, change.new) {
            case (.added, _, let new?): added.append(new)
            case (.deleted, let old?, _): deleted.append(old)
            case (.modified, let old?, let new?): modified.append((old, new))
            case (.renamed, let old?, let new?): renamed.append((old, new))
            default: break
            }
        }
        func precedes(_ left: DataEntry, _ right: DataEntry) -> Bool {
            left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        added.sort(by: precedes)
        deleted.sort(by: precedes)
        modified.sort { precedes($0.old, $1.old) }
        renamed.sort { precedes($0.old, $1.old) }
    }
}
