package import Basics
import Documents
import FileSystem
import Hashing
import Processes
import Storage
import Tracking
package import Versioning

/// Runs a program that trains a model: attempt after attempt, within its time, with the variables of the contract, its
/// checkpoints kept and used again, its progress followed and recorded.
///
/// Within a supervised stage (`VARVE_RUN_ID` says so) it adds to the stage's record and keeps what the stage has decided:
/// its name, its seed, its folder of checkpoints; and where the stage is tried again, the program is not.
package struct Training: Sendable {
    private let request: TrainingRequest
    private let environment: HostEnvironment
    /// `nil` outside of any: nothing is recorded then, and no other run is known.
    private let repository: Repository?
    private let observer: any TrainingObserver
    private let enclosing: EnclosingRun?
    private let checkpointFolder: String?

    package init(
        _ request: TrainingRequest, environment: HostEnvironment, repository: Repository?,
        observer: any TrainingObserver
    ) throws {
        self.request = request
        self.environment = environment
        self.repository = repository
        self.observer = observer
        enclosing = EnclosingRun(environment)
        if let given = enclosing?.checkpointFolder, let wanted = request.checkpointFolder,
            Paths.resolvingLinks(given) != Paths.resolvingLinks(wanted)
        {
            throw Failure(
                "the stage keeps its checkpoints in '\(given)', the runner was given '\(wanted)'",
                remedy: "name the folder in one place: meta.varve.resume of the stage, or --checkpoint-dir",
                category: .usage)
        }
        checkpointFolder = enclosing?.checkpointFolder ?? request.checkpointFolder
    }

    /// Runs the program on a thread of its own; a cancelled task ends it, and all it started.
    package func run() async throws -> TrainingResult {
        let stopper = Stopper()
        return try await withTaskCancellationHandler {
            try await onOwnThread { _ in try self.run(stopper) }
        } onCancel: {
            stopper.stop()
        }
    }

    private func run(_ stopper: Stopper) throws -> TrainingResult {
        let records = repository.map { RunRecords($0) }
        let place = repository.map { TrainingNotePlace(of: checkpointFolder ?? request.metricsFolder, in: $0) }
        // Held until the run is over.
        let claim = try place?.claim()
        defer { claim?.release() }
        let key = inputs
        let last = place?.read()
        if let last, last.state == .running { last.group.remainingGroup?.end(grace: .seconds(5)) }
        let resumes = try settleCheckpoints(last, key)
        let isContinued = resumes && last?.isContinued(by: key) == true
        let earlier = earlierAttempts(isContinued ? last?.id : nil, records)
        let id = enclosing?.id ?? (isContinued ? last?.id : nil) ?? RunID(at: WallClock.seconds)

        var command = SupervisedCommand(
            steps: [.init(arguments: request.words, shown: shownWords)], directory: request.directory,
            streams: observer.relay.map { .relayed($0) } ?? .inherited)
        command.timeout = request.timeout
        // Less than the stage around it has, so that nothing is left when that is ended.
        command.grace = enclosing == nil ? .seconds(10) : .seconds(7)
        command.retry = enclosing?.isRetried == true ? nil : request.retry
        command.attemptsBefore = max(earlier.count, (enclosing?.attempt ?? 1) - 1)

        let parameterFile = try writeParameters(id, records)
        defer { if let parameterFile { try? Files.remove(parameterFile) } }
        // Before anybody looks at it.
        if !goesOn(isFirst: true, resumes: resumes) { try forgetMetrics() }
        let stage = environment["VARVE_STAGE"] ?? environment["DVC_STAGE"] ?? ""
        let record = RunRecord(
            id: id, stage: stage, command: .array(shownArguments.map(Value.string)), attempts: [], result: "running",
            earlier: earlier)
        var context = RunContext(request.words, environment, in: repository, directory: request.directory)
        context.noteCode(attachingTo: records.map { ($0, id) })
        let watch = TrainingWatch(
            request, observer, records: records.map { ($0, id) }, checkpointFolder: checkpointFolder,
            attempts: earlier, tellsAttempts: enclosing != nil,
            prepare: { [context, request] in
                var context = context
                context.noteMachine()
                var value = context.value
                if let seed = request.seed { value["seed"] = .int(seed) }
                records?.note(context: value, of: id)
            })
        var keeper = TrainingAttempts(
            training: self, records: enclosing == nil ? records : nil, record: record, watch: watch, place: place,
            note: TrainingNote(key: key, id: id, state: .running), parameterFile: parameterFile, resumes: resumes,
            attemptLimit: command.retry.map { $0.limit + 1 + earlier.count })
        watch.start()
        let ended = command.run(&keeper, stopper)
        let progress = watch.stop()
        let isPruned = ended.outcome.cause == .own && ended.outcome.status == .exited(RetryPolicy.prunedStatus)
        keeper.record.result =
            ended.wasInterrupted ? "interrupted" : ended.succeeded ? "ok" : isPruned ? "pruned" : "failed"
        keeper.note.state =
            ended.wasInterrupted ? .interrupted : ended.succeeded || isPruned ? .done : .failed
        place?.write(keeper.note)
        if enclosing == nil { records?.add(keeper.record) }
        if let problem = ended.problem { throw problem }
        return TrainingResult(
            record: keeper.record, outcome: ended.outcome, wasInterrupted: ended.wasInterrupted, progress: progress)
    }

    // MARK: What went before

    private func earlierAttempts(_ last: RunID?, _ records: RunRecords?) -> [Value] {
        guard let records else { return [] }
        if let enclosing { return records.endedAttempts(of: enclosing.id) }
        return last.flatMap { records.attempts(of: $0) } ?? []
    }

    /// Decides whether checkpoints that are there are used, and removes those that must not be.
    private func settleCheckpoints(_ last: TrainingNote?, _ key: String) throws -> Bool {
        guard let checkpointFolder else { return false }
        // The stage has decided.
        if let enclosing, enclosing.checkpointFolder != nil { return enclosing.resumes }
        let folder = CheckpointFolder(checkpointFolder)
        let hasAny = folder.hasAny
        let protected = [request.directory] + (repository.map { [$0.root] } ?? [])
        switch request.resumption {
        case .always: return hasAny
        case .never:
            try folder.clear(protecting: protected)
            return false
        case .ifUnchanged:
            guard hasAny else { return false }
            guard let last else {
                throw Failure(
                    "'\(checkpointFolder)' holds files, and no run of varve that made them is known",
                    remedy: "`--resume` goes on from them, `--no-resume` removes them and begins anew")
            }
            if last.isContinued(by: key) { return true }
            if last.state != .done {
                observer.say("Inputs have changed since the last run; its checkpoints are removed.")
            }
            try folder.clear(protecting: protected)
            return false
        }
    }

    /// A digest of what goes into the run: of the stage, where there is one; else of the command, the files that it names,
    /// the parameters and the seed.
    private var inputs: String {
        var parts: [Value] = request.words.map(Value.string)
        if let inputs = enclosing?.inputs {
            parts.append(.string(inputs))
        } else {
            for word in request.words {
                let path = Paths.absolute(word, from: request.directory)
                guard let status = (try? Files.status(path, followingLinks: true)) ?? nil, status.kind == .file else {
                    continue
                }
                // Large files are data, which are not written anew with the same size and time.
                let content = status.size <= 1 << 26 ? (try? Files.read(path)).map { SHA256.hex(of: $0) } : nil
                parts.append(.string(content ?? "\(status.size) \(status.modified)"))
            }
            parts.append(request.parameters ?? .null)
        }
        parts.append(request.seed.map(Value.int) ?? .null)
        return SHA256.hex(of: Array(JSON.emitPython(.array(parts), sortKeys: true).utf8))
    }

    // MARK: The contract

    private func writeParameters(_ id: RunID, _ records: RunRecords?) throws -> String? {
        guard let parameters = request.parameters else { return nil }
        let path =
            records?.attachment("params", of: id)
            ?? Paths.join(environment["TMPDIR"] ?? "/tmp", "varve-\(id.text).params")
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array((JSON.emitPython(parameters) + "\n").utf8), to: path, mode: 0o600, sync: false)
        return path
    }

    /// All variables of the program.
    fileprivate func variables(
        _ id: RunID, attempt: Int, attemptLimit: Int?, resumes: Bool, parameterFile: String?
    ) throws -> [String: String] {
        var result = environment.variables
        for (name, value) in request.variables { result[name] = value }
        result["VARVE_RUN_ID"] = id.text
        result["VARVE_ATTEMPT"] = String(attempt)
        if let attemptLimit { result["VARVE_ATTEMPTS"] = String(attemptLimit) }
        if let stage = environment["DVC_STAGE"], environment["VARVE_STAGE"] == nil { result["VARVE_STAGE"] = stage }
        if let parameterFile { result["VARVE_PARAMS"] = parameterFile }
        if let seed = request.seed {
            result["VARVE_SEED"] = String(seed)
            result["PYTHONHASHSEED"] = result["PYTHONHASHSEED"] ?? String(UInt32(truncatingIfNeeded: seed))
        }
        result["VARVE_METRICS_DIR"] = request.metricsFolder
        result["VARVE_RESUME"] = resumes ? "1" : "0"
        if let checkpointFolder {
            try Files.makeDirectory(checkpointFolder)
            result["VARVE_CKPT_DIR"] = checkpointFolder
        }
        if resumes { result["DVCLIVE_RESUME"] = "1" }
        // A pipe would hold back what the program prints.
        if observer.relay != nil { result["PYTHONUNBUFFERED"] = result["PYTHONUNBUFFERED"] ?? "1" }
        return result
    }

    /// Whether an attempt finds checkpoints to go on from.
    fileprivate func goesOn(isFirst: Bool, resumes: Bool) -> Bool {
        guard let checkpointFolder else { return false }
        return (resumes || !isFirst) && CheckpointFolder(checkpointFolder).hasAny
    }

    fileprivate func forgetMetrics() throws { try LiveFolder(request.metricsFolder).removeLogs() }
    fileprivate func say(_ line: String) { observer.say(line) }

    // MARK: Words

    /// The command with what looks like a secret left out.
    private var shownArguments: [String] { CommandSecrets.hidden(in: request.words) }
    private var shownWords: String { shownArguments.joined(separator: " ") }
}

/// What is done around each attempt of a training.
private struct TrainingAttempts: AttemptKeeper {
    let training: Training
    /// `nil` where somebody else keeps the record.
    let records: RunRecords?
    var record: RunRecord
    let watch: TrainingWatch
    let place: TrainingNotePlace?
    var note: TrainingNote
    let parameterFile: String?
    let resumes: Bool
    let attemptLimit: Int?
    private var isFirst = true

    init(
        training: Training, records: RunRecords?, record: RunRecord, watch: TrainingWatch, place: TrainingNotePlace?,
        note: TrainingNote, parameterFile: String?, resumes: Bool, attemptLimit: Int?
    ) {
        self.training = training
        self.records = records
        self.record = record
        self.watch = watch
        self.place = place
        self.note = note
        self.parameterFile = parameterFile
        self.resumes = resumes
        self.attemptLimit = attemptLimit
    }

    mutating func begin(_ attempt: Int) throws -> [String: String] {
        let goesOn = training.goesOn(isFirst: isFirst, resumes: resumes)
        // What an attempt that is not gone on with has logged would stand among the new.
        if !goesOn, !isFirst { try training.forgetMetrics() }
        isFirst = false
        watch.attemptBegan(attempt, of: attemptLimit)
        records?.begin(record)
        place?.write(note)
        return try training.variables(
            record.id, attempt: attempt, attemptLimit: attemptLimit, resumes: goesOn, parameterFile: parameterFile)
    }

    func willStart(_ step: SupervisedCommand.Step) {}

    mutating func started(_ group: ProcessGroup) {
        note.group = ProcessIdentity(of: group.id)
        place?.write(note)
    }

    mutating func ended(_ attempt: RunAttempt) {
        record.attempts.append(attempt)
        watch.attemptEnded(attempt)
    }

    func willRepeat(after attempt: RunAttempt, as number: Int, of total: Int, in pause: Duration) {
        training.say(
            "The program failed (\(attempt.verdict)); attempt \(number) of \(total)"
                + (pause > .zero ? " in \(pause.shortText)" : ""))
    }
}
