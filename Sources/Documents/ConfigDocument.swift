/// A settings file (`.dvc/config` and its kin): the INI dialect of configobj as DVC reads and writes it.
///
/// Names of sections and keys are lower-cased on reading. A section called `remote "x"`, `machine "x"` or `db "x"` is
/// kept as the entry `x` of the mapping `remote`, `machine` or `db`. Values are strings, lists of strings (text with
/// commas outside quotes) or, below doubled brackets, mappings. Writing drops comments and empty sections and puts
/// the plain sections before the named ones, since that is what DVC leaves behind.
package struct ConfigDocument: Sendable, Equatable {
    /// Sections by name; `remote`, `machine` and `db` map a name to its section and come first.
    package var sections: Mapping

    /// Kinds of sections that carry a name of their own.
    package static let namedKinds = ["remote", "machine", "db"]

    package init() {
        sections = Mapping(Self.namedKinds.map { ($0, .mapping(Mapping())) })
    }

    package init(parsing bytes: some Collection<UInt8>) throws(DocumentError) {
        guard bytes.count <= Self.largestFile else {
            throw DocumentError("the file is larger than \(Self.largestFile) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DocumentError("the file is not valid UTF-8")
        }
        var parser = ConfigParser(text)
        var interpolation = ConfigInterpolation(try parser.parse())
        let tree = try interpolation.resolved()
        self.init()
        var named = Self.namedKinds.map { _ in Mapping() }
        for (name, value) in Self.lowercasingKeys(tree).entries {
            if let (kind, own) = Self.namedSection(name) {
                named[kind][own] = value
            } else if let kind = Self.namedKinds.firstIndex(of: name), let entries = value.mapping {
                named[kind] = entries
            } else {
                sections[name] = value
            }
        }
        for (kind, entries) in zip(Self.namedKinds, named) where sections[kind]?.mapping != nil {
            sections[kind] = .mapping(entries)
        }
    }

    /// The value at a path of names, such as `["remote", "x", "url"]`.
    package subscript(_ path: [String]) -> Value? {
        get {
            var value: Value? = .mapping(sections)
            for name in path { value = value?.mapping?[name] }
            return value
        }
        set { sections = Self.setting(sections, path[...], to: newValue) }
    }

    package subscript(_ path: String...) -> Value? {
        get { self[path] }
        set { self[path] = newValue }
    }

    private static func setting(_ mapping: Mapping, _ path: ArraySlice<String>, to value: Value?) -> Mapping {
        guard let name = path.first else { return mapping }
        var mapping = mapping
        if path.count == 1 {
            mapping[name] = value
        } else if let inner = mapping[name]?.mapping {
            mapping[name] = .mapping(setting(inner, path.dropFirst(), to: value))
        } else if value != nil {
            mapping[name] = .mapping(setting(Mapping(), path.dropFirst(), to: value))
        }
        return mapping
    }

    /// Later levels win, key by key; a mapping is never replaced by a scalar's absence.
    package mutating func merge(_ other: ConfigDocument) {
        sections = Self.merging(sections, other.sections)
    }

    private static func merging(_ into: Mapping, _ update: Mapping) -> Mapping {
        var into = into
        for (key, value) in update.entries {
            if let old = into[key]?.mapping, let new = value.mapping {
                into[key] = .mapping(merging(old, new))
            } else {
                into[key] = value
            }
        }
        return into
    }

    private static func lowercasingKeys(_ mapping: Mapping) -> Mapping {
        var result = Mapping()
        for (key, value) in mapping.entries {
            result[key.lowercased()] = value.mapping.map { .mapping(lowercasingKeys($0)) } ?? value
        }
        return result
    }

    /// Splits `remote "x"` into its kind, as an index of `namedKinds`, and its name; `nil` for a plain section.
    private static func namedSection(_ name: String) -> (kind: Int, name: String)? {
        let scalars = Array(name.unicodeScalars).trimmed()
        for (kind, word) in namedKinds.enumerated() where scalars.starts(with: word.unicodeScalars) {
            let rest = Array(scalars.dropFirst(word.unicodeScalars.count)).trimmed()
            guard rest.count >= 2, rest.first == "\"", rest.last == "\"" else { continue }
            return (kind, String(scalars: rest.dropFirst().dropLast()))
        }
        return nil
    }

    /// Settings are written by people; anything near this size is an accident or an attack.
    static let largestFile = 1 << 20
}

extension Unicode.Scalar {
    /// White space in the sense of configobj's patterns, which is Python's.
    var isConfigSpace: Bool {
        properties.isWhitespace || (0x1C...0x1F).contains(value)
    }
}

extension Array where Element == Unicode.Scalar {
    func trimmed() -> [Unicode.Scalar] {
        guard let first = firstIndex(where: { !$0.isConfigSpace }), let last = lastIndex(where: { !$0.isConfigSpace })
        else { return [] }
        return Array(self[first...last])
    }
}

extension String {
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
