/// A record of a table as it is read; its memory is used again for the next one.
package struct TableRow: Sendable {
    /// Of its first line, from 1.
    package var line = 0
    /// Where it begins in the file, in bytes.
    package var offset: Int64 = 0
    /// Bytes in the file, with its end of line.
    package var length = 0
    private var bytes: [UInt8] = []
    /// Of a missing cell the upper end lies below the lower.
    private var cells: [(start: Int, end: Int)] = []

    package init() {}

    package var count: Int { cells.count }

    /// What a cell holds, without quotes; `nil` where nothing is in it.
    package subscript(column: Int) -> ArraySlice<UInt8>? {
        guard column < cells.count, cells[column].end > cells[column].start else { return nil }
        return bytes[cells[column].start..<cells[column].end]
    }

    package func text(_ column: Int) -> String? { self[column].map { String(decoding: $0, as: UTF8.self) } }

    // MARK: Building

    mutating func begin(line: Int, offset: Int64) {
        self.line = line
        self.offset = offset
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
    }

    var byteCount: Int { bytes.count }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: text) }

    /// Ends the cell that began after the last one.
    mutating func endCell() { cells.append((cells.last.map { max($0.start, $0.end) } ?? 0, bytes.count)) }

    /// Fills a column wherever it stands.
    mutating func set(_ column: Int, _ text: some Sequence<UInt8>) {
        while cells.count <= column { cells.append((bytes.count, bytes.count)) }
        let start = bytes.count
        bytes.append(contentsOf: text)
        cells[column] = (start, bytes.count)
    }

    mutating func fill(to count: Int) {
        while cells.count < count { cells.append((bytes.count, bytes.count)) }
    }
}
