import Documents

/// The stages that one `foreach` or `matrix` stands for: their names, and the `item` and `key` of each.
struct StageGroup: Sendable {
    struct Member: Sendable {
        /// What follows `@` in the stage's name.
        let key: String
        let locals: [(key: String, value: TracedValue)]
    }

    private(set) var members: [Member] = []
    /// Where each key stands among the members.
    private var positions: [ByteText: Int] = [:]

    /// More stages than anyone can mean; a matrix of a few lists reaches it by accident or malice.
    static let limit = 100_000

    /// - Parameter definition: a stage that the schema has accepted.
    /// - Returns: `nil` for an ordinary stage.
    init?(_ definition: Mapping, context: TemplateContext) throws(StageGroupError) {
        var template = Template(context: context)
        if let matrix = definition["matrix"] {
            let traced: TracedValue
            do throws(TemplateError) { traced = try template.trace(matrix) } catch { throw .template("matrix", error) }
            try appendMatrix(traced)
        } else if let foreach = definition["foreach"] {
            let traced: TracedValue
            do throws(TemplateError) { traced = try template.trace(foreach) } catch {
                throw .template("foreach", error)
            }
            try appendForeach(traced)
        } else {
            return nil
        }
    }

    func member(_ key: String) -> Member? {
        positions[ByteText(key)].map { members[$0] }
    }

    /// Variables of the pipeline file that `item` and `key` hide.
    func hidden(in context: TemplateContext) -> [String] {
        (members.first?.locals.map(\.key) ?? []).filter(context.defines)
    }

    private mutating func append(_ key: String, _ locals: [(key: String, value: TracedValue)]) {
        if let position = positions[ByteText(key)] {
            members[position] = Member(key: key, locals: locals)
        } else {
            positions[ByteText(key)] = members.count
            members.append(Member(key: key, locals: locals))
        }
    }

    private mutating func appendForeach(_ traced: TracedValue) throws(StageGroupError) {
        if let items = traced.items {
            guard items.count <= Self.limit else { throw .tooMany("foreach", items.count) }
            let isComposite = items.contains(where: \.isCollection)
            for (index, item) in items.enumerated() {
                append(isComposite ? String(index) : item.nameFragment, [("item", item)])
            }
        } else if let entries = traced.entries {
            guard entries.count <= Self.limit else { throw .tooMany("foreach", entries.count) }
            for (key, item) in entries { append(key, [("item", item), ("key", .literal(.string(key)))]) }
        } else {
            throw .notACollection("foreach", "list/dictionary", traced.value.pythonTypeName)
        }
    }

    private mutating func appendMatrix(_ traced: TracedValue) throws(StageGroupError) {
        guard let axes = traced.entries else {
            throw .notACollection("matrix", "dictionary", traced.value.pythonTypeName)
        }
        var lists: [(name: String, items: [TracedValue])] = []
        var count = 1
        for (name, axis) in axes {
            // As in Python, going over a mapping gives its keys.
            guard let items = axis.items ?? axis.entries?.map({ .literal(.string($0.key)) }) else {
                throw .notACollection("matrix.\(name)", "list", axis.value.pythonTypeName)
            }
            lists.append((name, items))
            let (product, overflow) = count.multipliedReportingOverflow(by: items.count)
            guard !overflow, product <= Self.limit else { throw .tooMany("matrix", overflow ? nil : product) }
            count = product
        }
        for number in 0..<count {
            var rest = number
            var choices: [Int] = Array(repeating: 0, count: lists.count)
            for axis in lists.indices.reversed() {
                choices[axis] = rest % lists[axis].items.count
                rest /= lists[axis].items.count
            }
            let chosen = zip(lists, choices).map { (key: $0.name, value: $0.items[$1], index: $1) }
            let key = chosen.map { $0.value.isCollection ? "\($0.key)\($0.index)" : $0.value.nameFragment }
                .joined(separator: "-")
            append(
                key,
                [
                    ("key", .literal(.string(key))),
                    ("item", .mapping(chosen.map { ($0.key, $0.value) })),
                ])
        }
    }
}

enum StageGroupError: Error {
    /// The keyword, and what is wrong with a template below it.
    case template(String, TemplateError)
    /// The keyword, the kind of value it needs, and the kind it has.
    case notACollection(String, String, String)
    /// The keyword and how many stages it asks for, if that can be counted.
    case tooMany(String, Int?)

    func located(stage: String, in file: String) -> ProjectFileError {
        switch self {
        case .template(let keyword, let error):
            error.located("'stages.\(stage).\(keyword)'", in: file)
        case .notACollection(let keyword, let expected, let actual):
            ProjectFileError(
                file,
                .invalid(
                    "failed to resolve 'stages.\(stage).\(keyword)' in '\(file)': expected \(expected), got \(actual)"))
        case .tooMany(let keyword, let count):
            ProjectFileError(
                file,
                .invalid(
                    "failed to resolve 'stages.\(stage).\(keyword)' in '\(file)': "
                        + (count.map { "\($0) stages" } ?? "more stages than can be counted")
                        + " are more than the \(StageGroup.limit) that are allowed"))
        }
    }
}

extension TracedValue {
    fileprivate var items: [TracedValue]? {
        switch self {
        case .list(let items): items
        case .context(.array(let items), let path):
            items.enumerated().map { .context($0.element, path: path + [String($0.offset)]) }
        case .literal(.array(let items)): items.map { .literal($0) }
        default: nil
        }
    }

    fileprivate var entries: [(key: String, value: TracedValue)]? {
        switch self {
        case .mapping(let entries): entries
        case .context(.mapping(let mapping), let path):
            mapping.entries.map { ($0.key, .context($0.value, path: path + [$0.key])) }
        case .literal(.mapping(let mapping)): mapping.entries.map { ($0.key, .literal($0.value)) }
        default: nil
        }
    }

    /// A scalar as part of a stage's name: booleans are `true` where the pipeline file spells them out, and Python's
    /// `True` where they come from a variable.
    fileprivate var nameFragment: String {
        if case .literal(.bool(let flag)) = self { return flag ? "true" : "false" }
        return value.pythonText
    }
}
