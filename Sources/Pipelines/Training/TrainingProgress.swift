package import Documents
package import Tracking

/// How far a training has come.
package struct TrainingProgress: Sendable {
    package var attempt = 1
    /// How many attempts there will be at most; `nil` where somebody else decides.
    package var attemptLimit: Int?
    /// Steps that are complete; `nil` where the program counts none.
    package var stepsDone: Int?
    package var totalSteps: Int?
    /// Seconds since the attempt began.
    package var seconds = 0.0
    /// Seconds that the rest will take; `nil` where that cannot be told.
    package var secondsLeft: Double?
    /// Curves of the metrics so far, by name.
    package var series: [LiveFollower.Series] = []
    /// The last value of every metric.
    package var latest: [(name: String, value: Value)] = []

    package init() {}
}
