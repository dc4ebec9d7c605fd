package import Basics
import Documents
import ProjectFiles

/// A bound that an evaluation must keep.
package struct Gate: Sendable, Equatable {
    package var subject: Subject
    /// The groups it is held against; empty for all rows.
    package var slice: [SliceCondition] = []
    package var bounds: [Bound] = []
    /// How unlikely chance must be as the reason before a gate fails; `nil` to fail by the numbers as they are.
    package var significance: Double?
    /// Groups of fewer rows are passed over; `nil` for what the evaluation says.
    package var leastRows: Int?

    package enum Subject: Sendable, Equatable {
        case metric(String)
        case fairness(FairnessMeasure, column: String)
    }

    /// A column's value; `nil` for each of its values.
    package struct SliceCondition: Sendable, Equatable {
        package let column: String
        package let value: String?
    }

    package struct Bound: Sendable, Equatable {
        package let kind: Kind
        package let number: Double
    }

    package enum Kind: String, Sendable, CaseIterable {
        case min, max
        case maxIncrease = "max_increase"
        case maxDecrease = "max_decrease"
        case maxRelativeIncrease = "max_relative_increase"
        case maxRelativeDecrease = "max_relative_decrease"

        /// Whether the bound needs a baseline.
        package var comparesSides: Bool { self != .min && self != .max }

        init?(word: String) {
            switch word {
            case "max_drop": self = .maxDecrease
            case "max_rise": self = .maxIncrease
            case "max_relative_drop": self = .maxRelativeDecrease
            case "max_relative_rise": self = .maxRelativeIncrease
            default: self.init(rawValue: word)
            }
        }
    }

    package init(_ subject: Subject) { self.subject = subject }

    package var metric: String? { if case .metric(let name) = subject { name } else { nil } }
    package var comparesSides: Bool { bounds.contains { $0.kind.comparesSides } }

    /// Columns that rows are grouped by for it.
    var neededColumns: [String] {
        if case .fairness(_, let column) = subject { return slice.map(\.column) + [column] }
        return slice.map(\.column)
    }

    /// How far a value is beyond a bound; not above zero where the bound is kept, NaN where that cannot be told.
    static func excess(_ bound: Bound, new: Double, old: Double?) -> Double {
        let old = old ?? .nan
        return switch bound.kind {
        case .min: bound.number - new
        case .max: new - bound.number
        case .maxIncrease: new - old - bound.number
        case .maxDecrease: old - new - bound.number
        case .maxRelativeIncrease: new - old - bound.number * abs(old)
        case .maxRelativeDecrease: old - new - bound.number * abs(old)
        }
    }

    // MARK: Reading

    /// `roc_auc>=0.85`, `log_loss<=0.4`, `recall[sex=F]>=0.7`
    package init(shortForm text: String) throws(Failure) {
        let wrong = Failure(
            "'\(text)' is no gate", remedy: "write a metric and its bound, such as 'roc_auc>=0.85'", category: .usage)
        let parts: (name: String, kind: Kind, number: String)
        if let sides = Self.sides(text, ">=") {
            parts = (sides.0, .min, sides.1)
        } else if let sides = Self.sides(text, "<=") {
            parts = (sides.0, .max, sides.1)
        } else {
            throw wrong
        }
        guard let number = Double(parts.number), number.isFinite, !parts.name.isEmpty else { throw wrong }
        var name = parts.name
        var slice: [SliceCondition] = []
        if name.hasSuffix("]"), let open = name.firstIndex(of: "[") {
            slice = try Self.conditions(String(name[name.index(after: open)...].dropLast()))
            name = String(name[..<open]).trimmed
        }
        self.init(.metric(try Self.canonical(name)))
        self.slice = slice
        bounds = [Bound(kind: parts.kind, number: number)]
    }

    private static func sides(_ text: String, _ sign: String) -> (String, String)? {
        guard let range = text.firstRange(of: sign) else { return nil }
        return (text[..<range.lowerBound].trimmed, text[range.upperBound...].trimmed)
    }

    /// `sex=F,age_bin=*`
    static func conditions(_ text: String) throws(Failure) -> [SliceCondition] {
        var result: [SliceCondition] = []
        for part in text.split(separator: ",") {
            guard let equals = part.firstIndex(of: "="), equals != part.startIndex else {
                throw Failure(
                    "'\(text)' names no slice", remedy: "write a column and a value, such as sex=F, or sex=* for each",
                    category: .usage)
            }
            let value = part[part.index(after: equals)...].trimmed
            result.append(SliceCondition(column: part[..<equals].trimmed, value: value == "*" ? nil : value))
        }
        return result
    }

    /// A metric under the name that results have it by.
    static func canonical(_ name: String) throws(Failure) -> String {
        do throws(UnknownMetric) {
            return try MetricCatalogue.metric(named: name).name
        } catch {
            throw Failure(error.summary, remedy: error.remedy, category: .usage)
        }
    }

    // MARK: Words

    /// `max_decrease 0.02`
    static func text(_ bound: Bound) -> String { "\(bound.kind.rawValue) \(LabelColumn.name(bound.number))" }

    package var subjectText: String {
        switch subject {
        case .metric(let name): name
        case .fairness(let measure, let column): "\(measure.rawValue) by \(column)"
        }
    }
}
