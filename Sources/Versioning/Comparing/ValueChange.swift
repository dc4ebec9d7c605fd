package import Documents
package import FileSystem
import ProjectFiles

/// What became of one value between two states.
package struct ValueChange: Sendable, Equatable {
    /// Keys on the way to the value, joined by dots; empty for a file that is nothing but a value.
    package let key: String
    /// `nil` where the older side has none.
    package let old: Value?
    package let new: Value?

    package init(key: String, old: Value?, new: Value?) {
        self.key = key
        self.old = old
        self.new = new
    }

    /// New less old, where both are numbers; truth values count as 1 and 0.
    package var difference: Value? {
        guard let old, let new else { return nil }
        return new.subtracting(old)
    }

    package var isChange: Bool {
        switch (old, new) {
        case (nil, nil): false
        case (let old?, let new?): !old.isPythonEqual(to: new)
        case (nil, let only?), (let only?, nil): !only.isNull
        }
    }
}

/// What became of the values of one file.
package struct FileValueChanges: Sendable {
    package let path: RelativePath
    /// Sorted by key.
    package let changes: [ValueChange]

    package init(path: RelativePath, changes: [ValueChange]) {
        self.path = path
        self.changes = changes
    }
}

/// How the values of two states differ.
package struct ValueDiff: Sendable {
    /// Sorted by path.
    package let files: [FileValueChanges]
    package let old: RevisionValues
    package let new: RevisionValues

    /// - Parameter all: whether values that are the same on both sides are told, too.
    package init(from old: RevisionValues, to new: RevisionValues, all: Bool) {
        self.old = old
        self.new = new
        let before = Self.values(of: old)
        let after = Self.values(of: new)
        files = Set(before.keys).union(after.keys).sorted().compactMap { path in
            let changes = Self.changes(from: before[path], to: after[path]).filter { all || $0.isChange }
            return changes.isEmpty ? nil : FileValueChanges(path: path, changes: changes)
        }
    }

    private static func values(of revision: RevisionValues) -> [RelativePath: Value] {
        let files = (try? revision.files.get()) ?? []
        return Dictionary(
            files.compactMap { file in file.value.map { (file.path, $0) } }, uniquingKeysWith: { $1 })
    }

    /// Every value of either side, sorted by key.
    package static func changes(from old: Value?, to new: Value?) -> [ValueChange] {
        let old = old?.comparable
        let new = new?.comparable
        if let old, let new, old.mapping == nil, new.mapping == nil {
            let (old, new) = unwrapped(old, new)
            return [ValueChange(key: "", old: old, new: new)]
        }
        let before = flattened(old, beside: new)
        let after = flattened(new, beside: old)
        var keys = Set(before.values.keys.map { RelativePath($0) })
        keys.formUnion(after.values.keys.map { RelativePath($0) })
        return keys.sorted().map { key in
            ValueChange(
                key: key.string, old: before.values[key.string] ?? before.others,
                new: after.values[key.string] ?? after.others)
        }
    }

    /// As DVC: lists of one value each are compared as values.
    private static func unwrapped(_ old: Value, _ new: Value) -> (Value, Value) {
        guard let before = old.array, let after = new.array, before.count == 1, after.count == 1 else {
            return (old, new)
        }
        return unwrapped(before[0], after[0])
    }

    /// What DVC says for the values of a file that is something else than a mapping on the other side.
    private static let unknown = Value.string("unable to parse")

    private static func flattened(_ value: Value?, beside other: Value?) -> (values: Mapping, others: Value?) {
        guard let value else { return (Mapping(), nil) }
        if let mapping = value.mapping { return (mapping.flattened, nil) }
        // Only where the other side has no file can this one be told by itself.
        if other == nil { return (Mapping([("", value)]), nil) }
        return (Mapping(), unknown)
    }
}

extension Value {
    /// As DVC compares: lists inside mappings are their text, and a document that is a text is what JSON makes of it.
    fileprivate var comparable: Value {
        switch self {
        case .mapping(let mapping): .mapping(mapping.withListsAsText)
        case .array: Value.string(pythonText).readAsJSON
        case .string: readAsJSON
        default: self
        }
    }

    private var readAsJSON: Value {
        guard let text = string else { return self }
        return (try? JSON.parse(text, duplicateKeys: .overwriting)) ?? self
    }

    /// `nil` unless both are numbers or truth values.
    package func subtracting(_ other: Value) -> Value? {
        if let left = wholeNumber, let right = other.wholeNumber {
            let (difference, overflows) = left.subtractingReportingOverflow(right)
            guard overflows else { return .int(difference) }
            // The operands have different signs, so the sum of their magnitudes is below 2 to the 64th.
            return .bigInt((left < 0 ? "-" : "") + String(left.magnitude + right.magnitude))
        }
        guard let left = number, let right = other.number else { return nil }
        return .float(left - right)
    }

    private var wholeNumber: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// As a number, where it is one; truth values count as 1 and 0.
    package var number: Double? {
        switch self {
        case .float(let value): value
        case .bigInt(let digits): Double(digits)
        default: wholeNumber.map(Double.init)
        }
    }
}

extension Mapping {
    fileprivate var withListsAsText: Mapping {
        Mapping(
            entries.map { key, value in
                switch value {
                case .mapping(let inner): (key, .mapping(inner.withListsAsText))
                case .array: (key, .string(value.pythonText))
                default: (key, value)
                }
            })
    }

    /// The values by the keys on the way to them, joined by dots; empty mappings leave nothing.
    package var flattened: Mapping {
        var result = Mapping()
        func add(_ mapping: Mapping, _ prefix: String) {
            for (key, value) in mapping.entries {
                if let inner = value.mapping { add(inner, prefix + key + ".") } else { result[prefix + key] = value }
            }
        }
        add(self, "")
        return result
    }
}
