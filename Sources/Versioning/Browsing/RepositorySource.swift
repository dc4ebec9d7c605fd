package import Basics
import FileSystem
import Git

/// Another repository, or this one, as `list`, `du` and their kin name it.
package struct RepositorySource: Sendable {
    /// A path or a URL that Git understands.
    package var url: String
    /// `nil` for the workspace of a local repository, or the default branch of any other.
    package var revision: String?
    package var overrides = SettingsOverrides()

    package init(url: String) { self.url = url }

    /// Opens the repository to look around in it. One that is not a folder of this machine is cloned to a temporary
    /// folder, which is gone when `body` returns.
    package func browse<Result>(
        _ environment: HostEnvironment, progress: any ProgressReporter,
        _ body: (RepositoryBrowser) async throws -> Result
    ) async throws -> Result {
        let path = Paths.absolute(url, from: environment.workingDirectory)
        if Files.isDirectory(path), let root = try localRoot(path, environment) {
            let repository = try Repository(
                root: root, environment: environment, progress: progress, overrides: overrides)
            guard let revision, let git = try? repository.git else {
                return try await body(RepositoryBrowser(repository: repository, commit: nil))
            }
            return try await body(RepositoryBrowser(repository: repository, commit: resolve(revision, git)))
        }
        let parent = Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-clone-" + TemporaryName.make())
        try Files.makeDirectory(parent, mode: 0o700)
        defer { try? Files.removeTree(parent) }
        let folder = Paths.join(parent, "repository")
        try GitProgram(variables: environment.variables).clone(url, into: folder)
        let git = try GitRepository.open(at: folder)
        let commit = try revision.map { try resolve($0, git) } ?? git.head()
        guard let commit else { throw Failure("'\(url)' has no commits") }
        if let settings = try git.tree(of: commit).read(".dvc/config") {
            try Files.makeDirectory(Paths.join(folder, ".dvc"))
            try Files.write(settings, to: Paths.join(folder, ".dvc/config"))
        }
        let repository = try Repository(
            root: folder, environment: environment, progress: progress, overrides: overrides)
        return try await body(RepositoryBrowser(repository: repository, commit: commit))
    }

    /// Where the repository around a folder begins: DVC's, else Git's, else the folder; `nil` for a bare repository,
    /// which can only be cloned.
    private func localRoot(_ path: String, _ environment: HostEnvironment) throws -> String? {
        if let root = try? ProjectFolder.find(from: path) { return root }
        guard let git = try GitRepository.discover(from: path, variables: environment.variables) else { return path }
        return git.workTree
    }

    private func resolve(_ revision: String, _ git: GitRepository) throws -> GitCommit {
        for candidate in [revision, "origin/" + revision] {
            if let commit = try? git.resolve(candidate) { return commit }
        }
        throw Failure("unknown Git revision '\(revision)'")
    }
}
