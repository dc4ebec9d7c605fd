import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs blocking work for each index in `0..<count` on up to `threads` threads, in batches of `batch` indices.
///
/// The body may throw; the first error is thrown after all threads have stopped, and no new batch starts after it.
/// Work of a single batch runs on the calling thread.
package func parallelForEach(
    count: Int, threads: Int, batch: Int = 1, _ body: @Sendable (Range<Int>) throws -> Void
) throws {
    guard count > 0 else { return }
    let batches = (count + batch - 1) / batch
    let workers = min(threads, batches)
    let cursor = Atomic<Int>(0)
    let failure = Mutex<(any Error)?>(nil)
    @Sendable func work() {
        while true {
            let start = cursor.wrappingAdd(batch, ordering: .relaxed).oldValue
            if start >= count || failure.withLock({ $0 != nil }) { return }
            do {
                try body(start..<min(start + batch, count))
            } catch {
                failure.withLock { if $0 == nil { $0 = error } }
                return
            }
        }
    }
    withoutActuallyEscaping(work) { escapable in
        let others = (1..<max(workers, 1)).map { _ in WorkerThread(escapable) }
        escapable()
        for thread in others { thread.join() }
    }
    if let error = failure.withLock({ $0 }) { throw error }
}

/// One joined POSIX thread; blocking work stays off the cooperative pool (docs/design/architecture.md).
private final class WorkerThread {
    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    #if canImport(Darwin)
        private var handle: pthread_t?
    #else
        private var handle: pthread_t = 0
    #endif
    private let started: Bool
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        let box = Unmanaged.passRetained(Box(body))
        let status = pthread_create(
            &handle, nil,
            { raw in
                #if canImport(Darwin)
                    Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
                #else
                    Unmanaged<Box>.fromOpaque(raw!).takeRetainedValue().body()
                #endif
                return nil
            }, box.toOpaque())
        started = status == 0
        if !started { box.release() }
    }

    /// Waits for the thread; where none could be made the other threads have taken its work.
    func join() {
        guard started else { return }
        #if canImport(Darwin)
            if let handle { pthread_join(handle, nil) }
        #else
            pthread_join(handle, nil)
        #endif
    }
}
