import CSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Wakes a thread that waits for descriptors: a pipe to itself.
final class Bell: Sendable {
    /// To be polled for reading.
    let descriptor: Int32
    private let writing: Mutex<Int32>

    init?() {
        guard let ends = Pipe() else { return nil }
        descriptor = ends.reading
        for end in [ends.reading, ends.writing] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        writing = Mutex(ends.writing)
    }

    func ring() {
        writing.withLock { descriptor in
            guard descriptor >= 0 else { return }
            var byte: UInt8 = 1
            _ = write(descriptor, &byte, 1)
        }
    }

    /// Forgets the rings so far.
    func hush() {
        var buffer: (UInt64, UInt64) = (0, 0)
        while read(descriptor, &buffer, 16) > 0 {}
    }

    func close() {
        writing.withLock { writing in
            guard writing >= 0 else { return }
            _ = Self.closing(writing)
            _ = Self.closing(descriptor)
            writing = -1
        }
    }

    private static func closing(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }
}

/// The two ends of a new pipe, which programs do not inherit.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard varve_pipe(&ends) == 0 else { return nil }
        reading = ends[0]
        writing = ends[1]
    }
}
