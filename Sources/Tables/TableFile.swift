import FileSystem

/// A file that holds a table: its records in order, and any of them by its place.
package struct TableFile {
    /// How messages call it.
    package let name: String
    package let format: TableFormat
    package let columns: [String]
    private let descriptor: FileDescriptor
    private var reader: Reader
    /// Records that could not be used so far; only the first hundred are kept.
    package private(set) var problems: [TableProblem] = []
    package private(set) var problemCount = 0

    private enum Reader {
        case separated(SeparatedReader)
        case lines(JSONLinesReader)
        case none
    }

    /// Opens a table; of JSON lines everything is read once for the names of the columns.
    ///
    /// - Parameter name: how messages call it; the path by default.
    package init(_ path: String, format: TableFormat, name: String? = nil) throws {
        self.name = name ?? path
        self.format = format
        descriptor = try FileDescriptor.reading(path)
        switch format {
        case .csv, .tsv:
            let separated = try SeparatedReader(descriptor, delimiter: Self.delimiter(of: format), path: self.name)
            columns = separated.columns
            reader = .separated(separated)
        case .jsonl:
            let lines = try JSONLinesReader(descriptor, path: self.name)
            columns = lines.columns
            reader = .lines(lines)
        }
    }

    private static func delimiter(of format: TableFormat) -> UInt8 { format == .tsv ? 0x09 : UInt8(ascii: ",") }

    /// Reads the next record; one that cannot be used is noted among the problems and passed over.
    ///
    /// - Returns: false at the end.
    package mutating func next(_ row: inout TableRow) throws -> Bool {
        while true {
            let reading: TableReading
            switch reader {
            case .separated(var separated):
                // The copy in the enum is let go, so that this one is the only owner of its buffer.
                reader = .none
                defer { reader = .separated(separated) }
                reading = try separated.next(&row)
            case .lines(var lines):
                reader = .none
                defer { reader = .lines(lines) }
                reading = try lines.next(&row)
            case .none: return false
            }
            switch reading {
            case .row: return true
            case .end: return false
            case .problem(let problem):
                problemCount += 1
                if problems.count < 100 { problems.append(problem) }
            }
        }
    }

    /// A record that was read before.
    package func row(at offset: Int64, line: Int) throws -> TableRow {
        switch format {
        case .csv, .tsv:
            try SeparatedReader.row(
                descriptor, at: offset, line: line, delimiter: Self.delimiter(of: format), path: name)
        case .jsonl: try JSONLinesReader.row(descriptor, at: offset, line: line, columns: columns)
        }
    }
}
