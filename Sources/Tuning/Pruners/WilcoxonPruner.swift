import Basics

/// Stops a trial that is worse than the best one, step by step, by Wilcoxon's signed-rank test: for objectives that are
/// means over folds or seeds, reported one by one.
package struct WilcoxonPruner: Pruner {
    /// The trial is stopped when chance explains the difference with less than this probability.
    package let threshold: Double
    /// Steps that both trials must share.
    package let startup: Int

    package init(threshold: Double = 0.1, startup: Int = 2) {
        self.threshold = threshold
        self.startup = startup
    }

    package func verdict(_ context: PruningContext) -> Verdict {
        let reports = context.trial.reports
        guard !reports.isEmpty, reports.allSatisfy(\.value.isFinite), let best = best(context),
            !best.reports.isEmpty, best.reports.allSatisfy(\.value.isFinite)
        else { return .keep }
        let differences = reports.sorted { $0.step < $1.step }.compactMap { report in
            best.report(at: report.step).map { context.direction.loss(report.value) - context.direction.loss($0) }
        }
        guard differences.count >= max(2, startup) else { return .keep }
        let p = Self.probability(differences)
        guard p < threshold else { return .keep }
        // A trial that is better on average is not stopped, whatever the ranks say.
        let mean = reports.reduce(0) { $0 + context.direction.loss($1.value) } / Double(reports.count)
        let bestMean = best.reports.reduce(0) { $0 + context.direction.loss($1.value) } / Double(best.reports.count)
        return bestMean >= mean ? .keep : .stop
    }

    private func best(_ context: PruningContext) -> Trial? {
        context.complete.filter { $0.isFeasible && $0.value.map { !$0.isNaN } ?? false }.min {
            context.direction.loss($0.value ?? .infinity) < context.direction.loss($1.value ?? .infinity)
        }
    }

    /// The probability that differences as far above 0 come by chance: exact for up to fifty without ties and for
    /// thirteen with them, else that of the normal approximation. Zeros count half on either side.
    package static func probability(_ differences: [Double]) -> Double {
        let count = differences.count
        // Ranks are doubled, so that shared ones stay whole.
        var ranks = [Int](repeating: 0, count: count)
        let order = differences.indices.sorted { differences[$0].magnitude < differences[$1].magnitude }
        var start = 0
        var hasTies = differences.contains(0)
        var tieSum = 0.0
        while start < count {
            var end = start
            while end < count, differences[order[end]].magnitude == differences[order[start]].magnitude { end += 1 }
            let size = end - start
            for position in start..<end { ranks[order[position]] = start + 1 + end }
            if size > 1 {
                hasTies = true
                tieSum += Double(size * size * size - size)
            }
            start = end
        }
        var above = 0
        var zeros = 0
        for (difference, rank) in zip(differences, ranks) {
            if difference > 0 { above += 2 * rank }
            if difference == 0 { zeros += rank }
        }
        // Four times the statistic, so that half of a shared rank is whole, too.
        let statistic = above + zeros
        guard count > 50 || hasTies && count > 13 else {
            let nonzero = zip(differences, ranks).filter { $0.0 != 0 }.map { 2 * $0.1 }
            var ways = [Double](repeating: 0, count: nonzero.reduce(0, +) + 1)
            ways[0] = 1
            var reached = 0
            for rank in nonzero {
                reached += rank
                for sum in stride(from: reached, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
            }
            let least = max(0, statistic - zeros)
            var tail = 0.0
            for sum in ways.indices where sum >= least { tail += ways[sum] }
            return tail / Real.power(2, Double(nonzero.count))
        }
        let n = Double(count)
        let deviation = ((n * (n + 1) * (2 * n + 1) - tieSum / 2) / 24).squareRoot()
        let z = (Double(statistic) / 4 - n * (n + 1) / 4) / deviation
        return NormalDistribution.cumulative(-z)
    }
}
