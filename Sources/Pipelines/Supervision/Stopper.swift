import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends the program that an execution is running, or the pause that it makes, from another thread.
final class Stopper: Sendable {
    private struct State {
        var isStopped = false
        var program: RunningProgram?
    }

    private let state = Mutex(State())

    var isStopped: Bool { state.withLock(\.isStopped) }

    func stop() {
        let program = state.withLock { state in
            state.isStopped = true
            return state.program
        }
        program?.stop(asking: SIGINT)
    }

    /// Runs `body`, which waits for the program.
    func watching(_ program: RunningProgram, _ body: () -> ProgramOutcome) -> ProgramOutcome {
        let isStopped = state.withLock { state in
            state.program = program
            return state.isStopped
        }
        if isStopped { program.stop(asking: SIGINT) }
        defer { state.withLock { $0.program = nil } }
        return body()
    }

    /// Waits, unless stopped.
    func pause(_ duration: Duration) {
        let end = ContinuousClock.now + duration
        while !isStopped {
            let left = ContinuousClock.now.duration(to: end)
            if left <= .zero { return }
            usleep(useconds_t(min(left.seconds, 0.1) * 1e6))
        }
    }
}

let interruptSignal = SIGINT
let processNumber = getpid()
