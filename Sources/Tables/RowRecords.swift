import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is remembered of a record of a table while two tables are compared: 48 bytes.
struct RowRecord {
    /// Of the cells that tell the row from others.
    var key: (UInt64, UInt64)
    /// Of all that is compared.
    var content: (UInt64, UInt64)
    var offset: Int64
    var line: Int

    static func precedes(_ left: RowRecord, _ right: RowRecord) -> Bool {
        if left.key.0 != right.key.0 { return left.key.0 < right.key.0 }
        if left.key.1 != right.key.1 { return left.key.1 < right.key.1 }
        return left.line < right.line
    }

    func hasKey(of other: RowRecord) -> Bool { key == other.key }
    func hasContent(of other: RowRecord) -> Bool { content == other.content }
}

/// Records of one table, divided by their keys; what is more than a bound goes to files that nobody else sees.
final class RowRecords {
    static let partitions = 64
    private static let size = MemoryLayout<RowRecord>.stride

    private var held = [[RowRecord]](repeating: [], count: partitions)
    private var heldCount = 0
    private var spilled = [FileDescriptor?](repeating: nil, count: partitions)
    private let limit: Int
    private let folder: String

    /// - Parameters:
    ///   - memory: bytes that may be held.
    ///   - folder: where the files go; they have no names there once they are open.
    init(memory: Int, folder: String) {
        limit = max(1, memory / Self.size)
        self.folder = folder
    }

    func add(_ record: RowRecord) throws {
        held[Int(truncatingIfNeeded: record.key.0 >> 58)].append(record)
        heldCount += 1
        if heldCount >= limit { try spill() }
    }

    private func spill() throws {
        for number in held.indices where !held[number].isEmpty {
            let file = try spilled[number] ?? FileDescriptor.scratch(in: folder)
            spilled[number] = file
            try held[number].withUnsafeBytes { bytes in Result { () throws(FileError) in try file.write(bytes) } }.get()
            held[number].removeAll(keepingCapacity: true)
        }
        heldCount = 0
    }

    /// All records of a part, sorted by key and line; the part is given up.
    func take(_ number: Int) throws -> [RowRecord] {
        var records: [RowRecord] = []
        if let file = spilled[number] {
            let count = Int(try file.status().size) / Self.size
            let blank = RowRecord(key: (0, 0), content: (0, 0), offset: 0, line: 0)
            records = [RowRecord](repeating: blank, count: count)
            try records.withUnsafeMutableBytes { bytes in
                Result { () throws(FileError) in
                    var position = 0
                    while position < bytes.count {
                        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[position...])
                        let got = try file.read(into: part, at: Int64(position))
                        guard got > 0 else { throw FileError("read", file.path, EIO) }
                        position += got
                    }
                }
            }.get()
            spilled[number] = nil
        }
        records += held[number]
        held[number] = []
        records.sort(by: RowRecord.precedes)
        return records
    }
}
