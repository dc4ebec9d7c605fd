import FileSystem
import Hashing
import Objects

/// The index as it lies on disk (docs/design/index.md): a header with a checksum, the roots, then the folders.
///
/// All numbers are little-endian. A reader refuses whatever does not check out, and the index is then rebuilt.
struct IndexFile: Sendable {
    static let magic: [UInt8] = Array("VRVIDX02".utf8)
    static let recordSize = 56

    private(set) var roots: [RelativePath: IndexRoot] = [:]
    private var bytes: [UInt8] = []
    private var folders: [RelativePath: FolderPlace] = [:]
    /// In byte order.
    private var folderPaths: [RelativePath] = []

    private struct FolderPlace: Sendable {
        var records: Int
        var recordCount: Int
        var names: Int
        var nameBytes: Int
    }

    init() {}

    init?(parsing bytes: [UInt8]) {
        guard bytes.count >= 32, bytes.starts(with: IndexFile.magic) else { return nil }
        var reader = ByteReader(bytes: bytes, position: 8)
        guard let checksum = reader.uint64(), checksum == Checksum.of(bytes, from: 16),
            let rootCount = reader.uint64(), let folderCount = reader.uint64(),
            rootCount < 1 << 32, folderCount < 1 << 32
        else { return nil }
        for _ in 0..<rootCount {
            guard let path = reader.string(), let root = IndexFile.root(from: &reader) else { return nil }
            roots[RelativePath(path)] = root
        }
        for _ in 0..<folderCount {
            guard let path = reader.string(), let count = reader.uint64(), let nameBytes = reader.uint64(),
                count < 1 << 40, nameBytes < 1 << 40
            else { return nil }
            let records = reader.position
            guard reader.skip(Int(count) * IndexFile.recordSize) else { return nil }
            let names = reader.position
            guard reader.skip(Int(nameBytes)) else { return nil }
            folders[RelativePath(path)] = FolderPlace(
                records: records, recordCount: Int(count), names: names, nameBytes: Int(nameBytes))
        }
        guard reader.position == bytes.count else { return nil }
        self.bytes = bytes
        folderPaths = folders.keys.sorted()
    }

    /// The folders at or below `root`.
    func folderPaths(under root: RelativePath) -> [RelativePath] {
        if root.isRoot { return folderPaths }
        // Between `a` and `a/b` lies `a-b`, so the folder and what is below it are found apart.
        let prefix = RelativePath(root.string + "/")
        var low = 0
        var high = folderPaths.count
        while low < high {
            let middle = (low + high) / 2
            if folderPaths[middle] < prefix { low = middle + 1 } else { high = middle }
        }
        let below = folderPaths[low...].prefix { $0.isInside(root) }
        return (folders[root] == nil ? [] : [root]) + below
    }

    func folder(_ path: RelativePath) -> IndexFolder? {
        guard let place = folders[path] else { return nil }
        var records: [IndexFolder.Record] = []
        records.reserveCapacity(place.recordCount)
        let isValid = bytes.withUnsafeBytes { raw -> Bool in
            for index in 0..<place.recordCount {
                let start = place.records + index * IndexFile.recordSize
                func word(_ offset: Int) -> UInt64 {
                    UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self))
                }
                let first = word(0)
                let nameStart = UInt32(truncatingIfNeeded: first)
                let nameLength = UInt16(truncatingIfNeeded: first >> 32)
                guard Int(nameStart) + Int(nameLength) <= place.nameBytes else { return false }
                records.append(
                    IndexFolder.Record(
                        nameStart: nameStart, nameLength: nameLength, kind: UInt8(truncatingIfNeeded: first >> 48),
                        isExecutable: first >> 56 != 0, inode: word(8), size: Int64(bitPattern: word(16)),
                        modified: Int64(bitPattern: word(24)), changed: Int64(bitPattern: word(32)), high: word(40),
                        low: word(48)))
            }
            return true
        }
        guard isValid else { return nil }
        return IndexFolder(records: records, names: Array(bytes[place.names..<place.names + place.nameBytes]))
    }

    /// The stored folders that `isWanted`, with the changed ones in their place.
    func merging(
        _ changed: [RelativePath: IndexFolder?], where isWanted: (RelativePath) -> Bool
    ) -> [(RelativePath, IndexFolder)] {
        var result: [(RelativePath, IndexFolder)] = []
        for path in folders.keys where !changed.keys.contains(path) && isWanted(path) {
            if let folder = folder(path) { result.append((path, folder)) }
        }
        for case (let path, let folder?) in changed where isWanted(path) { result.append((path, folder)) }
        return result.sorted { $0.0 < $1.0 }
    }

    static func encode(folders: [(RelativePath, IndexFolder)], roots: [RelativePath: IndexRoot]) -> [UInt8] {
        var output = magic
        output.reserveCapacity(64 + folders.reduce(0) { $0 + 64 + $1.1.count * recordSize + $1.1.names.count })
        append(0, to: &output)
        append(UInt64(roots.count), to: &output)
        append(UInt64(folders.count), to: &output)
        for (path, root) in roots.sorted(by: { $0.key < $1.key }) {
            append(path.string, to: &output)
            append(root, to: &output)
        }
        for (path, folder) in folders {
            append(path.string, to: &output)
            append(UInt64(folder.count), to: &output)
            append(UInt64(folder.names.count), to: &output)
            for record in folder.records {
                append(
                    UInt64(record.nameStart) | UInt64(record.nameLength) << 32 | UInt64(record.kind) << 48
                        | (record.isExecutable ? 1 << 56 : 0), to: &output)
                append(record.inode, to: &output)
                append(UInt64(bitPattern: record.size), to: &output)
                append(UInt64(bitPattern: record.modified), to: &output)
                append(UInt64(bitPattern: record.changed), to: &output)
                append(record.high, to: &output)
                append(record.low, to: &output)
            }
            output.append(contentsOf: folder.names)
        }
        let checksum = Checksum.of(output, from: 16)
        for index in 0..<8 { output[8 + index] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * index)) }
        return output
    }

    private static func root(from reader: inout ByteReader) -> IndexRoot? {
        guard let high = reader.uint64(), let low = reader.uint64(), let size = reader.uint64(),
            let files = reader.uint64(), let fingerprint = reader.uint64(), let flags = reader.uint64(),
            files < 1 << 48, let inode = reader.uint64(), let modified = reader.uint64(), let changed = reader.uint64(),
            let cacheStamp = reader.uint64()
        else { return nil }
        let digest = MD5Digest(high: high, low: low)
        let algorithm: HashAlgorithm = flags & 4 == 0 ? .md5 : .md5Dos2Unix
        let file = IndexEntry(
            inode: inode, size: Int64(bitPattern: size), modified: Int64(bitPattern: modified),
            changed: Int64(bitPattern: changed), digest: digest, kind: flags & 32 == 0 ? .file : .link,
            isExecutable: flags & 16 != 0, algorithm: algorithm)
        var root = IndexRoot(
            digest: digest, algorithm: algorithm, isDirectory: flags & 1 != 0, size: Int64(bitPattern: size),
            files: Int(files), file: flags & 8 == 0 ? nil : file, ignoreFingerprint: fingerprint,
            isManaged: flags & 2 != 0)
        root.isDoubtful = flags & 64 != 0
        root.cacheStamp = cacheStamp
        return root
    }

    private static func append(_ root: IndexRoot, to output: inout [UInt8]) {
        var flags: UInt64 = root.isDirectory ? 1 : 0
        if root.isManaged { flags |= 2 }
        if root.isDoubtful { flags |= 64 }
        if root.algorithm != .md5 { flags |= 4 }
        if let file = root.file {
            flags |= 8 | (file.isExecutable ? 16 : 0) | (file.kind == .link ? 32 : 0)
        }
        append(root.digest.high, to: &output)
        append(root.digest.low, to: &output)
        append(UInt64(bitPattern: root.size), to: &output)
        append(UInt64(root.files), to: &output)
        append(root.ignoreFingerprint, to: &output)
        append(flags, to: &output)
        append(root.file?.inode ?? 0, to: &output)
        append(UInt64(bitPattern: root.file?.modified ?? 0), to: &output)
        append(UInt64(bitPattern: root.file?.changed ?? 0), to: &output)
        append(root.cacheStamp, to: &output)
    }

    private static func append(_ value: UInt64, to output: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { output.append(contentsOf: $0) }
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        append(UInt64(text.utf8.count), to: &output)
        output.append(contentsOf: text.utf8)
    }
}

/// Reads little-endian fields and stops at the end instead of trapping.
private struct ByteReader {
    let bytes: [UInt8]
    var position: Int

    mutating func uint64() -> UInt64? {
        guard position + 8 <= bytes.count else { return nil }
        defer { position += 8 }
        return bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        }
    }

    mutating func string() -> String? {
        guard let count = uint64(), count <= 1 << 20 else { return nil }
        let start = position
        guard skip(Int(count)) else { return nil }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= bytes.count - position else { return false }
        position += count
        return true
    }
}

/// Tells a damaged index from a whole one; no defence against a forger, who could write the index anyway.
private enum Checksum {
    static func of(_ bytes: [UInt8], from start: Int) -> UInt64 {
        bytes.withUnsafeBytes { raw in
            var a: UInt64 = 0x9E37_79B9_7F4A_7C15
            var b: UInt64 = 0xC2B2_AE3D_27D4_EB4F
            var position = start
            while position + 16 <= raw.count {
                a = (a ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0x9FB2_1C65_1E98_DF25
                b = (b ^ raw.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)) &* 0xD6E8_FEB8_6659_FD93
                a ^= a >> 29
                b ^= b >> 31
                position += 16
            }
            while position < raw.count {
                a = (a ^ UInt64(raw[position])) &* 0x1000_0000_01B3
                position += 1
            }
            return (a ^ b.byteSwapped) &+ UInt64(raw.count)
        }
    }
}
