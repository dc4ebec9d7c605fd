import Git
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder with a repository made by the `git` program, removed when the last user lets go.
final class TemporaryGitRepository: Sendable {
    /// The folder that holds everything, symbolic links resolved.
    let folder: String
    /// The work tree.
    let path: String

    /// - Parameter made: false for an empty folder instead of a repository.
    /// - Parameter parent: where to make the folder, if not among the temporary files.
    init(made: Bool = true, in parent: String? = nil) throws {
        Self.isolateProcess()
        folder = try Self.makeFolder(in: parent)
        path = folder + "/work"
        mkdir(path, 0o755)
        if made { try git("init", "--quiet", "--initial-branch=main", ".") }
    }

    deinit { _ = try? run(["rm", "-rf", folder], in: "/") }

    func open() throws -> GitRepository { try GitRepository.open(at: path) }

    /// Runs `git` in the work tree, or in a folder given relative to it, and returns what it prints without the last
    /// line end.
    @discardableResult
    func git(_ arguments: String..., in subfolder: String = ".", date: Int = 1_700_000_000) throws -> String {
        try run(["git"] + arguments, in: "\(path)/\(subfolder)", date: date)
    }

    /// Commits files, given as path and text, and returns the commit's name.
    @discardableResult
    func commit(_ files: [String: String], _ message: String = "change", date: Int = 1_700_000_000) throws -> String {
        for (name, text) in files { try write(name, text) }
        try git("add", "--all", "--force", ".")
        try git("commit", "--quiet", "--allow-empty", "-m", message, date: date)
        return try git("rev-parse", "HEAD")
    }

    /// Writes a file in place, making the folders above it.
    func write(_ name: String, _ text: String) throws {
        let parts = name.split(separator: "/").dropLast()
        for end in parts.indices { mkdir("\(path)/\(parts[...end].joined(separator: "/"))", 0o755) }
        let file = try #require(fopen("\(path)/\(name)", "w"), "cannot write \(name)")
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// Gives the whole work tree to another user, which only root can.
    func giveAway() throws { _ = try run(["chown", "-R", "12345", "."], in: path) }

    func remove(_ name: String) { unlink("\(path)/\(name)") }

    struct CommandFailed: Error, CustomStringConvertible {
        let description: String
    }

    private func run(_ arguments: [String], in directory: String, date: Int = 0) throws -> String {
        let environment = [
            "PATH=\(String(cString: getenv("PATH")))", "HOME=\(folder)", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
            "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_AUTHOR_DATE=@\(date) +0100",
            "GIT_COMMITTER_NAME=Cyd", "GIT_COMMITTER_EMAIL=cyd@example.org", "GIT_COMMITTER_DATE=@\(date) +0100",
        ]
        let shell = ["sh", "-c", "cd \"$1\" && shift && exec \"$@\" 2>&1", "sh", directory] + arguments
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        var actions = Self.fileActions()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        let argv = shell.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for string in argv + envp { free(string) } }
        var process = pid_t()
        let status = posix_spawn(&process, "/bin/sh", &actions, nil, argv, envp)
        close(ends[1])
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = read(ends[0], &chunk, chunk.count), count > 0 { output += chunk[..<count] }
        close(ends[0])
        var exit: Int32 = 0
        if status == 0 { waitpid(process, &exit, 0) }
        var text = String(decoding: output, as: UTF8.self)
        if text.utf8.last == UInt8(ascii: "\n") { text.removeLast() }
        guard status == 0, exit == 0 else {
            throw CommandFailed(description: "\(arguments.joined(separator: " ")): \(text)")
        }
        return text
    }

    #if canImport(Darwin)
        private static func fileActions() -> posix_spawn_file_actions_t? { nil }
    #else
        private static func fileActions() -> posix_spawn_file_actions_t { posix_spawn_file_actions_t() }
    #endif

    private static func makeFolder(in parent: String? = nil) throws -> String {
        let temporary = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/varve-git-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template), "cannot make a temporary folder")
        let real = try #require(realpath(made, nil))
        defer { free(real) }
        return String(cString: real)
    }

    /// libgit2 runs in this process: the settings of whoever runs the tests must not reach it.
    private static func isolateProcess() { _ = isolated }

    /// A folder whose repositories may belong to anyone.
    static var trustedFolder: String { home + "/trusted" }

    private static let home = (try? makeFolder()) ?? "/nonexistent"

    private static let isolated: Bool = {
        mkdir(trustedFolder, 0o755)
        if let settings = fopen(home + "/.gitconfig", "w") {
            fputs("[safe]\n    directory = \(trustedFolder)/*\n", settings)
            fclose(settings)
        }
        setenv("HOME", home, 1)
        setenv("XDG_CONFIG_HOME", home + "/none", 1)
        atexit { TemporaryGitRepository.removeHome() }
        return true
    }()

    private static func removeHome() {
        unlink(home + "/.gitconfig")
        rmdir(trustedFolder)
        rmdir(home)
    }
}
