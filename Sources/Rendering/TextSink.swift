// Rendering turns values into characters for a person: tables, trees, sizes, a progress line. It knows no object, stage
// or remote. What it draws on is a `TextSink`; what it may draw follows from the `Terminal` behind it.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where text goes. Takes whole pieces from any thread; pieces are never mixed.
package protocol TextSink: Sendable {
    /// Adds `text`, which may be held back until `flush`.
    func write(_ text: String)
    /// Hands everything held back to the operating system.
    func flush()
}

/// Text for an open file descriptor, held back up to 64 KiB unless each write should be seen at once.
package final class FileDescriptorSink: TextSink {
    private let descriptor: Int32
    private let isImmediate: Bool
    private let onBrokenPipe: @Sendable () -> Void
    private let held = Mutex<[UInt8]>([])

    /// - Parameters:
    ///   - isImmediate: whether every write is flushed, as for terminals and standard error.
    ///   - onBrokenPipe: called when the reader has gone; what is written afterwards is dropped.
    package init(
        descriptor: Int32, isImmediate: Bool, onBrokenPipe: @escaping @Sendable () -> Void = {}
    ) {
        self.descriptor = descriptor
        self.isImmediate = isImmediate
        self.onBrokenPipe = onBrokenPipe
    }

    package func write(_ text: String) {
        let isBroken = held.withLock { bytes in
            bytes.append(contentsOf: text.utf8)
            return isImmediate || bytes.count >= 1 << 16 ? drain(&bytes) == EPIPE : false
        }
        if isBroken { onBrokenPipe() }
    }

    package func flush() {
        if held.withLock({ drain(&$0) == EPIPE }) { onBrokenPipe() }
    }

    /// Writes all of `bytes` and empties it, returning the error that ended it early or 0.
    private func drain(_ bytes: inout [UInt8]) -> Int32 {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                #else
                    let count = Darwin.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                #endif
                if count >= 0 {
                    done += count
                } else if errno != EINTR && errno != EAGAIN {
                    return errno
                }
            }
            return 0
        }
    }
}

/// Text kept in memory, for tests and for output that another program will be given.
package final class TextCapture: TextSink {
    private let captured = Mutex("")

    package init() {}
    package var text: String { captured.withLock { $0 } }
    package func write(_ text: String) { captured.withLock { $0 += text } }
    package func flush() {}
}
