/// Tells how long a program will take that counts steps.
///
/// Goes by the pace since it was first looked at, so that steps of an earlier run count for nothing.
package struct StepClock: Sendable {
    private var first: (steps: Int, time: Double)?
    private var last: (steps: Int, time: Double)?

    package init() {}

    /// - Parameter now: seconds of any clock that only goes forward.
    package mutating func note(steps: Int, now: Double) {
        guard let first, steps >= first.steps else {
            first = (steps, now)
            last = nil
            return
        }
        if steps > last?.steps ?? first.steps { last = (steps, now) }
    }

    /// Seconds until `total` steps are done; `nil` while nothing can be said.
    package func left(of total: Int, now: Double) -> Double? {
        guard let first, let last, last.steps > first.steps, total >= last.steps else { return nil }
        let pace = (last.time - first.time) / Double(last.steps - first.steps)
        return max(0, pace * Double(total - last.steps) - (now - last.time))
    }
}
