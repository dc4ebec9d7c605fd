import CSystem
import FileSystem
import Storage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A large object while its pieces arrive: a file of its full length, and a table of how much of each piece is there.
///
/// Both outlive the process, so that a fetch that was killed goes on where it was; what a power failure made of them
/// shows when the whole is hashed. One process at a time works on an object; the lock is the table's.
final class PartialObject: Sendable {
    let id: ObjectID
    let size: Int64
    let pieceSize: Int64
    let path: String
    /// Whether some of it was there before.
    let isResumed: Bool
    private let data: Descriptor
    private let table: Descriptor
    private let progress: Mutex<[Int64]>

    /// `VRVPART1`, the size and the piece's size; then a number of bytes for each piece, all as 64-bit words.
    private static let magic: UInt64 = 0x3154_5241_5056_5256
    private static let headerWords = 3

    private init(
        id: ObjectID, size: Int64, pieceSize: Int64, path: String, isResumed: Bool, data: Descriptor,
        table: Descriptor, progress: [Int64]
    ) {
        self.id = id
        self.size = size
        self.pieceSize = pieceSize
        self.path = path
        self.isResumed = isResumed
        self.data = data
        self.table = table
        self.progress = Mutex(progress)
    }

    private static func path(of id: ObjectID, in folder: String) -> String {
        let kind = id.algorithm == .md5 ? "" : ".legacy"
        return Paths.join(folder, id.text + kind + ".partial")
    }

    private static func tablePath(_ path: String) -> String { path + ".table" }

    /// What an earlier fetch left of the object; `nil` where that is nothing, is not whole in itself, or another
    /// process is at it.
    static func resume(_ id: ObjectID, in folder: String) -> PartialObject? {
        let path = path(of: id, in: folder)
        guard let table = try? Descriptor.open(tablePath(path), O_RDWR | O_NOFOLLOW, "cannot open"),
            flock(table.number, LOCK_EX | LOCK_NB) == 0,
            let data = try? Descriptor.open(path, O_RDWR | O_NOFOLLOW, "cannot open")
        else { return nil }
        var words = [UInt64](repeating: 0, count: headerWords)
        let headerBytes = headerWords * 8
        let headerRead = try? words.withUnsafeMutableBytes { try table.read(into: $0) }
        let size = Int64(clamping: words[1])
        let pieceSize = Int64(clamping: words[2])
        guard headerRead == headerBytes, words[0] == magic, size > 0, pieceSize >= 1 << 16,
            size / pieceSize < 1 << 20
        else { return nil }
        let count = Int((size + pieceSize - 1) / pieceSize)
        var progress = [UInt64](repeating: 0, count: count)
        let got = (try? progress.withUnsafeMutableBytes { try table.read(into: $0) }) ?? 0
        for index in progress.indices where (index + 1) * 8 > got { progress[index] = 0 }
        let sizes = progress.enumerated().map { index, done in
            min(Int64(clamping: done), min(pieceSize, size - Int64(index) * pieceSize))
        }
        return PartialObject(
            id: id, size: size, pieceSize: pieceSize, path: path, isResumed: true, data: data, table: table,
            progress: sizes)
    }

    /// Begins with the first piece, which a private file holds; the file becomes the object's.
    ///
    /// - Returns: `nil` where another process is at the object.
    static func begin(
        _ id: ObjectID, size: Int64, pieceSize: Int64, firstPiece: FileSink, in folder: String
    ) throws(StorageError) -> PartialObject? {
        let path = path(of: id, in: folder)
        let table = try Descriptor.open(tablePath(path), O_RDWR | O_CREAT | O_NOFOLLOW, "cannot create the file")
        guard flock(table.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let count = Int((size + pieceSize - 1) / pieceSize)
        sweep(folder)
        var words = [magic, UInt64(size), UInt64(pieceSize)] + [UInt64](repeating: 0, count: count)
        words[headerWords] = UInt64(pieceSize)
        guard ftruncate(table.number, 0) == 0, rename(firstPiece.path, path) == 0 else {
            throw StorageError(errno: errno, "cannot begin the file", path: path)
        }
        firstPiece.keep()
        let data = try Descriptor.open(path, O_RDWR | O_NOFOLLOW, "cannot open")
        // Takes the room now, where the file system can, rather than finding out at the end that there is none.
        #if canImport(Glibc)
            if posix_fallocate(data.number, 0, off_t(size)) == ENOSPC {
                unlink(path)
                unlink(tablePath(path))
                throw StorageError(errno: ENOSPC, "cannot make room for \(size) bytes", path: path)
            }
        #endif
        try words.withUnsafeBytes { bytes in Result { () throws(StorageError) in try table.write(bytes) } }.get()
        var progress = [Int64](repeating: 0, count: count)
        progress[0] = pieceSize
        return PartialObject(
            id: id, size: size, pieceSize: pieceSize, path: path, isResumed: false, data: data, table: table,
            progress: progress)
    }

    /// The parts of pieces that are not there, in order.
    var missing: [(piece: Int, range: Range<Int64>)] {
        progress.withLock { progress in
            progress.enumerated().compactMap { index, done in
                let start = Int64(index) * pieceSize
                let end = min(start + pieceSize, size)
                return start + done < end ? (index, start + done..<end) : nil
            }
        }
    }

    /// How many bytes from the start on are there without a gap.
    var frontier: Int64 {
        progress.withLock { progress in
            for (index, done) in progress.enumerated() {
                let start = Int64(index) * pieceSize
                if start + done < min(start + pieceSize, size) { return start + done }
            }
            return size
        }
    }

    /// Takes the rest of a piece, in order; whoever has written to it flushes it in the end.
    func sink(_ piece: Int) -> PieceSink { PieceSink(object: self, piece: piece) }

    /// Gathers what comes in crumbs (libcurl hands out 16 KiB at most), since each write to the file costs two system
    /// calls.
    final class PieceSink: ByteSink {
        private let object: PartialObject
        private let piece: Int
        private let held: Mutex<(buffer: PieceBuffer, count: Int)>

        /// What a kill loses of a piece.
        private static let size = 128 << 10

        fileprivate init(object: PartialObject, piece: Int) {
            self.object = object
            self.piece = piece
            held = Mutex((PieceBuffer(size: Self.size), 0))
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
            // A sink takes its bytes from one task after the other, so nobody waits here.
            try held.withLock { (held) throws(StorageError) in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = min(rest.count, Self.size - held.count)
                    UnsafeMutableRawBufferPointer(rebasing: held.buffer.bytes[held.count...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
                    held.count += count
                    rest = rest.dropFirst(count)
                    if held.count == Self.size { try empty(&held) }
                }
            }
        }

        /// Writes what is still held, also after a failure: it need not be fetched again.
        func flush() throws(StorageError) {
            try held.withLock { (held) throws(StorageError) in try empty(&held) }
            varve_begin_writeback(object.data.number, Int64(piece) * object.pieceSize, object.pieceSize)
        }

        private func empty(_ held: inout (buffer: PieceBuffer, count: Int)) throws(StorageError) {
            guard held.count > 0 else { return }
            let count = held.count
            held.count = 0
            try object.write(UnsafeRawBufferPointer(rebasing: held.buffer.bytes[..<count]), piece)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ piece: Int) throws(StorageError) {
        let done = progress.withLock { $0[piece] }
        let start = Int64(piece) * pieceSize
        guard Int64(bytes.count) <= min(pieceSize, size - start) - done else {
            throw StorageError(.corrupt, "the store sends more bytes than it was asked for", key: id.key)
        }
        Fault.point("write")
        if let code = Fault.error(at: "write") { throw StorageError(errno: code, "cannot write", path: path) }
        try write(bytes, to: data, at: start + done)
        let now = done + Int64(bytes.count)
        progress.withLock { $0[piece] = now }
        // After the bytes: a count that is ahead of them would be found out only when everything is hashed.
        var word = UInt64(now)
        try withUnsafeBytes(of: &word) { (raw) throws(StorageError) in
            try write(raw, to: table, at: Int64((Self.headerWords + piece) * 8))
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: Descriptor, at offset: Int64) throws(StorageError) {
        var count = 0
        while count < bytes.count, let base = bytes.baseAddress {
            let put = pwrite(file.number, base + count, bytes.count - count, off_t(offset) + off_t(count))
            if put < 0 {
                if errno == EINTR { continue }
                throw StorageError(errno: errno, "cannot write", path: path)
            }
            count += put
        }
    }

    /// Reads what is there at an offset; fewer bytes than asked for only at the file's end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StorageError) -> Int {
        var count = 0
        while count < buffer.count, let base = buffer.baseAddress {
            let got = pread(data.number, base + count, buffer.count - count, off_t(offset) + off_t(count))
            if got < 0 {
                if errno == EINTR { continue }
                throw StorageError(errno: errno, "cannot read", path: path)
            }
            if got == 0 { break }
            count += got
        }
        return count
    }

    /// Lets other processes, and a later try of this one, have it.
    func unlock() { flock(table.number, LOCK_UN) }

    /// The file is complete and goes elsewhere: forgets the table.
    func release() { unlink(Self.tablePath(path)) }

    /// Removes everything.
    func discard() {
        unlink(path)
        unlink(Self.tablePath(path))
    }

    /// Removes what nobody went on with for a week.
    private static func sweep(_ folder: String) {
        guard let entries = try? Files.textEntries(in: folder) else { return }
        for entry in entries where entry.name.hasSuffix(".partial") || entry.name.hasSuffix(".partial.table") {
            let path = Paths.join(folder, entry.name)
            var status = stat()
            guard lstat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > 7 * 86_400 else { continue }
            unlink(path)
        }
    }
}
