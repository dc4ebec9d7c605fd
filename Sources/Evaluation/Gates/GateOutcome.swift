/// What became of one bound of a gate, on all rows or one group of them.
package struct GateOutcome: Sendable {
    package enum Result: Sendable, Equatable {
        case passed
        case failed
        /// Beyond the bound, by no more than chance may explain.
        case insignificant
        /// A group of too few rows.
        case skipped(String)
        /// There is no value to hold against the bound, which never counts as kept.
        case notEvaluable(String)
    }

    package let gate: Gate
    package let bound: Gate.Bound
    /// The group; `nil` for all rows.
    package let group: String?
    package let rows: Int?
    package let value: Double?
    package let baseline: Double?
    /// How likely chance explains that the bound is not kept; `nil` where the gate does not ask.
    package let pValue: Double?
    package let result: Result

    package var hasFailed: Bool { result == .failed }
    package var isNotEvaluable: Bool { if case .notEvaluable = result { true } else { false } }
    package var text: String { Gate.text(bound) }

    package var word: String {
        switch result {
        case .passed: "passed"
        case .failed: "failed"
        case .insignificant: "passed (not significant)"
        case .skipped: "skipped"
        case .notEvaluable: "not evaluable"
        }
    }

    package var reason: String? {
        switch result {
        case .skipped(let reason), .notEvaluable(let reason): reason
        case .passed, .failed, .insignificant: nil
        }
    }
}

/// The status that an evaluation's command ends with.
package enum GateStatus: Int32, Sendable {
    case kept = 0
    case failed = 1
    /// An error; no gate was looked at.
    case error = 2
    case notEvaluable = 3

    package init(_ outcomes: [GateOutcome]) {
        self =
            outcomes.contains(where: \.hasFailed)
            ? .failed : outcomes.contains(where: \.isNotEvaluable) ? .notEvaluable : .kept
    }
}
