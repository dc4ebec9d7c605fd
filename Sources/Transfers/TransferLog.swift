import Basics
import Objects
import Storage
import Synchronization

/// What has become of each object while a transfer runs; written from many threads.
final class TransferLog: Sendable {
    private struct State {
        var report = TransferReport()
        var settled: Set<ObjectID> = []
        var unavailable: Set<ObjectID> = []
        var breaker: FailureBreaker
    }

    private let state: Mutex<State>
    private let phase: ProgressPhase
    private let progress: any ProgressReporter

    init(phase: ProgressPhase, progress: any ProgressReporter, breaker: FailureBreaker) {
        self.phase = phase
        self.progress = progress
        state = Mutex(State(breaker: breaker))
    }

    /// Whether trying further objects makes sense.
    var goesOn: Bool { state.withLock { $0.breaker.verdict == nil } }

    /// Files that did not arrive.
    var unavailable: Set<ObjectID> { state.withLock { $0.unavailable } }

    /// Whether the object can be moved; one that is nowhere is noted as missing.
    func keep(_ id: ObjectID, _ isAvailable: (ObjectID) -> Bool) -> Bool {
        if isAvailable(id) { return true }
        state.withLock { state in
            state.report.missing.append(id)
            state.settled.insert(id)
            state.unavailable.insert(id)
        }
        return false
    }

    /// Moves one object and notes how it went.
    func note(_ id: ObjectID, _ move: () async throws -> Int64) async {
        guard goesOn else { return }
        do {
            note(id, .success(try await move()))
        } catch {
            note(id, .failure(error))
        }
    }

    func note(_ id: ObjectID, _ result: Result<Int64, any Error>) {
        state.withLock { state in
            state.settled.insert(id)
            switch result {
            case .success(let size):
                state.report.transferred.append(id)
                state.report.bytes += size
                state.breaker.succeeded()
            case .failure(let error):
                state.unavailable.insert(id)
                state.breaker.failed(error)
                // On the way out only the store can lack something: a place to put it.
                if phase == .fetching, let error = error as? StorageError, error.kind == .notFound, error.key == id.key
                {
                    state.report.missing.append(id)
                } else {
                    state.report.failed.append(.init(id: id, error: error))
                }
            }
        }
        if case .success(let size) = result { progress.report(.advanced(phase, items: 1, bytes: size)) }
    }

    /// Notes as failed what was not tried because the transfer was given up.
    func markUntried(_ ids: [ObjectID]) {
        state.withLock { state in
            guard let error = state.breaker.notTried() else { return }
            for id in ids where !state.settled.contains(id) {
                state.settled.insert(id)
                state.unavailable.insert(id)
                state.report.failed.append(.init(id: id, error: error))
            }
        }
    }

    func report(withheld: [ObjectID] = []) -> TransferReport {
        state.withLock { state in
            state.report.withheld = withheld
            return state.report
        }
    }
}
