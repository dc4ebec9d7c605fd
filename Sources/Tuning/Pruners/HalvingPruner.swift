import Documents

/// Asynchronous successive halving (Li et al. 2018): at each rung a trial goes on only if it is among the best of those
/// that came so far.
package struct HalvingPruner: Pruner {
    /// The step of the first rung; `nil` takes a hundredth of the steps of the first complete trial.
    package var least: Int?
    /// One in so many goes on.
    package var factor = 4
    /// Rungs that are left out.
    package var skipped = 0
    /// Trials at a rung before one may go on.
    package var bootstrap = 0

    package init(least: Int? = nil, factor: Int = 4, skipped: Int = 0, bootstrap: Int = 0) {
        self.least = least
        self.factor = factor
        self.skipped = skipped
        self.bootstrap = bootstrap
    }

    static func key(_ rung: Int) -> String { "completed_rung_\(rung)" }

    package func verdict(_ context: PruningContext) -> Verdict {
        guard let last = context.trial.lastReport else { return .keep }
        let least: Int
        if let given = self.least {
            least = given
        } else {
            guard let steps = context.firstLastStep else { return .keep }
            least = max(steps / 100, 1)
        }
        var rung = 0
        while context.trial.systemAttributes[Self.key(rung)] != nil { rung += 1 }
        var verdict = Verdict.keep
        while let step = promotionStep(rung, least), last.step >= step {
            if last.value.isNaN { return Verdict(prune: true, attributes: verdict.attributes) }
            let key = Self.key(rung)
            verdict.attributes[key] = .float(last.value)
            var values = context.others.compactMap { Distribution.number($0.systemAttributes[key]) }
            values.append(last.value)
            verdict.prune = values.count <= bootstrap || !isAmongBest(last.value, values, context.direction)
            if verdict.prune { break }
            rung += 1
        }
        return verdict
    }

    /// `least · factor^(skipped + rung)`, `nil` beyond what a number holds.
    private func promotionStep(_ rung: Int, _ least: Int) -> Int? {
        var step = least
        for _ in 0..<(skipped + rung) {
            let (product, overflow) = step.multipliedReportingOverflow(by: max(2, factor))
            if overflow { return nil }
            step = product
        }
        return step
    }

    private func isAmongBest(_ value: Double, _ values: [Double], _ direction: Direction) -> Bool {
        let losses = values.map { direction.loss($0) }.sorted()
        let last = max(0, losses.count / max(2, factor) - 1)
        return direction.loss(value) <= losses[last]
    }
}
