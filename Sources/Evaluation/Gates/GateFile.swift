package import Basics
package import Documents
import ProjectFiles

/// Gates as a file or a section of one has them.
package enum GateFile {
    private static let keys =
        ["metric", "fairness", "group", "slice", "vs", "significance", "min_n"] + Gate.Kind.allCases.map(\.rawValue)
        + ["max_drop", "max_rise", "max_relative_drop", "max_relative_rise"]

    /// A whole file: a mapping with `gates`, or the list itself.
    package static func gates(parsing bytes: [UInt8], of file: String) throws(Failure) -> [Gate] {
        let document: Value
        do throws(DocumentError) {
            document = try YAML.parse(bytes)
        } catch {
            let place = error.line.map { ", line \($0)" } ?? ""
            throw Failure("'\(file)'\(place): \(error.message)", category: .usage)
        }
        guard let mapping = document.mapping else { return try gates(in: document, of: file, at: "the document") }
        guard let list = mapping["gates"] else {
            throw Failure("'\(file)' has no 'gates'", remedy: "write a list of gates under 'gates:'", category: .usage)
        }
        return try gates(in: list, of: file, at: "gates")
    }

    /// - Parameter place: how messages call the list.
    package static func gates(in list: Value, of file: String, at place: String) throws(Failure) -> [Gate] {
        guard let items = list.array else { throw wrong(file, place, "must be a list of gates") }
        var gates: [Gate] = []
        for (number, item) in items.enumerated() {
            let place = "\(place)[\(number)]"
            if let text = item.string {
                gates.append(try Gate(shortForm: text))
            } else if let mapping = item.mapping {
                gates.append(try gate(mapping, file, place))
            } else {
                throw wrong(file, place, "must be a mapping such as {metric: roc_auc, min: 0.85}")
            }
        }
        return gates
    }

    private static func wrong(_ file: String, _ place: String, _ reason: String, remedy: String? = nil) -> Failure {
        Failure("'\(file)': '\(place)' \(reason)", remedy: remedy, category: .usage)
    }

    private static func gate(_ mapping: Mapping, _ file: String, _ place: String) throws(Failure) -> Gate {
        for key in mapping.keys where !keys.contains(key) {
            throw wrong(
                file, place, "has the unknown key '\(key)'", remedy: "known are " + keys.joined(separator: ", "))
        }
        var gate = Gate(try subject(mapping, file, place))
        switch mapping["slice"] {
        case nil, .null: break
        case .string(let text): gate.slice = try Gate.conditions(text)
        case .mapping(let pairs):
            gate.slice = pairs.entries.map { entry in
                let value = entry.value.isNull ? "*" : entry.value.string ?? entry.value.pythonText
                return Gate.SliceCondition(column: entry.key, value: value == "*" ? nil : value)
            }
        default: throw wrong(file, place + ".slice", "must be a text such as \"sex=*\"")
        }
        for entry in mapping.entries {
            guard let kind = Gate.Kind(word: entry.key) else { continue }
            gate.bounds.append(Gate.Bound(kind: kind, number: try number(entry.value, file, "\(place).\(entry.key)")))
        }
        guard !gate.bounds.isEmpty else {
            throw wrong(
                file, place, "has no bound",
                remedy: "give one of " + Gate.Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        if let other = mapping["vs"], !other.isNull, other.string != "baseline" {
            throw wrong(file, place + ".vs", "must be 'baseline'", remedy: "which one that is, --baseline says")
        }
        if mapping["vs"]?.string != nil, !gate.comparesSides {
            throw wrong(
                file, place, "compares with the baseline, and its bounds do not",
                remedy: "use max_increase, max_decrease, max_relative_increase or max_relative_decrease")
        }
        if let value = mapping["significance"], !value.isNull {
            let number = try number(value, file, place + ".significance")
            guard number > 0, number < 1 else { throw wrong(file, place + ".significance", "must lie between 0 and 1") }
            gate.significance = number
        }
        if let value = mapping["min_n"], !value.isNull {
            guard let count = value.int, count >= 0 else {
                throw wrong(file, place + ".min_n", "must be a whole number")
            }
            gate.leastRows = count
        }
        if case .fairness = gate.subject, gate.comparesSides || !gate.slice.isEmpty {
            throw wrong(file, place, "holds a fairness measure against a baseline or in a slice, which is not possible")
        }
        return gate
    }

    private static func subject(
        _ mapping: Mapping, _ file: String, _ place: String
    ) throws(Failure) -> Gate.Subject {
        switch (mapping["metric"]?.string, mapping["fairness"]?.string) {
        case (let metric?, nil): return .metric(try Gate.canonical(metric))
        case (nil, let word?):
            guard let measure = FairnessMeasure(rawValue: word) else {
                throw wrong(
                    file, place + ".fairness", "is '\(word)'",
                    remedy: "known are " + FairnessMeasure.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard let column = mapping["group"]?.string, !column.isEmpty else {
                throw wrong(file, place, "has no 'group'", remedy: "name the column of the groups, such as group: sex")
            }
            return .fairness(measure, column: column)
        default: throw wrong(file, place, "must name either a 'metric' or a 'fairness' measure")
        }
    }

    private static func number(_ value: Value, _ file: String, _ place: String) throws(Failure) -> Double {
        let number: Double? =
            switch value {
            case .int(let number): Double(number)
            case .float(let number): number
            // YAML 1.1 reads `1e-3`, which has no point, as a word.
            case .string(let text): Double(text)
            default: nil
            }
        guard let number, number.isFinite else { throw wrong(file, place, "must be a number") }
        return number
    }
}
