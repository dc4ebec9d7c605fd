import Documents

/// A value that templates can use, and where its parts come from.
indirect enum TracedValue: Sendable {
    /// A value of the context at a path, so that its use can be recorded.
    case context(Value, path: [String])
    /// Written in the pipeline file itself.
    case literal(Value)
    case list([TracedValue])
    case mapping([(key: String, value: TracedValue)])

    var value: Value {
        switch self {
        case .context(let value, _), .literal(let value): value
        case .list(let items): .array(items.map(\.value))
        case .mapping(let entries): .mapping(Mapping(entries.map { ($0.key, $0.value.value) }))
        }
    }

    func child(_ key: String) -> TracedValue? {
        switch self {
        case .context(let value, let path):
            value.child(key).map { .context($0.value, path: path + [$0.key]) }
        case .literal(let value):
            value.child(key).map { .literal($0.value) }
        case .list(let items):
            key.listIndex(count: items.count).map { items[$0] }
        case .mapping(let entries):
            entries.last { $0.key.hasSameBytes(as: key) }?.value
        }
    }

    var isCollection: Bool {
        switch self {
        case .context(let value, _), .literal(let value): value.array != nil || value.mapping != nil
        case .list, .mapping: true
        }
    }
}

extension Value {
    /// What a part of an expression names in a mapping or list, with the key in its plain form.
    func child(_ key: String) -> (key: String, value: Value)? {
        switch self {
        case .mapping(let mapping): mapping[key].map { (key, $0) }
        case .array(let items): key.listIndex(count: items.count).map { (String($0), items[$0]) }
        default: nil
        }
    }
}

extension String {
    /// A list index as Python reads it: negative ones count from the end.
    fileprivate func listIndex(count: Int) -> Int? {
        guard let number = Int(self) else { return nil }
        let index = number < 0 ? number &+ count : number
        return (0..<count).contains(index) ? index : nil
    }

    /// Without blanks at either end.
    var trimmed: String {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

/// The variables that templates of a pipeline file see.
///
/// Merged from `params.yaml` and the `vars` in their order; a leaf is defined once.
struct TemplateContext: Sendable {
    /// What one file or one inline mapping of `vars` brought along.
    private struct Source: Sendable {
        let name: String
        let isFile: Bool
        let values: Mapping
    }

    private var variables = Mapping()
    private var sources: [Source] = []
    /// Top-level keys taken from each file, `nil` meaning all of them.
    private var imports: [(path: String, keys: [String]?)] = []
    /// `item` and `key` of a generated stage.
    private(set) var locals: [(key: String, value: TracedValue)] = []

    func defines(_ key: String) -> Bool { variables[key] != nil }

    func with(locals: [(key: String, value: TracedValue)]) -> TemplateContext {
        var copy = self
        copy.locals = locals
        return copy
    }

    // MARK: Looking up

    /// - Parameter expression: `a.b.0`, or with brackets.
    func select(_ expression: String) throws(TemplateError) -> TracedValue {
        var normalised = expression
        if expression.utf8.contains(UInt8(ascii: "[")) {
            normalised = ""
            for character in expression.unicodeScalars where character != "]" {
                normalised.unicodeScalars.append(character == "[" ? "." : character)
            }
        }
        let parts = normalised.split(separator: ".", omittingEmptySubsequences: false).map { String($0).trimmed }
        var current: TracedValue?
        for (index, part) in parts.enumerated() {
            if index > 0 {
                current = current?.child(part)
            } else if let local = locals.first(where: { $0.key.hasSameBytes(as: part) }) {
                current = local.value
            } else {
                current = variables[part].map { .context($0, path: [part]) }
            }
            if current == nil { break }
        }
        guard let current else { throw .missing(expression) }
        return current
    }

    /// The file that a value comes from; `nil` for inline variables, and for mappings, which several may share.
    func file(of path: [String], _ value: Value) -> String? {
        guard value.mapping == nil, let source = source(defining: path), source.isFile else { return nil }
        return source.name
    }

    private func source(defining path: [String]) -> Source? {
        sources.first { source in
            var current = Value.mapping(source.values)
            for key in path {
                guard let next = current.child(key)?.value else { return false }
                current = next
            }
            return true
        }
    }

    // MARK: Loading

    /// Merges `vars` of the pipeline file, or of one stage.
    ///
    /// - Parameters:
    ///   - directory: what file names in `vars` are relative to.
    ///   - stage: the stage that the `vars` belong to.
    ///   - defaultFile: a file merged first if it exists.
    mutating func load(
        _ vars: [Value], from reader: any FileReader, directory: String, stage: String? = nil,
        defaultFile: String? = nil
    ) throws(TemplateError) {
        if let defaultFile, reader.isFile(Location(defaultFile, relativeTo: directory).text) {
            try merge(file: defaultFile, from: reader, directory: directory)
        }
        for (index, item) in vars.enumerated() {
            if let text = item.string {
                try merge(file: text, from: reader, directory: directory)
            } else if let values = item.mapping {
                let name = (stage.map { "\($0)." } ?? "") + "vars[\(index)]"
                try merge(values, source: name, isFile: false)
            }
        }
    }

    /// - Parameter item: `file`, or `file:key,key`.
    private mutating func merge(
        file item: String, from reader: any FileReader, directory: String
    ) throws(TemplateError) {
        let colon = item.utf8.firstIndex(of: UInt8(ascii: ":")) ?? item.endIndex
        let path = Location(String(item[..<colon]), relativeTo: directory).text
        var keys: [String]?
        if colon < item.endIndex {
            let names = item[item.utf8.index(after: colon)...].split(separator: ",").map(String.init)
            keys = names.isEmpty ? nil : names
        }
        let known = imports.firstIndex { $0.path.hasSameBytes(as: path) }
        if let known {
            switch (imports[known].keys, keys) {
            case (nil, nil): return
            case (nil, .some): throw .alreadyLoaded("cannot partially load '\(item)' as it's already loaded.")
            case (.some, nil): throw .alreadyLoaded("cannot load '\(item)' as it's partially loaded already")
            case (.some(let old), .some(let new)):
                if new.contains(where: { key in old.contains { $0.hasSameBytes(as: key) } }) {
                    throw .alreadyLoaded("cannot load '\(item)' as it's partially loaded already")
                }
            }
        }
        var values = try Self.read(path, from: reader)
        if let keys {
            var selected = Mapping()
            for key in keys {
                guard let value = values[key] else { throw .load("could not find '\(key)' in '\(path)'") }
                selected[key] = value
            }
            values = selected
        }
        try merge(values, source: path, isFile: true, item: item)
        if let known {
            imports[known].keys = (imports[known].keys ?? []) + (keys ?? [])
        } else {
            imports.append((path, keys))
        }
    }

    private static func read(_ path: String, from reader: any FileReader) throws(TemplateError) -> Mapping {
        let file: ParamsFile
        do {
            guard let bytes = try reader.read(path) else { throw TemplateError.load("'\(path)' does not exist") }
            file = try ParamsFile(parsing: bytes, path: path)
        } catch let error as TemplateError {
            throw error
        } catch let error as ParamsFileError {
            throw .load(error.summary)
        } catch {
            throw .load("unable to read: '\(path)', \(error)")
        }
        guard let values = file.value.mapping else {
            throw .load("expected a dictionary, got '\(file.value.pythonTypeName)' in file '\(path)'")
        }
        return values
    }

    private mutating func merge(
        _ values: Mapping, source: String, isFile: Bool, item: String? = nil
    ) throws(TemplateError) {
        if let (path, date) = Value.mapping(values).firstDate() {
            let name = ([source] + (path.isEmpty ? [] : [path.joined(separator: ".")])).joined(separator: ":")
            throw .load("Unsupported value of type '\(date.pythonTypeName)' in '\(name)'")
        }
        let reserved = locals.map(\.key).filter { values[$0] != nil }
        guard reserved.isEmpty else {
            let place = item.map { " in '\($0)'" } ?? ""
            throw .load(
                "attempted to modify reserved key\(reserved.count > 1 ? "s" : "") "
                    + reserved.joined(separator: " and ") + place)
        }
        try merge(values, into: &variables, at: [], source: source)
        sources.append(Source(name: source, isFile: isFile, values: values))
    }

    private func merge(
        _ new: Mapping, into old: inout Mapping, at path: [String], source: String
    ) throws(TemplateError) {
        for (key, value) in new.entries {
            guard let existing = old[key] else {
                old[key] = value
                continue
            }
            guard var merged = existing.mapping, let addition = value.mapping else {
                let first = self.source(defining: path + [key])?.name ?? ""
                let name = (path + [key]).joined(separator: ".")
                throw .merge("cannot redefine '\(name)' from '\(source)' as it already exists in '\(first)'")
            }
            try merge(addition, into: &merged, at: path + [key], source: source)
            old[key] = .mapping(merged)
        }
    }
}

extension Value {
    /// The first date inside, which templates cannot use, with its path.
    fileprivate func firstDate(at path: [String] = []) -> (path: [String], value: Value)? {
        switch self {
        case .date: (path, self)
        case .array(let items):
            items.enumerated().lazy.compactMap { $0.element.firstDate(at: path + [String($0.offset)]) }.first
        case .mapping(let mapping):
            mapping.entries.lazy.compactMap { $0.value.firstDate(at: path + [$0.key]) }.first
        default: nil
        }
    }
}
