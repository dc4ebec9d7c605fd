import Documents

/// What a value may be.
///
/// Speaks as DVC's validator does, so that its messages and their order come out the same.
indirect enum Schema: Sendable {
    case anything
    case null
    case string
    case bool
    /// Any mapping.
    case dictionary
    /// Any list.
    case list
    /// A mapping with these keys and no others.
    case keys([Key])
    /// A mapping from any key to one kind of value.
    case each(Schema)
    /// A list, every item of which is one of these.
    case items([Schema])
    /// One of these; the one that got furthest explains a mismatch.
    case either([Schema])
    /// One or the other, depending on whether the mapping has one of the keys.
    case having(keys: [String], then: Schema, otherwise: Schema)
    /// A value of its own kind; the check gives the message, or `nil`.
    case checked(@Sendable (Value) -> String?)
    /// All of these.
    case both(Schema, Schema)

    struct Key: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        init(_ name: String, _ schema: Schema, required: Bool = false) {
            self.name = name
            self.schema = schema
            isRequired = required
        }
    }
}

/// A mismatch before its position in the text is known.
struct Mismatch: Error {
    var message: String
    var path: [YAMLPathElement]
}

extension YAMLPathElement {
    var text: String {
        switch self {
        case .key(let key): key
        case .index(let index): String(index)
        }
    }
}

extension Schema {
    /// Everything that is wrong with a value; empty where it is right.
    func mismatches(in value: Value, at path: [YAMLPathElement] = []) -> [Mismatch] {
        func wrong(_ message: String) -> [Mismatch] { [Mismatch(message: message, path: path)] }
        switch self {
        case .anything: return []
        case .null: return value.isNull ? [] : wrong("not a valid value")
        case .string: return value.string == nil ? wrong("expected str") : []
        case .bool: return value.bool == nil ? wrong("expected bool") : []
        case .dictionary: return value.mapping == nil ? wrong("expected dict") : []
        case .list: return value.array == nil ? wrong("expected list") : []
        case .checked(let check): return check(value).map(wrong) ?? []
        case .both(let first, let second):
            let found = first.mismatches(in: value, at: path)
            return found.isEmpty ? second.mismatches(in: value, at: path) : found
        case .having(let keys, let then, let otherwise):
            let has = value.mapping.map { mapping in keys.contains { mapping[$0] != nil } } ?? false
            return (has ? then : otherwise).mismatches(in: value, at: path)
        case .either(let candidates):
            var best: [Mismatch] = []
            for candidate in candidates {
                let found = candidate.mismatches(in: value, at: path)
                guard let first = found.first else { return [] }
                if best.isEmpty || first.path.count > best[0].path.count { best = found }
            }
            return best.isEmpty ? wrong("no valid value found") : best
        case .keys(let keys):
            guard let mapping = value.mapping else { return wrong("expected a dictionary") }
            return mismatches(inKeys: keys, of: mapping, at: path)
        case .each(let schema):
            guard let mapping = value.mapping else { return wrong("expected a dictionary") }
            return mapping.entries.flatMap { schema.mismatches(in: $0.value, at: path + [.key($0.key)]) }
        case .items(let candidates):
            guard let items = value.array else { return wrong("expected a list") }
            return mismatches(inItems: items, candidates: candidates, at: path)
        }
    }

    private func mismatches(inKeys keys: [Key], of mapping: Mapping, at path: [YAMLPathElement]) -> [Mismatch] {
        var found: [Mismatch] = []
        for (name, value) in mapping.entries {
            let place = path + [.key(name)]
            if let key = keys.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                found += key.schema.mismatches(in: value, at: place)
            } else {
                found.append(Mismatch(message: "extra keys not allowed", path: place))
            }
        }
        for key in keys where key.isRequired && mapping[key.name] == nil {
            found.append(Mismatch(message: "required key not provided", path: path + [.key(key.name)]))
        }
        return found
    }

    private func mismatches(inItems items: [Value], candidates: [Schema], at path: [YAMLPathElement]) -> [Mismatch] {
        var found: [Mismatch] = []
        next: for (index, item) in items.enumerated() {
            let place = path + [.index(index)]
            var last: [Mismatch] = []
            for candidate in candidates {
                last = candidate.mismatches(in: item, at: place)
                guard let first = last.first else { continue next }
                // An item that is of this kind but wrong inside explains the mismatch alone.
                if first.path.count > place.count { return last }
            }
            found += last
        }
        return found
    }
}
