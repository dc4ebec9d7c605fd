package import Versioning

/// A command that works on the repository the user stands in.
package protocol RepositoryCommand: VarveCommand {
    /// Whether no other command may change the repository meanwhile.
    static var locksRepository: Bool { get }

    /// Whether there must be a project; otherwise the Git repository, or the folder that the user stands in, will do.
    static var needsProject: Bool { get }

    func run(in repository: Repository, _ console: Console) async throws
}

extension RepositoryCommand {
    package static var locksRepository: Bool { false }
    package static var needsProject: Bool { true }

    package func execute(_ console: Console) async throws {
        let environment = console.invocation.environment
        let repository =
            try Self.needsProject
            ? Repository(discoveredFrom: environment, progress: console.progress)
            : Repository(aroundOrAt: environment, progress: console.progress)
        guard Self.locksRepository else {
            try await run(in: repository, console)
            return
        }
        try await repository.locked(console.invocation.waitsForLock ? .forever : .seconds(30)) {
            try await run(in: repository, console)
        }
    }
}

extension Console {
    /// Tells which files Git should know of, as DVC does; nothing where there are none.
    func showFilesToStage(_ files: [String]) {
        guard !files.isEmpty else { return }
        let words = files.map(\.shellWord).joined(separator: " ")
        print(
            """

            To track the changes with git, run:

            \tgit add \(words)

            To enable auto staging, run:

            \tdvc config core.autostage true
            """)
    }
}

extension String {
    /// The text as one word of a POSIX shell, in quotes only where it needs them.
    var shellWord: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "@%_-+=:,./".utf8.contains(byte)
                }
            }
        return isPlain ? self : shellQuoted
    }
}
