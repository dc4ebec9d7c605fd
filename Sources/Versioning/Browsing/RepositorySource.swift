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
    /// Folders that a relative path may also be seen from, where it leads nowhere from the working directory.
    var otherBases: [String] = []

    package init(url: String) { self.url = url }

    /// Opens the repository to look around in it.
    package func browse<Result>(
        _ environment: HostEnvironment, progress: any ProgressReporter,
        _ body: (RepositoryBrowser) async throws -> Result
    ) async throws -> Result {
        try await body(open(environment, progress: progress))
    }

    /// Opens the repository. One that is not a folder of this machine is cloned to a temporary folder, which goes with
    /// the browser.
    ///
    /// - Parameter base: what a relative path is seen from; `nil` for the working directory.
    func open(
        _ environment: HostEnvironment, progress: any ProgressReporter, from base: String? = nil
    ) throws -> RepositoryBrowser {
        let browser = try opened(environment, progress: progress, from: base)
        browser.overriddenRemote = overrides.remote
        return browser
    }

    private func opened(
        _ environment: HostEnvironment, progress: any ProgressReporter, from base: String?
    ) throws -> RepositoryBrowser {
        let path = localPath(from: base ?? environment.workingDirectory)
        if Files.isDirectory(path), let root = try localRoot(path, environment) {
            let repository = try Repository(
                root: root, environment: environment, progress: progress, overrides: overrides)
            guard let revision, let git = try? repository.git else {
                return try RepositoryBrowser(repository: repository, commit: nil)
            }
            return try RepositoryBrowser(repository: repository, commit: resolve(revision, git))
        }
        let source = Files.isDirectory(path) ? path : url
        let clone = try TemporaryClone(of: source, environment)
        let git = try GitRepository.open(at: clone.folder)
        let commit = try revision.map { try resolve($0, git) } ?? git.head()
        guard let commit else { throw Failure("'\(url)' has no commits") }
        if let settings = try git.tree(of: commit).read(".dvc/config") {
            try Files.makeDirectory(Paths.join(clone.folder, ".dvc"))
            try Files.write(settings, to: Paths.join(clone.folder, ".dvc/config"))
        }
        let repository = try Repository(
            root: clone.folder, environment: environment, progress: progress, overrides: overrides)
        return try RepositoryBrowser(repository: repository, commit: commit, clone: clone)
    }

    /// The path that the URL is, if it is one.
    private func localPath(from base: String) -> String {
        let candidates = ([base] + otherBases).map { Paths.absolute(url, from: $0) }
        return candidates.first(where: Files.isDirectory) ?? candidates[0]
    }

    /// Where the repository around a folder begins: DVC's, else Git's, else the folder; `nil` for a bare repository,
    /// which can only be cloned.
    private func localRoot(_ path: String, _ environment: HostEnvironment) throws -> String? {
        if let root = try? ProjectFolder.find(from: path) { return root }
        guard let git = try GitRepository.discover(from: path, variables: environment.variables) else { return path }
        return git.workTree
    }

    /// The commit that the revision, or the default branch, names now, in hexadecimal; `nil` where there is no Git.
    func newestCommit(_ environment: HostEnvironment) throws -> String? {
        let path = localPath(from: environment.workingDirectory)
        guard Files.isDirectory(path) else {
            if let revision, GitObjectName(hex: revision) != nil { return revision }
            return try GitProgram(variables: environment.variables).commit(of: revision ?? "HEAD", at: url)
        }
        guard let git = try GitRepository.discover(from: path, variables: environment.variables) else { return nil }
        return try (revision.map { try resolve($0, git) } ?? git.head())?.name.hex
    }

    private func resolve(_ revision: String, _ git: GitRepository) throws -> GitCommit {
        for candidate in [revision, "origin/" + revision] {
            if let commit = try? git.resolve(candidate) { return commit }
        }
        throw Failure("unknown Git revision '\(revision)'")
    }
}

/// A clone of a Git repository that is gone when nobody needs it any more.
final class TemporaryClone: Sendable {
    let folder: String
    private let parent: String

    init(of url: String, _ environment: HostEnvironment) throws {
        parent = Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-clone-" + TemporaryName.make())
        folder = Paths.join(parent, "repository")
        try Files.makeDirectory(parent, mode: 0o700)
        do {
            try GitProgram(variables: environment.variables).clone(url, into: folder)
        } catch {
            try? Files.removeTree(parent)
            throw CloneFailed(url: url, cause: error)
        }
    }

    deinit { try? Files.removeTree(parent) }
}

/// A repository that could not be cloned.
package struct CloneFailed: UserFacingError {
    package let url: String
    let cause: GitError

    package var summary: String {
        "SCM error: Failed to clone repo '\(RemoteURL.withoutSecrets(url))': \(cause.summary)"
    }
    package var remedy: String? { "check the URL and your rights there with `git ls-remote`" }
}
