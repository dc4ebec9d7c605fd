import Basics
import Dispatch
import FileSystem
import Synchronization

/// Streams one file in chunks: one thread reads and writes the copy, another takes the digest.
final class ChunkPipeline {
    private let file: OpenFile
    private let copy: CacheWriter.Copy?
    private let chunk: Int
    private let isConcurrent: Bool
    /// Bytes streamed by `run`.
    private(set) var total: Int64 = 0

    private static let depth = 4

    init(file: OpenFile, copy: CacheWriter.Copy?, chunk: Int, isConcurrent: Bool) {
        self.file = file
        self.copy = copy
        self.chunk = chunk
        self.isConcurrent = isConcurrent
    }

    /// Calls `consume` with each chunk in order, on the calling thread.
    func run(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard isConcurrent, file.request.status.size > Int64(2 * chunk) else {
            try runAlone(consume)
            return
        }
        let ring = Ring(depth: ChunkPipeline.depth, chunk: chunk)
        let file = file
        let copy = copy
        let producer = DispatchQueue(label: "varve.read")
        let done = DispatchSemaphore(value: 0)
        producer.async {
            ring.produce(from: file, copy: copy)
            done.signal()
        }
        defer {
            ring.stop()
            done.wait()
        }
        while let bytes = try ring.next() {
            try note(bytes.count)
            try consume(bytes)
            ring.release()
        }
    }

    private func runAlone(_ consume: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
            try note(count)
            try copy?.write(bytes)
            try consume(bytes)
        }
    }

    /// A file that grows is given up at once: a log that never ends would fill the disk with its copy.
    private func note(_ count: Int) throws {
        total += Int64(count)
        guard total <= file.request.status.size else { throw FileChanged(path: file.request.path) }
    }

    /// A ring of buffers between one producer and one consumer.
    private final class Ring: @unchecked Sendable {
        // Sendable because a slot belongs to the producer from `free` to `filled` and to the consumer from there on.
        private let buffers: [UnsafeMutableRawBufferPointer]
        /// Bytes in each buffer; -1 after an error. Plain memory, since both threads use it at once.
        private let counts: UnsafeMutableBufferPointer<Int>
        private var error: (any Error)?
        private let free: DispatchSemaphore
        private let filled = DispatchSemaphore(value: 0)
        private let stopped = Atomic<Bool>(false)
        private var readPosition = 0

        init(depth: Int, chunk: Int) {
            buffers = (0..<depth).map { _ in .allocate(byteCount: chunk, alignment: 64) }
            counts = .allocate(capacity: depth)
            counts.initialize(repeating: 0)
            free = DispatchSemaphore(value: 0)
            for _ in 0..<depth { free.signal() }
        }

        deinit {
            buffers.forEach { $0.deallocate() }
            counts.deallocate()
        }

        func produce(from file: OpenFile, copy: CacheWriter.Copy?) {
            var position = 0
            while true {
                free.wait()
                if stopped.load(ordering: .acquiring) { return }
                let slot = position % buffers.count
                var count = -1
                do {
                    count = try file.read(into: buffers[slot])
                    try copy?.write(UnsafeRawBufferPointer(rebasing: buffers[slot][0..<count]))
                } catch {
                    self.error = error
                    count = -1
                }
                counts[slot] = count
                filled.signal()
                if count <= 0 { return }
                position += 1
            }
        }

        func next() throws -> UnsafeRawBufferPointer? {
            filled.wait()
            let slot = readPosition % buffers.count
            if counts[slot] < 0 { throw error ?? Failure("reading failed") }
            return counts[slot] == 0 ? nil : UnsafeRawBufferPointer(rebasing: buffers[slot][0..<counts[slot]])
        }

        func release() {
            readPosition += 1
            free.signal()
        }

        /// Lets a producer that waits for a slot end.
        func stop() {
            stopped.store(true, ordering: .releasing)
            free.signal()
        }
    }
}
