import Basics
import Documents
import FileSystem
import Git
import Indexing
package import Packaging
import ProjectFiles

/// The contents of a package, for as long as they are wanted: some of the files may be fetched ones, which go with it.
package final class GatheredPackage: Sendable {
    package let contents: PackageContents
    private let scratch: String

    init(_ contents: PackageContents, scratch: String) {
        self.contents = contents
        self.scratch = scratch
    }

    deinit { discard() }

    /// Removes the fetched files; the contents are of no use any more.
    package func discard() { try? Files.removeTree(scratch) }
}

extension Repository {
    /// Gathers what a package is made of, from the workspace or from a Git commit: the files, what the project's files
    /// say of them, what was measured, and where it all came from.
    ///
    /// From a commit nothing else has a say, so two clones gather the same.
    package func gatherPackage(_ request: PackageRequest) async throws -> GatheredPackage {
        let commit = try request.revision.map { try requireGit().resolve($0) }
        let browser = try RepositoryBrowser(repository: self, commit: commit)
        let scratch = Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-package-" + TemporaryName.make())
        try Files.makeDirectory(scratch, mode: 0o700)
        do {
            let contents = try await contents(request, browser, scratch: scratch)
            return GatheredPackage(contents, scratch: scratch)
        } catch {
            try? Files.removeTree(scratch)
            throw error
        }
    }

    private func contents(
        _ request: PackageRequest, _ browser: RepositoryBrowser, scratch: String
    ) async throws -> PackageContents {
        let targets = try PackageTargets(request.targets, in: browser)
        let lineage = targets.stage.map { ModelLineage($0, in: browser.snapshot) }
        var files = PackageFiles(browser, scratch: scratch)
        // What was named with its purpose keeps it, also where it lies in a folder that is the model.
        for role in FileRole.allCases where role != .model {
            for word in request.additions[role] ?? [] { try await files.add(browser.packagePath(word), role) }
        }
        for path in targets.models { try await files.add(path, .model) }
        for word in request.additions[.model] ?? [] { try await files.add(browser.packagePath(word), .model) }
        if let lineage {
            let inputs = lineage.inputs
            if request.includesCode { for path in inputs.code { try await files.add(path, .code) } }
            if request.includesData { for path in inputs.data { try await files.add(path, .dataset) } }
        }
        guard !files.files.isEmpty else {
            throw Failure(
                "there is nothing to package",
                remedy: "name an artifact, a stage or a path; `varve stage list` shows the stages", category: .usage)
        }
        var description = try self.description(request, targets, browser)
        if let lineage {
            description.stage = lineage.record
            description.parameters = lineage.parameters
            description.datasets = lineage.datasets
        }
        description.metrics = await metrics(browser.commit, lineage)
        return PackageContents(description, files: files.files)
    }

    private func description(
        _ request: PackageRequest, _ targets: PackageTargets, _ browser: RepositoryBrowser
    ) throws -> PackageDescription {
        let statements = request.statements.filled(from: targets.statements)
        let first = targets.models.first ?? request.additions.values.joined().first.map { RelativePath($0) }
        var name = statements.name ?? first.map { Paths.name($0.string) } ?? "package"
        // A model is not called after the suffix of its file.
        if statements.name == nil, let dot = name.lastIndex(of: "."), dot != name.startIndex {
            name = String(name[..<dot])
        }
        var description = PackageDescription(name: name)
        statements.describe(&description)
        if let commit = browser.commit {
            description.revision = commit.name.hex
            description.created = commit.time
            if description.version == nil { description.version = try registeredVersion(of: name, at: commit) }
        } else {
            description.created = request.sourceDate
        }
        return description
    }

    /// The version that a tag of the registry's kind gives an artifact at a commit: `name@v1.2.0`.
    private func registeredVersion(of name: String, at commit: GitCommit) throws -> String? {
        let prefix = name + "@"
        let names = try requireGit().tags().filter { $0.commit == commit }.map(\.name)
        let versions = names.filter { $0.hasPrefix(prefix) && !$0.hasSuffix("!") }.map {
            String($0.dropFirst(prefix.count))
        }
        return versions.filter { $0.hasPrefix("v") && $0.dropFirst().first?.isNumber == true }.max()
    }

    /// The metrics that concern the model; files that cannot be read tell nothing.
    private func metrics(_ commit: GitCommit?, _ lineage: ModelLineage?) async -> [ValueSet] {
        let state = ProjectState(name: commit?.name.hex ?? "", commit: commit)
        guard let values = try? await metrics(of: state, [], ValueReader(self)), case .success(let files) = values.files
        else { return [] }
        return files.compactMap { file in
            guard let value = file.value, lineage?.concerns(file.path) ?? true else { return nil }
            return ValueSet(file: file.path.string, values: value)
        }
    }
}
