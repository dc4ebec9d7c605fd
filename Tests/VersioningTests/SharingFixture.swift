import Basics
import FileSystem
import Indexing
import Objects
import Storage
import Testing
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A project in a Git repository with an empty folder as its default remote, removed after use.
struct SharingFixture {
    let folder: String
    let messages = MessageLog()

    var root: String { Paths.join(folder, "work") }
    var remote: String { Paths.join(folder, "store") }

    static func with(_ body: (SharingFixture) async throws -> Void) async throws {
        let folder = try TemporaryFolder.make()
        defer { try? Files.removeTree(folder) }
        let fixture = SharingFixture(folder: folder)
        try fixture.write(".dvc/config", "[core]\nremote = store\n[remote \"store\"]\nurl = ../../store\n")
        try fixture.write(".dvc/.gitignore", "/tmp\n/cache\n")
        try fixture.git("init --quiet --initial-branch=main .")
        try await body(fixture)
    }

    /// The project as a new command finds it.
    func repository() throws -> Repository {
        let environment = HostEnvironment(
            variables: [
                "HOME": Paths.join(folder, "home"), "DVC_SYSTEM_CONFIG_DIR": Paths.join(folder, "system"),
                "DVC_GLOBAL_CONFIG_DIR": Paths.join(folder, "global"),
            ],
            workingDirectory: root, processors: 2)
        return try Repository(root: root, environment: environment, progress: messages)
    }

    func git(_ words: String) throws {
        let settings = "-c user.name=Ada -c user.email=ada@example.org -c commit.gpgsign=false"
        let line =
            "cd '\(root)' && HOME='\(folder)/home' GIT_CONFIG_NOSYSTEM=1 git \(settings) \(words) >/dev/null 2>&1"
        try #require(system(line) == 0, "git \(words)")
    }

    /// Records all there is in Git.
    func commit(_ message: String) throws {
        try git("add --all .")
        try git("commit --quiet --allow-empty -m \(message)")
    }

    func write(_ name: String, _ text: String) throws {
        let path = Paths.join(root, name)
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(text.utf8), to: path, sync: false)
    }

    func read(_ name: String) throws -> String? {
        try Files.readIfPresent(Paths.join(root, name)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes files and tracks the given paths.
    func add(_ files: [String: String], tracking paths: [String]) throws {
        for (name, text) in files { try write(name, text) }
        _ = try repository().add(AddRequest(targets: paths))
    }

    func push(_ change: (inout TransferRequest) -> Void = { _ in }) async throws -> Int {
        var request = TransferRequest()
        change(&request)
        return try await repository().push(request).pushed
    }

    func fetch(_ change: (inout TransferRequest) -> Void = { _ in }) async throws -> Int {
        var request = TransferRequest()
        change(&request)
        return try await repository().fetch(request).fetched
    }

    func pull(force: Bool = false) async throws -> PullResult {
        try await repository().pull(TransferRequest(), Checkout.Options(force: force))
    }

    /// The object that a pointer file names.
    func object(_ pointer: String) throws -> ObjectID {
        let text = try #require(try read(pointer))
        let line = try #require(text.split(separator: "\n").first { $0.contains("md5: ") })
        return try #require(ObjectID(String(line.split(separator: " ").last ?? "")))
    }

    /// Objects in the cache or in the remote, as `files/md5/…` and so on, sorted.
    func objects(in place: String) -> [String] {
        var found: [String] = []
        func walk(_ folder: String, _ prefix: String) {
            for entry in (try? Files.entries(in: folder)) ?? [] {
                let path = Paths.join(folder, entry.name)
                if Files.isDirectory(path) {
                    walk(path, prefix + entry.name + "/")
                } else {
                    found.append(prefix + entry.name)
                }
            }
        }
        walk(place, "")
        return found.sorted()
    }

    var cached: [String] { objects(in: Paths.join(root, ".dvc/cache")) }
    var stored: [String] { objects(in: remote) }
    func cachePath(_ id: ObjectID) -> String { Paths.join(root, ".dvc/cache/" + id.key.path) }
    func storePath(_ id: ObjectID) -> String { Paths.join(remote, id.key.path) }

    func removeCache() throws { try Files.removeTree(Paths.join(root, ".dvc/cache")) }

    /// Replaces an object's bytes behind everybody's back; its mode says that it is whole.
    func damage(_ path: String, _ text: String) throws {
        try Files.setMode(path, 0o644)
        try Files.write(Array(text.utf8), to: path, sync: false)
        try Files.setMode(path, 0o444)
    }
}
