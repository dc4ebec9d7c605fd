/// When a failed request is tried again: a value without clock or dice, so that it can be tested alone.
///
/// Waits grow by two from `base` up to `limit`, and the wait is drawn evenly from zero to that ("full jitter"), so that
/// many clients that failed together do not come back together. A store that names a time is given at least that.
package struct RetrySchedule: Sendable {
    /// Tries in all, the first included.
    package var attempts: Int
    package var base: Duration
    package var limit: Duration

    package init(attempts: Int = 6, base: Duration = .milliseconds(200), limit: Duration = .seconds(20)) {
        self.attempts = max(1, attempts)
        self.base = base
        self.limit = limit
    }

    /// How long to wait after the failure number `failures` (from 1), or `nil` where it is to be reported.
    ///
    /// - Parameter dice: between 0 and 1.
    package func wait(after error: StorageError, failures: Int, dice: Double) -> Duration? {
        guard error.isRetryable, failures < attempts else { return nil }
        let doublings = min(max(failures - 1, 0), 30)
        let ceiling = min(limit, base * (1 << doublings))
        let jittered = ceiling * min(max(dice, 0), 1)
        guard let asked = error.retryAfter else { return jittered }
        // A store that asks for minutes is taken at its word, one that asks for hours is not.
        return min(asked, .seconds(300)) + min(jittered, .seconds(1))
    }
}
