import Basics

/// A thread that nobody waits for.
enum DetachedThread {
    /// Runs `body` on a new thread; on this one where none can be had.
    static func run(_ body: @escaping @Sendable () -> Void) {
        if !startDetachedThread(body) { body() }
    }
}
