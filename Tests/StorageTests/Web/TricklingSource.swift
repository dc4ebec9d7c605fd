import Storage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that come slowly and never to their end, for what is to be cancelled halfway.
final class TricklingSource: ByteSource {
    let size: Int64 = 1 << 40
    private let begun: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation) =
        AsyncStream.makeStream()

    /// Waits until the first bytes are asked for.
    func hasBegun() async { for await _ in begun.stream { return } }

    func open(at offset: Int64) throws(StorageError) -> any ByteReader { Reader(begun.continuation) }

    private final class Reader: ByteReader {
        private let begun: AsyncStream<Void>.Continuation

        init(_ begun: AsyncStream<Void>.Continuation) { self.begun = begun }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            begun.yield()
            usleep(1000)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(4096))
            piece.initializeMemory(as: UInt8.self, repeating: 7)
            return piece.count
        }
    }
}
