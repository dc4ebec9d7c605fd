package import Basics
package import Documents
import FileSystem
import Git
import ProjectFiles

/// Which plots of which revisions are asked for.
package struct PlotsRequest: Sendable {
    /// Files, folders, or IDs of plots; all for none.
    package var targets: [String] = []
    /// Git revisions, experiments, or `workspace`, which comes first wherever it is named.
    package var revisions = [Repository.workspaceName]
    /// `template`, `x`, `y`, `x_label`, `y_label`, `title`, `header`: what is set over every definition.
    package var properties = Mapping()

    package init() {}
}

/// The plots of some revisions.
package struct PlotsReport: Sendable {
    package let plots: [Plot]
    /// Revisions of which no definition could be read, and why.
    package let failures: [(revision: String, failure: PlotFailure)]
    /// Revisions of which anything could not be read.
    package let incompleteRevisions: [String]
    /// Whether any revision said anything about plots.
    package let hasDefinitions: Bool
}

extension Repository {
    /// Reads plots at revisions, without a checkout.
    ///
    /// What a revision lacks or has in a broken form is told in the report and hides nothing else.
    ///
    /// - Throws: for an unknown revision, and for a template that is not there.
    package func plots(_ request: PlotsRequest) async throws -> PlotsReport {
        var names: [String] = request.revisions.contains(Self.workspaceName) ? [Self.workspaceName] : []
        for name in request.revisions where !names.contains(where: { $0.hasSameBytes(as: name) }) {
            names.append(name)
        }
        var commits: [GitCommit?] = []
        for name in names { commits.append(name == Self.workspaceName ? nil : try commit(ofRevision: name)) }
        var revisions: [RevisionPlots] = []
        for (name, commit) in zip(names, commits) {
            revisions.append(try await plots(of: name, at: commit, request))
        }
        return PlotsReport(
            plots: try PlotAssembly(self).plots(of: revisions),
            failures: revisions.compactMap { revision in revision.failure.map { (revision.revision, $0) } },
            incompleteRevisions: revisions.filter(\.hasFailures).map(\.revision),
            hasDefinitions: revisions.contains { !$0.definitions.isEmpty || $0.failure != nil })
    }

    /// The revisions that `plots diff` compares where the user names them in part: with one, the workspace; with none,
    /// the last commit and the workspace, or the workspace alone where nothing has changed.
    ///
    /// - Parameter asExperiment: whether a single revision is compared with the one that it is an experiment on, too.
    package func comparedRevisions(_ named: [String], asExperiment: Bool) throws -> [String] {
        let git = try requireGit()
        var revisions = named
        if asExperiment, named.count == 1, let baseline = try baseline(of: named[0]) {
            revisions.append(String(baseline.prefix(7)))
        }
        guard revisions.count <= 1 else { return revisions }
        if revisions.isEmpty, try git.hasChanges(countsUntracked: false) { revisions.append("HEAD") }
        return revisions + [Self.workspaceName]
    }

    /// Whether there is a commit yet.
    package func hasCommits() throws -> Bool { try requireGit().head() != nil }

    // MARK: Revisions

    private func commit(ofRevision name: String) throws -> GitCommit {
        let git = try requireGit()
        let unknown: GitError
        do throws(GitError) {
            return try git.resolve(name)
        } catch {
            unknown = error
        }
        let experiments = try git.experimentReferences().filter { Self.experiment($0.name)?.name == name }
        guard let target = experiments.first?.target, experiments.allSatisfy({ $0.target == target }) else {
            throw unknown
        }
        return try git.commit(target)
    }

    private func baseline(of name: String) throws -> String? {
        let commit = try commit(ofRevision: name)
        return try requireGit().experimentReferences().lazy.filter { $0.target == commit.name }
            .compactMap { Self.experiment($0.name)?.baseline }.first
    }

    /// `refs/exps/12/34567…/name`, the reference of an experiment, taken apart.
    private static func experiment(_ reference: String) -> (baseline: String, name: String)? {
        let parts = reference.split(separator: "/", maxSplits: 4).map(String.init)
        guard parts.count == 5, parts[2].utf8.count == 2, parts[3].utf8.count == 38 else { return nil }
        return (parts[2] + parts[3], parts[4])
    }

    private func plots(of name: String, at commit: GitCommit?, _ request: PlotsRequest) async throws -> RevisionPlots {
        do {
            let browser = try RepositoryBrowser(repository: self, commit: commit)
            var definitions = try PlotDefinitions(
                browser, revision: name, targets: request.targets, overrides: request.properties)
            var found = try await definitions.collect()
            for (_, plots) in found.definitions.entries {
                for (id, properties) in plots.mapping?.entries ?? [] {
                    for path in properties.mapping?.plotSources(of: id) ?? [] {
                        guard found.sources[RelativePath(path)] == nil else { continue }
                        found.sources[RelativePath(path)] = try await source(
                            path, at: definitions.place(path), browser, request.properties)
                    }
                }
            }
            return found
        } catch let error as CancellationError {
            throw error
        } catch {
            var failed = RevisionPlots(revision: name)
            failed.failure = PlotFailure(error, at: commit)
            return failed
        }
    }

    private func source(
        _ path: String, at place: RelativePath, _ browser: RepositoryBrowser, _ overrides: Mapping
    ) async throws -> Result<PlotSource?, PlotFailure> {
        var properties = Mapping()
        if case .plot(let own)? = browser.snapshot.output(at: place)?.output.role { properties = own }
        let hasHeader = properties.overridden(by: overrides)["header"]?.bool ?? true
        do {
            return .success(
                try await PlotSource.parse(
                    try await browser.bytes(at: place), path: path, hasHeader: hasHeader))
        } catch let failure as PlotFailure {
            return .failure(failure)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .failure(PlotFailure(error, at: nil))
        }
    }
}

extension PlotFailure {
    /// Names an error as DVC would where it knows it.
    init(_ error: any Error, at commit: GitCommit?) {
        switch error {
        case let failure as PlotFailure: self = failure
        case let error as ProjectFileError:
            switch error.problem {
            case .syntax, .encoding:
                self = .unreadable(error.path, "YAMLSyntaxError", "YAML file structure is corrupted")
            case .schema:
                let revision = commit.map { " in revision '\($0.name.short)'" } ?? ""
                self.init("YAMLValidationError", "'./\(error.path)' validation failed\(revision)")
            case .invalid(let sentence): self.init("ResolveError", sentence)
            }
        case let error as any UserFacingError: self.init("DvcException", error.summary)
        default: self.init("Exception", "\(error)")
        }
    }
}

extension Repository {
    /// Where a repository would begin if a folder without a project were one: Git's, else the folder itself.
    package static func rootWithoutProject(around environment: HostEnvironment) -> String {
        let git = try? GitRepository.discover(
            from: environment.workingDirectory, variables: environment.variables)
        return git?.workTree ?? environment.workingDirectory
    }
}
