import Basics
import Documents
import FileSystem
import Processes
import Synchronization
import Tracking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Looks after a training while it runs: how far it is, that it lives, which checkpoints may go.
final class TrainingWatch: Sendable {
    private struct State {
        var follower: LiveFollower
        var clock = StepClock()
        var progress = TrainingProgress()
        var attemptBegan = WallClock.seconds
        /// When the heartbeat and the checkpoints had their turn last.
        var lastBeat = 0.0
        var lastPruning = WallClock.seconds
        var beatenStep: Int?
        /// Attempts that have ended, earlier ones included.
        var attempts: [Value]
        var isPrepared = false
    }

    private let state: Mutex<State>
    private let isOver = Atomic<Bool>(false)
    private let heartbeat: Double
    private let observer: any TrainingObserver
    private let checkpoints: (folder: CheckpointFolder, kept: Int)?
    private let records: (all: RunRecords, id: RunID)?
    /// Whether the attempts are told in the heartbeat, since somebody else writes the record.
    private let tellsAttempts: Bool
    private let prepare: @Sendable () -> Void

    /// - Parameter prepare: work for the thread before it looks for the first time, done by `stop` where a program is
    ///   quicker than that.
    init(
        _ request: TrainingRequest, _ observer: any TrainingObserver, records: (RunRecords, RunID)?,
        checkpointFolder: String?, attempts: [Value], tellsAttempts: Bool, prepare: @escaping @Sendable () -> Void
    ) {
        var progress = TrainingProgress()
        progress.totalSteps = request.totalSteps
        state = Mutex(
            State(
                follower: LiveFollower(LiveFolder(request.metricsFolder)), progress: progress, attempts: attempts))
        heartbeat = max(0.1, request.heartbeat.seconds)
        self.observer = observer
        self.records = records
        self.tellsAttempts = tellsAttempts
        self.prepare = prepare
        checkpoints = checkpointFolder.flatMap { folder in
            request.keptCheckpoints.map { (CheckpointFolder(folder), $0) }
        }
    }

    func start() {
        let pause = min(observer.interval ?? .seconds(1), .seconds(1)).seconds
        _ = startDetachedThread { [self] in
            // Whoever stops the watch waits for this.
            state.withLock { prepareOnce(&$0) }
            while !isOver.load(ordering: .acquiring) {
                turn()
                usleep(useconds_t(pause * 1e6))
            }
        }
    }

    func attemptBegan(_ number: Int, of limit: Int?) {
        state.withLock { state in
            state.attemptBegan = WallClock.seconds
            state.progress.attempt = number
            state.progress.attemptLimit = limit
            state.lastBeat = 0
        }
    }

    func attemptEnded(_ attempt: RunAttempt) {
        state.withLock { state in
            state.attempts.append(attempt.value)
            state.lastBeat = 0
        }
    }

    /// The last look, when the program has gone and everything is as it stays.
    func stop() -> TrainingProgress {
        isOver.store(true, ordering: .releasing)
        if let checkpoints { checkpoints.folder.prune(keeping: checkpoints.kept, rest: 0, now: Self.nanoseconds) }
        return state.withLock { state in
            prepareOnce(&state)
            look(&state)
            beat(&state, isLast: true)
            return state.progress
        }
    }

    private func prepareOnce(_ state: inout State) {
        guard !state.isPrepared else { return }
        state.isPrepared = true
        prepare()
    }

    private func turn() {
        let progress = state.withLock { state -> TrainingProgress? in
            guard !isOver.load(ordering: .acquiring) else { return nil }
            look(&state)
            let now = WallClock.seconds
            let isNew = state.progress.stepsDone != state.beatenStep
            if now - state.lastBeat >= (isNew ? min(1, heartbeat) : heartbeat) { beat(&state, isLast: false) }
            if let checkpoints, now - state.lastPruning >= 5 {
                state.lastPruning = now
                checkpoints.folder.prune(
                    keeping: checkpoints.kept, rest: 10_000_000_000, now: Self.nanoseconds)
            }
            return observer.interval == nil ? nil : state.progress
        }
        if let progress { observer.show(progress) }
    }

    private func look(_ state: inout State) {
        let now = WallClock.seconds
        if state.follower.look() {
            state.progress.series = state.follower.series
            state.progress.latest = state.follower.latest
            state.progress.stepsDone = state.follower.stepsDone
        }
        if let steps = state.progress.stepsDone {
            state.clock.note(steps: steps, now: now)
            if let total = state.progress.totalSteps {
                state.progress.secondsLeft = state.clock.left(of: total, now: now)
            }
        }
        state.progress.seconds = now - state.attemptBegan
    }

    private func beat(_ state: inout State, isLast: Bool) {
        guard let records else { return }
        let now = WallClock.seconds
        state.lastBeat = now
        state.beatenStep = state.progress.stepsDone
        var live = Mapping()
        live["heartbeat"] = .float(now)
        if let step = state.follower.step { live["step"] = .int(step) }
        if let total = state.progress.totalSteps { live["steps"] = .int(total) }
        var metrics = Mapping()
        for (name, value) in state.progress.latest { metrics[name] = value }
        live["metrics"] = .mapping(metrics)
        if !isLast {
            live["attempt"] = .int(state.progress.attempt)
            live["attempt_began"] = .float(state.attemptBegan)
        }
        if tellsAttempts { live["attempts"] = .array(state.attempts) }
        records.all.note(live: live, of: records.id)
    }

    private static var nanoseconds: Int64 { Int64(WallClock.seconds * 1e9) }
}
