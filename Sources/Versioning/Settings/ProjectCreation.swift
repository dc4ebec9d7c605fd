package import Basics
import Documents
import FileSystem
package import Git

/// Making a folder a project: what `init` does.
package struct ProjectCreation: Sendable {
    package struct Options: Sendable {
        /// The project lives without Git.
        package var isWithoutGit = false
        /// The Git repository may begin in a folder further up.
        package var isInSubfolder = false
        /// A project that is there is removed first, its cache too.
        package var replacesExisting = false

        package init() {}
    }

    private let environment: HostEnvironment
    private let options: Options
    /// Absolute path of the project to be.
    private let root: String

    package init(folder: String, options: Options, environment: HostEnvironment) {
        root = Paths.absolute(folder, from: environment.workingDirectory)
        self.options = options
        self.environment = environment
    }

    private var dvcFolder: String { Paths.join(root, ".dvc") }

    /// Creates `.dvc` and `.dvcignore` and stages them in Git.
    package func run() throws {
        guard !(options.isWithoutGit && options.isInSubfolder) else {
            throw Failure("Cannot initialize repo with `--no-scm` and `--subdir`", category: .unexpected)
        }
        let git = try options.isWithoutGit ? nil : repository()
        if let git, try git.isIgnored(dvcFolder, isDirectory: true) {
            throw Self.failure(
                "\(dvcFolder) is ignored by your SCM tool. \n"
                    + "Make sure that it's tracked, for example, by adding '!.dvc' to .gitignore.")
        }
        if Files.isDirectory(dvcFolder) { try removeExisting() }
        try Files.makeDirectory(Paths.join(dvcFolder, "tmp"))

        // Checked before it is written; a bad system or global file must not leave half a project behind.
        let settings = try SettingsStore(environment: environment, dvcFolder: dvcFolder).load()
        try Files.write(
            Array((options.isWithoutGit ? "[core]\n    no_scm = True\n" : "").utf8), to: Paths.join(dvcFolder, "config")
        )
        try Files.write([], to: Paths.join(dvcFolder, "tmp/btime"))
        var files = [Paths.join(dvcFolder, "config"), Paths.join(root, ".dvcignore")]
        if !Files.exists(files[1]) { try Files.write(Array(Self.ignoreFile.utf8), to: files[1]) }
        if let git {
            files += try ProjectFolder.ignoreInternals(of: root, settings: settings, in: git)
            try git.stage(files)
        }
    }

    private func repository() throws -> GitRepository {
        let resolved = Paths.resolvingLinks(root)
        if Files.isDirectory(root), let git = try GitRepository.discover(from: root, variables: environment.variables),
            let workTree = git.workTree, options.isInSubfolder || workTree.hasSameBytes(as: resolved)
        {
            return git
        }
        throw Self.failure(
            "\(root) is not tracked by any supported SCM tool (e.g. Git). Use `--no-scm` if you don't want to use any "
                + "SCM or `--subdir` if initializing inside a subdirectory of a parent SCM repository.")
    }

    private func removeExisting() throws {
        guard options.replacesExisting else {
            let shown = Paths.relative(dvcFolder, to: environment.workingDirectory)
            throw Self.failure("'\(shown)' exists. Use `-f` to force.")
        }
        // The cache goes with the folder, as in DVC, but files of the workspace that only link to it stay readable.
        try WorkspaceLinks(root: root).detach(from: Paths.join(dvcFolder, "cache"))
        try Files.removeTree(dvcFolder)
    }

    private static func failure(_ reason: String) -> Failure { Failure("failed to initiate DVC - \(reason)") }

    private static let ignoreFile = """
        # Add patterns of files dvc should ignore, which could improve
        # the performance. Learn more at
        # https://dvc.org/doc/user-guide/dvcignore

        """
}

extension ProjectFolder {
    /// Adds to `.gitignore` files what Git must not see: local settings, temporary files and the cache, where it lies
    /// inside of the project. What Git ignores already is left alone.
    ///
    /// - Returns: Absolute paths of the files that have the lines, changed or not.
    package static func ignoreInternals(
        of root: String, settings: Settings, in git: GitRepository
    ) throws -> [String] {
        let dvcFolder = Paths.join(root, ".dvc")
        var hidden: [(path: String, isDirectory: Bool)] = [
            (Paths.join(dvcFolder, "config.local"), false), (Paths.join(dvcFolder, "tmp"), true),
        ]
        let cache = settings.cacheFolder ?? Paths.join(dvcFolder, "cache")
        if Paths.isInside(cache, root), !Paths.normalized(cache).hasSameBytes(as: Paths.normalized(root)) {
            hidden.append((cache, true))
        }
        var files: [String] = []
        for (path, isDirectory) in hidden {
            let file = Paths.join(Paths.parent(path), ".gitignore")
            if try !git.isIgnored(path, isDirectory: isDirectory) {
                let before = GitIgnoreFile(try Files.readIfPresent(file) ?? [])
                if let after = before.adding(GitIgnoreFile.pattern(forName: Paths.name(path))) {
                    try Files.makeDirectory(Paths.parent(file))
                    try Files.write(after.contents, to: file)
                }
            }
            if Files.exists(file), !files.contains(where: { $0.hasSameBytes(as: file) }) { files.append(file) }
        }
        return files
    }
}
