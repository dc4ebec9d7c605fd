/// Holds what was measured against gates.
struct GateCheck {
    let overall: EvaluationResult.Scope
    let slices: [EvaluationResult.Slice]
    let fairness: [Fairness]
    let hasBaseline: Bool
    /// Fewer rows make no group, unless the gate says otherwise.
    let leastRows: Int

    func outcomes(_ gates: [Gate]) -> [GateOutcome] { gates.flatMap(outcomes) }

    private func outcomes(_ gate: Gate) -> [GateOutcome] {
        switch gate.subject {
        case .fairness(let measure, let column):
            let found = fairness.first { $0.column.utf8.elementsEqual(column.utf8) }
            let measured = found?.measures.first { $0.measure == measure }
            return gate.bounds.map { bound in
                guard let measured, !measured.value.isNaN else {
                    return outcome(
                        gate, bound, .notEvaluable("fewer than two groups of '\(column)' have a value"))
                }
                return judged(
                    gate, bound, group: nil, rows: found?.groups.reduce(0) { $0 + $1.rows }, new: measured.value,
                    old: nil,
                    draws: measured.draws, oldDraws: [])
            }
        case .metric(let name):
            guard !gate.slice.isEmpty else {
                return gate.bounds.map { judged(gate, $0, name, nil, overall) }
            }
            return sliced(gate, name)
        }
    }

    // MARK: Groups

    private func sliced(_ gate: Gate, _ name: String) -> [GateOutcome] {
        let columns = gate.slice.map(\.column)
        let slice = slices.first { $0.columns.elementsEqual(columns) { $0.utf8.elementsEqual($1.utf8) } }
        let groups = (slice?.groups ?? []).filter { group in
            zip(gate.slice, group.values).allSatisfy { condition, value in
                condition.value.map { value.value?.utf8.elementsEqual($0.utf8) == true } ?? true
            }
        }
        guard !groups.isEmpty else {
            return gate.bounds.map { outcome(gate, $0, .notEvaluable("no rows have \(Self.text(gate.slice))")) }
        }
        let least = gate.leastRows ?? leastRows
        let isOneGroup = gate.slice.allSatisfy { $0.value != nil }
        var outcomes: [GateOutcome] = []
        for group in groups {
            for bound in gate.bounds {
                guard group.rows >= least, let scope = group.scope else {
                    let reason = "\(group.rows) rows, fewer than \(least)"
                    outcomes.append(
                        outcome(
                            gate, bound, isOneGroup ? .notEvaluable(reason) : .skipped(reason), group: group.name,
                            rows: group.rows))
                    continue
                }
                outcomes.append(judged(gate, bound, name, group.name, scope))
            }
        }
        if outcomes.allSatisfy({ if case .skipped = $0.result { true } else { false } }) {
            return outcomes.map {
                outcome($0.gate, $0.bound, .notEvaluable($0.reason ?? ""), group: $0.group, rows: $0.rows)
            }
        }
        return outcomes
    }

    static func text(_ slice: [Gate.SliceCondition]) -> String {
        slice.map { "\($0.column)=\($0.value ?? "*")" }.joined(separator: ",")
    }

    // MARK: Judging

    private func judged(
        _ gate: Gate, _ bound: Gate.Bound, _ name: String, _ group: String?, _ scope: EvaluationResult.Scope
    ) -> GateOutcome {
        guard let measured = scope.metric(name) else {
            return outcome(gate, bound, .notEvaluable("it is no metric of this task"), group: group, rows: scope.rows)
        }
        guard bound.kind.comparesSides else {
            return judged(
                gate, bound, group: group, rows: scope.rows, new: measured.value, old: nil, reason: measured.reason,
                draws: measured.draws, oldDraws: [])
        }
        guard let difference = measured.difference else {
            let reason = hasBaseline ? "the baseline has no value" : "there is no baseline to compare with"
            return outcome(
                gate, bound, .notEvaluable(reason), group: group, rows: scope.rows, value: measured.value)
        }
        return judged(
            gate, bound, group: group, rows: scope.rows, new: difference.new, old: difference.old,
            reason: measured.reason, draws: measured.pairedDraws.new, oldDraws: measured.pairedDraws.old)
    }

    private func judged(
        _ gate: Gate, _ bound: Gate.Bound, group: String?, rows: Int?, new: Double, old: Double?,
        reason: String? = nil, draws: [Double], oldDraws: [Double]
    ) -> GateOutcome {
        let excess = Gate.excess(bound, new: new, old: old)
        guard !excess.isNaN else {
            let missing = new.isNaN ? "it has no value" : "the baseline has no value"
            return outcome(
                gate, bound, .notEvaluable(new.isNaN ? reason ?? missing : missing), group: group, rows: rows,
                value: new,
                baseline: old)
        }
        guard excess > 0 else {
            return outcome(gate, bound, .passed, group: group, rows: rows, value: new, baseline: old)
        }
        guard let significance = gate.significance else {
            return outcome(gate, bound, .failed, group: group, rows: rows, value: new, baseline: old)
        }
        let drawn = draws.indices.map { place in
            Gate.excess(bound, new: draws[place], old: oldDraws.indices.contains(place) ? oldDraws[place] : nil)
        }.filter { !$0.isNaN }
        guard drawn.count * 2 > draws.count, !drawn.isEmpty else {
            return outcome(
                gate, bound, .notEvaluable("its significance needs a bootstrap, and there is none"), group: group,
                rows: rows, value: new, baseline: old)
        }
        let pValue = Double(1 + drawn.count { $0 <= 0 }) / Double(drawn.count + 1)
        return outcome(
            gate, bound, pValue < significance ? .failed : .insignificant, group: group, rows: rows, value: new,
            baseline: old, pValue: pValue)
    }

    private func outcome(
        _ gate: Gate, _ bound: Gate.Bound, _ result: GateOutcome.Result, group: String? = nil, rows: Int? = nil,
        value: Double? = nil, baseline: Double? = nil, pValue: Double? = nil
    ) -> GateOutcome {
        GateOutcome(
            gate: gate, bound: bound, group: group ?? (gate.slice.isEmpty ? nil : Self.text(gate.slice)), rows: rows,
            value: value, baseline: baseline, pValue: pValue, result: result)
    }
}
