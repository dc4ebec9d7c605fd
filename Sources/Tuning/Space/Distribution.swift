package import Basics
package import Documents

/// What values a parameter may take.
///
/// Inside, a value is a number, as in Optuna's journal: the number itself, or for a choice its place among the choices.
package enum Distribution: Sendable, Equatable {
    case float(FloatRange)
    case int(IntRange)
    case categorical([Value])
}

/// Real numbers from `low` to `high`, both included.
package struct FloatRange: Sendable, Equatable {
    package let low: Double
    /// The highest value that is reached: with a step, what was asked for is lowered to one.
    package let high: Double
    package let isLog: Bool
    package let step: Double?

    package init(_ low: Double, _ high: Double, log isLog: Bool = false, step: Double? = nil) throws(Failure) {
        guard low.isFinite, high.isFinite else { throw Distribution.wrong("the bounds must be finite numbers") }
        guard low <= high else { throw Distribution.wrong("low \(low) is above high \(high)") }
        if isLog {
            guard step == nil else { throw Distribution.wrong("'log' and 'step' exclude each other") }
            guard low > 0 else { throw Distribution.wrong("with 'log', low must be above 0, not \(low)") }
        }
        if let step {
            guard step > 0, step.isFinite else { throw Distribution.wrong("step must be above 0, not \(step)") }
        }
        self.low = low
        self.isLog = isLog
        self.step = step
        self.high = step.map { Self.lastStep(from: low, to: high, by: $0) } ?? high
    }

    /// `low + ⌊(high − low) / step⌋ · step` as decimal numbers give it, so that 0 to 1 by 0.1 keeps its 1.
    private static func lastStep(from low: Double, to high: Double, by step: Double) -> Double {
        let steps = (high - low) / step
        let nearest = steps.rounded()
        if (steps - nearest).magnitude <= 1e-9 * Swift.max(1, nearest) { return high }
        let digits = Swift.max(decimals(low), decimals(step))
        return PythonFloat.rounded(low + steps.rounded(.down) * step, digits: digits)
    }

    /// Digits behind the point that its values have; 0 without a step.
    var digits: Int { step.map { Swift.max(Self.decimals(low), Self.decimals($0)) } ?? 0 }

    /// Digits behind the point of the shortest text for a number.
    private static func decimals(_ number: Double) -> Int {
        let text = PythonFloat.repr(number)
        let parts = text.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let fraction = parts[0].split(separator: ".").dropFirst().first.map { $0 == "0" ? 0 : $0.utf8.count } ?? 0
        return Swift.min(320, Swift.max(0, fraction - exponent))
    }
}

/// Whole numbers from `low` to `high`, both included.
package struct IntRange: Sendable, Equatable {
    package let low: Int
    /// The highest value that is reached: what was asked for is lowered to a step.
    package let high: Int
    package let isLog: Bool
    package let step: Int

    /// Beyond this a `Double`, which carries the value inside, would no longer tell neighbours apart.
    private static let limit = 1 << 53

    package init(_ low: Int, _ high: Int, log isLog: Bool = false, step: Int = 1) throws(Failure) {
        guard low >= -Self.limit, high <= Self.limit else {
            throw Distribution.wrong("whole numbers must lie within ±2^53")
        }
        guard low <= high else { throw Distribution.wrong("low \(low) is above high \(high)") }
        guard step > 0 else { throw Distribution.wrong("step must be above 0, not \(step)") }
        if isLog {
            guard step == 1 else { throw Distribution.wrong("'log' and 'step' exclude each other") }
            guard low >= 1 else { throw Distribution.wrong("with 'log', low must be at least 1, not \(low)") }
        }
        self.low = low
        self.high = low + (high - low) / step * step
        self.isLog = isLog
        self.step = step
    }
}

extension Distribution {
    package static func choices(_ choices: [Value]) throws(Failure) -> Distribution {
        guard !choices.isEmpty else { throw wrong("there must be at least one choice") }
        for choice in choices {
            switch choice {
            case .null, .bool, .int, .float, .string: continue
            default: throw wrong("a choice must be a word, a number, true, false or null")
            }
        }
        return .categorical(choices)
    }

    static func wrong(_ reason: String) -> Failure {
        Failure("the range of a parameter cannot be used: \(reason)", category: .usage)
    }

    /// Whether there is nothing to choose.
    package var isSingle: Bool {
        switch self {
        case .float(let range): range.low == range.high
        case .int(let range): range.low == range.high
        case .categorical(let choices): choices.count == 1
        }
    }

    package var isCategorical: Bool { if case .categorical = self { true } else { false } }
    package var isLog: Bool {
        switch self {
        case .float(let range): range.isLog
        case .int(let range): range.isLog
        case .categorical: false
        }
    }
    /// The grid of the values; 0 where every real number is one.
    package var step: Double {
        switch self {
        case .float(let range): range.step ?? 0
        case .int(let range): Double(range.step)
        case .categorical: 0
        }
    }
    /// The lowest value inside.
    package var low: Double {
        switch self {
        case .float(let range): range.low
        case .int(let range): Double(range.low)
        case .categorical: 0
        }
    }
    /// The highest value inside.
    package var high: Double {
        switch self {
        case .float(let range): range.high
        case .int(let range): Double(range.high)
        case .categorical(let choices): Double(choices.count - 1)
        }
    }
    /// The bounds in which samplers draw: widened by half a step, in logarithms for `log`.
    var continuousBounds: (low: Double, high: Double) {
        let low = self.low - step / 2
        let high = self.high + step / 2
        return isLog ? (Real.log(low), Real.log(high)) : (low, high)
    }

    /// The nearest value of the distribution to a number drawn inside the continuous bounds (and taken out of
    /// logarithms).
    func rounded(_ number: Double) -> Double {
        guard number.isFinite else { return low }
        var result = number
        let step = self.step
        if step > 0 { result = low + ((number - low) / step).rounded(.toNearestOrEven) * step }
        if case .float(let range) = self, range.step != nil {
            // Sums of steps carry the noise of binary fractions; the shortest decimal is what was meant.
            result = PythonFloat.rounded(result, digits: range.digits)
        }
        return Swift.min(Swift.max(result, low), high)
    }

    /// The value as programs see it.
    package func value(of inside: Double) -> Value {
        switch self {
        case .float: return .float(inside)
        case .int: return .int(Int(exactly: inside.rounded()) ?? 0)
        case .categorical(let choices):
            let index = Int(exactly: inside.rounded()) ?? 0
            return choices.indices.contains(index) ? choices[index] : .null
        }
    }

    /// The number inside for a value from outside; `nil` where it is none of the distribution's kind, or not finite.
    /// A number outside the bounds is taken, as Optuna does with points that a person fixes.
    package func inside(_ value: Value) -> Double? {
        switch self {
        case .float, .int:
            let number: Double
            switch value {
            case .int(let whole): number = Double(whole)
            case .float(let real): number = real
            case .string(let text):
                guard let real = Double(text) else { return nil }
                number = real
            default: return nil
            }
            guard number.isFinite, !isLog || number > 0 else { return nil }
            if case .int = self { return number == number.rounded() ? number : nil }
            return number
        case .categorical(let choices):
            if let index = choices.firstIndex(of: value) { return Double(index) }
            // A word from a command line stands for the choice that is written like it.
            guard case .string(let text) = value else { return nil }
            return choices.firstIndex { Self.text($0).utf8.elementsEqual(text.utf8) }.map(Double.init)
        }
    }

    package func contains(_ inside: Double) -> Bool {
        guard inside >= low, inside <= high else { return false }
        let step = isCategorical ? 1 : self.step
        guard step > 0 else { return true }
        let steps = (inside - low) / step
        return (steps - steps.rounded()).magnitude < 1e-8
    }

    /// A value as it stands on a command line.
    package static func text(_ value: Value) -> String {
        switch value {
        case .string(let text), .date(let text), .bigInt(let text): text
        case .int(let number): String(number)
        case .float(let number): PythonFloat.repr(number)
        case .bool(let flag): flag ? "true" : "false"
        case .null: "null"
        case .array, .mapping: JSON.emitPython(value)
        }
    }

    /// Why a name that had one distribution may not have another; `nil` where it may.
    package func conflict(with other: Distribution) -> String? {
        switch (self, other) {
        case (.float, .float), (.int, .int): isLog == other.isLog ? nil : "'log' may not change within a study"
        case (.categorical(let old), .categorical(let new)): old == new ? nil : "choices may not change within a study"
        default: "the kind of a parameter may not change within a study"
        }
    }
}
