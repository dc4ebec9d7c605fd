package import Documents
package import FileSystem
package import ProjectFiles

/// One gate held against one metric.
package struct GateOutcome: Sendable {
    package let gate: MetricGate
    /// `nil` where no file has the metric.
    package let path: RelativePath?
    package let old: Value?
    package let new: Value?
    package let result: Result

    package enum Result: Sendable, Equatable {
        case passed
        case failed
        /// There is nothing to hold the gate against, and why.
        case missing(String)

        package var word: String {
            switch self {
            case .passed: "passed"
            case .failed: "failed"
            case .missing: "missing"
            }
        }
    }

    package var difference: Value? {
        guard let old, let new else { return nil }
        return new.subtracting(old)
    }
}

/// Gates held against the metrics of two states.
package struct MetricCheck: Sendable {
    package let outcomes: [GateOutcome]

    /// - Parameters:
    ///   - diff: with all metrics, unchanged ones too.
    package init(_ gates: [MetricGate], against diff: ValueDiff) {
        outcomes = gates.flatMap { gate in
            let matches = diff.matches(of: gate.name).filter { $0.change.new != nil }
            guard !matches.isEmpty else {
                let gone = diff.matches(of: gate.name).first
                return [
                    GateOutcome(
                        gate: gate, path: gone?.path, old: gone?.change.old, new: nil,
                        result: .missing("not measured in '\(diff.new.shownName)'"))
                ]
            }
            return matches.map { match in
                GateOutcome(
                    gate: gate, path: match.path, old: match.change.old, new: match.change.new,
                    result: Self.result(of: gate, match.change, diff))
            }
        }
    }

    package var hasFailed: Bool { outcomes.contains { $0.result == .failed } }
    package var hasMissing: Bool { outcomes.contains { $0.result.word == "missing" } }

    private static func result(of gate: MetricGate, _ change: ValueChange, _ diff: ValueDiff) -> GateOutcome.Result {
        guard let new = change.new?.number else { return .missing("not a number in '\(diff.new.shownName)'") }
        guard gate.kind.comparesSides else {
            let limit = gate.limit.number
            let isKept =
                gate.kind == .min
                ? new >= limit - slack(new, limit, 0) : new <= limit + slack(new, limit, 0)
            return isKept ? .passed : .failed
        }
        guard let value = change.old, !value.isNull else { return .missing("not measured in '\(diff.old.shownName)'") }
        guard let old = value.number else { return .missing("not a number in '\(diff.old.shownName)'") }
        let change = gate.kind == .maxDrop ? old - new : new - old
        // Written this way, NaN on either side fails.
        return change <= gate.limit.amount(of: old) + slack(old, new, gate.limit.number) ? .passed : .failed
    }

    /// What rounding in the last digits may do: 0.95 - 0.94 is a little more than 0.01.
    private static func slack(_ numbers: Double...) -> Double {
        let largest = numbers.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
        return largest * 1e-12
    }
}

extension ValueDiff {
    /// The changes of a metric in every file that has it.
    func matches(of name: MetricName) -> [(path: RelativePath, change: ValueChange)] {
        files.flatMap { file -> [(path: RelativePath, change: ValueChange)] in
            if let wanted = name.file, RelativePath(wanted) != file.path { return [] }
            return file.changes.filter { $0.key.hasSameBytes(as: name.key) }.map { (file.path, $0) }
        }
    }
}

extension RevisionValues {
    fileprivate var shownName: String { name.isEmpty ? Repository.workspaceName : name }
}
