// Versioning is what a repository does with data: it knows the project files, the workspace, the cache and the remotes,
// and offers each verb of the command line as `Repository+Verb`.
//
// It never prints, prompts or reads the process's environment; it is handed a `HostEnvironment` and reports progress as
// values. Promises: what a command records is in the cache before a project file names it, and project files, ignore
// files and the index are replaced whole.

package import Basics
import Documents
package import FileSystem
package import Git
package import Indexing
package import Objects
import Synchronization

/// A project under version control: the folder that holds `.dvc`, and everything varve knows about it.
package final class Repository: Sendable {
    /// Absolute path without symbolic links.
    package let root: String
    package let environment: HostEnvironment
    package let settings: Settings
    package let cache: Cache
    package let ignore: IgnoreRules
    package let index: StatIndex
    package let progress: any ProgressReporter
    let opened = OpenedRemotes()
    private let openedGit = Mutex<OpenedGit>(.notTried)

    private enum OpenedGit {
        case notTried
        case none
        case repository(GitRepository)
    }

    /// Opens the repository that the working directory lies in.
    ///
    /// - Throws: `NotAProject`, or what is wrong with the settings.
    package convenience init(
        discoveredFrom environment: HostEnvironment, progress: any ProgressReporter = SilentProgress(),
        overrides: SettingsOverrides = SettingsOverrides()
    ) throws {
        try self.init(
            root: ProjectFolder.find(from: environment.workingDirectory), environment: environment,
            progress: progress, overrides: overrides)
    }

    /// Opens the repository that the working directory lies in, or else takes the Git repository's folder, or else the
    /// working directory itself, for one that nothing is recorded in.
    package convenience init(
        aroundOrAt environment: HostEnvironment, progress: any ProgressReporter = SilentProgress()
    ) throws {
        let folder = environment.workingDirectory
        let root: String
        do {
            root = try ProjectFolder.find(from: folder)
        } catch let error as NotAProject {
            guard case .outside = error.reason else { throw error }
            let git = try GitRepository.discover(from: folder, variables: environment.variables)
            root = git?.workTree ?? folder
        }
        try self.init(root: root, environment: environment, progress: progress)
    }

    package init(
        root: String, environment: HostEnvironment, progress: any ProgressReporter = SilentProgress(),
        overrides: SettingsOverrides = SettingsOverrides()
    ) throws {
        self.root = Paths.resolvingLinks(root)
        var environment = environment
        environment.workingDirectory = Paths.resolvingLinks(environment.workingDirectory)
        self.environment = environment
        self.progress = progress
        let internals = Paths.join(self.root, ".dvc")
        settings = try SettingsStore(environment: environment, dvcFolder: internals).load(overrides: overrides)
        cache = Cache(
            root: settings.cacheFolder ?? Paths.join(internals, "cache"), linkTypes: settings.linkTypes,
            isShared: settings.isSharedWithGroup,
            quarantineFolder: Paths.join(internals, "tmp/varve/quarantine"))
        ignore = IgnoreRules(root: self.root)
        index = StatIndex(path: Paths.join(internals, "tmp/varve/index"))
        for warning in settings.warnings { progress.report(.warning(warning)) }
    }

    /// `.dvc`
    package var internals: String { Paths.join(root, ".dvc") }
    /// `.dvc/tmp/varve`: what varve may lose.
    package var scratch: String { Paths.join(internals, "tmp/varve") }
    package var threads: Int { settings.checksumJobs ?? environment.processors }

    /// The Git repository around this one, or `nil` where the project lives without Git.
    package var git: GitRepository? {
        get throws {
            if settings.isWithoutGit { return nil }
            return try openedGit.withLock { opened in
                switch opened {
                case .none: return nil
                case .repository(let repository): return repository
                case .notTried:
                    guard let found = try GitRepository.discover(from: root, variables: environment.variables),
                        found.workTree != nil
                    else {
                        throw Failure(
                            "\(root) is not a git repository",
                            remedy: "run `git init`, or `varve config core.no_scm true` to work without Git",
                            category: .unexpected)
                    }
                    opened = .repository(found)
                    return found
                }
            }
        }
    }

    /// The Git repository, for verbs that can't do without.
    package func requireGit() throws -> GitRepository {
        guard let git = try git else {
            throw Failure(
                "Only supported for Git repositories. If you're seeing this error in a Git repo, try updating the DVC "
                    + "configuration with `varve config core.no_scm false`")
        }
        return git
    }

    package func scanner() -> WorkspaceScanner {
        WorkspaceScanner(
            repository: root, index: index, ignore: ignore, threads: threads, progress: progress)
    }

    // MARK: Paths

    /// The path of a command-line word relative to the repository; `nil` where it lies outside.
    ///
    /// Links inside the repository stay as they are: a tracked path may itself be one.
    package func relativePath(of word: String) -> RelativePath? {
        let path = Paths.absolute(word, from: environment.workingDirectory)
        if let inside = relative(path) { return inside }
        return relative(Paths.join(Paths.resolvingLinks(Paths.parent(path)), Paths.name(path)))
    }

    private func relative(_ path: String) -> RelativePath? {
        if path.utf8.elementsEqual(root.utf8) { return RelativePath("") }
        guard Paths.isInside(path, root) else { return nil }
        // By bytes: a name may begin with a combining character, which is one character with the slash before it.
        return RelativePath(String(decoding: path.utf8.dropFirst(root == "/" ? 1 : root.utf8.count + 1), as: UTF8.self))
    }

    package func absolute(_ path: RelativePath) -> String { Paths.join(root, path.string) }

    /// How messages name a path of the repository: from where the user stands.
    package func shown(_ path: RelativePath) -> String {
        Paths.relative(absolute(path), to: environment.workingDirectory)
    }

    /// The working directory relative to the repository; empty where the user stands outside or at the root.
    package var workingDirectory: RelativePath {
        relativePath(of: ".") ?? RelativePath("")
    }
}
