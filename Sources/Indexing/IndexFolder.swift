import FileSystem
import Hashing
import Objects

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The entries of one folder in the order in which the folder lists them, packed so that a walk compares them
/// without making a string.
package struct IndexFolder: Sendable {
    /// Marks, in a record's kind, a digest of DVC 2's algorithm.
    private static let legacy: UInt8 = 0x80

    /// Fixed-size records; names lie in `names`.
    var records: [Record] = []
    var names: [UInt8] = []

    struct Record: Sendable, Equatable {
        var nameStart: UInt32
        var nameLength: UInt16
        var kind: UInt8
        var isExecutable: Bool
        var inode: UInt64
        var size: Int64
        var modified: Int64
        var changed: Int64
        var high: UInt64
        var low: UInt64
    }

    package init() {}

    init(records: [Record], names: [UInt8]) {
        self.records = records
        self.names = names
    }

    package var count: Int { records.count }

    package mutating func append(_ name: UnsafeRawBufferPointer, _ entry: IndexEntry) {
        records.append(
            Record(
                nameStart: UInt32(truncatingIfNeeded: names.count), nameLength: UInt16(truncatingIfNeeded: name.count),
                kind: entry.kind.rawValue | (entry.algorithm == .md5 ? 0 : IndexFolder.legacy),
                isExecutable: entry.isExecutable, inode: entry.inode, size: entry.size,
                modified: entry.modified, changed: entry.changed, high: entry.digest.high, low: entry.digest.low))
        names.append(contentsOf: name)
    }

    package mutating func append(_ name: String, _ entry: IndexEntry) {
        var name = name
        name.withUTF8 { append(UnsafeRawBufferPointer($0), entry) }
    }

    package func entry(at position: Int) -> IndexEntry {
        let record = records[position]
        return IndexEntry(
            inode: record.inode, size: record.size, modified: record.modified, changed: record.changed,
            digest: MD5Digest(high: record.high, low: record.low),
            kind: IndexEntry.Kind(rawValue: record.kind & ~IndexFolder.legacy) ?? .file,
            isExecutable: record.isExecutable,
            algorithm: record.kind & IndexFolder.legacy == 0 ? .md5 : .md5Dos2Unix)
    }

    package func name(at position: Int) -> String {
        let record = records[position]
        let start = Int(record.nameStart)
        return String(decoding: names[start..<start + Int(record.nameLength)], as: UTF8.self)
    }

    /// Whether the entry at a position has this name.
    @inline(__always)
    func hasName(_ name: UnsafeRawBufferPointer, at position: Int) -> Bool {
        let record = records[position]
        guard Int(record.nameLength) == name.count else { return false }
        return names.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let other = name.baseAddress else { return name.isEmpty }
            return compareBytes(base + Int(record.nameStart), other, name.count)
        }
    }
}

@inline(__always)
private func compareBytes(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
    memcmp(left, right, count) == 0
}

extension IndexFolder {
    /// Makes room for as much as was there last time.
    mutating func reserve(_ known: IndexFolder?) {
        guard let known else { return }
        records.reserveCapacity(known.records.count + 8)
        names.reserveCapacity(known.names.count + 64)
    }

    /// Records what reading the file at a position gave.
    mutating func setDigest(_ digest: MD5Digest, at position: Int) {
        records[position].high = digest.high
        records[position].low = digest.low
    }

    /// Makes an entry that no file matches, so that the file is read again next time.
    mutating func distrust(at position: Int) {
        records[position].modified = .min
        records[position].changed = .min
    }

    /// Makes the entries that are too young to be trusted match no file.
    ///
    /// - Parameters:
    ///   - positions: the entries that were just read.
    ///   - start: the file system's clock before the folder was looked at, in nanoseconds since 1970.
    mutating func distrustEntries(at positions: [Int], since start: Int64) {
        for position in positions
        where isTooYoung(records[position].modified, records[position].changed, since: start) {
            distrust(at: position)
        }
    }
}

/// git's rule for files that may have changed in the very moment they were read: one whose times are not older than
/// the look at it is not trusted, because a second change within one tick of the clock would leave them as they are.
///
/// - Parameter start: the file system's clock before the file's status was asked for, in nanoseconds since 1970.
func isTooYoung(_ modified: Int64, _ changed: Int64, since start: Int64) -> Bool {
    let latest = max(modified, changed)
    // File systems that keep whole seconds, or two of them, hide any change within that span.
    let isCoarse = latest % 1_000_000_000 == 0
    return latest >= start - (isCoarse ? 2_000_000_000 : 0)
}
