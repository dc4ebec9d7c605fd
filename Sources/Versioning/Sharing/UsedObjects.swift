import Basics
package import FileSystem
import Git
import Indexing
package import Objects
import ProjectFiles

/// An output that some state of the project names, with what of it is asked for.
package struct UsedOutput: Sendable {
    package let path: RelativePath
    package let object: ObjectID
    /// The only remote that the output goes to and comes from.
    package let remote: String?
    /// Paths in the output that are asked for, relative to it; empty for all of it.
    package let parts: [RelativePath]
    /// Objects of a directory's files where the project file itself lists them.
    package let recordedFiles: [ObjectID]
    package let isInWorkspace: Bool

    /// The objects of a listing that are asked for.
    func files(in listing: DirectoryObject) -> [ObjectID] {
        listing.entries.lazy.filter { entry in
            parts.isEmpty || parts.contains { entry.path.isInside($0) }
        }.map { ObjectID($0.digest, algorithm: object.algorithm) }
    }
}

/// What is wanted of the outputs of the workspace and of Git commits.
struct UsedOutputQuery: Sendable {
    var targets: [String] = []
    var selection = TargetOptions()
    var revisions = RevisionSelection()
    /// What to leave out.
    var isWanted: @Sendable (TrackedOutput) -> Bool = { _ in true }
    var onFailure = FailurePolicy.skip
    /// Whether outputs outside the repository count, too.
    var includesOutside = false
    /// Whether to tell of outputs about which nothing was ever recorded.
    var warnsOfUnrecorded = false

    /// What a state whose project files can't be read means.
    enum FailurePolicy: Sendable {
        /// It is left out with a warning; an error where no state can be read.
        case skip
        /// Nothing may be done, since what the state uses is not known.
        case refuse
        /// A commit is left out with a warning; the workspace is not.
        case skipCommits
    }
}

/// A state of the project that could not be read.
package struct UnreadableState: UserFacingError {
    package let name: String
    package let cause: any Error

    package var summary: String {
        "Failed to collect '\(name)' - \((cause as? any UserFacingError)?.summary ?? "\(cause)")"
    }
    package var remedy: String? { (cause as? any UserFacingError)?.remedy }
}

extension Repository {
    /// The outputs that the workspace and the selected commits name, the workspace's first, without repetitions.
    ///
    /// Outputs that Git keeps (`cache: false`) are not among them.
    func usedOutputs(_ query: UsedOutputQuery) throws -> [UsedOutput] {
        var used = UsedOutputList()
        var failure: (any Error)?
        var isAnyRead = false
        func read(_ name: String, _ snapshot: () throws -> ProjectSnapshot) throws {
            do {
                let state = try snapshot()
                let selected = try selectedOutputs(query.targets, query.selection, in: state)
                for output in selected where output.output.output.isCached && query.isWanted(output.output) {
                    add(output, of: state, to: &used, query)
                }
                if query.includesOutside { addOutside(state, to: &used) }
                isAnyRead = true
            } catch {
                if error is CancellationError { throw error }
                switch query.onFailure {
                case .refuse: throw UnreadableState(name: name, cause: error)
                case .skipCommits:
                    guard name != "workspace" else { throw UnreadableState(name: name, cause: error) }
                    progress.report(.warning("Failed to collect '\(name)', skipping"))
                case .skip:
                    if query.revisions.isEmpty { throw error }
                    progress.report(.warning("failed to collect '\(name)', skipping"))
                }
                failure = error
            }
        }
        try read("workspace") { try workspace() }
        for commit in try commits(of: query.revisions) {
            try read(commit.name) { try snapshot(of: commit.commit, named: commit.name) }
        }
        if !isAnyRead, let failure { throw failure }
        return used.outputs
    }

    private func add(
        _ selected: SelectedOutput, of state: ProjectSnapshot, to used: inout UsedOutputList, _ query: UsedOutputQuery
    ) {
        let tracked = selected.output
        let checksum = tracked.output.checksum
        guard let object = checksum.object else {
            if query.warnsOfUnrecorded, checksum.isEmpty, state.revision == nil { warnOfUnrecorded(tracked) }
            return
        }
        used.add(
            UsedOutput(
                path: tracked.path, object: object, remote: tracked.output.remote,
                parts: selected.paths.compactMap { $0.relative(to: tracked.path) }.filter { !$0.isRoot },
                recordedFiles: (checksum.files ?? []).compactMap(\.checksum.object),
                isInWorkspace: state.revision == nil))
    }

    private func addOutside(_ state: ProjectSnapshot, to used: inout UsedOutputList) {
        for stage in state.stages {
            for output in stage.outputs where output.isCached && stage.location(of: output).workspacePath == nil {
                guard let object = output.checksum.object else { continue }
                used.add(
                    UsedOutput(
                        path: RelativePath(output.path), object: object, remote: output.remote, parts: [],
                        recordedFiles: [], isInWorkspace: false))
            }
        }
    }

    private func warnOfUnrecorded(_ tracked: TrackedOutput) {
        let shown = shown(tracked.path)
        let address = tracked.stage.address(relativeTo: workingDirectory.string)
        var text =
            "Output '\(shown)'(stage: '\(address)') is missing version info. Cache for it will not be collected. "
            + "Use `varve repro` to get your pipeline up to date."
        if Files.exists(absolute(tracked.path)) {
            text +=
                "\nYou can also use `varve commit \(address)` to associate existing '\(shown)' with "
                + "stage: '\(address)'."
        }
        progress.report(.warning(text))
    }
}

/// Outputs in the order in which they were found; what another state names alike is there once.
private struct UsedOutputList {
    private(set) var outputs: [UsedOutput] = []
    private var seen: Set<Identity> = []

    private struct Identity: Hashable {
        let path: RelativePath
        let object: ObjectID
        let remote: String?
    }

    mutating func add(_ output: UsedOutput) {
        if output.parts.isEmpty {
            let identity = Identity(path: output.path, object: output.object, remote: output.remote)
            guard seen.insert(identity).inserted else { return }
        }
        outputs.append(output)
    }
}
