import Basics

/// Stops a trial whose best value so far is worse than a percentile of the complete trials at the same step.
package struct PercentilePruner: Pruner {
    /// 50 is the median; 25 keeps only what is among the best quarter.
    package var percentile: Double
    /// Complete trials before anything is stopped.
    package var startup = 5
    /// Steps of a trial before it is judged.
    package var warmup = 0
    /// Steps from one judgement to the next.
    package var interval = 1
    /// Complete trials that must have reported at the step.
    package var least = 1

    package init(percentile: Double = 50) { self.percentile = percentile }

    package func verdict(_ context: PruningContext) -> Verdict {
        let complete = context.complete
        guard !complete.isEmpty, complete.count >= startup, let step = context.trial.lastReport?.step,
            step >= warmup, isDue(step, context.trial)
        else { return .keep }
        let losses = context.trial.reports.map { context.direction.loss($0.value) }.filter { !$0.isNaN }
        guard let best = losses.min() else { return .stop }
        let there = complete.compactMap { $0.report(at: step) }
        guard there.count >= least else { return .keep }
        let sorted = there.map { context.direction.loss($0) }.filter { !$0.isNaN }.sorted()
        let limit = linearQuantile(sorted, percentile / 100)
        return best > limit ? .stop : .keep
    }

    /// Whether this is the first report in its interval.
    private func isDue(_ step: Int, _ trial: Trial) -> Bool {
        let start = (step - warmup) / max(1, interval) * max(1, interval) + warmup
        let last = trial.reports.map(\.step).filter { $0 != step }.max() ?? -1
        return max(last, -1) < start
    }
}
