package import Basics
import Documents

/// One thing to tune.
package struct Parameter: Sendable, Equatable {
    /// As it stands in the parameter file: `train.lr`.
    package let name: String
    package let distribution: Distribution
    /// When the parameter plays a part; it may name parameters that stand before it.
    package let condition: Expression?

    package init(_ name: String, _ distribution: Distribution, when condition: Expression? = nil) {
        self.name = name
        self.distribution = distribution
        self.condition = condition
    }
}

/// All that may be tuned, in order, and what combinations are allowed.
package struct SearchSpace: Sendable, Equatable {
    package let parameters: [Parameter]
    /// Formulas over parameters alone; points that break one are drawn again.
    package let limits: [Expression]

    package init(_ parameters: [Parameter], limits: [Expression] = []) throws(Failure) {
        var known: [String] = []
        for parameter in parameters {
            guard !parameter.name.isEmpty else { throw Failure("a parameter has no name", category: .usage) }
            guard !known.contains(parameter.name) else {
                throw Failure("the parameter '\(parameter.name)' stands twice in the space", category: .usage)
            }
            for name in parameter.condition?.names ?? [] where !known.contains(name) {
                throw Failure(
                    "the condition of '\(parameter.name)' names '\(name)', which is no parameter before it",
                    remedy: "put '\(name)' above '\(parameter.name)'", category: .usage)
            }
            known.append(parameter.name)
        }
        for limit in limits {
            for name in limit.names where !known.contains(name) {
                throw Failure("the limit '\(limit.text)' names '\(name)', which is no parameter", category: .usage)
            }
        }
        self.parameters = parameters
        self.limits = limits
    }

    package subscript(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

    package var isConditional: Bool { parameters.contains { $0.condition != nil } }

    /// Whether a parameter plays a part, given the settings before it.
    func isActive(_ parameter: Parameter, _ settings: [Trial.Setting]) throws(Failure) -> Bool {
        guard let condition = parameter.condition else { return true }
        return try condition.holds { name in settings.first { $0.name == name }?.value }
    }

    /// By how much a point breaks the limits; 0 where it is allowed. A limit that names an inactive parameter holds.
    func violation(_ settings: [Trial.Setting]) throws(Failure) -> Double {
        var sum = 0.0
        for limit in limits where limit.names.allSatisfy({ name in settings.contains { $0.name == name } }) {
            let broken = try limit.violation { name in settings.first { $0.name == name }?.value }
            if broken > 0 { sum += broken }
        }
        return sum
    }
}
