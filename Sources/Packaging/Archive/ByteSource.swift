package import FileSystem
import Hashing

/// Yields bytes in order.
package protocol ByteSource: AnyObject {
    /// Fills up to the whole buffer and returns how much; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension FileDescriptor: ByteSource {}

/// Bytes in memory.
package final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}

/// Passes bytes on and checks, at the end, that they were those that a descriptor promises.
final class CheckedSource: ByteSource {
    private let source: any ByteSource
    private let descriptor: Descriptor
    private var hash = SHA256()
    private var count: Int64 = 0

    init(_ source: any ByteSource, _ descriptor: Descriptor) {
        self.source = source
        self.descriptor = descriptor
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let found = try source.read(into: buffer)
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<found]))
        count += Int64(found)
        guard count <= descriptor.size else { throw descriptor.damage }
        return found
    }

    /// Reads what is left and throws unless everything had the right size and digest.
    func finish() throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 16) { buffer in
            while try read(into: buffer) > 0 {}
        }
        guard count == descriptor.size, ContentDigest(hash) == descriptor.digest else { throw descriptor.damage }
    }
}
