#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts a thread that nobody waits for.
///
/// - Returns: whether there was a thread to be had; if not, nothing was run.
package func startDetachedThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    let job = Unmanaged.passRetained(ThreadBody(body))
    #if canImport(Darwin)
        var handle: pthread_t?
    #else
        var handle: pthread_t = 0
    #endif
    let status = pthread_create(
        &handle, nil,
        { raw in
            #if canImport(Darwin)
                Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run()
            #else
                // Cannot be null, because it is the job passed below.
                Unmanaged<ThreadBody>.fromOpaque(raw!).takeRetainedValue().run()
            #endif
            return nil
        }, job.toOpaque())
    guard status == 0 else {
        job.release()
        return false
    }
    #if canImport(Darwin)
        if let handle { pthread_detach(handle) }
    #else
        pthread_detach(handle)
    #endif
    return true
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
