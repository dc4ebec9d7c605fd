import FileSystem
package import Tuning

/// What a program adds to a table of steps and values, as DVCLive writes it.
package struct HistoryReader: Sendable {
    private let candidates: [String]
    private var table: Table?
    /// Rows that were told.
    private var rows = 0

    /// How far a file was read.
    private struct Table {
        let path: String
        let inode: UInt64
        var offset: Int64 = 0
        /// The place of the column `step`, once the heading was read.
        var stepColumn: Int??
        var rows = 0
    }

    /// A look reads at most so many bytes; the rest is for the next one.
    private static let pieceLimit = 1 << 22

    /// - Parameter candidates: Files of which the first that is there is read.
    package init(_ candidates: [String]) { self.candidates = candidates }

    /// Reports that were not there before; a line that is not whole yet is left for the next time. A file that was
    /// written anew is read from its beginning, but for as many rows as were told.
    package mutating func new() -> [Trial.Report] {
        for path in candidates {
            guard let file = try? FileDescriptor.reading(path), let status = try? file.status() else { continue }
            var table = table ?? Table(path: path, inode: status.inode)
            if table.path != path || table.inode != status.inode || status.size < table.offset {
                table = Table(path: path, inode: status.inode)
            }
            defer { self.table = table }
            return reports(in: file, status.size, &table)
        }
        return []
    }

    private mutating func reports(in file: FileDescriptor, _ size: Int64, _ table: inout Table) -> [Trial.Report] {
        let count = Int(min(Int64(Self.pieceLimit), max(0, size - table.offset)))
        guard count > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: count)
        let offset = table.offset
        let got = buffer.withUnsafeMutableBytes { (try? file.read(into: $0, at: offset)) ?? 0 }
        guard let end = buffer[..<got].lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        table.offset += Int64(end + 1)
        var result: [Trial.Report] = []
        for line in buffer[..<end].split(separator: UInt8(ascii: "\n")) {
            let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(decoding: $0.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self) }
            guard let column = table.stepColumn else {
                table.stepColumn = .some(cells.firstIndex(of: "step"))
                continue
            }
            table.rows += 1
            guard table.rows > rows else { continue }
            rows = table.rows
            guard let value = cells.last.flatMap(Double.init) else { continue }
            let step = column.flatMap { $0 < cells.count ? Int(cells[$0]) : nil }
            result.append(Trial.Report(step: step ?? rows - 1, value: value))
        }
        return result
    }
}
