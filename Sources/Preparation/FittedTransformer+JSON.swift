import Basics
package import Documents
import ProjectFiles
import Tables

extension FittedTransformer {
    /// As the file has it.
    package var json: Value {
        var fitted = Mapping([("rows", .int(rows))])
        if let side { fitted["side"] = .string(side) }
        return .mapping(
            Mapping([
                ("schema", .string(Self.schema)), ("fitted_on", .mapping(fitted)),
                ("input", .array(inputColumns.map { .string($0) })),
                ("output", .array(outputColumns.map { .string($0) })),
                ("missing", .array(missing.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) })),
                ("steps", .array(steps.map { .mapping(Mapping([($0.name, $0.json)])) })),
            ]))
    }

    /// The file.
    package var text: String { JSON.emitIndented(json, by: 2) + "\n" }

    /// Reads a transformer, which may be of anyone's making.
    ///
    /// - Parameter file: as messages call it.
    package init(parsing bytes: [UInt8], file: String) throws {
        let value: Value
        do throws(DocumentError) {
            value = try JSON.parse(bytes)
        } catch {
            throw Failure("'\(file)' is no transformer: \(error.message)")
        }
        try self.init(value, file: file)
    }

    /// Reads a transformer that is part of another document.
    package init(_ value: Value, file: String) throws {
        guard let document = value.mapping, let schema = document["schema"]?.string else {
            throw Failure(
                "'\(file)' is no transformer", remedy: "`varve run prepare` writes one as transformer.json")
        }
        guard schema == Self.schema else {
            throw Failure(
                "'\(file)' is a transformer of the kind '\(schema)', which this version does not know",
                remedy: "it knows \(Self.schema): use a newer varve, or prepare the data again")
        }
        let top = RunnerSection(file: file, name: "transformer", values: document)
        let fitted = RunnerSection(file: file, name: "fitted_on", values: try top.mapping("fitted_on") ?? Mapping())
        guard let steps = document["steps"]?.array else { throw top.wrong("steps", "must be a list") }
        self.init(
            inputColumns: try top.strings("input") ?? [], outputColumns: try top.strings("output") ?? [],
            rows: try fitted.integer("rows") ?? 0, side: try fitted.string("side"),
            missing: Set(try top.strings("missing") ?? []),
            steps: try steps.enumerated().map { index, item in
                guard let mapping = item.mapping, mapping.count == 1, let entry = mapping.entries.first else {
                    throw top.wrong("steps", "must hold one step at each place, not at place \(index + 1)")
                }
                return try FittedStep(
                    entry.key, entry.value, file: file, place: "steps[\(index)].\(entry.key)")
            })
    }
}

extension FittedStep {
    var json: Value {
        func names(_ names: [String]) -> Value { .array(names.map { .string($0) }) }
        func columns<T>(_ items: [T], _ entry: (T) -> (String, Value)) -> Value {
            .mapping(Mapping(items.map { entry($0) }.map { (key: $0.0, value: $0.1) }))
        }
        func categories(_ items: [CategoryColumn]) -> Value {
            columns(items) { item in
                (item.name, .array(item.categories.map { .string(String(decoding: $0, as: UTF8.self)) }))
            }
        }
        switch self {
        case .select(let columns), .drop(let columns): return names(columns)
        case .rename(let renames): return columns(renames) { ($0.from, .string($0.to)) }
        case .cast(let rules):
            return columns(rules) { rule in
                let errors = rule.isLenient ? "missing" : "error"
                return (
                    rule.column,
                    .mapping(Mapping([("to", .string(rule.kind.rawValue)), ("errors", .string(errors))]))
                )
            }
        case .fill(let fills): return columns(fills) { ($0.name, .mapping(Mapping([("value", $0.value.json)]))) }
        case .onehot(let items, let ignoresUnknown, let missing, let dropsFirst):
            var options = Mapping([
                ("columns", categories(items)), ("unknown", .string(ignoresUnknown ? "ignore" : "error")),
                ("missing", .string(missing.rawValue)),
            ])
            if dropsFirst { options["drop"] = .string("first") }
            return .mapping(options)
        case .ordinal(let items, let unknown):
            return .mapping(
                Mapping([
                    ("columns", categories(items)),
                    ("unknown", unknown.map { .mapping(Mapping([("value", .float($0))])) } ?? .string("error")),
                ]))
        case .scale(let items, let method):
            return .mapping(
                Mapping([
                    ("method", .string(method.rawValue)),
                    (
                        "columns",
                        columns(items) { item in
                            (
                                item.name,
                                .mapping(Mapping([("center", .float(item.center)), ("scale", .float(item.scale))]))
                            )
                        }
                    ),
                ]))
        case .clip(let items):
            return columns(items) { item in
                (
                    item.name,
                    .mapping(
                        Mapping([
                            ("min", item.minimum.map { .float($0) } ?? .null),
                            ("max", item.maximum.map { .float($0) } ?? .null),
                        ]))
                )
            }
        case .bin(let items): return columns(items) { ($0.name, .array($0.edges.map { .float($0) })) }
        case .filter(let expression): return .string(expression.text)
        case .dedupe(let keys): return .mapping(Mapping([("keys", names(keys))]))
        case .split(let assignment): return assignment.rule.definition
        case .sample(let choice): return choice.rule.definition
        case .past(_, let definition): return definition
        }
    }

    init(_ name: String, _ value: Value, file: String, place: String) throws {
        let section = RunnerSection(file: file, name: place, values: value.mapping ?? Mapping())
        let whole = RunnerSection(file: file, name: place, values: Mapping([("columns", value)]))
        func entries(_ value: Value? = value) throws -> [(key: String, value: Value)] {
            guard let mapping = value?.mapping else { throw section.wrong("columns", "must be a mapping from columns") }
            return mapping.entries
        }
        func inner(_ entry: (key: String, value: Value)) -> RunnerSection {
            RunnerSection(file: file, name: "\(place).\(entry.key)", values: entry.value.mapping ?? Mapping())
        }
        func finite(_ section: RunnerSection, _ key: String) throws -> Double {
            guard let number = try section.number(key), number.isFinite else {
                throw section.wrong(key, "must be a number")
            }
            return number
        }
        func categories() throws -> [CategoryColumn] {
            try entries(section.value("columns")).map { entry in
                guard let items = entry.value.array, !items.isEmpty else {
                    throw section.wrong(entry.key, "must be a list of categories")
                }
                return CategoryColumn(
                    name: entry.key,
                    categories: try items.map { item in
                        guard let text = item.string else { throw section.wrong(entry.key, "must be a list of texts") }
                        return Array(text.utf8)
                    })
            }
        }
        switch name {
        case "select": self = .select(try whole.strings("columns") ?? [])
        case "drop": self = .drop(try whole.strings("columns") ?? [])
        case "rename":
            self = .rename(
                try entries().map { entry in
                    guard let to = entry.value.string else { throw section.wrong(entry.key, "must be a name") }
                    return ColumnRename(from: entry.key, to: to)
                })
        case "cast":
            self = .cast(
                try entries().map { entry in
                    let options = inner(entry)
                    guard let kind = try options.string("to").flatMap(CastRule.Kind.init) else {
                        throw options.wrong("to", "is no kind of cell")
                    }
                    return CastRule(
                        column: entry.key, kind: kind, isLenient: try options.string("errors") == "missing")
                })
        case "fillna":
            self = .fill(
                try entries().map { entry in
                    guard let value = entry.value.mapping?["value"] else {
                        throw inner(entry).wrong("value", "is missing")
                    }
                    let rule = FillRule(column: entry.key, method: .constant(value))
                    guard !rule.constant.isMissing else { throw inner(entry).wrong("value", "is nothing") }
                    return FilledColumn(name: entry.key, value: rule.constant)
                })
        case "onehot":
            self = .onehot(
                try categories(), ignoresUnknown: try section.string("unknown") == "ignore",
                missing: try section.string("missing").flatMap(MissingCategory.init) ?? .ignore,
                dropsFirst: try section.string("drop") == "first")
        case "ordinal":
            let unknown = section.value("unknown")?.mapping
            self = .ordinal(
                try categories(),
                unknown: try unknown.map { try finite(RunnerSection(file: file, name: place, values: $0), "value") })
        case "scale":
            guard let method = try section.string("method").flatMap(ScaleRule.Method.init) else {
                throw section.wrong("method", "is no way to scale")
            }
            self = .scale(
                try entries(section.value("columns")).map { entry in
                    let scale = try finite(inner(entry), "scale")
                    guard scale != 0 else { throw inner(entry).wrong("scale", "must not be 0") }
                    return ScaledColumn(name: entry.key, center: try finite(inner(entry), "center"), scale: scale)
                }, method)
        case "clip":
            self = .clip(
                try entries().map { entry in
                    ClippedColumn(
                        name: entry.key, minimum: try inner(entry).number("min"),
                        maximum: try inner(entry).number("max"))
                })
        case "bin":
            self = .bin(
                try entries().map { entry in
                    let edges = try (entry.value.array ?? []).map { item in
                        try finite(
                            RunnerSection(file: file, name: place, values: Mapping([(entry.key, item)])), entry.key)
                    }
                    guard edges.count >= 2, zip(edges, edges.dropFirst()).allSatisfy({ $0 <= $1 }) else {
                        throw section.wrong(entry.key, "must be a list of edges in order")
                    }
                    return BinnedColumn(name: entry.key, edges: edges)
                })
        case "filter":
            guard let text = value.string else { throw section.wrong("filter", "must be a condition") }
            do throws(FilterProblem) {
                self = .filter(try FilterExpression(text))
            } catch {
                throw section.wrong("filter", "cannot be understood: \(error.message)")
            }
        case "dedupe": self = .dedupe(try section.strings("keys") ?? [])
        case "split", "sample": self = .past(name: name, definition: value)
        default:
            throw Failure("'\(file)': '\(place)' is a step that this version does not know")
        }
    }
}

extension TableCell {
    fileprivate var json: Value {
        switch self {
        case .missing: .null
        case .number(let number): .float(number)
        case .text(let text): .string(text)
        case .bytes(let bytes), .literal(let bytes):
            if let number { .float(number) } else { .string(String(decoding: bytes, as: UTF8.self)) }
        }
    }
}
