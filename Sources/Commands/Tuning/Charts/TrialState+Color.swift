import Tuning

extension TrialState {
    /// The number of its colour, the same in all charts.
    var color: Int {
        switch self {
        case .complete: 0
        case .pruned: 1
        case .failed: 3
        case .running: 2
        case .waiting: 6
        }
    }
}
