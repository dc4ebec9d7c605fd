import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes the bytes of a read, in order, a piece at a time.
///
/// Called by one task at a time; may block for as long as a write to a local disk does, which holds the sender back.
package protocol ByteSink: Sendable {
    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError)
}

/// Collects bytes in memory, up to a limit that a hostile store cannot pass.
package final class MemorySink: ByteSink {
    private let content = Mutex<[UInt8]>([])
    private let limit: Int

    package init(limit: Int = 1 << 30) { self.limit = limit }

    package var bytes: [UInt8] { content.withLock { $0 } }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        let fits = content.withLock { content in
            guard bytes.count <= limit - content.count else { return false }
            content.append(contentsOf: bytes)
            return true
        }
        guard fits else { throw StorageError(.corrupt, "more than \(limit) bytes where fewer are possible") }
    }
}

/// Writes bytes to a new private file, which is removed again unless `keep` is called.
package final class FileSink: ByteSink {
    package let path: String
    private let file: Descriptor
    private let kept = Atomic<Bool>(false)

    /// - Parameter path: must not exist.
    package init(creating path: String) throws(StorageError) {
        file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "cannot create the file")
        self.path = path
    }

    deinit { discard() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        do {
            try file.write(bytes)
        } catch {
            throw error.at(nil, in: path)
        }
    }

    /// The bytes are what they should be: the file stays.
    package func keep() { kept.store(true, ordering: .releasing) }

    /// Removes the file, unless it stays, without waiting for the last who holds on to this: the path is free then, and
    /// what comes to lie there is left alone.
    package func discard() {
        if !kept.exchange(true, ordering: .acquiringAndReleasing) { unlink(path) }
    }
}

/// A reader of a piece of an array.
package final class BytesReader: ByteReader {
    private let rest: Mutex<ArraySlice<UInt8>>

    package init(_ bytes: ArraySlice<UInt8>) { rest = Mutex(bytes) }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        rest.withLock { rest in
            let piece = rest.prefix(buffer.count)
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }
}
