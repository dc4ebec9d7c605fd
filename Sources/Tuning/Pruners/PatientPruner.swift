/// Stops a trial, or lets another pruner judge it, once its last reports are worse than what came before them.
package struct PatientPruner: Pruner {
    /// Asked when patience is over; without it the trial is stopped.
    package let inner: (any Pruner)?
    package let patience: Int
    /// What counts as no worse.
    package let tolerance: Double

    package init(_ inner: (any Pruner)? = nil, patience: Int, tolerance: Double = 0) {
        self.inner = inner
        self.patience = patience
        self.tolerance = tolerance
    }

    package func verdict(_ context: PruningContext) -> Verdict {
        let reports = context.trial.reports.sorted { $0.step < $1.step }
        guard reports.count > patience + 1 else { return .keep }
        let losses = reports.map { context.direction.loss($0.value) }
        let early = losses.dropLast(patience + 1).filter { !$0.isNaN }.min()
        let late = losses.suffix(patience + 1).filter { !$0.isNaN }.min()
        guard let early, let late, early + tolerance < late else { return .keep }
        return inner?.verdict(context) ?? .stop
    }
}

/// Stops a trial whose value leaves a range, or is no number.
package struct ThresholdPruner: Pruner {
    package let lower: Double
    package let upper: Double
    package var warmup = 0
    package var interval = 1

    package init(lower: Double = -.infinity, upper: Double = .infinity, warmup: Int = 0, interval: Int = 1) {
        self.lower = lower
        self.upper = upper
        self.warmup = warmup
        self.interval = interval
    }

    package func verdict(_ context: PruningContext) -> Verdict {
        guard let last = context.trial.lastReport, last.step >= warmup else { return .keep }
        let start = (last.step - warmup) / max(1, interval) * max(1, interval) + warmup
        let earlier = context.trial.reports.map(\.step).filter { $0 != last.step }.max() ?? -1
        guard max(earlier, -1) < start else { return .keep }
        return last.value.isNaN || last.value < lower || last.value > upper ? .stop : .keep
    }
}
