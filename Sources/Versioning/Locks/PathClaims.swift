package import Basics
import Documents
import FileSystem
import Indexing

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
        let found =
            writers.filter { Self.overlap(path, $0.path) }.map(\.owner)
            + readers.filter { Self.overlap(path, $0.path) }.flatMap(\.owners)
        var blockers: [Owner] = []
        for other in found where other != owner && other.isAlive && !blockers.contains(other) {
            blockers.append(other)
        }
        return blockers
    }

    /// Other living processes that write to `path`, so that it can't be read.
    func blockers(ofReading path: String, by owner: Owner) -> [Owner] {
        var blockers: [Owner] = []
        for writer in writers where Self.overlap(path, writer.path) && writer.owner != owner {
            if writer.owner.isAlive, !blockers.contains(writer.owner) { blockers.append(writer.owner) }
        }
        return blockers
    }

    static func overlap(_ one: String, _ other: String) -> Bool {
        Paths.isInside(one, other) || Paths.isInside(other, one)
    }

    /// - Returns: the paths that the owner had not claimed before.
    @discardableResult
    mutating func claim(writing paths: [String], by owner: Owner) -> [String] {
        let new = paths.filter { path in !writers.contains { $0.path.hasSameBytes(as: path) && $0.owner == owner } }
        writers.removeAll { entry in
            new.contains { $0.hasSameBytes(as: entry.path) } || !entry.owner.isAlive
        }
        writers += new.map { ($0, owner) }
        return new
    }

    mutating func claim(reading paths: [String], by owner: Owner) {
        for path in paths {
            if let index = readers.firstIndex(where: { $0.path.hasSameBytes(as: path) }) {
                if !readers[index].owners.contains(owner) { readers[index].owners.append(owner) }
            } else {
                readers.append((path, [owner]))
            }
        }
    }

    mutating func release(writing paths: [String], by owner: Owner) {
        writers.removeAll { entry in
            entry.owner == owner && paths.contains { $0.hasSameBytes(as: entry.path) }
        }
    }

    mutating func release(_ owner: Owner) {
        writers.removeAll { $0.owner == owner }
        readers = readers.map { ($0.path, $0.owners.filter { $0 != owner }) }.filter { !$0.owners.isEmpty }
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
        let owner = claimant
        let paths = outputs.map { absolute($0) }
        var claimed: [String] = []
        try editClaims { claims in
            for path in paths {
                let blockers = claims.blockers(ofWriting: path, by: owner)
                guard blockers.isEmpty else { throw PathBusy(path: path, blockers: blockers) }
            }
            claimed = claims.claim(writing: paths, by: owner)
        }
        defer { try? editClaims { $0.release(writing: claimed, by: owner) } }
        return try body()
    }

    private var claimant: PathClaims.Owner { PathClaims.Owner(pid: getpid(), command: environment.commandLine) }

    /// Makes these the paths that this process works on, in place of those that it claimed before.
    ///
    /// Paths are absolute. Other processes, DVC's too, neither write to what is read here nor touch what is written.
    ///
    /// - Throws: `PathBusy` where another process is at work on one of them; nothing is claimed then.
    package func claim(reading: [String], writing: [String]) throws {
        let owner = claimant
        try editClaims { claims in
            for path in writing {
                let blockers = claims.blockers(ofWriting: path, by: owner)
                guard blockers.isEmpty else { throw PathBusy(path: path, blockers: blockers) }
            }
            for path in reading {
                let blockers = claims.blockers(ofReading: path, by: owner)
                guard blockers.isEmpty else { throw PathBusy(path: path, blockers: blockers) }
            }
            claims.release(owner)
            claims.claim(writing: writing, by: owner)
            claims.claim(reading: reading, by: owner)
        }
    }

    /// Looks whether another process is at work on a path, without claiming it.
    package func checkUnclaimed(reading: [String], writing: [String]) throws {
        let path = Paths.join(internals, "tmp/rwlock")
        guard let bytes = try Files.readIfPresent(path), !bytes.isEmpty else { return }
        let owner = claimant
        let claims = try parsedClaims(bytes)
        if claims.readers.isEmpty, claims.writers.isEmpty { return }
        for path in writing {
            let blockers = claims.blockers(ofWriting: path, by: owner)
            guard blockers.isEmpty else { throw PathBusy(path: path, blockers: blockers) }
        }
        for path in reading {
            let blockers = claims.blockers(ofReading: path, by: owner)
            guard blockers.isEmpty else { throw PathBusy(path: path, blockers: blockers) }
        }
    }

    private func parsedClaims(_ bytes: [UInt8]) throws -> PathClaims {
        do {
            return try PathClaims(parsing: bytes)
        } catch {
            throw Failure(
                "Unable to read RWLock-file '\(shown(RelativePath(".dvc/tmp/rwlock")))': \(error.message)",
                remedy: "remove it if no DVC or varve command is running", category: .unexpected)
        }
    }

    private func editClaims(_ change: (inout PathClaims) throws -> Void) throws {
        let folder = Paths.join(internals, "tmp")
        try Files.makeDirectory(folder)
        let guardian = try FileLock.acquire(Paths.join(folder, "rwlock.lock"), wait: .seconds(10))
        defer { guardian.release() }
        let path = Paths.join(folder, "rwlock")
        var claims = PathClaims()
        if let bytes = try Files.readIfPresent(path), !bytes.isEmpty {
            claims = try parsedClaims(bytes)
        }
        try change(&claims)
        try Files.write(Array(claims.text.utf8), to: path, sync: false)
    }
}
