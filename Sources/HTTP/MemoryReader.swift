/// Bytes in memory as a body.
final class MemoryReader: HTTPBodyReader, @unchecked Sendable {
    // Unchecked because a body is read by one thread at a time, the loop's.
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        if count > 0 { buffer.copyBytes(from: bytes[position..<position + count]) }
        position += count
        return count
    }
}
