import Basics
import Documents
import FileSystem
import Git
import Indexing
import ProjectFiles

/// Which metrics are asked for.
package struct MetricsRequest: Sendable {
    /// Files or folders, whether or not they are metrics of the project; all metrics for none.
    package var targets: [String] = []
    /// The commits to show besides the workspace.
    package var revisions = RevisionSelection()

    package init() {}
}

extension Repository {
    /// The metrics of the workspace, and of each selected commit.
    ///
    /// What can't be read is told in its place and hides nothing else. The workspace is left out where the branch that
    /// is checked out is shown and says the same.
    package func metrics(_ request: MetricsRequest) async throws -> [RevisionValues] {
        let reader = ValueReader(self)
        let targets = request.targets.map(valuePath)
        if request.revisions.isEmpty {
            return [try await metrics(of: ProjectState(name: "", commit: nil), targets, reader)]
        }
        let git = try git
        let commits = try git.map { _ in try self.commits(of: request.revisions) } ?? []
        var result = [try await metrics(of: ProjectState(name: Self.workspaceName, commit: nil), targets, reader)]
        for commit in commits {
            result.append(
                try await metrics(of: ProjectState(name: commit.name, commit: commit.commit), targets, reader))
        }
        if let branch = try git?.headBranchName(),
            let shown = result.dropFirst().first(where: { $0.name.hasSameBytes(as: branch) }),
            result[0].says(sameAs: shown)
        {
            result.removeFirst()
        }
        return result
    }

    /// How metrics differ between two revisions, either of which may be `workspace`.
    package func metricsDiff(
        from old: String, to new: String, targets: [String] = [], all: Bool = false
    ) async throws -> ValueDiff? {
        guard let (old, new) = try comparedStates(old, new) else { return nil }
        let reader = ValueReader(self)
        let targets = targets.map(valuePath)
        return ValueDiff(
            from: try await metrics(of: old, targets, reader), to: try await metrics(of: new, targets, reader),
            all: all)
    }

    /// The states that two words name; `nil` before the first commit.
    func comparedStates(_ old: String, _ new: String) throws -> (ProjectState, ProjectState)? {
        let git: GitRepository
        do {
            git = try requireGit()
        } catch let failure as Failure {
            throw Failure(failure.summary, remedy: failure.remedy, category: .unexpected)
        }
        guard try git.head() != nil else { return nil }
        return (try state(named: old), try state(named: new))
    }

    /// The path that a command-line word names, seen from the root, also where it lies outside.
    func valuePath(_ word: String) -> RelativePath {
        relativePath(of: word)
            ?? RelativePath(Paths.relative(Paths.absolute(word, from: environment.workingDirectory), to: root))
    }

    /// - Parameter targets: files and folders in place of the project's metrics; none for those.
    func metrics(
        of state: ProjectState, _ targets: [RelativePath], _ reader: ValueReader
    ) async throws -> RevisionValues {
        do {
            let paths = try targets.isEmpty ? reader.snapshot(state).metricPaths : targets
            var files: [ValueFile] = []
            for path in try await reader.expanded(paths, in: state) {
                let content = try await reader.value(at: path, in: state)
                files.append(ValueFile(path: path, content: content.map(\.metrics)))
            }
            return RevisionValues(name: state.name, files: .success(files))
        } catch let error as CancellationError {
            throw error
        } catch {
            return RevisionValues(name: state.name, files: .failure(ValueFailure(error)))
        }
    }
}

extension ProjectSnapshot {
    /// The files and folders of metrics: those of stages, then those that pipeline files name by themselves.
    fileprivate var metricPaths: [RelativePath] {
        get throws {
            var paths = stages.flatMap { stage in
                stage.metrics.map { RelativePath(stage.location(of: $0).text) }
            }
            for pipeline in pipelines { paths += try pipeline.paths(in: .metrics) }
            return paths
        }
    }
}

extension PipelineFile {
    /// The paths that a top-level section lists, seen from the root.
    func paths(in section: Section) throws -> [RelativePath] {
        try items(of: section).compactMap { item in
            item.string.map { RelativePath(Location($0, relativeTo: RelativePath(path).parent.string).text) }
        }
    }
}

extension RevisionValues {
    /// As DVC compares, for which neither two failures nor two NaN are the same.
    fileprivate func says(sameAs other: RevisionValues) -> Bool {
        guard case .success(let mine) = files, case .success(let theirs) = other.files, mine.count == theirs.count
        else { return false }
        return mine.allSatisfy { file in
            guard let value = file.value, let match = theirs.first(where: { $0.path == file.path })?.value else {
                return false
            }
            return value.isPythonEqual(to: match)
        }
    }
}

extension Value {
    /// What of a document is metrics: numbers, truth values and texts, and mappings of them.
    fileprivate var metrics: Value {
        guard let found = extracted else { return .mapping(Mapping()) }
        switch found {
        case .bool(false), .int(0), .float(0), .string(""): return .mapping(Mapping())
        default: return found
        }
    }

    private var extracted: Value? {
        switch self {
        case .bool, .int, .bigInt, .float, .string: return self
        case .null, .date, .array: return nil
        case .mapping(let mapping):
            return .mapping(
                Mapping(
                    mapping.entries.compactMap { key, value in
                        guard let found = value.extracted, found != .mapping(Mapping()) else { return nil }
                        return (key, found)
                    }))
        }
    }
}
