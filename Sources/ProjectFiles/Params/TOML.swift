import Documents

/// Reads TOML 1.0, keeping the order of keys, which the lock file repeats.
enum TOML {
    static func parse(_ bytes: [UInt8]) throws(DocumentError) -> Value {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw DocumentError("is not valid utf-8") }
        var parser = TOMLParser(bytes)
        return .mapping(try parser.document())
    }
}

private struct TOMLParser {
    private var scanner: TOMLScanner
    private var root = TOMLTable()

    init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes) }

    mutating func document() throws(DocumentError) -> Mapping {
        var table: [String] = []
        while true {
            scanner.skipBlankLines()
            guard let byte = scanner.current else { break }
            if byte == UInt8(ascii: "[") {
                table = try header()
            } else {
                let keys = try scanner.readKeys()
                try scanner.expect("=")
                let value = try readValue(depth: 0)
                guard root.insert(value, at: table + keys, keepingTables: table.count) else {
                    throw scanner.error("key '\(keys.joined(separator: "."))' is defined twice")
                }
            }
            try scanner.expectEndOfLine()
        }
        return root.mapping
    }

    /// `[table]` or `[[array of tables]]`; gives the path that the keys below it belong to.
    private mutating func header() throws(DocumentError) -> [String] {
        try scanner.expect("[")
        let isArray = scanner.take("[")
        let keys = try scanner.readKeys()
        try scanner.expect("]")
        if isArray { try scanner.expectAdjacent("]") }
        guard isArray ? root.appendTable(at: keys) : root.openTable(at: keys) else {
            throw scanner.error("table '\(keys.joined(separator: "."))' is defined twice")
        }
        return keys
    }

    private mutating func readValue(depth: Int) throws(DocumentError) -> TOMLTable.Item {
        guard depth < TOMLScanner.depthLimit else { throw scanner.error("values are nested too deeply") }
        scanner.skipBlanks()
        switch scanner.current {
        case UInt8(ascii: "["):
            try scanner.expect("[")
            var items: [Value] = []
            while true {
                scanner.skipBlankLines()
                if scanner.take("]") { break }
                items.append(try readValue(depth: depth + 1).value)
                scanner.skipBlankLines()
                if scanner.take("]") { break }
                try scanner.expect(",")
            }
            return .value(.array(items))
        case UInt8(ascii: "{"):
            try scanner.expect("{")
            var table = TOMLTable()
            scanner.skipBlanks()
            if scanner.take("}") { return .value(.mapping(Mapping())) }
            while true {
                let keys = try scanner.readKeys()
                try scanner.expect("=")
                let value = try readValue(depth: depth + 1)
                guard table.insert(value, at: keys, keepingTables: 0) else {
                    throw scanner.error("key '\(keys.joined(separator: "."))' is defined twice")
                }
                scanner.skipBlanks()
                if scanner.take("}") { return .value(.mapping(table.mapping)) }
                try scanner.expect(",")
                scanner.skipBlanks()
            }
        default:
            return .value(try scanner.readScalar())
        }
    }
}

/// A table under construction, which knows how each of its parts came to be and so what may still be added.
private struct TOMLTable {
    indirect enum Item {
        case value(Value)
        case table(TOMLTable)
        case tables([TOMLTable])

        var value: Value {
            switch self {
            case .value(let value): value
            case .table(let table): .mapping(table.mapping)
            case .tables(let tables): .array(tables.map { .mapping($0.mapping) })
            }
        }
    }

    private var order: [String] = []
    private var items: [ByteText: Item] = [:]
    /// Whether a header or dotted keys have filled the table, after which no header may open it again.
    private var isClosed = false

    var mapping: Mapping {
        Mapping(order.compactMap { key in items[ByteText(key)].map { (key, $0.value) } })
    }

    private mutating func set(_ key: String, _ item: Item) {
        if items.updateValue(item, forKey: ByteText(key)) == nil { order.append(key) }
    }

    /// - Parameter keepingTables: how many leading keys name the table of the current header.
    mutating func insert(_ item: Item, at path: [String], keepingTables: Int) -> Bool {
        edit(path.dropLast(), closingAfter: keepingTables) { table in
            guard let key = path.last, table.items[ByteText(key)] == nil else { return false }
            table.set(key, item)
            return true
        }
    }

    mutating func openTable(at path: [String]) -> Bool {
        edit(path[...], closingAfter: .max) { table in
            guard !table.isClosed else { return false }
            table.isClosed = true
            return true
        }
    }

    mutating func appendTable(at path: [String]) -> Bool {
        edit(path.dropLast(), closingAfter: .max) { table in
            guard let key = path.last else { return false }
            var new = TOMLTable()
            new.isClosed = true
            switch table.items[ByteText(key)] {
            case nil: table.set(key, .tables([new]))
            case .tables(let tables)?: table.set(key, .tables(tables + [new]))
            default: return false
            }
            return true
        }
    }

    /// Walks to a table, making what is missing on the way, and changes it there.
    private mutating func edit(
        _ path: ArraySlice<String>, closingAfter kept: Int, _ change: (inout TOMLTable) -> Bool
    ) -> Bool {
        guard let key = path.first else { return change(&self) }
        let rest = path.dropFirst()
        switch items[ByteText(key)] {
        case nil:
            var table = TOMLTable()
            if kept <= 0 { table.isClosed = true }
            guard table.edit(rest, closingAfter: kept - 1, change) else { return false }
            set(key, .table(table))
        case .table(var table)?:
            items[ByteText(key)] = .value(.null)
            let isChanged = table.edit(rest, closingAfter: kept - 1, change)
            items[ByteText(key)] = .table(table)
            return isChanged
        case .tables(var tables)?:
            guard kept > 0, !tables.isEmpty else { return false }
            items[ByteText(key)] = .value(.null)
            let isChanged = tables[tables.count - 1].edit(rest, closingAfter: kept - 1, change)
            items[ByteText(key)] = .tables(tables)
            return isChanged
        case .value?: return false
        }
        return true
    }
}

/// A text that equals only the same bytes.
struct ByteText: Hashable, Sendable {
    let text: String
    init(_ text: String) { self.text = text }
    static func == (left: ByteText, right: ByteText) -> Bool { left.text.hasSameBytes(as: right.text) }
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
