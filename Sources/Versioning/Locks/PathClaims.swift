package import Basics
import Documents
package import FileSystem
package import Indexing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The list of paths that running commands read and write, as DVC keeps it in `.dvc/tmp/rwlock`.
///
/// DVC gives the repository's lock back while a stage's command runs and claims the stage's paths instead, so whoever
/// holds the lock still has to look here. Overlapping paths exclude each other, unless both are only read.
struct PathClaims {
    /// A process and what it was started as.
    struct Owner: Equatable {
        let pid: Int32
        let command: String

        var value: Value {
            .mapping(Mapping([("pid", .int(Int(pid))), ("cmd", .string(command))]))
        }

        init(pid: Int32, command: String) {
            self.pid = pid
            self.command = command
        }

        init?(_ value: Value) {
            guard let pid = value.mapping?["pid"]?.int, let command = value.mapping?["cmd"]?.string,
                let pid = Int32(exactly: pid), pid > 0
            else { return nil }
            self.init(pid: pid, command: command)
        }

        /// Whether a process of that number is running; another user's counts, too.
        var isAlive: Bool { kill(pid, 0) == 0 || errno == EPERM }
    }

    private(set) var readers: [(path: String, owners: [Owner])] = []
    private(set) var writers: [(path: String, owner: Owner)] = []

    init() {}

    /// - Throws: what is wrong with the file; nothing is guessed about claims that can't be read.
    init(parsing bytes: [UInt8]) throws(DocumentError) {
        guard let document = try JSON.parse(bytes).mapping else { throw DocumentError("it is no JSON object") }
        for (path, value) in document["read"]?.mapping?.entries ?? [] {
            let owners = (value.array ?? []).compactMap { Owner($0) }
            guard owners.count == value.array?.count else { throw DocumentError("a reader of '\(path)' is malformed") }
            readers.append((path, owners))
        }
        for (path, value) in document["write"]?.mapping?.entries ?? [] {
            // DVC leaves empty entries behind.
            if value.mapping?.isEmpty == true { continue }
            guard let owner = Owner(value) else { throw DocumentError("the writer of '\(path)' is malformed") }
            writers.append((path, owner))
        }
    }

    var text: String {
        var document = Mapping()
        if !writers.isEmpty {
            document["write"] = .mapping(Mapping(writers.map { ($0.path, $0.owner.value) }))
        }
        document["read"] = .mapping(
            Mapping(readers.filter { !$0.owners.isEmpty }.map { ($0.path, .array($0.owners.map(\.value))) }))
        return JSON.emitPython(.mapping(document))
    }

    /// Other living processes that keep `path` from being written.
    func blockers(ofWriting path: String, by owner: Owner) -> [Owner] {
        func overlaps(_ other: String) -> Bool { Paths.isInside(path, other) || Paths.isInside(other, path) }
        let found =
            writers.filter { overlaps($0.path) }.map(\.owner) + readers.filter { overlaps($0.path) }.flatMap(\.owners)
        var blockers: [Owner] = []
        for other in found where other != owner && other.isAlive && !blockers.contains(other) {
            blockers.append(other)
        }
        return blockers
    }

    mutating func claim(writing paths: [String], by owner: Owner) {
        writers.removeAll { entry in paths.contains(entry.path) || !entry.owner.isAlive }
        writers += paths.map { ($0, owner) }
    }

    mutating func release(_ owner: Owner) {
        writers.removeAll { $0.owner == owner }
        readers = readers.map { ($0.path, $0.owners.filter { $0 != owner }) }
    }
}

/// Another process works on a path.
package struct PathBusy: UserFacingError {
    let path: String
    let blockers: [PathClaims.Owner]

    package var summary: String {
        "'\(path)' is busy, it is being blocked by:\n"
            + blockers.map { "  (PID \($0.pid)): \($0.command)" }.joined(separator: "\n")
    }
    package var remedy: String? { "wait until it has ended; if no such process runs, remove '.dvc/tmp/rwlock'" }
    package var category: ErrorCategory { .unexpected }
}

extension Repository {
    /// Runs `body` with outputs claimed for writing, so that a stage of DVC that runs meanwhile keeps off them.
    ///
    /// - Throws: `PathBusy` where one of them is claimed already.
    func claiming<Result>(_ outputs: [RelativePath], _ body: () throws -> Result) throws -> Result {
        guard !outputs.isEmpty else { return try body() }
        let owner = PathClaims.Owner(pid: getpid(), command: environment.commandLine)
        let paths = outputs.map { absolute($0) }
        try editClaims { claims in
            for path in paths {
                let blockers = claims.blockers(ofWriting: path, by: owner)
                guard blockers.isEmpty else { throw PathBusy(path: path, blockers: blockers) }
            }
            claims.claim(writing: paths, by: owner)
        }
        defer { try? editClaims { $0.release(owner) } }
        return try body()
    }

    private func editClaims(_ change: (inout PathClaims) throws -> Void) throws {
        let folder = Paths.join(internals, "tmp")
        try Files.makeDirectory(folder)
        let guardian = try FileLock.acquire(Paths.join(folder, "rwlock.lock"), wait: .seconds(10))
        defer { guardian.release() }
        let path = Paths.join(folder, "rwlock")
        var claims = PathClaims()
        if let bytes = try Files.readIfPresent(path), !bytes.isEmpty {
            do {
                claims = try PathClaims(parsing: bytes)
            } catch {
                throw Failure(
                    "Unable to read RWLock-file '\(shown(RelativePath(".dvc/tmp/rwlock")))': \(error.message)",
                    remedy: "remove it if no DVC or varve command is running", category: .unexpected)
            }
        }
        try change(&claims)
        try Files.write(Array(claims.text.utf8), to: path, sync: false)
    }
}
