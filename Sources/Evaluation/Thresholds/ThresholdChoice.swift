/// Chooses the score from which on a row counts as positive.
///
/// Candidates are the scores that occur, and one above all of them, which leaves nothing positive. Of candidates that
/// are equally good the highest wins.
struct ThresholdChoice {
    private let counts: ThresholdCounts
    /// How messages call the rows.
    private let name: String

    init(_ counts: ThresholdCounts, of name: String) {
        self.counts = counts
        self.name = name
    }

    private struct Candidate {
        let threshold: Double
        /// True and false positives.
        let hits: Double
        let alarms: Double
    }

    /// - Throws: where no threshold keeps the rule, or there is only one class.
    func threshold(_ rule: ThresholdRule) throws -> Double {
        let (positives, negatives) = (counts.positives, counts.negatives)
        guard let highest = counts.thresholds.first, positives > 0, negatives > 0 else {
            throw InputError("'\(name)' has rows of one class only, which no threshold can be chosen on")
        }
        let steps = counts.thresholds.indices.map {
            Candidate(
                threshold: counts.thresholds[$0], hits: counts.truePositives[$0], alarms: counts.falsePositives[$0])
        }
        let candidates = [Candidate(threshold: highest.nextUp, hits: 0, alarms: 0)] + steps
        func best(_ quality: (Candidate) -> Double) -> Double {
            var found = (quality: -Double.infinity, threshold: highest)
            for candidate in candidates {
                let value = quality(candidate)
                if value > found.quality { found = (value, candidate.threshold) }
            }
            return found.threshold
        }
        switch rule {
        case .f1: return best { 2 * $0.hits / ($0.hits + $0.alarms + positives) }
        case .youden: return best { $0.hits / positives - $0.alarms / negatives }
        case .accuracy: return best { $0.hits + negatives - $0.alarms }
        case .cost(let alarm, let miss): return best { -(alarm * $0.alarms + miss * (positives - $0.hits)) }
        case .recall(let least):
            // All rows together have a recall of 1, so there is one.
            return steps.first { $0.hits / positives >= least }?.threshold ?? highest
        case .precision(let least):
            guard let keeping = steps.last(where: { $0.hits / ($0.hits + $0.alarms) >= least }) else {
                throw InputError("no threshold has a precision of \(LabelColumn.name(least)) on '\(name)'")
            }
            return keeping.threshold
        case .falsePositiveRate(let most):
            return candidates.last { $0.alarms / negatives <= most }?.threshold ?? highest
        }
    }
}
