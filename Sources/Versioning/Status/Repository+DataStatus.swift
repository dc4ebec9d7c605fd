import Basics
import FileSystem
import Git
import Indexing
import Objects
import ProjectFiles
import Transfers

/// What `data status` is asked for.
package struct DataStatusRequest: Sendable {
    /// Only these paths and what is below them, as seen from where the user stands; everything for none.
    package var targets: [String] = []
    /// Whether files inside of tracked folders are told one by one.
    package var isGranular = false
    package var findsUntracked = false
    package var findsUnchanged = false
    /// Whether the remote is asked what it has.
    package var asksRemote = false
    /// The remote to ask; `nil` for the default one.
    package var remote: String?

    package init() {}
}

/// How tracked data differs between the last Git commit, the project files and the workspace.
///
/// Names are relative to the repository, sorted, and end in a slash for folders.
package struct DataStatus: Sendable {
    /// Recorded in the project files, but not in the cache.
    package var notInCache: [String] = []
    package var notInRemote: [String] = []
    /// From the last Git commit to the project files.
    package var committed = DataChanges()
    /// From the project files to the workspace.
    package var uncommitted = DataChanges()
    /// Files that Git neither tracks nor ignores, as seen from where the user stands.
    package var untracked: [String] = []
    package var unchanged: [String] = []
    package var git = GitState.none

    package enum GitState: Sendable, Equatable {
        case none
        /// - Parameter isUnborn: whether there is no Git commit yet.
        case repository(isUnborn: Bool, isDirty: Bool)
    }

    package init() {}
}

/// Names of what changed, by kind.
package struct DataChanges: Sendable {
    package var added: [String] = []
    package var modified: [String] = []
    package var deleted: [String] = []
    package var renamed: [(old: String, new: String)] = []
    /// Files in a folder whose recorded listing is nowhere to be found.
    package var unknown: [String] = []

    package init() {}

    package var isEmpty: Bool {
        added.isEmpty && modified.isEmpty && deleted.isEmpty && renamed.isEmpty && unknown.isEmpty
    }
}

extension Repository {
    /// Compares the last Git commit, the project files and the workspace.
    package func dataStatus(_ request: DataStatusRequest) async throws -> DataStatus {
        defer { index.save() }
        let targets = request.targets.compactMap { relativePath(of: $0) }
        let selects: (RelativePath) -> Bool = { path in
            request.targets.isEmpty || targets.contains { path.isInside($0) }
        }
        let snapshot = try workspace()
        let outputs = snapshot.outputs
        let sides = DataSides(self)
        let recorded = sides.recorded(outputs)
        let present = try sides.present(outputs)
        let git = try self.git
        let head = try git?.head()
        let headOutputs = try head.map { try self.snapshot(of: $0, named: "HEAD").outputs } ?? []
        let committed = sides.recorded(headOutputs)
        if request.isGranular {
            let remote = request.asksRemote ? request.remote : nil
            try await sides.completeListings(of: outputs, entries: recorded.outputs, remote: remote)
            try await sides.completeListings(
                of: headOutputs, entries: committed.outputs.filter { !recorded.outputs.contains($0) }, remote: remote)
        }
        let comparison = DataComparison(
            rule: .content, isGranular: request.isGranular, keepsUnchanged: request.findsUnchanged, selects: selects)

        var status = DataStatus()
        let toWorkspace = try comparison.changes(from: recorded, to: present)
        status.uncommitted = DataChanges(toWorkspace, of: outputs)
        var unchanged = toWorkspace.unchangedNames
        if git != nil {
            let toProjectFiles = try comparison.changes(from: committed, to: recorded)
            status.committed = DataChanges(toProjectFiles, of: outputs)
            unchanged.formIntersection(toProjectFiles.unchangedNames)
        }
        status.unchanged = unchanged.map(\.string).sorted(by: precedesInBytes)
        let known = try comparison.entries(of: recorded)
        status.notInCache = try sides.missing(known).names
        if request.asksRemote {
            status.notInRemote = try await notInRemote(known, of: snapshot, request.remote).names
        }
        if let git {
            let untracked = try request.findsUntracked ? git.untrackedFiles() : []
            status.untracked = shown(untracked, git, selects)
            status.git = .repository(
                isUnborn: head == nil,
                isDirty: try !untracked.isEmpty || git.hasChanges(countsUntracked: false))
        }
        return status
    }

    /// Entries that may be pushed and that the remote of their output lacks. Outputs without any remote are passed over.
    private func notInRemote(
        _ entries: [DataEntry], of snapshot: ProjectSnapshot, _ remote: String?
    ) async throws -> [DataEntry] {
        var byRemote: [String?: [DataEntry]] = [:]
        for entry in entries {
            guard let tracked = snapshot.output(holding: entry.path), tracked.output.canPush,
                !tracked.stage.isRepositoryImport
            else { continue }
            byRemote[tracked.output.remote ?? remote, default: []].append(entry)
        }
        var missing: [DataEntry] = []
        for (name, entries) in byRemote {
            if name == nil, settings.defaultRemote == nil { continue }
            if let remote = try cloudRemote(name) {
                missing += try await self.missing(entries, of: snapshot, in: remote)
                continue
            }
            let store = ObjectStore(backend: try backend(of: name))
            let present = try await ObjectStatus(of: store).present(among: Array(Set(entries.compactMap(\.id))))
            missing += entries.filter { $0.id.map { !present.contains($0) } ?? false }
        }
        return missing
    }

    /// Entries of which a remote that keeps versions lacks the file, or one of their files.
    private func missing(
        _ entries: [DataEntry], of snapshot: ProjectSnapshot, in remote: CloudRemote
    ) async throws -> [DataEntry] {
        let outputs = Set(entries.compactMap { snapshot.output(holding: $0.path)?.path })
        let used = outputs.sorted().compactMap { path -> UsedOutput? in
            guard let tracked = snapshot.output(at: path), let object = tracked.object else { return nil }
            return UsedOutput(tracked.output.checksum, object, at: path, remote: remote.name)
        }
        let files = try CloudFiles(of: used, in: remote, cache: cache)
        let survey = try await CloudSurvey(
            of: files.files, in: remote, journal: CloudJournal(of: remote, in: scratch))
        var absent = Set(files.unlisted.map(\.path))
        for file in files.files where survey.present[file.path] == nil {
            for folder in file.path.selfAndParents where !folder.isRoot { absent.insert(folder) }
        }
        return entries.filter { absent.contains($0.path) }
    }

    /// Paths of Git as seen from where the user stands, without those outside of this repository.
    private func shown(_ paths: [String], _ git: GitRepository, _ selects: (RelativePath) -> Bool) -> [String] {
        let prefix = prefixInGit(git)
        return paths.compactMap { path in
            guard let inside = RelativePath(path).relative(to: prefix), selects(inside) else { return nil }
            return shown(inside)
        }
    }
}

extension DataChanges {
    /// - Parameter changes: those unchanged are passed over.
    init(_ changes: [DataChange], of outputs: [TrackedOutput]) {
        let roots = Set(outputs.map(\.path))
        var folders: Set<RelativePath> = []
        for change in changes {
            switch change.kind {
            case .added: added.append(change.name)
            case .modified: modified.append(change.name)
            case .deleted: deleted.append(change.name)
            case .renamed: renamed.append((change.old?.name ?? "", change.name))
            case .unchanged: break
            case .unknown:
                // As DVC: what only the old side has is not mentioned, subfolders are.
                guard let new = change.new else { continue }
                unknown.append(new.name)
                for folder in new.path.parent.selfAndParents {
                    if folder.isRoot || roots.contains(folder) || !folders.insert(folder).inserted { break }
                }
            }
        }
        unknown += folders.map { $0.string + "/" }
        added.sort(by: precedesInBytes)
        modified.sort(by: precedesInBytes)
        deleted.sort(by: precedesInBytes)
        unknown.sort(by: precedesInBytes)
        renamed.sort { precedesInBytes($0.old, $1.old) }
    }
}

extension [DataChange] {
    fileprivate var unchangedNames: Set<RelativePath> {
        Set(lazy.filter { $0.kind == .unchanged }.map { RelativePath($0.name) })
    }
}

extension [DataEntry] {
    fileprivate var names: [String] { map(\.name).sorted(by: precedesInBytes) }
}

private func precedesInBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}
