package import Documents
import FileSystem
import Hashing
import Processes
package import ProjectFiles
package import Versioning

/// Where what varve remembers of executions lies: `.dvc/tmp/varve`, so that it may be lost.
///
/// While a run goes on, up to three files tell of it: `<id>.json`, which its supervisor writes; `<id>.live`, which is
/// written again and again with the last step and metrics; `<id>.context`, the state of machine and code. The last two
/// may come from a runner inside of a supervised stage. In the end all becomes one file.
package struct RunRecords: Sendable {
    private let folder: String

    package init(_ repository: Repository) { folder = repository.scratch }

    /// A short name for a stage that is safe in a path.
    static func key(of stage: Stage) -> String {
        MD5.digest(of: Array(stage.address().utf8)).hex
    }

    private func lastPath(_ stage: Stage) -> String { Paths.join(folder, "stages/\(Self.key(of: stage)).last") }
    private func path(_ id: RunID, _ suffix: String) -> String { Paths.join(folder, "runs/\(id.text).\(suffix)") }

    // MARK: While a run goes on

    /// Notes that an attempt begins, by this process.
    func begin(_ record: RunRecord) {
        var value = record.value
        value["owner"] = ProcessIdentity(of: processNumber).value
        write(value, to: path(record.id, "json"))
    }

    /// Notes how far a run has come.
    func note(live: Mapping, of id: RunID) { write(live, to: path(id, "live")) }

    /// Notes what a run was made with.
    func note(context: Mapping, of id: RunID) { write(context, to: path(id, "context")) }

    func live(of id: RunID) -> Mapping? { read(path(id, "live")) }

    /// A file that belongs to a record.
    func attachment(_ name: String, of id: RunID) -> String { path(id, name) }

    /// The attempts of a run that was cut short; the last one, where nobody saw its end, as lost.
    func attempts(of id: RunID) -> [Value]? {
        guard let record = read(path(id, "json")) else { return nil }
        let live = live(of: id)
        var attempts = record["attempts"]?.array ?? []
        if let others = live?["attempts"]?.array, others.count > attempts.count { attempts = others }
        guard record["result"] == "running" else { return attempts }
        let began = live?["attempt_began"] ?? attempts.last?.mapping?["ended"] ?? record["began"] ?? .null
        attempts.append(
            .mapping(Mapping([("began", began), ("ended", live?["heartbeat"] ?? began), ("result", "lost")])))
        return attempts
    }

    /// The attempts of a running run that have ended, whoever saw it.
    func endedAttempts(of id: RunID) -> [Value] {
        let seen = read(path(id, "json"))?["attempts"]?.array ?? []
        let others = live(of: id)?["attempts"]?.array ?? []
        return others.count > seen.count ? others : seen
    }

    // MARK: Afterwards

    /// Files a record; a folder that cannot be written to is no reason to fail a stage.
    package func add(_ record: RunRecord, of stage: Stage? = nil) {
        let value = merged(record.value, record.id)
        write(value, to: path(record.id, "json"))
        for suffix in ["live", "context"] { try? Files.remove(path(record.id, suffix)) }
        if record.result == "ok", let stage { write(value, to: lastPath(stage)) }
    }

    /// How long the last good execution of a stage took, in seconds.
    package func lastDuration(of stage: Stage) -> Double? { read(lastPath(stage))?["seconds"]?.float }

    /// All records, the newest first. One whose supervisor is gone without a word says `lost`.
    package func all() -> [Mapping] {
        let names = ((try? Files.names(in: Paths.join(folder, "runs"))) ?? []).filter { $0.hasSuffix(".json") }
        return names.sorted(by: >).compactMap { name in
            guard let id = RunID(checking: String(name.dropLast(5))), var record = read(path(id, "json")) else {
                return nil
            }
            guard record["result"] == "running" else { return record }
            if !ProcessIdentity(record["owner"]).isRunning {
                record["result"] = "lost"
                if let attempts = attempts(of: id) { record["attempts"] = .array(attempts) }
            }
            return merged(record, id)
        }
    }

    /// A record with what a runner has noted of it.
    private func merged(_ record: Mapping, _ id: RunID) -> Mapping {
        var record = record
        for (key, value) in live(of: id)?.entries ?? [] {
            guard key == "attempts" else {
                record[key] = value
                continue
            }
            // A runner within the stage that tried again itself.
            if value.array?.count ?? 0 > record["attempts"]?.array?.count ?? 0 { record[key] = value }
        }
        for (key, value) in read(path(id, "context"))?.entries ?? [] { record[key] = value }
        return record
    }

    // MARK: Files

    private func write(_ value: Mapping, to path: String) {
        try? Files.makeDirectory(Paths.parent(path))
        try? Files.write(Array((JSON.emitPython(.mapping(value)) + "\n").utf8), to: path, sync: false)
    }

    private func read(_ path: String) -> Mapping? {
        guard let bytes = try? Files.readIfPresent(path, limit: 1 << 26) else { return nil }
        return try? JSON.parse(bytes).mapping
    }
}
