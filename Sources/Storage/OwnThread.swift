import Basics
import Synchronization

/// Runs blocking work on a thread of its own, so that it holds up no cooperative thread.
///
/// Costs some ten microseconds: for work worth a millisecond or more. When the task is cancelled the flag is set; the
/// work sees to it between its steps, and this returns when it has ended.
package func onOwnThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable (CancellationFlag) throws(Failure) -> Value
) async throws(Failure) -> Value {
    let flag = CancellationFlag()
    let result = await withTaskCancellationHandler {
        await resultOfThread { () throws(Failure) in try work(flag) }
    } onCancel: {
        flag.set()
    }
    return try result.get()
}

/// Says once, from any thread to any other, that work is no longer wanted.
package final class CancellationFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package var isSet: Bool { flag.load(ordering: .relaxed) }
    package func set() { flag.store(true, ordering: .relaxed) }
}

private func resultOfThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async -> Result<Value, Failure> {
    await withCheckedContinuation { continuation in
        let body: @Sendable () -> Void = { continuation.resume(returning: Result(catching: work)) }
        // No thread to be had: do it here.
        if !startDetachedThread(body) { body() }
    }
}
