import Basics
import Documents
import FileSystem
import Processes
import ProjectFiles
import Storage
import Synchronization
import Versioning

/// Runs the command of one stage: attempt after attempt, within its time, with the variables it wants.
///
/// Everything that needs the repository's lock has been done before, and what comes out is recorded after.
struct StageExecution: Sendable {
    let repository: Repository
    /// With what its dependencies are now.
    let stage: Stage
    let address: String
    let supervision: StageSupervision
    let share: ResourcePool.Share
    /// Variables on top of those of the process.
    let variables: [String: String]
    /// Where output goes; `nil` for the process's own streams.
    let relay: (@Sendable (ProgramRequest.OutputStream, [UInt8]) -> Void)?
    /// Shows a line about the work, in order with what commands print.
    let say: @Sendable (String) -> Void
    /// What goes into the run, for checkpoints that another run with the same may use.
    let key: String
    /// Whether checkpoints of an earlier run are there and fit.
    let resumes: Bool
    /// The last run, where it did not come to its end.
    var interrupted: UnfinishedRun? = nil

    /// How the last attempt ended.
    struct Result: Sendable {
        var record: RunRecord
        /// The script that failed; `nil` after success.
        var failedScript: String?
        var outcome = ProgramOutcome(status: .exited(0))
        /// What kept a script from being started.
        var problem: (any Error)?
        /// Whether the user wants no more.
        var wasInterrupted = false

        var succeeded: Bool { failedScript == nil && problem == nil && !wasInterrupted }
    }

    /// Runs the command on a thread of its own; a cancelled task ends it, and all it started.
    func run() async -> Result {
        let stopper = Stopper()
        return await withTaskCancellationHandler {
            await onOwnThread { _ in self.runAttempts(stopper) }
        } onCancel: {
            stopper.stop()
        }
    }

    private func runAttempts(_ stopper: Stopper) -> Result {
        let shell = Shell(variables: repository.environment.variables)
        var command = SupervisedCommand(
            steps: (stage.command?.scripts ?? []).map { .init(arguments: shell.arguments(running: $0), shown: $0) },
            directory: directory, streams: relay.map { .relayed($0) } ?? .inherited)
        command.timeout = supervision.timeout
        command.retry = supervision.retry
        let records = RunRecords(repository)
        // A run that goes on from another one's checkpoints is the same run, of which more is to be told.
        let earlier = resumes ? interrupted?.id.flatMap { records.attempts(of: $0) } : nil
        let id = earlier == nil ? RunID(at: WallClock.seconds) : interrupted?.id ?? RunID(at: WallClock.seconds)
        command.attemptsBefore = earlier?.count ?? 0
        var keeper = StageAttempts(
            execution: self, records: records,
            record: RunRecord(
                id: id, stage: address, command: stage.command?.value ?? .null, attempts: [], result: "running",
                earlier: earlier ?? []),
            note: UnfinishedRun(
                owner: ProcessIdentity(of: processNumber), began: WallClock.seconds, attempt: 1, key: key, id: id))
        let ended = command.run(&keeper, stopper)
        var result = Result(
            record: keeper.record, failedScript: ended.failed?.shown, outcome: ended.outcome, problem: ended.problem,
            wasInterrupted: ended.wasInterrupted)
        result.record.result = result.wasInterrupted ? "interrupted" : result.succeeded ? "ok" : "failed"
        conclude(&keeper.note, result)
        records.add(result.record, of: stage)
        return result
    }

    private func conclude(_ note: inout UnfinishedRun, _ result: Result) {
        // What was interrupted stays noted until the stage has run to an end.
        if result.wasInterrupted { return }
        if result.succeeded || supervision.resumeFolder == nil {
            // After success the note stays until everything is recorded.
            if !result.succeeded { UnfinishedRun.remove(stage, in: repository) }
            return
        }
        note.hasFailed = true
        try? note.write(stage, in: repository)
    }

    /// Checkpoints outlive an attempt, even where they are an output.
    fileprivate var withoutCheckpoints: Stage {
        guard let folder = checkpoints else { return stage }
        var stage = stage
        stage.outputs = stage.outputs.filter { output in
            guard let path = repository.absolute(stage.location(of: output)) else { return true }
            return !Paths.isInside(path, folder) && !Paths.isInside(folder, path)
        }
        return stage
    }

    private var directory: String { Paths.absolute(stage.workingDirectory, from: repository.root) }
    private var checkpoints: String? { supervision.resumeFolder.map { Paths.absolute($0, from: directory) } }

    // MARK: Environment

    fileprivate func environment(_ id: RunID, attempt: Int) throws -> [String: String] {
        var result = repository.environment.variables
        // Of a run that started this one: its attempts and checkpoints are not this stage's.
        if result["VARVE_RUN_ID"] != nil { for name in Self.variablesOfOneRun { result[name] = nil } }
        if let passed = supervision.passedVariables {
            let needed = Set(passed).union(Self.basicVariables)
            result = result.filter { name, _ in
                needed.contains(name) || Self.basicPrefixes.contains { name.hasPrefix($0) }
            }
        }
        for (name, value) in supervision.variables { result[name] = value }
        for (name, value) in variables { result[name] = value }
        if result["DVC_ROOT"] == nil { result["DVC_ROOT"] = repository.root }
        result["DVC_STAGE"] = address
        result["VARVE_STAGE"] = address
        result["VARVE_RUN_ID"] = id.text
        result["VARVE_ATTEMPT"] = String(attempt)
        result["VARVE_INPUTS"] = key
        // Whoever supervises a program within the stage leaves trying again to this one.
        if let retry = supervision.retry { result["VARVE_ATTEMPTS"] = String(retry.limit + 1) }
        if let seed = supervision.seed {
            result["VARVE_SEED"] = String(seed)
            result["PYTHONHASHSEED"] = result["PYTHONHASHSEED"] ?? String(UInt32(truncatingIfNeeded: seed))
        }
        if !share.gpus.isEmpty {
            let devices = share.gpus.joined(separator: ",")
            result["CUDA_VISIBLE_DEVICES"] = devices
            result["HIP_VISIBLE_DEVICES"] = devices
        }
        if let checkpoints {
            let hasAny = (try? Files.names(in: checkpoints))?.isEmpty == false
            let resumes = hasAny && (attempt > 1 || self.resumes)
            try Files.makeDirectory(checkpoints)
            result["VARVE_CKPT_DIR"] = checkpoints
            result["VARVE_RESUME"] = resumes ? "1" : "0"
            if resumes { result["DVCLIVE_RESUME"] = "1" }
        }
        if stage.parameterDependencies.contains(where: { $0.parameters?.locked?.isEmpty == false }) {
            result["VARVE_PARAMS"] = try writeParameters()
        }
        return result
    }

    private static let variablesOfOneRun = [
        "VARVE_ATTEMPTS", "VARVE_CKPT_DIR", "VARVE_RESUME", "VARVE_PARAMS", "VARVE_METRICS_DIR", "DVCLIVE_RESUME",
    ]

    /// What a program can hardly do without.
    private static let basicVariables: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TERM", "TMPDIR", "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX",
    ]
    private static let basicPrefixes = ["LC_", "DVC_", "VARVE_", "XDG_"]

    /// The values of the stage's parameters as one nested document.
    private func writeParameters() throws -> String {
        var document = Mapping()
        for dependency in stage.parameterDependencies {
            for (key, value) in dependency.parameters?.locked?.entries ?? [] {
                let isWhole = dependency.parameters?.isWholeFile == true
                document.set(value, at: isWhole ? [key] : key.split(separator: ".").map(String.init)[...])
            }
        }
        let path = Paths.join(repository.internals, "tmp/varve/stages/\(RunRecords.key(of: stage)).params.json")
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(JSON.emitPython(.mapping(document)).utf8), to: path, sync: false)
        return path
    }
}

/// What is done around each attempt to run a stage.
private struct StageAttempts: AttemptKeeper {
    let execution: StageExecution
    let records: RunRecords
    var record: RunRecord
    var note: UnfinishedRun

    mutating func begin(_ attempt: Int) throws -> [String: String] {
        note.attempt = attempt
        try note.write(execution.stage, in: execution.repository)
        if attempt > 1 + record.earlier.count {
            try execution.repository.clearOutputs(of: execution.withoutCheckpoints)
        }
        records.begin(record)
        return try execution.environment(record.id, attempt: attempt)
    }

    func willStart(_ step: SupervisedCommand.Step) { execution.say("> \(step.shown)") }

    mutating func started(_ group: ProcessGroup) {
        note.group = ProcessIdentity(of: group.id)
        try? note.write(execution.stage, in: execution.repository)
    }

    mutating func ended(_ attempt: RunAttempt) { record.attempts.append(attempt) }

    func willRepeat(after attempt: RunAttempt, as number: Int, of total: Int, in pause: Duration) {
        execution.say(
            "Stage '\(execution.address)' failed (\(attempt.verdict)); attempt \(number) of \(total)"
                + (pause > .zero ? " in \(pause.shortText)" : ""))
    }
}

extension Mapping {
    /// Puts a value at a path of keys, over what is no mapping on the way.
    fileprivate mutating func set(_ value: Value, at path: ArraySlice<String>) {
        guard let key = path.first else { return }
        guard path.count > 1 else {
            self[key] = value
            return
        }
        var inner = self[key]?.mapping ?? Mapping()
        inner.set(value, at: path.dropFirst())
        self[key] = .mapping(inner)
    }
}

extension Duration {
    /// `850 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`
    package var shortText: String {
        let total = seconds
        if total < 1 { return "\(Int(total * 1000)) ms" }
        if total < 10 { return "\(Double(Int(total * 10)) / 10) s" }
        if total < 60 { return "\(Int(total)) s" }
        if total < 3600 { return "\(Int(total) / 60) min \(Int(total) % 60) s" }
        return "\(Int(total) / 3600) h \(Int(total) / 60 % 60) min"
    }
}
