import Synchronization
import Tuning

/// The best value while trials come in.
final class BestSoFar: Sendable {
    private let directions: [Direction]
    private let best: Mutex<(value: Double, number: Int)?>

    init(_ directions: [Direction], _ record: StudyRecord) {
        self.directions = directions
        best = Mutex(record.best.flatMap { trial in trial.value.map { ($0, trial.number) } })
    }

    /// Takes a trial that has ended.
    ///
    /// - Returns: the best one by now; `nil` where there is none, or several objectives.
    func take(_ trial: Trial) -> (value: Double, number: Int)? {
        guard directions.count == 1 else { return nil }
        return best.withLock { best in
            if trial.state == .complete, trial.isFeasible, let value = trial.value,
                best.map({ directions[0].isBetter(value, than: $0.value) }) ?? true
            {
                best = (value, trial.number)
            }
            return best
        }
    }
}
