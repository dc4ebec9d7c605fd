import Basics
package import FileSystem
import Git
import Indexing
package import Objects
package import ProjectFiles

/// An output that some state of the project names, with what of it is asked for.
package struct UsedOutput: Sendable {
    package let path: RelativePath
    package let object: ObjectID
    /// The only remote that the output goes to and comes from.
    package let remote: String?
    /// Paths in the output that are asked for, relative to it; empty for all of it.
    package let parts: [RelativePath]
    /// All that the project file says of it, such as where a remote keeps which version.
    package let checksum: OutputChecksum
    package let isInWorkspace: Bool

    init(
        _ checksum: OutputChecksum, _ object: ObjectID, at path: RelativePath, remote: String?,
        parts: [RelativePath] = [], isInWorkspace: Bool = true
    ) {
        self.path = path
        self.object = object
        self.remote = remote
        self.parts = parts
        self.checksum = checksum
        self.isInWorkspace = isInWorkspace
    }

    /// Objects of a directory's files where the project file itself lists them.
    var recordedFiles: [ObjectID] { checksum.files?.compactMap(\.checksum.object) ?? [] }

    /// Whether a file of the output is asked for.
    func includes(_ path: RelativePath) -> Bool { parts.isEmpty || parts.contains { path.isInside($0) } }

    /// The objects of a listing that are asked for.
    func files(in listing: DirectoryObject) -> [ObjectID] {
        listing.entries.lazy.filter { includes($0.path) }.map { ObjectID($0.digest, algorithm: object.algorithm) }
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
                checksum, object, at: tracked.path, remote: tracked.output.remote,
                parts: selected.paths.compactMap { $0.relative(to: tracked.path) }.filter { !$0.isRoot },
                isInWorkspace: state.revision == nil))
    }

    private func addOutside(_ state: ProjectSnapshot, to used: inout UsedOutputList) {
        for stage in state.stages {
            for output in stage.outputs where output.isCached && stage.location(of: output).workspacePath == nil {
                guard let object = output.checksum.object else { continue }
                used.add(
                    UsedOutput(
                        output.checksum, object, at: RelativePath(output.path), remote: output.remote,
                        isInWorkspace: false))
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
        /// The same data may be recorded with and without its versions.
        let versions: [String?]
    }

    mutating func add(_ output: UsedOutput) {
        if output.parts.isEmpty {
            let checksum = output.checksum
            let identity = Identity(
                path: output.path, object: output.object, remote: output.remote,
                versions: [checksum.versionID] + (checksum.files ?? []).map(\.checksum.versionID))
            guard seen.insert(identity).inserted else { return }
        }
        outputs.append(output)
    }
}
