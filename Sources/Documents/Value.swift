/// A document as data: what YAML, JSON, TOML and INI files say, with the order of keys kept.
///
/// Strings compare byte by byte, so two spellings of one accented letter stay two strings.
package enum Value: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits, as its decimal digits with an optional leading `-`.
    case bigInt(String)
    case float(Double)
    case string(String)
    /// An ISO date or timestamp of YAML, as written; few users of a document accept one.
    case date(String)
    case array([Value])
    case mapping(Mapping)

    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.bigInt(let a), .bigInt(let b)), (.string(let a), .string(let b)), (.date(let a), .date(let b)):
            a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.mapping(let a), .mapping(let b)): a == b
        default: false
        }
    }
}

extension Value {
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var int: Int? { if case .int(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [Value]? { if case .array(let value) = self { value } else { nil } }
    package var mapping: Mapping? { if case .mapping(let value) = self { value } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByFloatLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: Value...) { self = .array(elements) }
    package init(floatLiteral value: Double) { self = .float(value) }
    package init(dictionaryLiteral elements: (String, Value)...) {
        self = .mapping(Mapping(elements.map { (key: $0.0, value: $0.1) }))
    }
}

/// Keys and values in the order in which they were written; a key occurs once.
///
/// Two mappings are equal when they hold the same pairs, in whatever order.
package struct Mapping: Sendable, Equatable {
    package private(set) var entries: [(key: String, value: Value)] = []
    /// Positions of the keys, kept only once a mapping is large enough for a search to hurt.
    private var positions: [Bytes: Int]? = nil

    package init() {}
    package init(_ entries: [(key: String, value: Value)]) {
        for entry in entries { self[entry.key] = entry.value }
    }

    package var keys: [String] { entries.map(\.key) }
    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// Setting a known key keeps its place; a new one goes to the end; `nil` removes.
    package subscript(_ key: String) -> Value? {
        get { position(of: key).map { entries[$0].value } }
        set {
            if let position = position(of: key) {
                if let newValue {
                    entries[position].value = newValue
                } else {
                    entries.remove(at: position)
                    positions = nil
                    indexIfLarge()
                }
            } else if let newValue {
                entries.append((key, newValue))
                positions?[Bytes(key)] = entries.count - 1
                indexIfLarge()
            }
        }
    }

    /// Adds a pair at the end; `false`, and nothing done, if the key is known.
    package mutating func append(_ value: Value, forNewKey key: String) -> Bool {
        guard position(of: key) == nil else { return false }
        entries.append((key, value))
        positions?[Bytes(key)] = entries.count - 1
        indexIfLarge()
        return true
    }

    private func position(of key: String) -> Int? {
        if let positions { return positions[Bytes(key)] }
        return entries.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }

    private mutating func indexIfLarge() {
        guard positions == nil, entries.count > 16 else { return }
        positions = Dictionary(
            entries.enumerated().map { (Bytes($0.element.key), $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    package static func == (left: Mapping, right: Mapping) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
    }

    /// A string that is equal only to the same bytes.
    private struct Bytes: Hashable, Sendable {
        let text: String
        init(_ text: String) { self.text = text }
        static func == (left: Bytes, right: Bytes) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}

/// A document that cannot be read: where, and why.
package struct DocumentError: Error, Sendable, Equatable {
    /// The cause as a clause, such as `duplicate key "a"`.
    package var message: String
    /// 1-based; `nil` where the format gives none.
    package var line: Int?
    /// 1-based, in Unicode scalars.
    package var column: Int?
    /// The source line concerned, without its line break.
    package var excerpt: String?

    package init(_ message: String, line: Int? = nil, column: Int? = nil, excerpt: String? = nil) {
        self.message = message
        self.line = line
        self.column = column
        self.excerpt = excerpt
    }
}
