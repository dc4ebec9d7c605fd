import Documents
import Testing

@testable import Tuning

/// Golden values of Optuna 5.0.0's pruners.
@Suite("Pruners")
struct PrunerTests {
    private static let complete: [Trial] = [
        [0.9, 0.7, 0.5], [0.8, 0.6, 0.55], [0.95, 0.9, 0.85], [0.7, 0.5, 0.4], [0.6, 0.58, 0.57],
    ].enumerated().map { number, values in
        var trial = trial(number, values)
        trial.state = .complete
        trial.values = [values[2]]
        return trial
    }

    static func trial(_ number: Int, _ values: [Double], first step: Int = 0) -> Trial {
        var trial = Trial(number: number, state: .running)
        for (index, value) in values.enumerated() { trial.report(value, at: step + index) }
        return trial
    }

    /// The verdict after each report.
    private func verdicts(_ pruner: any Pruner, _ values: [Double], others: [Trial] = complete) -> [Bool] {
        values.indices.map { last in
            pruner.verdict(
                PruningContext(trial: Self.trial(5, Array(values[...last])), others: others)
            ).prune
        }
    }

    @Test("the median pruner stops what is worse than half of the trials")
    func median() {
        var pruner = PercentilePruner()
        #expect(verdicts(pruner, [0.85, 0.65, 0.56]) == [true, true, true])
        pruner.warmup = 1
        #expect(verdicts(pruner, [0.85, 0.65, 0.56]) == [false, true, true])
        #expect(verdicts(PercentilePruner(percentile: 25), [0.85, 0.65, 0.56]) == [true, true, true])
        pruner.startup = 6
        #expect(verdicts(pruner, [0.85, 0.65, 0.56]) == [false, false, false])
    }

    @Test("a trial that only reports NaN is stopped, one that nothing can be compared with is kept")
    func percentileWithoutNumbers() {
        #expect(verdicts(PercentilePruner(), [.nan, .nan]) == [true, true])
        #expect(verdicts(PercentilePruner(), [0.1, 0.1, 0.1, 9]) == [false, false, false, false])
    }

    @Test("the patient pruner stops when the last reports are worse than those before")
    func patient() {
        #expect(
            verdicts(PatientPruner(patience: 1), [0.5, 0.6, 0.6, 0.6], others: []) == [false, false, true, true])
        #expect(
            verdicts(PatientPruner(patience: 1), [0.6, 0.6, 0.6, 0.6], others: []) == [false, false, false, false])
    }

    @Test("the threshold pruner stops what leaves its range")
    func threshold() {
        #expect(verdicts(ThresholdPruner(upper: 0.8), [0.7, 0.81], others: []) == [false, true])
        #expect(verdicts(ThresholdPruner(), [.nan], others: []) == [true])
    }

    @Test("Hyperband's brackets have Optuna's budgets and members")
    func hyperbandBrackets() {
        let budgets = HyperbandPruner().budgets(most: 81)
        #expect(budgets == [81, 34, 15, 8, 5])
        #expect(
            (0..<10).map { HyperbandPruner.bracket("h", $0, budgets ?? []) } == [1, 0, 0, 0, 4, 1, 1, 0, 1, 0])
    }

    @Test("successive halving lets the best quarter of a rung go on")
    func halving() {
        let pruner = HalvingPruner(least: 1)
        var others: [Trial] = []
        var verdicts: [Bool] = []
        for (number, value) in [0.5, 0.6, 0.4, 0.45, 0.3, 0.7, 0.35, 0.2].enumerated() {
            var trial = Self.trial(number, [value], first: 1)
            let verdict = pruner.verdict(PruningContext(trial: trial, others: others))
            verdicts.append(verdict.prune)
            for (key, attribute) in verdict.attributes.entries { trial.systemAttributes[key] = attribute }
            #expect(trial.systemAttributes["completed_rung_0"] == .float(value))
            others.append(trial)
        }
        // With k at the rung the best max(1, k / 4) go on.
        #expect(verdicts == [false, true, false, true, false, true, true, false])
    }

    @Test("a rung that was passed is not judged again")
    func halvingRemembersRungs() {
        var trial = Self.trial(0, [0.5, 0.9, 0.9], first: 1)
        trial.systemAttributes["completed_rung_0"] = 0.5
        var other = Self.trial(1, [0.1], first: 1)
        other.systemAttributes["completed_rung_0"] = 0.1
        let context = PruningContext(trial: trial, others: [other])
        #expect(HalvingPruner(least: 1).verdict(context) == .keep)
    }

    @Test(
        "the signed-rank test has SciPy's probabilities",
        arguments: [
            ([1.0, 2, 3, 4, 5], 0.03125), ([1.0, -2, 3, 4, 5], 0.09375), ([0.0, 1, 2], 0.25),
            ([1.0, 1, -1, 2], 0.25), ([1.0, -1, 2, -2], 0.625),
        ])
    func signedRanks(_ differences: [Double], _ expected: Double) {
        #expect((WilcoxonPruner.probability(differences) - expected).magnitude < 1e-12)
    }

    @Test("many ranks, and shared ones, go by the normal approximation")
    func signedRanksOfMany() {
        let alternating = (1...15).map { Double($0) * ($0 % 2 == 0 ? 1 : -1) } + [1, 1, 2]
        #expect((WilcoxonPruner.probability(alternating) - 0.5086915047873567).magnitude < 1e-9)
        let many = (0..<60).map { Double($0 % 7 - 2) }
        #expect((WilcoxonPruner.probability(many) - 0.0014395267394460246).magnitude < 1e-9)
    }
}
