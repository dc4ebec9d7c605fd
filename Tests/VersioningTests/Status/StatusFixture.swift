import Basics
import FileSystem
import Synchronization
import Testing
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A project in a Git repository, removed after use.
struct StatusFixture {
    let folder: String
    let warnings = Warnings()

    var root: String { Paths.join(folder, "work") }

    /// - Parameter usesGit: otherwise the project lives without any.
    static func with(usesGit: Bool = true, _ body: (StatusFixture) async throws -> Void) async throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let folder = Paths.join(Paths.resolvingLinks(parent), "varve-status" + TemporaryName.make())
        try Files.makeDirectory(folder)
        defer { try? Files.removeTree(folder) }
        let fixture = StatusFixture(folder: folder)
        try fixture.write(".dvc/config", usesGit ? "" : "[core]\nno_scm = true\n")
        try fixture.write(".dvc/.gitignore", "/tmp\n/cache\n")
        if usesGit { try fixture.git("init --quiet --initial-branch=main .") }
        try await body(fixture)
    }

    /// The project as a new command finds it.
    func repository(in subfolder: String = "") throws -> Repository {
        let environment = HostEnvironment(
            variables: [
                "HOME": Paths.join(folder, "home"), "DVC_SYSTEM_CONFIG_DIR": Paths.join(folder, "system"),
                "DVC_GLOBAL_CONFIG_DIR": Paths.join(folder, "global"),
            ],
            workingDirectory: Paths.join(root, subfolder), processors: 2)
        return try Repository(root: root, environment: environment, progress: warnings)
    }

    func git(_ words: String) throws {
        let settings = "-c user.name=Ada -c user.email=ada@example.org -c commit.gpgsign=false"
        let line = "cd '\(root)' && HOME='\(folder)' GIT_CONFIG_NOSYSTEM=1 git \(settings) \(words) >/dev/null 2>&1"
        try #require(system(line) == 0, "git \(words)")
    }

    func commit() throws {
        try git("add --all .")
        try git("commit --quiet -m change")
    }

    func write(_ name: String, _ text: String) throws {
        let path = Paths.join(root, name)
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(text.utf8), to: path, sync: false)
    }

    func remove(_ name: String) throws { try Files.removeTree(Paths.join(root, name)) }

    func add(_ files: [String: String], tracking paths: [String]) throws {
        for (name, text) in files { try write(name, text) }
        _ = try repository().add(AddRequest(targets: paths))
    }

    /// Stages that differ, as `address: what`, one line for each difference.
    func status(_ change: (inout StatusRequest) -> Void = { _ in }) async throws -> [String] {
        var request = StatusRequest()
        change(&request)
        var lines: [String] = []
        for stage in try await repository().status(request).changed {
            for item in stage.dependencies + stage.outputs {
                lines.append("\(stage.address): \(item.name) \(item.state)")
            }
            if stage.isAlwaysChanged { lines.append("\(stage.address): always") }
            if stage.commandChanged { lines.append("\(stage.address): command") }
            if stage.definitionChanged { lines.append("\(stage.address): definition") }
        }
        return lines
    }
}

/// Takes what the engine warns of.
final class Warnings: ProgressReporter {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func report(_ event: ProgressEvent) {
        if case .warning(let text) = event { texts.withLock { $0.append(text) } }
    }
}
