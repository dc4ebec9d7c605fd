package import FileSystem

/// What goes into one place of a table that is written.
package enum TableCell: Sendable, Equatable {
    /// Nothing: an empty field, or `null`.
    case missing
    /// Written with the fewest digits that read back as the same number; NaN is missing.
    case number(Double)
    case text(String)
    /// Text as a reader gave it. An empty one is missing.
    case bytes(ArraySlice<UInt8>)
    /// The same, but in JSON a number, `true` or `false` is no string then; digits behind a leading zero are one.
    case literal(ArraySlice<UInt8>)
}

extension TableCell {
    /// The number that a cell is or spells; `nil` for words and nothing.
    package var number: Double? {
        switch self {
        case .missing: nil
        case .number(let number): number.isNaN ? nil : number
        case .text(let text): TableNumber(Array(text.utf8)[...])?.value
        case .bytes(let bytes), .literal(let bytes): TableNumber(bytes)?.value
        }
    }

    /// What the cell shows; `nil` for nothing.
    package var spelling: [UInt8]? {
        switch self {
        case .missing: nil
        case .number(let number): number.isNaN ? nil : Array(TableWriter.spelling(number).utf8)
        case .text(let text): text.isEmpty ? nil : Array(text.utf8)
        case .bytes(let bytes), .literal(let bytes): bytes.isEmpty ? nil : Array(bytes)
        }
    }

    package var isMissing: Bool {
        switch self {
        case .missing: true
        case .number(let number): number.isNaN
        case .text(let text): text.isEmpty
        case .bytes(let bytes), .literal(let bytes): bytes.isEmpty
        }
    }
}

/// Writes a table record by record; the file takes its place when it is whole, never before.
package final class TableWriter {
    package let columns: [String]
    package let format: TableFormat
    /// Records so far.
    package private(set) var rows = 0
    private let file: StagedFile
    private var buffer: [UInt8] = []
    private let keys: [[UInt8]]
    private let delimiter: UInt8

    private static let bufferSize = 1 << 18

    /// Begins with the heading, which JSON lines do not have.
    package init(_ path: String, format: TableFormat, columns: [String]) throws(FileError) {
        self.format = format
        self.columns = columns
        file = try StagedFile(replacing: path)
        delimiter = format == .tsv ? 0x09 : UInt8(ascii: ",")
        keys = format == .jsonl ? columns.map { Self.json($0) } : []
        buffer.reserveCapacity(Self.bufferSize + 4096)
        guard format != .jsonl else { return }
        for (index, column) in columns.enumerated() {
            if index > 0 { buffer.append(delimiter) }
            // A byte order mark at the beginning would be taken for the file's, were it not in quotes.
            append(
                field: Array(column.utf8)[...], isQuoted: index == 0 && column.utf8.starts(with: [0xEF, 0xBB, 0xBF]))
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    /// - Parameter cells: one for each column; too few are filled up, too many cut.
    package func write(_ cells: [TableCell]) throws(FileError) {
        rows += 1
        format == .jsonl ? writeObject(cells) : writeFields(cells)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Brings everything to the disk, without giving the file its name yet.
    package func seal() throws(FileError) {
        try flush()
        try file.seal()
    }

    /// Gives the file its name.
    package func finish() throws(FileError) {
        try flush()
        try file.publish()
    }

    private func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        let failure = buffer.withUnsafeBytes { bytes in
            Result { () throws(FileError) in try file.write(bytes) }
        }
        buffer.removeAll(keepingCapacity: true)
        try failure.get()
    }

    // MARK: Fields between separators

    private func writeFields(_ cells: [TableCell]) {
        let start = buffer.count
        for index in 0..<min(cells.count, columns.count) {
            if index > 0 { buffer.append(delimiter) }
            switch cells[index] {
            case .missing: break
            case .number(let number): append(number)
            case .text(var text): text.withUTF8 { append(field: $0) }
            case .bytes(let bytes), .literal(let bytes): bytes.withUnsafeBufferPointer { append(field: $0) }
            }
        }
        if cells.count < columns.count, !columns.isEmpty {
            let present = max(cells.count, 1)
            for _ in present..<max(columns.count, present) { buffer.append(delimiter) }
        }
        // A line with nothing on it is no record.
        if buffer.count == start { buffer += [UInt8(ascii: "\""), UInt8(ascii: "\"")] }
        buffer.append(UInt8(ascii: "\n"))
    }

    private func append(field: some Collection<UInt8>, isQuoted: Bool = false) {
        let quote = UInt8(ascii: "\"")
        let needsQuotes =
            isQuoted
            || field.contains { $0 == delimiter || $0 == quote || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard needsQuotes else {
            buffer.append(contentsOf: field)
            return
        }
        buffer.append(quote)
        for byte in field {
            if byte == quote { buffer.append(quote) }
            buffer.append(byte)
        }
        buffer.append(quote)
    }

    private func append(_ number: Double) {
        guard !number.isNaN else { return }
        buffer.append(contentsOf: Self.spelling(number).utf8)
    }

    /// The fewest digits that read back as the same number; whole numbers without a point.
    package static func spelling(_ number: Double) -> String {
        if number.magnitude < 0x1p53, number == number.rounded(.towardZero), !(number == 0 && number.sign == .minus) {
            return String(Int(number))
        }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number.isNaN ? "NaN" : number.description
    }

    // MARK: JSON

    private func writeObject(_ cells: [TableCell]) {
        buffer.append(UInt8(ascii: "{"))
        var index = 0
        for cell in cells.prefix(columns.count) {
            append(key: index)
            append(value: cell)
            index += 1
        }
        while index < columns.count {
            append(key: index)
            append(value: .missing)
            index += 1
        }
        buffer += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    }

    private func append(key index: Int) {
        if index > 0 { buffer.append(UInt8(ascii: ",")) }
        buffer += keys[index]
        buffer.append(UInt8(ascii: ":"))
    }

    private func append(value cell: TableCell) {
        switch cell {
        case .missing: buffer += Array("null".utf8)
        case .number(let number):
            if number.isNaN {
                buffer += Array("null".utf8)
            } else if number.isInfinite {
                buffer += Self.json(Self.spelling(number))
            } else {
                append(number)
            }
        case .text(let text): buffer += Self.json(text)
        case .bytes(let bytes):
            buffer += bytes.isEmpty ? Array("null".utf8) : Self.json(String(decoding: bytes, as: UTF8.self))
        case .literal(let bytes):
            if Self.isJSONNumber(bytes) {
                buffer += bytes
            } else if let flag = Self.flag(bytes) {
                buffer += Array((flag ? "true" : "false").utf8)
            } else if bytes.first != UInt8(ascii: "0"), let number = TableNumber(bytes) {
                append(number.value)
            } else {
                append(value: .bytes(bytes))
            }
        }
    }

    private static func flag(_ bytes: ArraySlice<UInt8>) -> Bool? {
        switch bytes.count {
        case 4: ["true", "True", "TRUE"].contains { bytes.elementsEqual($0.utf8) } ? true : nil
        case 5: ["false", "False", "FALSE"].contains { bytes.elementsEqual($0.utf8) } ? false : nil
        default: nil
        }
    }

    /// Whether JSON takes this spelling of a number: no plus, no leading zero, digits on both sides of a point.
    private static func isJSONNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        func digits() -> Int {
            let found = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(found.count)
            return found.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leading = rest.first
        let whole = digits()
        guard whole > 0, whole == 1 || leading != UInt8(ascii: "0") else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// A string of JSON, in UTF-8 where DVC and Python would escape.
    private static func json(_ text: String) -> [UInt8] {
        var result = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            case UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case 0x0A: result += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x0D: result += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0x09: result += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                result += Array("\\u00\(digits.utf8.count < 2 ? "0" : "")\(digits)".utf8)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return result
    }
}
