import Synchronization

/// Buffers that threads hand on to one another instead of faulting in fresh pages for each batch.
package final class BufferPool: Sendable {
    private struct Buffers: @unchecked Sendable {
        // Sendable because a buffer is in the list only while no thread uses it.
        var free: [UnsafeMutableRawBufferPointer] = []
    }
    private let buffers = Mutex(Buffers())

    package init() {}

    deinit { buffers.withLock { $0.free.forEach { $0.deallocate() } } }

    /// Lends a buffer of at least `count` bytes; its contents are whatever was there before.
    package func with<Result>(
        atLeast count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let taken = buffers.withLock { $0.free.popLast() }.map { SendableBuffer(buffer: $0) }
        var buffer = taken?.buffer ?? .allocate(byteCount: max(count, 1 << 20), alignment: 64)
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(byteCount: max(count, buffer.count * 2), alignment: 64)
        }
        let returned = SendableBuffer(buffer: buffer)
        defer { buffers.withLock { $0.free.append(returned.buffer) } }
        return try body(buffer)
    }

    private struct SendableBuffer: @unchecked Sendable {
        // Sendable because only one thread holds it at a time: the one that took it from the pool.
        let buffer: UnsafeMutableRawBufferPointer
    }
}
