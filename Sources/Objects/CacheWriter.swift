import Basics
import CSystem
import FileSystem
import Hashing
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes many new objects: each to a private file, then all of a batch to disk, then each to its name.
///
/// So no name ever stands for bytes that a power failure could take back, and a batch costs one flush.
final class CacheWriter: Sendable {
    /// A failure to write the cache, which ends the whole command, unlike a failure to read one file.
    struct WriteFailure: Error {
        let cause: any Error
    }

    private struct Pending {
        var waiting: [(temporary: String, id: ObjectID)] = []
        var known: Set<ObjectID> = []
        var bytes: Int64 = 0
    }

    private let cache: Cache
    private let pending = Mutex(Pending())

    private static let batchObjects = 4096
    private static let batchBytes: Int64 = 1 << 30

    init(cache: Cache) { self.cache = cache }

    /// Stores bytes whose ID has been computed from them.
    func store(_ bytes: UnsafeRawBufferPointer, as id: ObjectID) throws {
        guard try claim(id, size: Int64(bytes.count)) else { return }
        let temporary = try cache.temporaryPath(for: id)
        try Files.create(temporary, bytes: bytes, mode: 0o444)
        try enqueue(temporary, id, bytes: Int64(bytes.count))
    }

    // MARK: Streams

    /// A copy being written while its source is read; its ID is not known yet. One that is let go of before it was
    /// handed on is removed.
    final class Copy: Sendable {
        let temporary: String
        /// -1 once closed.
        private let descriptor: Mutex<Int32>
        private let isOwned = Mutex(true)
        /// Whether the copy shares the source's blocks and needs no writing.
        let isClone: Bool

        init(temporary: String, descriptor: Int32, isClone: Bool) {
            self.temporary = temporary
            self.descriptor = Mutex(descriptor)
            self.isClone = isClone
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws {
            guard !isClone else { return }
            do {
                try descriptor.withLock { try Files.writeAll(bytes, to: $0, path: temporary) }
            } catch {
                throw WriteFailure(cause: error)
            }
        }

        private func close() throws {
            try descriptor.withLock { descriptor in
                guard descriptor >= 0 else { return }
                #if canImport(Glibc)
                    let status = Glibc.close(descriptor)
                #else
                    let status = Darwin.close(descriptor)
                #endif
                descriptor = -1
                if status != 0 { throw WriteFailure(cause: FileError("write", temporary, errno)) }
            }
        }

        /// Closes the copy, whose file is from now on the caller's.
        func handOn() throws {
            try close()
            isOwned.withLock { $0 = false }
        }

        /// Removes what was written; harmless after the copy has been handed on.
        func discard() {
            let wasOwned = isOwned.withLock { isOwned in
                defer { isOwned = false }
                return isOwned
            }
            guard wasOwned else { return }
            try? close()
            try? Files.remove(temporary)
        }

        deinit { discard() }
    }

    /// Begins the copy of an open file: a clone where the file system can share extents, else an empty file.
    func beginCopy(of file: OpenFile, size: Int64) throws -> Copy {
        do {
            let folder = try cache.stagingFolder()
            let temporary = Paths.join(folder, TemporaryName.make())
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw FileError("create", temporary, errno) }
            let isClone = cache.linkTypes.contains(.reflink) && varve_clone(file.descriptor, descriptor) == 0
            return Copy(temporary: temporary, descriptor: descriptor, isClone: isClone)
        } catch {
            throw WriteFailure(cause: error)
        }
    }

    func finishCopy(_ copy: Copy, as id: ObjectID) throws {
        do {
            let size = try Files.status(copy.temporary)?.size ?? 0
            guard try claim(id, size: size) else {
                copy.discard()
                return
            }
            try copy.handOn()
            try enqueue(copy.temporary, id, bytes: size)
        } catch let error as WriteFailure {
            throw error
        } catch {
            throw WriteFailure(cause: error)
        }
    }

    // MARK: Publishing

    /// Whether the object is still to be written: it is neither here nor about to be.
    private func claim(_ id: ObjectID, size: Int64) throws -> Bool {
        if !pending.withLock({ $0.known.insert(id).inserted }) { return false }
        if let status = try Files.status(cache.path(of: id)) {
            if status.size == size, try cache.contains(id) { return false }
            if Files.exists(cache.path(of: id)) { try cache.quarantine(id) }
        }
        return true
    }

    private func enqueue(_ temporary: String, _ id: ObjectID, bytes: Int64) throws {
        let isFull = pending.withLock { pending in
            pending.waiting.append((temporary, id))
            pending.bytes += bytes
            return pending.waiting.count >= CacheWriter.batchObjects || pending.bytes >= CacheWriter.batchBytes
        }
        if isFull { try finish() }
    }

    /// Flushes what is waiting and gives it its names.
    func finish() throws {
        let batch = pending.withLock { pending in
            defer {
                pending.waiting = []
                pending.bytes = 0
            }
            return pending.waiting
        }
        guard let first = batch.first else { return }
        do {
            try Files.syncFileSystem(of: first.temporary)
        } catch {
            for object in batch { try? Files.remove(object.temporary) }
            throw error
        }
        for (index, object) in batch.enumerated() {
            do {
                try cache.publish(temporary: object.temporary, as: object.id)
            } catch {
                for rest in batch[index...] { try? Files.remove(rest.temporary) }
                throw error
            }
        }
    }

    /// Removes what has no name yet.
    func abandon() {
        let batch = pending.withLock { pending in
            defer { pending.waiting = [] }
            return pending.waiting
        }
        for object in batch { try? Files.remove(object.temporary) }
    }
}
