import Hashing
import Storage
import Synchronization

/// Many bytes that need no memory: a counter, so that no two pieces are alike.
struct RepeatedSource: ByteSource {
    let size: Int64
    var md5: MD5Digest?
    var unchecked: (any ByteSource)?
    /// Called with each offset from which the bytes are read.
    var opening: @Sendable (Int64) throws(StorageError) -> Void = { _ in }

    func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        try opening(offset)
        return Reader(offset: offset, size: size)
    }

    /// All the bytes.
    var bytes: [UInt8] { (0..<size).map { Self.byte(at: $0) } }

    /// The same, saying what their MD5 is.
    var digested: RepeatedSource {
        var source = self
        source.md5 = MD5.digest(of: bytes)
        return source
    }

    fileprivate static func byte(at offset: Int64) -> UInt8 {
        UInt8(truncatingIfNeeded: offset &* 31 &+ offset >> 8 &* 17 &+ offset >> 20)
    }

    private final class Reader: ByteReader {
        private let position: Mutex<Int64>
        private let size: Int64

        init(offset: Int64, size: Int64) {
            position = Mutex(offset)
            self.size = size
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
            position.withLock { position in
                let count = Int(min(Int64(buffer.count), max(0, size - position)))
                for index in 0..<count { buffer[index] = RepeatedSource.byte(at: position + Int64(index)) }
                position += Int64(count)
                return count
            }
        }
    }
}
