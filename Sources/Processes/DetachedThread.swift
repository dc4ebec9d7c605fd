#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread that nobody waits for.
enum DetachedThread {
    /// Runs `body` on a new thread; on this one where none can be had.
    static func run(_ body: @escaping @Sendable () -> Void) {
        let job = Unmanaged.passRetained(Job(body))
        #if canImport(Darwin)
            var handle: pthread_t?
        #else
            var handle: pthread_t = 0
        #endif
        let status = pthread_create(
            &handle, nil,
            { raw in
                #if canImport(Darwin)
                    Unmanaged<Job>.fromOpaque(raw).takeRetainedValue().body()
                #else
                    if let raw { Unmanaged<Job>.fromOpaque(raw).takeRetainedValue().body() }
                #endif
                return nil
            }, job.toOpaque())
        guard status == 0 else {
            job.takeRetainedValue().body()
            return
        }
        #if canImport(Darwin)
            if let handle { pthread_detach(handle) }
        #else
            pthread_detach(handle)
        #endif
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
