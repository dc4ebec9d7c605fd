#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Successive halving in several brackets, each with another idea of how soon is too soon (Li et al. 2016).
///
/// A trial's bracket follows from the names of study and trial, as in Optuna; trials are compared, and the next is
/// sampled, within a bracket only.
package struct HyperbandPruner: Pruner {
    package var least = 1
    /// The most steps of a trial; `nil` takes those of the first complete one.
    package var most: Int?
    package var factor = 3
    package var bootstrap = 0

    package init(least: Int = 1, most: Int? = nil, factor: Int = 3, bootstrap: Int = 0) {
        self.least = least
        self.most = most
        self.factor = factor
        self.bootstrap = bootstrap
    }

    package func verdict(_ context: PruningContext) -> Verdict {
        guard let budgets = budgets(most: most ?? context.firstLastStep.map { $0 &+ 1 }) else { return .keep }
        let bracket = Self.bracket(context.study, context.trial.number, budgets)
        let others = context.others.filter { Self.bracket(context.study, $0.number, budgets) == bracket }
        let halving = HalvingPruner(least: least, factor: factor, skipped: bracket, bootstrap: bootstrap)
        return halving.verdict(
            PruningContext(
                study: context.study, direction: context.direction, trial: context.trial, others: others,
                order: context.order))
    }

    /// The trials that a sampler may look at for a new one.
    package func peers(of number: Int, study: String, among trials: [Trial], order: [Int]) -> [Trial] {
        let most = self.most ?? PruningContext.firstLastStep(trials, order).map { $0 &+ 1 }
        guard let budgets = budgets(most: most) else { return trials }
        let bracket = Self.bracket(study, number, budgets)
        return trials.filter { Self.bracket(study, $0.number, budgets) == bracket }
    }

    /// The share of the trials that each bracket gets; `nil` as long as nobody knows how many steps there are.
    package func budgets(most: Int?) -> [Int]? {
        guard let most, least >= 1, factor >= 2 else { return nil }
        // More steps than that nobody makes, and their budgets would not fit into a number.
        let ratio = min(1e12, Double(max(most, least)) / Double(least))
        let brackets = Int((log(ratio) / log(Double(factor))).rounded(.down)) + 1
        return (0..<brackets).map { bracket in
            let s = brackets - 1 - bracket
            return Int((Double(brackets) * pow(Double(factor), Double(s)) / Double(s + 1)).rounded(.up))
        }
    }

    package static func bracket(_ study: String, _ number: Int, _ budgets: [Int]) -> Int {
        let total = budgets.reduce(0, +)
        guard total > 0 else { return 0 }
        var rest = Int(checksum("\(study)_\(number)")) % total
        for (bracket, budget) in budgets.enumerated() {
            rest -= budget
            if rest < 0 { return bracket }
        }
        return 0
    }

    /// CRC-32 as zip files have it.
    private static func checksum(_ text: String) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in text.utf8 {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return ~sum
    }
}
