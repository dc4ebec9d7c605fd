#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The `git` program, for what needs the user's own credentials and transports.
package struct GitProgram: Sendable {
    /// Environment variables for the program.
    package let variables: [String: String]

    package init(variables: [String: String]) { self.variables = variables }

    /// Clones all branches and tags of a repository without checking anything out.
    ///
    /// Runs no hook, asks for nothing, and refuses transports that are commands.
    ///
    /// - Parameters:
    ///   - url: a URL, or the path of a repository.
    ///   - folder: absolute path of a folder that does not exist yet.
    package func clone(_ url: String, into folder: String) throws(GitError) {
        try Self.check(url)
        let (status, messages) = try run(
            Self.safety + ["clone", "--quiet", "--no-checkout", "--template=", "--", url, folder])
        guard status == 0 else {
            throw GitError(.failure, doing: "clone repo '\(url)'", detail: messages)
        }
    }

    /// The commit that a branch, a tag or `HEAD` of another repository names now, in hexadecimal; nil where it has no
    /// such name. Nothing is fetched.
    package func commit(of name: String, at url: String) throws(GitError) -> String? {
        try Self.check(url)
        let (status, lines) = try run(Self.safety + ["ls-remote", "--quiet", "--", url], keepsOutput: true)
        guard status == 0 else { throw GitError(.failure, doing: "ask the repository '\(url)'", detail: lines) }
        var found: [String: String] = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            if parts.count == 2, GitObjectName(hex: parts[0]) != nil { found[parts[1]] = parts[0] }
        }
        // Of a tag with a message, the commit it stands for.
        let names = [name, "refs/heads/" + name, "refs/tags/" + name + "^{}", "refs/tags/" + name, "refs/" + name]
        return names.lazy.compactMap { found[$0] }.first
    }

    /// No hook runs, and no transport that is a command.
    private static let safety = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never"]

    private static func check(_ url: String) throws(GitError) {
        guard !url.isEmpty, url.utf8.first != UInt8(ascii: "-"), !url.utf8.contains(0) else {
            throw GitError(.failure, doing: "clone '\(url)'", detail: "this is not the URL of a repository")
        }
    }

    /// Runs the program without input and waits for it.
    ///
    /// - Parameter keepsOutput: whether what it says on standard output is of interest, too.
    /// - Returns: its exit status, and what it said on standard error.
    private func run(
        _ arguments: [String], keepsOutput: Bool = false
    ) throws(GitError) -> (status: Int32, messages: String) {
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { throw failure("make a pipe", errno) }
        defer { close(pipes[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if keepsOutput {
            posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 2)
        posix_spawn_file_actions_addclose(&actions, pipes[0])
        posix_spawn_file_actions_addclose(&actions, pipes[1])
        var environment = variables
        environment["GIT_TERMINAL_PROMPT"] = "0"
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] { environment[name] = nil }
        var words = (["git"] + arguments).map { strdup($0) } + [nil]
        var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var child: pid_t = 0
        let problem = posix_spawnp(&child, "git", &actions, nil, &words, &settings)
        close(pipes[1])
        guard problem == 0 else { throw failure("run the git program", problem) }
        let messages = read(pipes[0])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), messages)
    }

    /// The first 16 MiB of what comes, once all has come.
    private func read(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = buffer.withUnsafeMutableBytes { recv($0, descriptor) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            if bytes.count < 1 << 24 { bytes += buffer[..<count] }
        }
        while let last = bytes.last, last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func recv(_ buffer: UnsafeMutableRawBufferPointer, _ descriptor: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private func failure(_ doing: String, _ code: Int32) -> GitError {
        GitError(.failure, doing: doing, detail: String(cString: strerror(code)))
    }
}
