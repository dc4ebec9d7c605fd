import Basics
import Documents

/// `varve.yaml` at the root: what varve knows of a project beyond what DVC has words for.
///
/// Only the section `metrics` is read here; others belong to other commands and are passed over.
package struct VarveFile: Sendable {
    package static let fileName = "varve.yaml"

    /// In the order of the file.
    package let metrics: [MetricRule]

    package init(parsing bytes: [UInt8]) throws(ProjectFileError) {
        let document: Value
        do throws(DocumentError) {
            document = try YAML.parse(bytes)
        } catch {
            throw ProjectFileError(Self.fileName, .syntax(error, looksLikeMergeConflict: false))
        }
        let top = document.isNull ? Mapping() : document.mapping
        guard let top else { throw Self.wrong("it must be a mapping of sections") }
        let section = top["metrics"] ?? .null
        guard let rules = section.isNull ? Mapping() : section.mapping else {
            throw Self.wrong("'metrics' must be a mapping from metrics to rules")
        }
        var metrics: [MetricRule] = []
        for (name, rule) in rules.entries {
            guard let rule = rule.isNull ? Mapping() : rule.mapping else {
                throw Self.wrong("'metrics.\(name)' must be a mapping, such as {direction: maximize, min: 0.9}")
            }
            metrics.append(try MetricRule(MetricName(name), rule))
        }
        self.metrics = metrics
    }

    static func wrong(_ reason: String) -> ProjectFileError {
        ProjectFileError(fileName, .invalid("'\(fileName)' cannot be used: \(reason)"))
    }
}

/// A metric as people name it: `auc`, `train.auc`, or `results/metrics.json:auc` where several files have it.
package struct MetricName: Sendable, Equatable {
    /// Relative to the root; `nil` for whatever file has the metric.
    package let file: String?
    package let key: String

    package init(_ text: String) {
        if let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) {
            file = String(text[..<colon])
            key = String(text[text.utf8.index(after: colon)...])
        } else {
            file = nil
            key = text
        }
    }

    package var text: String { file.map { "\($0):\(key)" } ?? key }
}

/// What a project wants of a metric.
package struct MetricRule: Sendable, Equatable {
    package let name: MetricName
    /// Whether more is better; `nil` where nobody said.
    package var direction: Direction?
    /// A change of no more than this does not count as better or worse.
    package var tolerance: MetricLimit?
    package var gates: [MetricGate] = []

    package enum Direction: String, Sendable { case maximize, minimize }

    init(_ name: MetricName, _ rule: Mapping) throws(ProjectFileError) {
        self.name = name
        for (key, value) in rule.entries {
            switch key {
            case "direction":
                guard let word = value.string, let direction = Direction(rawValue: word) else {
                    throw VarveFile.wrong("'metrics.\(name.text).direction' must be 'maximize' or 'minimize'")
                }
                self.direction = direction
            case "tolerance": tolerance = try Self.limit(value, key, name)
            default:
                guard let kind = MetricGate.Kind(rawValue: key) else {
                    let known = ["direction", "tolerance"] + MetricGate.Kind.allCases.map(\.rawValue)
                    throw VarveFile.wrong(
                        "'metrics.\(name.text)' has the unknown key '\(key)'; known are \(known.joined(separator: ", "))"
                    )
                }
                let limit = try Self.limit(value, key, name)
                guard kind.comparesSides || !limit.isRelative else {
                    throw VarveFile.wrong("'metrics.\(name.text).\(key)' must be a plain number, not a percentage")
                }
                gates.append(MetricGate(name: name, kind: kind, limit: limit))
            }
        }
    }

    private static func limit(
        _ value: Value, _ key: String, _ name: MetricName
    ) throws(ProjectFileError) -> MetricLimit {
        guard let limit = MetricLimit(value.pythonText) else {
            throw VarveFile.wrong("'metrics.\(name.text).\(key)' must be a number or a percentage such as 2%")
        }
        return limit
    }
}

/// A bound that a metric must keep.
package struct MetricGate: Sendable, Equatable {
    package let name: MetricName
    package let kind: Kind
    package let limit: MetricLimit

    package enum Kind: String, Sendable, CaseIterable {
        case min, max
        case maxDrop = "max_drop"
        case maxRise = "max_rise"

        /// Whether the gate needs an older value, too.
        package var comparesSides: Bool { self == .maxDrop || self == .maxRise }
    }

    package init(name: MetricName, kind: Kind, limit: MetricLimit) {
        self.name = name
        self.kind = kind
        self.limit = limit
    }

    /// `max_drop 0.01`, `min 90`, `max_rise 5%`
    package var text: String { "\(kind.rawValue) \(limit.text)" }
}

/// `0.01`, or `2%` of the older value.
package struct MetricLimit: Sendable, Equatable {
    /// The number before `%` where it is relative.
    package let number: Double
    package let isRelative: Bool

    /// - Returns: `nil` for what is no finite number.
    package init?(_ text: String) {
        let isRelative = text.utf8.last == UInt8(ascii: "%")
        guard let number = Double(isRelative ? String(text.dropLast()) : text), number.isFinite else { return nil }
        self.number = number
        self.isRelative = isRelative
    }

    package var text: String { Value.float(number).shortText + (isRelative ? "%" : "") }

    /// What is allowed, given the older value.
    package func amount(of old: Double) -> Double { isRelative ? old.magnitude * number / 100 : number }
}

extension Value {
    /// As Python writes the number, without `.0` behind a whole one.
    fileprivate var shortText: String {
        let text = pythonText
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
