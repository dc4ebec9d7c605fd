/// Tries single requests again within larger work, as `RetryingBackend` does around a backend's verbs.
package struct RequestPatience: Sendable {
    private let schedule: RetrySchedule
    private let notice: @Sendable (StorageError, Duration, Int) -> Void

    /// - Parameter notice: called before a wait: what failed, how long the wait is, and which try it was (from 1).
    package init(
        _ schedule: RetrySchedule = RetrySchedule(),
        notice: @escaping @Sendable (StorageError, Duration, Int) -> Void = { _, _, _ in }
    ) {
        self.schedule = schedule
        self.notice = notice
    }

    /// What does not pass in the end is not for others to try again.
    ///
    /// - Parameter request: is told how many tries failed before it.
    func callAsFunction<Value: Sendable>(
        _ request: (_ failures: Int) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        var failures = 0
        while true {
            do throws(StorageError) {
                return try await request(failures)
            } catch {
                failures += 1
                guard let wait = schedule.wait(after: error, failures: failures, dice: .random(in: 0...1)) else {
                    throw error.isRetryable ? error.final : error
                }
                notice(error, wait, failures)
                do {
                    try await Task.sleep(for: wait)
                } catch {
                    throw .cancelled
                }
            }
        }
    }
}

extension StorageError {
    /// The same error, not to be tried again.
    fileprivate var final: StorageError {
        StorageError(
            kind, detail, key: key, place: place, retryAfter: retryAfter, isRetryable: false, remedy: remedy,
            systemCode: systemCode)
    }
}
