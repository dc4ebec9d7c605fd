import Hashing
import Storage
import Synchronization
import TestSupport

/// Many bytes that need no memory.
struct RepeatedSource: ByteSource {
    let size: Int64
    var md5: MD5Digest?

    func open(at offset: Int64) throws(StorageError) -> any ByteReader {
        Reader(offset: offset, size: size)
    }

    /// All the bytes.
    var bytes: [UInt8] {
        let reader = Reader(offset: 0, size: size)
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            count = reader.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// The same, saying what their MD5 is.
    var digested: RepeatedSource {
        var source = self
        source.md5 = MD5.digest(of: bytes)
        return source
    }

    /// Repeated without end. No size of a part is a multiple of this prime number, so no two parts are alike.
    private static let pattern: [UInt8] = {
        var generator = SeededGenerator(seed: 11)
        return (0..<65521).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }()

    private final class Reader: ByteReader {
        private let position: Mutex<Int64>
        private let size: Int64

        init(offset: Int64, size: Int64) {
            position = Mutex(offset)
            self.size = size
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            position.withLock { position in
                let total = Int(min(Int64(buffer.count), max(0, size - position)))
                var count = 0
                while count < total {
                    let start = Int(position % Int64(RepeatedSource.pattern.count))
                    let piece = min(total - count, RepeatedSource.pattern.count - start)
                    RepeatedSource.pattern.withUnsafeBytes { pattern in
                        UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + piece])
                            .copyMemory(from: UnsafeRawBufferPointer(rebasing: pattern[start..<start + piece]))
                    }
                    count += piece
                    position += Int64(piece)
                }
                return total
            }
        }
    }
}
