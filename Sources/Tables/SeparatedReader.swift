import FileSystem

/// Reads records of a table whose fields are separated by a character, as RFC 4180 has them.
///
/// Takes what programs write: a byte order mark, ends of line of Unix and Windows, line ends in quoted fields, quotes
/// within a field that has none around it, and blank lines, which are passed over.
struct SeparatedReader {
    /// A record longer than this is taken for a quote that nobody closed.
    static let recordLimit = 1 << 26

    private let path: String
    private let delimiter: UInt8
    private var bytes: FileBytes
    /// Of the record that comes next, from 1.
    private(set) var line = 1
    private(set) var columns: [String] = []

    /// - Parameter path: how messages call the file.
    init(_ descriptor: FileDescriptor, delimiter: UInt8, path: String) throws {
        self.path = path
        self.delimiter = delimiter
        bytes = FileBytes(descriptor)
        for mark: UInt8 in [0xEF, 0xBB, 0xBF] {
            guard try bytes.peek() == mark else { break }
            bytes.skip()
        }
        var heading = TableRow()
        guard try record(&heading) else { return }
        columns = Self.unique((0..<heading.count).map { heading.text($0) })
    }

    /// Where the next record begins in the file.
    var offset: Int64 { bytes.offset }

    /// Reads one record at a place of a file whose columns are known.
    static func row(
        _ descriptor: FileDescriptor, at offset: Int64, line: Int, delimiter: UInt8, path: String
    ) throws -> TableRow {
        var reader = SeparatedReader(descriptor, at: offset, line: line, delimiter: delimiter, path: path)
        var row = TableRow()
        _ = try reader.record(&row)
        return row
    }

    private init(_ descriptor: FileDescriptor, at offset: Int64, line: Int, delimiter: UInt8, path: String) {
        self.path = path
        self.delimiter = delimiter
        self.line = line
        bytes = FileBytes(descriptor, from: offset, chunk: 1 << 12)
    }

    /// - Returns: false at the end of the file.
    mutating func next(_ row: inout TableRow) throws -> TableReading {
        guard try record(&row) else { return .end }
        guard row.count == columns.count else {
            let fields = row.count == 1 ? "1 field" : "\(row.count) fields"
            return .problem(TableProblem(line: row.line, reason: "\(fields) where the heading has \(columns.count)"))
        }
        return .row
    }

    private mutating func record(_ row: inout TableRow) throws -> Bool {
        while true {
            guard try bytes.peek() != nil else { return false }
            row.begin(line: line, offset: bytes.offset)
            try fields(&row)
            row.length = Int(bytes.offset - row.offset)
            let isBlank = row.count == 1 && row[0] == nil
            if !isBlank || columns.count == 1 && row.length > 2 { return true }
        }
    }

    private mutating func fields(_ row: inout TableRow) throws {
        let quote = UInt8(ascii: "\"")
        var isQuoted = false
        var isFresh = true
        var quoteLine = line
        while let byte = try bytes.next() {
            if isQuoted {
                if byte == quote {
                    if try bytes.peek() == quote {
                        bytes.skip()
                        row.append(quote)
                    } else {
                        isQuoted = false
                    }
                } else {
                    if byte == UInt8(ascii: "\n") { line += 1 }
                    row.append(byte)
                    bytes.copyPlain(into: &row, until: quote, UInt8(ascii: "\n"), quote)
                }
                guard row.byteCount < Self.recordLimit else {
                    throw TableError(
                        path: path, line: quoteLine,
                        reason: "the quote that opens here is not closed in the next 64 MiB")
                }
                continue
            }
            switch byte {
            case delimiter:
                row.endCell()
                isFresh = true
            case UInt8(ascii: "\n"):
                row.endCell()
                line += 1
                return
            case UInt8(ascii: "\r") where try bytes.peek() == UInt8(ascii: "\n"):
                continue
            case quote where isFresh:
                isQuoted = true
                isFresh = false
                quoteLine = line
            default:
                isFresh = false
                row.append(byte)
                bytes.copyPlain(into: &row, until: delimiter, UInt8(ascii: "\n"), UInt8(ascii: "\r"))
                guard row.byteCount < Self.recordLimit else {
                    throw TableError(path: path, line: row.line, reason: "a record longer than 64 MiB")
                }
            }
        }
        if isQuoted {
            throw TableError(path: path, line: quoteLine, reason: "the quote that opens here is never closed")
        }
        row.endCell()
        line += 1
    }

    /// Names of columns of which each is there once; what has none is called by its place.
    static func unique(_ names: [String?]) -> [String] {
        var seen: [String: Int] = [:]
        return names.enumerated().map { index, name in
            let name = name ?? "column \(index + 1)"
            let count = seen[name, default: 0]
            seen[name] = count + 1
            return count == 0 ? name : "\(name).\(count)"
        }
    }
}

/// What a reader came to.
enum TableReading: Equatable {
    case row
    /// A record that cannot be used; the next may be.
    case problem(TableProblem)
    case end
}
