import Basics
package import Documents
import ProjectFiles

/// Reads the steps of a preparation from a parameter file.
package struct StepReader {
    private let file: String
    private let place: String
    private let seed: Int

    /// - Parameters:
    ///   - file: as messages call it.
    ///   - place: the key path of the list, such as `prepare.steps`.
    ///   - seed: of steps that have none of their own.
    package init(file: String, place: String, seed: Int = 0) {
        self.file = file
        self.place = place
        self.seed = seed
    }

    private static let names = [
        "select", "drop", "rename", "cast", "filter", "split", "sample", "dedupe", "fillna", "onehot", "ordinal",
        "scale", "clip", "bin",
    ]

    package func steps(_ value: Value) throws -> [PreparationStep] {
        guard let items = value.array else {
            throw Failure("'\(file)': '\(place)' must be a list of steps", category: .usage)
        }
        let steps = try items.enumerated().map { index, item in try step(item, number: index + 1) }
        let splits = steps.indices.filter { if case .split = steps[$0] { true } else { false } }
        if splits.count > 1 {
            throw Failure(
                "'\(file)': '\(place)' has more than one split, as step \(splits[0] + 1) and step \(splits[1] + 1)",
                category: .usage)
        }
        return steps
    }

    private func step(_ item: Value, number: Int) throws -> PreparationStep {
        let name: String
        let value: Value
        if let word = item.string {
            (name, value) = (word, .null)
        } else if let mapping = item.mapping, mapping.count == 1, let entry = mapping.entries.first {
            (name, value) = (entry.key, entry.value)
        } else {
            throw Failure(
                "'\(file)': step \(number) of '\(place)' must be one step, such as 'drop: [id]'", category: .usage)
        }
        guard Self.names.contains(name) else {
            throw Failure(
                "'\(file)': step \(number) of '\(place)' is '\(name)', which is not known",
                remedy: RunnerSection.advice(for: name, among: Self.names), category: .usage)
        }
        let section = RunnerSection(
            file: file, name: "\(place)[\(number - 1)].\(name)",
            values: value.mapping ?? (value.array == nil ? Mapping() : Mapping([("columns", value)])))
        return try step(name, value, section)
    }

    private func step(_ name: String, _ value: Value, _ section: RunnerSection) throws -> PreparationStep {
        switch name {
        case "select": return .select(try columns(value, section))
        case "drop": return .drop(try columns(value, section))
        case "rename":
            return .rename(
                try entries(value, section).map { entry in
                    guard let to = entry.value.string else { throw section.wrong(entry.key, "must be a column's name") }
                    return ColumnRename(from: entry.key, to: to)
                })
        case "cast": return .cast(try entries(value, section).map { try cast($0.key, $0.value, section) })
        case "filter":
            guard let text = value.string else { throw whole(section, "must be a condition in quotes") }
            do {
                return .filter(try FilterExpression(text))
            } catch {
                throw whole(section, "cannot be understood: \(error.message)", remedy: error.remedy)
            }
        case "split": return .split(try split(section, value))
        case "sample": return .sample(try sample(section, value))
        case "dedupe":
            if value.array != nil { return .dedupe(keys: try columns(section)) }
            try section.refuseOthers(than: ["keys"])
            return .dedupe(keys: try section.strings("keys") ?? [])
        case "fillna": return .fill(try entries(value, section).map { try fill($0.key, $0.value, section) })
        case "onehot":
            try section.refuseOthers(than: ["columns", "unknown", "missing", "drop"])
            let unknown = try choice("unknown", ["error", "ignore"], section) ?? "error"
            let missing = try choice("missing", MissingCategory.allCases.map(\.rawValue), section)
            return .onehot(
                OneHotRule(
                    columns: try columns(section), ignoresUnknown: unknown == "ignore",
                    missing: missing.flatMap(MissingCategory.init) ?? .ignore,
                    dropsFirst: try choice("drop", ["first"], section) != nil))
        case "ordinal": return .ordinal(try ordinal(section))
        case "scale":
            try section.refuseOthers(than: ["columns", "method"])
            let method = try choice("method", ScaleRule.Method.allCases.map(\.rawValue), section)
            return .scale(
                ScaleRule(
                    columns: try columns(section), method: method.flatMap(ScaleRule.Method.init) ?? .standard))
        case "clip": return .clip(try clip(section))
        default: return .bin(try bin(section))
        }
    }

    // MARK: Steps with options

    private func cast(_ column: String, _ value: Value, _ section: RunnerSection) throws -> CastRule {
        let options = RunnerSection(file: file, name: "\(section.name).\(column)", values: value.mapping ?? Mapping())
        try options.refuseOthers(than: ["to", "errors"])
        let word = try value.string ?? options.string("to")
        guard let word, let kind = CastRule.Kind(rawValue: word) else {
            throw section.wrong(
                column, "must be one of " + CastRule.Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let errors = try choice("errors", ["error", "missing"], options)
        return CastRule(column: column, kind: kind, isLenient: errors == "missing")
    }

    private func fill(_ column: String, _ value: Value, _ section: RunnerSection) throws -> FillRule {
        switch value {
        case .string("mean"): return FillRule(column: column, method: .mean)
        case .string("median"): return FillRule(column: column, method: .median)
        case .string("mode"): return FillRule(column: column, method: .mode)
        case .int, .float: return FillRule(column: column, method: .constant(value))
        case .mapping(let mapping):
            if mapping.count == 1, let constant = mapping["value"] {
                switch constant {
                case .int, .float, .bool, .bigInt, .date: return FillRule(column: column, method: .constant(constant))
                case .string(let text) where !text.isEmpty: return FillRule(column: column, method: .constant(constant))
                default: break
                }
            }
        default: break
        }
        throw section.wrong(column, "must be mean, median, mode or {value: …}")
    }

    private func split(_ section: RunnerSection, _ value: Value) throws -> SplitRule {
        try section.refuseOthers(than: ["ratios", "by", "key", "seed", "stratify", "group", "time"])
        var sides: [SplitRule.Side] = []
        switch section.value("ratios") {
        case .array(let items) where items.count == 2 || items.count == 3:
            let names = items.count == 2 ? ["train", "test"] : ["train", "valid", "test"]
            for (name, item) in zip(names, items) {
                sides.append(SplitRule.Side(name: name, ratio: try ratio(item, name, section)))
            }
        case .mapping(let mapping) where mapping.count >= 2:
            for entry in mapping.entries {
                guard !entry.key.isEmpty, !entry.key.utf8.contains(UInt8(ascii: "/")), !entry.key.hasPrefix(".") else {
                    throw section.wrong("ratios", "names a side '\(entry.key)', which is no name for a file")
                }
                sides.append(SplitRule.Side(name: entry.key, ratio: try ratio(entry.value, entry.key, section)))
            }
        default:
            throw section.wrong("ratios", "must say how much goes where, such as {train: 0.8, test: 0.2}")
        }
        let sum = sides.reduce(0) { $0 + $1.ratio }
        guard abs(sum - 1) < 1e-6 else {
            throw section.wrong("ratios", "must add up to 1, not to \(sum)")
        }
        let columns: [SplitRule.Method: [String]] = [
            .hash: try section.strings("key") ?? [], .stratified: try section.strings("stratify") ?? [],
            .group: try section.strings("group") ?? [], .time: try section.strings("time") ?? [],
        ]
        let named = [SplitRule.Method.stratified, .group, .time, .hash].filter { columns[$0]?.isEmpty == false }
        let word = try choice("by", SplitRule.Method.allCases.map(\.rawValue), section)
        let method = word.flatMap(SplitRule.Method.init) ?? named.first ?? .random
        let keys = [SplitRule.Method.hash: "key", .stratified: "stratify", .group: "group", .time: "time"]
        if let other = named.first(where: { $0 != method }), let key = keys[other] {
            throw section.wrong(key, "has no meaning in a split by \(method.rawValue)")
        }
        let own = columns[method] ?? []
        if own.isEmpty, method != .hash, method != .random, let key = keys[method] {
            throw section.wrong(key, "must name a column for a split by \(method.rawValue)")
        }
        guard method != .time || own.count == 1 else { throw section.wrong("time", "must be one column") }
        return SplitRule(
            sides: sides, method: method, columns: own, seed: try section.integer("seed") ?? seed, definition: value)
    }

    private func ratio(_ value: Value, _ name: String, _ section: RunnerSection) throws -> Double {
        let ratio: Double? =
            switch value {
            case .float(let number): number
            case .int(let number): Double(number)
            default: nil
            }
        guard let ratio, ratio > 0, ratio < 1 else {
            throw section.wrong("ratios.\(name)", "must be a number between 0 and 1")
        }
        return ratio
    }

    private func sample(_ section: RunnerSection, _ value: Value) throws -> SampleRule {
        try section.refuseOthers(than: ["fraction", "count", "seed", "key"])
        let fraction = try section.number("fraction")
        let count = try section.integer("count")
        let keys = try section.strings("key") ?? []
        guard (fraction == nil) != (count == nil) else {
            throw section.wrong("fraction", "or 'count' must be given, and not both")
        }
        if let fraction, !(fraction > 0 && fraction <= 1) {
            throw section.wrong("fraction", "must be more than 0 and at most 1")
        }
        if let count, count < 1 { throw section.wrong("count", "must be at least 1") }
        if count != nil, !keys.isEmpty {
            throw section.wrong("key", "works with 'fraction' only: a hash cannot promise a count")
        }
        return SampleRule(
            fraction: fraction, count: count, keys: keys, seed: try section.integer("seed") ?? seed, definition: value)
    }

    private func ordinal(_ section: RunnerSection) throws -> OrdinalRule {
        try section.refuseOthers(than: ["columns", "unknown"])
        switch section.value("unknown") {
        case nil, .string("error"): return OrdinalRule(columns: try columns(section), unknown: nil)
        case .mapping(let mapping) where mapping.count == 1 && mapping["value"] != nil:
            let inner = RunnerSection(file: file, name: "\(section.name).unknown", values: mapping)
            guard let code = try inner.number("value"), code.isFinite else {
                throw inner.wrong("value", "must be a number")
            }
            return OrdinalRule(columns: try columns(section), unknown: code)
        default: throw section.wrong("unknown", "must be error or {value: -1}")
        }
    }

    private func clip(_ section: RunnerSection) throws -> ClipRule {
        try section.refuseOthers(than: ["columns", "min", "max", "quantiles"])
        let minimum = try section.number("min")
        let maximum = try section.number("max")
        let quantiles = try numbers("quantiles", section)
        guard (minimum == nil && maximum == nil) != quantiles.isEmpty else {
            throw section.wrong("min", "and 'max', or 'quantiles', must be given")
        }
        if let minimum, let maximum, !(minimum <= maximum) { throw section.wrong("min", "is more than 'max'") }
        if !quantiles.isEmpty {
            guard quantiles.count == 2, quantiles[0] >= 0, quantiles[1] <= 1, quantiles[0] < quantiles[1] else {
                throw section.wrong("quantiles", "must be two numbers from 0 to 1, the lower one first")
            }
        }
        return ClipRule(
            columns: try columns(section), minimum: minimum, maximum: maximum,
            quantiles: quantiles.isEmpty ? nil : quantiles[0]...quantiles[1])
    }

    private func bin(_ section: RunnerSection) throws -> BinRule {
        try section.refuseOthers(than: ["columns", "count", "method", "edges"])
        let edges = try numbers("edges", section)
        let word = try choice("method", BinRule.Method.allCases.map(\.rawValue), section)
        let method = word.flatMap(BinRule.Method.init) ?? (edges.isEmpty ? .quantile : .edges)
        let count = try section.integer("count")
        if method == .edges {
            guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw section.wrong("edges", "must be two or more numbers, each more than the one before")
            }
            if count != nil { throw section.wrong("count", "has no meaning beside 'edges'") }
        } else {
            if !edges.isEmpty { throw section.wrong("edges", "has no meaning with method \(method.rawValue)") }
            guard (2...10_000).contains(count ?? 5) else { throw section.wrong("count", "must be 2 to 10000") }
        }
        return BinRule(columns: try columns(section), method: method, count: count ?? 5, edges: edges)
    }

    // MARK: Values

    private func whole(_ section: RunnerSection, _ reason: String, remedy: String? = nil) -> Failure {
        Failure("'\(file)': '\(section.name)' \(reason)", remedy: remedy, category: .usage)
    }

    private func entries(_ value: Value, _ section: RunnerSection) throws -> [(key: String, value: Value)] {
        guard let mapping = value.mapping, !mapping.isEmpty else {
            throw whole(section, "must be a mapping from columns")
        }
        return mapping.entries
    }

    /// A list of columns in place of options.
    private func columns(_ value: Value, _ section: RunnerSection) throws -> [String] {
        let wrapped = RunnerSection(file: file, name: section.name, values: Mapping([("columns", value)]))
        guard value.mapping == nil else { throw whole(section, "must be a list of columns") }
        return try columns(wrapped)
    }

    private func columns(_ section: RunnerSection) throws -> [String] {
        guard let columns = try section.strings("columns"), !columns.isEmpty else {
            throw section.wrong("columns", "must be a list of columns")
        }
        var seen = Set<[UInt8]>()
        for column in columns where !seen.insert(Array(column.utf8)).inserted {
            throw section.wrong("columns", "names '\(column)' twice")
        }
        return columns
    }

    private func choice(_ key: String, _ words: [String], _ section: RunnerSection) throws -> String? {
        guard let word = try section.string(key) else { return nil }
        guard words.contains(word) else {
            throw section.wrong(key, "must be one of " + words.joined(separator: ", ") + ", not '\(word)'")
        }
        return word
    }

    private func numbers(_ key: String, _ section: RunnerSection) throws -> [Double] {
        guard let value = section.value(key) else { return [] }
        guard let items = value.array, !items.isEmpty else { throw section.wrong(key, "must be a list of numbers") }
        return try items.map { item in
            let single = RunnerSection(file: file, name: section.name, values: Mapping([(key, item)]))
            guard let number = try single.number(key), number.isFinite else {
                throw section.wrong(key, "must be a list of numbers")
            }
            return number
        }
    }
}
