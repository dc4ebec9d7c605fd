package import Documents
import FileSystem
import Hashing
package import ProjectFiles
package import Processes
package import Versioning

/// One attempt to run a stage's command.
package struct RunAttempt: Sendable, Equatable {
    /// Seconds since 1970.
    package var began: Double
    package var ended: Double
    /// The script that ended the attempt: the last, or the one that failed.
    package var outcome: ProgramOutcome
    package var processorTime: Double
    package var peakMemory: Int64

    /// `ok`, `exit 3`, `signal 9`, `timeout`, `stopped`
    package var verdict: String {
        switch outcome.cause {
        case .timeout: return "timeout"
        case .stopped: return "stopped"
        case .own: break
        }
        switch outcome.status {
        case .exited(0): return "ok"
        case .exited(let code): return "exit \(code)"
        case .signalled(let signal): return "signal \(signal)"
        }
    }
}

/// What is known of one execution of a stage, for people and for the next plan. It may be lost.
package struct RunRecord: Sendable {
    package static let schema = "varve.run/v1"

    package var id: RunID
    package var stage: String
    package var command: Value
    package var attempts: [RunAttempt]
    /// `ok`, `failed`, `interrupted`
    package var result: String

    package var began: Double { attempts.first?.began ?? 0 }
    package var ended: Double { attempts.last?.ended ?? 0 }
    package var seconds: Double { ended - began }

    package var value: Mapping {
        Mapping([
            ("schema", .string(Self.schema)), ("id", .string(id.text)), ("stage", .string(stage)), ("cmd", command),
            ("result", .string(result)), ("began", .float(began)), ("ended", .float(ended)),
            ("seconds", .float(seconds)),
            (
                "attempts",
                .array(
                    attempts.map { attempt in
                        .mapping(
                            Mapping([
                                ("began", .float(attempt.began)), ("ended", .float(attempt.ended)),
                                ("result", .string(attempt.verdict)), ("exit", .int(Int(attempt.outcome.code))),
                                ("cpu_seconds", .float(attempt.processorTime)),
                                ("peak_memory", .int(Int(attempt.peakMemory))),
                            ]))
                    })
            ),
        ])
    }
}

/// Where what varve remembers of executions lies: `.dvc/tmp/varve`, so that it may be lost.
package struct RunRecords: Sendable {
    private let folder: String

    package init(_ repository: Repository) { folder = Paths.join(repository.internals, "tmp/varve") }

    /// A short name for a stage that is safe in a path.
    static func key(of stage: Stage) -> String {
        MD5.digest(of: Array(stage.address().utf8)).hex
    }

    private func lastPath(_ stage: Stage) -> String { Paths.join(folder, "stages/\(Self.key(of: stage)).last") }

    /// Files a record; a folder that cannot be written to is no reason to fail a stage.
    package func add(_ record: RunRecord, of stage: Stage) {
        let text = Array((JSON.emitPython(.mapping(record.value)) + "\n").utf8)
        let path = Paths.join(folder, "runs/\(record.id.text).json")
        for target in [path] + (record.result == "ok" ? [lastPath(stage)] : []) {
            try? Files.makeDirectory(Paths.parent(target))
            try? Files.write(text, to: target, sync: false)
        }
    }

    /// How long the last good execution of a stage took, in seconds.
    package func lastDuration(of stage: Stage) -> Double? {
        guard let bytes = try? Files.readIfPresent(lastPath(stage)) else { return nil }
        return (try? JSON.parse(bytes))?.mapping?["seconds"]?.float
    }

    /// All records, the newest first.
    package func all() -> [Mapping] {
        let names = ((try? Files.names(in: Paths.join(folder, "runs"))) ?? []).filter { $0.hasSuffix(".json") }
        return names.sorted(by: >).compactMap { name in
            (try? Files.readIfPresent(Paths.join(folder, "runs/\(name)")))
                .flatMap { $0 }.flatMap { try? JSON.parse($0).mapping }
        }
    }
}
