import Documents
import FileSystem

/// Reads a table of one JSON object on each line.
struct JSONLinesReader {
    static let lineLimit = 1 << 26

    private let path: String
    private var bytes: FileBytes
    private var line = 1
    /// In the order in which they first appear in the file.
    private(set) var columns: [String] = []
    private var positions: [String: Int] = [:]

    /// Reads the file once for its columns.
    init(_ descriptor: FileDescriptor, path: String) throws {
        self.path = path
        bytes = FileBytes(descriptor)
        while let (text, isWhole) = try bytes.line(limit: Self.lineLimit) {
            guard isWhole, let object = Self.object(text) else { continue }
            for key in object.keys where positions[key] == nil {
                positions[key] = columns.count
                columns.append(key)
            }
        }
        bytes = FileBytes(descriptor)
    }

    static func row(_ descriptor: FileDescriptor, at offset: Int64, line: Int, columns: [String]) throws -> TableRow {
        var bytes = FileBytes(descriptor, from: offset, chunk: 1 << 12)
        var row = TableRow()
        row.begin(line: line, offset: offset)
        guard let text = try bytes.line(limit: lineLimit), let object = object(text.bytes) else { return row }
        fill(&row, object, Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }))
        row.fill(to: columns.count)
        return row
    }

    mutating func next(_ row: inout TableRow) throws -> TableReading {
        while true {
            let offset = bytes.offset
            guard let (text, isWhole) = try bytes.line(limit: Self.lineLimit) else { return .end }
            row.begin(line: line, offset: offset)
            row.length = Int(bytes.offset - offset)
            line += 1
            if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }) {
                continue
            }
            guard isWhole else { return .problem(TableProblem(line: row.line, reason: "a line longer than 64 MiB")) }
            do throws(DocumentError) {
                guard let object = try JSON.parse(Self.withoutMark(text)).mapping else {
                    return .problem(TableProblem(line: row.line, reason: "not a JSON object"))
                }
                Self.fill(&row, object, positions)
            } catch {
                return .problem(TableProblem(line: row.line, reason: "not JSON: \(error.message)"))
            }
            row.fill(to: columns.count)
            return .row
        }
    }

    private static func object(_ text: [UInt8]) -> Mapping? { (try? JSON.parse(withoutMark(text)))?.mapping }

    private static func withoutMark(_ text: [UInt8]) -> [UInt8] {
        text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
    }

    private static func fill(_ row: inout TableRow, _ object: Mapping, _ positions: [String: Int]) {
        for entry in object.entries {
            guard let position = positions[entry.key] else { continue }
            switch entry.value {
            case .null: continue
            case .string(let text): row.set(position, text.utf8)
            // One form for one value, whatever the order of names in it.
            default: row.set(position, JSON.emitPython(entry.value, sortKeys: true).utf8)
            }
        }
    }
}
