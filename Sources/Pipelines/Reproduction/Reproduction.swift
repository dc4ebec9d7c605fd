import Basics
import Documents
import FileSystem
import Indexing
import Processes
import ProjectFiles
import Versioning

/// One `repro`: which stage is next, what is running, and what came out.
///
/// All decisions and all recording happen on one task, under the repository's lock; only commands run beside it, each
/// on a thread of its own, while the lock is given back.
final class Reproduction {
    let repository: Repository
    let request: ReproductionRequest
    let outlet: any StageOutlet
    let changes: ProjectFileChanges
    let graph: StageGraph?
    /// As they are recorded now.
    var stages: [Stage]
    var check: StageCheck
    var result = ReproductionResult()
    /// Whether the last stage that was dealt with was brought up to date; an empty line sets the next one apart.
    var hasJustRun = false

    private var waiting: [Int]
    private var finished: Set<Int> = []
    private var forced: Set<Int>
    /// Stages that were found to be stale and wait for room.
    var decided: Set<Int> = []
    private var running: [Int: Begun] = [:]
    private var failures: [(stage: Int, cause: any Error)] = []
    var pool: ResourcePool
    private var turn: Repository.Turn?
    private let ledger: LockLedger
    private var lockFiles: [String: FileStatus] = [:]
    private var pipelineFiles: [String: [UInt8]] = [:]
    private var hasToldOfWaiting = false
    /// Where in the order each stage stands.
    private let places: [Int: Int]
    private var newEntries: NewLockEntries

    /// A stage whose command runs.
    struct Begun {
        let stage: Stage
        let execution: StageExecution
        let claims: Claims
        /// Dependencies that were not there when the command began.
        let absent: Set<Int>
    }

    /// Paths that a running stage works on; absolute.
    struct Claims {
        var reading: [String]
        var writing: [String]
    }

    enum Beginning {
        case finished
        case running(Begun)
        /// Another process works on its paths, or has what it wants for itself.
        case busy(any UserFacingError)
        /// Stages that run already have what it wants for itself.
        case noRoom
    }

    init(_ repository: Repository, _ request: ReproductionRequest, _ outlet: any StageOutlet) async throws {
        self.repository = repository
        self.request = request
        self.outlet = outlet
        changes = ProjectFileChanges(repository)
        ledger = LockLedger(repository)
        newEntries = NewLockEntries(repository)
        pool = ResourcePool(of: repository.environment, slots: ResourceSlots(of: repository))
        check = StageCheck(repository)
        let turn = try repository.beginTurn(request.patience)
        do {
            if request.pulls, request.usesRunCache {
                do {
                    try await repository.pullRunCache()
                } catch let error as any UserFacingError {
                    repository.progress.report(.warning("Failed to pull run cache: \(error.summary)"))
                }
            }
            let snapshot = try repository.workspace()
            let steps = try repository.plannedSteps(request, snapshot)
            stages = snapshot.stages
            graph = steps.graph
            waiting = steps.order
            places = Dictionary(
                steps.order.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
            forced = request.force ? Set(steps.order) : []
        } catch {
            turn.end()
            throw error
        }
        self.turn = turn
        do {
            for stage in waiting.map({ stages[$0] }) where stage.name != nil && pipelineFiles[stage.definition] == nil {
                try repository.refuseIgnoredLockFile(of: stage)
                pipelineFiles[stage.definition] = try Files.readIfPresent(Paths.join(repository.root, stage.definition))
                noteLockFile(of: stage)
            }
        } catch {
            turn.end()
            throw error
        }
    }

    var isSequential: Bool { request.jobs <= 1 }
    func say(_ line: String) { repository.progress.report(.message(line)) }
    func warn(_ text: String) { repository.progress.report(.warning(text)) }
    func address(_ position: Int) -> String { repository.address(of: stages[position]) }
    func isForced(_ position: Int) -> Bool { forced.contains(position) }

    // MARK: Schedule

    private enum Event: Sendable {
        case ended(Int, StageExecution.Result)
        /// Time to look again whether another process has finished.
        case tick
    }

    func run() async throws -> ReproductionResult {
        let start = ContinuousClock.now
        defer {
            repository.index.save()
            turn?.end()
        }
        do {
            try await schedule()
        } catch {
            try? repository.claim(reading: [], writing: [])
            throw error
        }
        newEntries.forget()
        result.seconds = start.duration(to: .now).seconds
        if request.onFailure != .ignore, !failures.isEmpty {
            changes.withdrawIgnores()
            let isTold = request.onFailure == .keepGoing
            throw ReproductionFailed(
                stages: failures.map { address($0.stage) },
                cause: isTold || failures.count > 1 ? nil : failures.first?.cause, result: result)
        }
        result.filesToStage = try changes.finish()
        return result
    }

    private func schedule() async throws {
        var isInterrupted = false
        await withTaskGroup(of: Event.self) { group in
            var isTicking = false
            while true {
                let isBlocked = isInterrupted || Task.isCancelled ? false : await start(in: &group)
                if Task.isCancelled { isInterrupted = true }
                if running.isEmpty, !isBlocked || isInterrupted { break }
                if isBlocked, !isTicking {
                    isTicking = true
                    group.addTask {
                        try? await Task.sleep(for: .milliseconds(200))
                        return .tick
                    }
                }
                turn?.end()
                turn = nil
                let event = await group.next()
                if case .tick = event { isTicking = false }
                if case .ended(let position, let outcome) = event, outcome.wasInterrupted {
                    isInterrupted = true
                    group.cancelAll()
                    interrupted(position, outcome)
                    continue
                }
                await retakeTurn()
                if case .ended(let position, let outcome) = event { await ended(position, outcome) }
            }
            group.cancelAll()
        }
        if isInterrupted { throw CancellationError() }
    }

    private func retakeTurn() async {
        // However long it takes: what a command made must be recorded.
        turn = try? repository.beginTurn(.forever)
        check = StageCheck(repository)
    }

    /// Begins what can be begun.
    ///
    /// - Returns: whether stages wait for other processes.
    private func start(in group: inout TaskGroup<Event>) async -> Bool {
        var isBlocked = false
        var passed: Set<Int> = []
        while running.count < max(1, request.jobs), !shouldStop, !Task.isCancelled,
            let position = next(passing: passed)
        {
            do {
                switch try await begin(position) {
                case .finished:
                    waiting.removeAll { $0 == position }
                    finished.insert(position)
                case .running(let begun):
                    waiting.removeAll { $0 == position }
                    running[position] = begun
                    let execution = begun.execution
                    group.addTask { .ended(position, await execution.run()) }
                case .busy(let busy):
                    isBlocked = true
                    passed.insert(position)
                    if !hasToldOfWaiting { warn("waiting for another command to finish: \(busy.summary)") }
                    hasToldOfWaiting = true
                case .noRoom:
                    passed.insert(position)
                }
            } catch {
                waiting.removeAll { $0 == position }
                fail(position, error)
            }
        }
        return isBlocked
    }

    private var shouldStop: Bool { request.onFailure == .stop && !failures.isEmpty }

    /// The next stage in order that waits for no other one.
    private func next(passing passed: Set<Int>) -> Int? {
        if isSequential { return waiting.first.flatMap { passed.contains($0) ? nil : $0 } }
        return waiting.first { position in
            !passed.contains(position)
                && (graph?.upstream[position] ?? []).allSatisfy { finished.contains($0) || places[$0] == nil }
        }
    }

    // MARK: Outcomes

    func report(_ position: Int, _ outcome: StageReport.Outcome, seconds: Double = 0, attempts: Int = 0) {
        result.reports.append(
            StageReport(stage: address(position), outcome: outcome, seconds: seconds, attempts: attempts))
        guard outcome != .failed, outcome != .skipped else { return }
        hasJustRun = outcome.isReproduction
        if request.forcesDownstream, outcome.isReproduction || isForced(position) {
            forced.formUnion(graph?.downstream[position] ?? [])
        }
    }

    private func ended(_ position: Int, _ outcome: StageExecution.Result) async {
        guard let begun = running.removeValue(forKey: position) else { return }
        pool.giveBack(begun.execution.share)
        outlet.ended(address(position))
        do {
            defer { try? claimRunning() }
            if let problem = outcome.problem { throw problem }
            if let script = outcome.failedScript {
                throw StageCommandFailed(
                    script: script, outcome: outcome.outcome, timeout: begun.execution.supervision.timeout)
            }
            try await complete(position, begun)
            report(
                position, .ran, seconds: outcome.record.seconds, attempts: outcome.record.attempts.count)
            finished.insert(position)
        } catch {
            fail(position, error)
        }
    }

    private func interrupted(_ position: Int, _ outcome: StageExecution.Result) {
        guard let begun = running.removeValue(forKey: position) else { return }
        pool.giveBack(begun.execution.share)
        outlet.ended(address(position))
        warn("stage '\(address(position))' was interrupted; nothing of it is recorded")
        try? claimRunning()
    }

    private func fail(_ position: Int, _ cause: any Error) {
        failures.append((position, cause))
        report(position, .failed)
        finished.insert(position)
        guard request.onFailure != .stop else { return }
        let text = (cause as? any UserFacingError)?.summary ?? "\(cause)"
        warn(text + (request.onFailure == .ignore ? " (ignored)" : ""))
        guard request.onFailure == .keepGoing, let graph else { return }
        let dependents = graph.dependents(of: position)
        let names = dependents.sorted().map { "'\(address($0))'" }
        guard !names.isEmpty else { return }
        warn("Stage\(names.count > 1 ? "s" : "") \(names.joinedWithAnd) will be skipped due to this failure")
        for skipped in waiting where dependents.contains(skipped) { report(skipped, .skipped) }
        waiting.removeAll { dependents.contains($0) }
        finished.formUnion(dependents)
    }

    // MARK: Claims

    /// Claims the paths of all running stages, and of one more.
    func claimRunning(and more: Claims? = nil) throws {
        let all = running.values.map(\.claims) + (more.map { [$0] } ?? [])
        try repository.claim(reading: all.flatMap(\.reading), writing: all.flatMap(\.writing))
    }

    // MARK: What others changed

    private func noteLockFile(of stage: Stage) {
        let path = LockFile.path(besides: stage.definition)
        lockFiles[path] = try? Files.status(Paths.join(repository.root, path))
    }

    /// The stage with what the lock file says now, where another process has written it since.
    func refreshed(_ position: Int) throws -> Stage {
        var stage = stages[position]
        guard stage.name != nil else { return stage }
        let path = LockFile.path(besides: stage.definition)
        let status = try Files.status(Paths.join(repository.root, path))
        if status == lockFiles[path] { return stage }
        if let entry = try ledger.entry(of: stage) { stage.fill(from: entry) }
        return stage
    }

    /// Writes what a stage was recorded as.
    func dump(_ stage: Stage, _ position: Int) throws {
        let path = LockFile.path(besides: stage.definition)
        let isOurs = try Files.status(Paths.join(repository.root, path)) == lockFiles[path]
        if stages[position].lock == nil, stage.name != nil, !isSequential { newEntries.add(stage) }
        try repository.record([stage], changes, before: namesOfNewEntries(after: position), ledger: ledger)
        if isOurs { noteLockFile(of: stage) }
        stages[position] = stage
        if stage.name != nil { stages[position].lock = LockEntry(stage) }
    }

    /// The names of stages that come later in order and whose entries were added by this run, or by one that was cut
    /// short.
    ///
    /// Where stages run side by side, the lock file is to be the one that running them in order gives.
    private func namesOfNewEntries(after position: Int) -> [String] {
        guard let place = places[position] else { return [] }
        return places.filter { other, itsPlace in
            itsPlace > place && stages[other].definition.hasSameBytes(as: stages[position].definition)
                && newEntries.contains(stages[other])
        }.compactMap { stages[$0.key].name }
    }

    /// Whether a stage is still defined as it was when its command began.
    func isStillDefined(_ stage: Stage) throws -> Bool {
        let now = try Files.readIfPresent(Paths.join(repository.root, stage.definition))
        if now == pipelineFiles[stage.definition] { return true }
        guard
            let other = try repository.workspace().stages.first(where: { other in
                other.definition.hasSameBytes(as: stage.definition) && other.name == stage.name
            })
        else { return false }
        return other.command == stage.command
            && Set(other.outputs.map(\.path)) == Set(stage.outputs.map(\.path))
            && Set(other.dependencies.map(\.path)) == Set(stage.dependencies.map(\.path))
    }
}
