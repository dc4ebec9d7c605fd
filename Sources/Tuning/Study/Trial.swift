package import Documents

/// Where a trial stands; the numbers are those of Optuna's journal.
package enum TrialState: Int, Sendable, CaseIterable {
    case running = 0
    case complete = 1
    case pruned = 2
    case failed = 3
    case waiting = 4

    package var isFinished: Bool { self == .complete || self == .pruned || self == .failed }

    package var name: String {
        switch self {
        case .running: "running"
        case .complete: "complete"
        case .pruned: "pruned"
        case .failed: "failed"
        case .waiting: "waiting"
        }
    }
}

/// One evaluation of the objective.
package struct Trial: Sendable, Equatable {
    /// A parameter as one trial has it.
    package struct Setting: Sendable, Equatable {
        package let name: String
        /// The value inside; `distribution.value(of:)` makes it what programs see.
        package let inside: Double
        package let distribution: Distribution

        package init(name: String, inside: Double, distribution: Distribution) {
            self.name = name
            self.inside = inside
            self.distribution = distribution
        }

        package var value: Value { distribution.value(of: inside) }
    }

    package struct Report: Sendable, Equatable {
        package let step: Int
        package let value: Double
        package init(step: Int, value: Double) {
            self.step = step
            self.value = value
        }
    }

    /// Counted over all studies of a journal.
    package var id: Int
    /// Counted within the study, from 0.
    package var number: Int
    package var state: TrialState
    /// One for each objective.
    package var values: [Double]?
    /// In the order of the study's space.
    package var settings: [Setting]
    /// In the order of their first appearance; one for each step.
    package private(set) var reports: [Report]
    package var userAttributes: Mapping
    package var systemAttributes: Mapping
    /// ISO 8601 with an offset.
    package var startedAt: String?
    package var finishedAt: String?

    package init(
        id: Int = 0, number: Int, state: TrialState, values: [Double]? = nil, settings: [Setting] = [],
        reports: [Report] = [], userAttributes: Mapping = Mapping(), systemAttributes: Mapping = Mapping(),
        startedAt: String? = nil, finishedAt: String? = nil
    ) {
        self.id = id
        self.number = number
        self.state = state
        self.values = values
        self.settings = settings
        self.reports = reports
        self.userAttributes = userAttributes
        self.systemAttributes = systemAttributes
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }

    package subscript(_ name: String) -> Setting? { settings.first { $0.name == name } }

    package var value: Double? { values?.first }

    /// The report with the highest step.
    package var lastReport: Report? { reports.max { $0.step < $1.step } }

    package func report(at step: Int) -> Double? { reports.first { $0.step == step }?.value }

    /// A second report at a step replaces the first.
    package mutating func report(_ value: Double, at step: Int) {
        let report = Report(step: step, value: value)
        if let index = reports.firstIndex(where: { $0.step == step }) {
            reports[index] = report
        } else {
            reports.append(report)
        }
    }

    package mutating func set(_ setting: Setting) {
        if let index = settings.firstIndex(where: { $0.name == setting.name }) {
            settings[index] = setting
        } else {
            settings.append(setting)
        }
    }

    /// By how much each constraint is broken; nothing above 0 is feasible. Both of Optuna's forms are read.
    package var constraints: [Double] {
        var result: [Double] = []
        for (key, value) in systemAttributes.entries {
            if key == "constraints" {
                result.append(contentsOf: (value.array ?? []).compactMap { Distribution.number($0) })
            } else if key.hasPrefix("constraints:"), let number = Distribution.number(value) {
                result.append(number)
            }
        }
        return result
    }

    /// The sum of what is broken; 0 where the trial is feasible.
    package var violation: Double { constraints.reduce(0) { $0 + ($1 > 0 ? $1 : 0) } }
    package var isFeasible: Bool { constraints.allSatisfy { $0 <= 0 } }
}

package enum Direction: Int, Sendable {
    case minimize = 1
    case maximize = 2

    /// The value with its sign turned so that less is better.
    func loss(_ value: Double) -> Double { self == .minimize ? value : -value }
    package func isBetter(_ value: Double, than other: Double) -> Bool { loss(value) < loss(other) }
    package var name: String { self == .minimize ? "minimize" : "maximize" }
    package init?(name: String) {
        switch name {
        case "minimize", "min": self = .minimize
        case "maximize", "max": self = .maximize
        default: return nil
        }
    }
}
