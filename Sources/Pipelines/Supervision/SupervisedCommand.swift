import Processes

/// Programs that are run one after another as one piece of work: attempt after attempt, each within its time.
///
/// What is special about a stage or a training its `AttemptKeeper` does.
struct SupervisedCommand: Sendable {
    struct Step: Sendable, Equatable {
        /// The executable first.
        var arguments: [String]
        /// As messages call it.
        var shown: String
    }

    var steps: [Step]
    /// Absolute path.
    var directory: String
    var streams: ProgramRequest.Streams
    /// How long one attempt may take.
    var timeout: Duration?
    /// How long a group has between the polite signal and the hard one.
    var grace = Duration.seconds(10)
    var retry: RetryPolicy?
    /// Attempts of earlier runs that this one goes on from; they don't count against the retries.
    var attemptsBefore = 0

    struct Result: Sendable {
        var attempts: [RunAttempt] = []
        /// The step that failed; `nil` after success.
        var failed: Step?
        /// How the last attempt ended.
        var outcome = ProgramOutcome(status: .exited(0))
        /// What kept a step from being started.
        var problem: (any Error)?
        /// Whether the user wants no more.
        var wasInterrupted = false

        var succeeded: Bool { failed == nil && problem == nil && !wasInterrupted }
    }

    /// Runs until an attempt succeeds or no other is wanted. Blocks; another thread may end it through the stopper.
    func run(_ keeper: inout some AttemptKeeper, _ stopper: Stopper) -> Result {
        var result = Result()
        var number = attemptsBefore + 1
        while true {
            result.failed = nil
            result.outcome = ProgramOutcome(status: .exited(0))
            do {
                try attempt(number, &keeper, stopper, &result)
            } catch {
                result.problem = error
            }
            if stopper.isStopped || result.outcome.cause == .stopped { result.wasInterrupted = true }
            guard !result.wasInterrupted, result.problem == nil, result.failed != nil, let retry,
                let last = result.attempts.last,
                retry.wantsAnother(after: number - attemptsBefore, result.outcome)
            else { return result }
            let pause = retry.pause(after: number - attemptsBefore)
            number += 1
            keeper.willRepeat(after: last, as: number, of: attemptsBefore + retry.limit + 1, in: pause)
            stopper.pause(pause)
        }
    }

    private func attempt(
        _ number: Int, _ keeper: inout some AttemptKeeper, _ stopper: Stopper, _ result: inout Result
    ) throws {
        let variables = try keeper.begin(number)
        let began = WallClock.seconds
        var attempt = RunAttempt(
            began: began, ended: began, outcome: result.outcome, processorTime: 0, peakMemory: 0)
        defer {
            attempt.ended = WallClock.seconds
            attempt.outcome = result.outcome
            result.attempts.append(attempt)
            keeper.ended(attempt)
        }
        let start = ContinuousClock.now
        for step in steps {
            keeper.willStart(step)
            var limits = ProgramLimits(grace: grace)
            if let timeout { limits.timeout = max(.zero, timeout - start.duration(to: .now)) }
            let program = try RunningProgram(
                ProgramRequest(
                    arguments: step.arguments, variables: variables, workingDirectory: directory, streams: streams))
            keeper.started(program.group)
            let outcome = stopper.watching(program) { program.wait(limits) }
            attempt.processorTime += outcome.processorTime
            attempt.peakMemory = max(attempt.peakMemory, outcome.peakMemory)
            result.outcome = outcome
            guard outcome.succeeded else {
                result.failed = step
                // The keyboard's interrupt went to the command alone, which held the terminal.
                if outcome.status == .signalled(interruptSignal), case .inherited = streams {
                    result.wasInterrupted = true
                }
                return
            }
        }
    }
}

/// What goes on around the attempts of a command.
protocol AttemptKeeper {
    /// Before each attempt, the first being 1.
    ///
    /// - Returns: all variables of its programs.
    mutating func begin(_ attempt: Int) throws -> [String: String]
    mutating func willStart(_ step: SupervisedCommand.Step)
    mutating func started(_ group: ProcessGroup)
    mutating func ended(_ attempt: RunAttempt)
    /// - Parameters:
    ///   - number: of the attempt to come.
    ///   - total: how many attempts there will be at most.
    mutating func willRepeat(after attempt: RunAttempt, as number: Int, of total: Int, in pause: Duration)
}
