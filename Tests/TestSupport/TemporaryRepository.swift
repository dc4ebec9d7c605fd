import FileSystem
package import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A project in a folder of its own, with a home, settings and a Git that know nothing of the machine.
///
/// The layout is the same in all: `work` is the project, `remote` the place of the remote that `addRemote` sets up,
/// `home` the home. Removed when the test lets go of it.
package final class TemporaryRepository: Sendable {
    /// What kind of project it is.
    package enum Kind: Sendable {
        /// A Git repository with `varve init` done and committed.
        case initialised
        /// A Git repository without a project.
        case git
        /// A project without Git.
        case withoutGit
        /// Nothing but an empty folder.
        case empty
    }

    private let keeper: TemporaryFolder
    /// Holds everything; without symbolic links.
    package let folder: String
    /// The work tree.
    package let path: String

    package init(_ kind: Kind = .initialised, sourceLocation: SourceLocation = #_sourceLocation) throws {
        keeper = TemporaryFolder("repo")
        folder = Paths.resolvingLinks(keeper.path)
        path = folder + "/work"
        for name in ["work", "home", "site", "tmp"] { mkdir("\(folder)/\(name)", 0o755) }
        if kind == .initialised || kind == .git { try git("init", "--quiet", "--initial-branch=main") }
        if kind == .initialised {
            try varve("init", "--quiet").succeeds(sourceLocation: sourceLocation)
            try git("commit", "--quiet", "-m", "Begin")
        }
        if kind == .withoutGit { try varve("init", "--quiet", "--no-scm").succeeds(sourceLocation: sourceLocation) }
    }

    /// A copy of all of it as it is now, with times and links.
    package init(copyOf other: TemporaryRepository) throws {
        keeper = TemporaryFolder("repo")
        folder = Paths.resolvingLinks(keeper.path)
        path = folder + "/work"
        try Self.run(["cp", "-a", other.folder + "/.", folder], in: "/", environment).succeeds()
        // Links into the original's cache lead into the copy's.
        let relinking =
            "find work -lname \"$1/*\" | while read -r link; do target=$(readlink \"$link\")"
            + "; ln -sfn \"$2${target#\"$1\"}\" \"$link\"; done"
        try Self.run(["sh", "-c", relinking, "sh", other.folder, folder], in: folder, environment).succeeds()
    }

    // MARK: Programs

    /// What the programs find in their environment.
    package var environment: [String: String] {
        var variables = [
            "PATH": BuiltProgram.variable("PATH") ?? "/usr/bin:/bin", "HOME": folder + "/home",
            "XDG_CONFIG_HOME": folder + "/home/.config", "XDG_CACHE_HOME": folder + "/home/.cache",
            "XDG_CONFIG_DIRS": folder + "/home/xdg", "DVC_SITE_CACHE_DIR": folder + "/site",
            "DVC_GLOBAL_CONFIG_DIR": folder + "/home/dvc", "DVC_SYSTEM_CONFIG_DIR": folder + "/home/system",
            "TMPDIR": folder + "/tmp", "LC_ALL": "C.UTF-8", "TZ": "UTC", "DVC_NO_ANALYTICS": "1",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Cyd", "GIT_COMMITTER_EMAIL": "cyd@example.org",
            "GIT_AUTHOR_DATE": "@1700000000 +0000", "GIT_COMMITTER_DATE": "@1700000000 +0000",
        ]
        if let libraries = BuiltProgram.variable("LD_LIBRARY_PATH") { variables["LD_LIBRARY_PATH"] = libraries }
        return variables
    }

    /// Runs the built varve in the work tree, or in a folder relative to it.
    @discardableResult
    package func varve(
        _ arguments: String..., in subfolder: String = ".", with variables: [String: String] = [:]
    ) throws -> ProcessRun {
        try run([BuiltProgram.varve] + arguments, in: subfolder, with: variables)
    }

    /// Runs the DVC that `VARVE_TEST_DVC` names.
    @discardableResult
    package func dvc(_ arguments: String..., in subfolder: String = ".") throws -> ProcessRun {
        try run([try #require(BuiltProgram.dvc)] + arguments, in: subfolder)
    }

    /// Runs Git, expects success and returns what it printed.
    @discardableResult
    package func git(
        _ arguments: String..., in subfolder: String = ".", sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        try run(["git"] + arguments, in: subfolder).succeeds(sourceLocation: sourceLocation).output
    }

    /// Runs a shell script with `$varve` standing for the program.
    @discardableResult
    package func shell(_ script: String, with variables: [String: String] = [:]) throws -> ProcessRun {
        try run(
            ["sh", "-c", script], in: ".",
            with: variables.merging(["varve": BuiltProgram.varve]) { mine, _ in mine })
    }

    @discardableResult
    package func run(
        _ arguments: [String], in subfolder: String = ".", with variables: [String: String] = [:]
    ) throws -> ProcessRun {
        try start(arguments, in: subfolder, with: variables).wait()
    }

    /// Starts a program without waiting for it.
    package func start(
        _ arguments: [String], in subfolder: String = ".", with variables: [String: String] = [:]
    ) throws -> RunningProcess {
        let directory = subfolder == "." ? path : Paths.join(path, subfolder)
        return try RunningProcess(
            arguments, in: directory, environment: environment.merging(variables) { _, given in given })
    }

    private static func run(
        _ arguments: [String], in directory: String, _ environment: [String: String]
    ) throws -> ProcessRun {
        try RunningProcess(arguments, in: directory, environment: environment).wait()
    }

    // MARK: Files

    /// The absolute path of something in the work tree.
    package func path(_ name: String) -> String { Paths.join(path, name) }

    /// Writes a file in place, as an editor or a program would, making the folders above it.
    package func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    package func write(_ name: String, _ bytes: [UInt8]) throws {
        let path = path(name)
        try Files.makeDirectory(Paths.parent(path))
        // A new file rather than new bytes: the old one may be a link into the cache.
        if unlink(path) != 0, errno != ENOENT { throw FileError("remove", path, errno) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("create", path, errno) }
        defer { close(descriptor) }
        try bytes.withUnsafeBytes { try Files.writeAll($0, to: descriptor, path: path) }
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try Files.read(path(name)), as: UTF8.self)
    }

    package func exists(_ name: String) -> Bool { Files.exists(path(name)) }

    package func remove(_ name: String) throws { try Files.removeTree(path(name)) }

    /// Makes the folder `remote` the default remote and returns its path.
    @discardableResult
    package func addRemote() throws -> String {
        try varve("remote", "add", "--quiet", "--default", "store", "../remote").succeeds()
        return folder + "/remote"
    }

    /// Adds all to Git and commits.
    package func commitAll(_ message: String = "Change") throws {
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
    }
}
