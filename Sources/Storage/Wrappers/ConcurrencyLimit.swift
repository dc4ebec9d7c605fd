import Synchronization

/// Lets a number of tasks through at a time; the others wait in line without holding a thread.
package final class ConcurrencyLimit: Sendable {
    private struct State {
        var free: Int
        var nextTicket: UInt64 = 0
        var line: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        /// Cancelled before they stood in line.
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>

    package init(_ limit: Int) { state = Mutex(State(free: max(1, limit))) }

    /// Runs the work when there is room; throws `.cancelled` when the task is cancelled while it waits.
    package func run<Value>(_ work: () async throws(StorageError) -> Value) async throws(StorageError) -> Value {
        guard await enter() else { throw .cancelled }
        defer { leave() }
        return try await work()
    }

    private func enter() async -> Bool {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.line.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let index = state.line.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.line.remove(at: index).continuation
            }
            waiting?.resume(returning: false)
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.line.isEmpty else {
                state.free += 1
                return nil
            }
            return state.line.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
