import Hashing
package import Storage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Copies objects between two folders of this machine, each byte read once and checked before it has a name.
///
/// Small files are read many at a time, since the digests of many are made for the price of one; then written. Blocks;
/// one copier per thread.
package struct ObjectCopier: ~Copyable {
    /// Where bytes come from and where they go.
    package struct Route: Sendable {
        let open: @Sendable (ObjectID) throws(StorageError) -> Descriptor
        let place: @Sendable (ObjectID, (Descriptor) throws(StorageError) -> Void) throws -> Void
        let name: String
    }

    /// What became of one object.
    package typealias Done = (ObjectID, Result<Int64, any Error>) -> Void

    /// Files up to this many bytes are held in memory whole.
    package static let smallSize = 64 << 10
    /// Objects that are read before any is written.
    package static let batchSize = 16

    private let route: Route
    private let cancelled: CancellationFlag
    private let buffer = PieceBuffer(size: (smallSize + 1) * batchSize)

    /// - Parameter cancelled: ends a copy between two pieces once it is set.
    package init(_ route: Route, until cancelled: CancellationFlag) {
        self.route = route
        self.cancelled = cancelled
    }

    /// Copies up to `batchSize` objects.
    ///
    /// - Returns: those too large to be held in memory, with their sizes; they are left to `copyLarge`, so that other
    ///   threads can take them.
    package func copySmall(_ ids: ArraySlice<ObjectID>, done: Done) -> [(id: ObjectID, size: Int64)] {
        var large: [(ObjectID, Int64)] = []
        var loaded: [(id: ObjectID, bytes: UnsafeRawBufferPointer)] = []
        for (slot, id) in ids.prefix(Self.batchSize).enumerated() {
            do throws(StorageError) {
                let file = try route.open(id)
                let start = slot * (Self.smallSize + 1)
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[start..<start + Self.smallSize + 1])
                let count = try file.read(into: room)
                if count > Self.smallSize {
                    large.append((id, file.size))
                } else {
                    loaded.append((id, UnsafeRawBufferPointer(rebasing: room[..<count])))
                }
            } catch {
                done(id, .failure(error.at(id.key, in: route.name)))
            }
        }
        let plain = loaded.filter { $0.id.algorithm == .md5 }
        let digests = MD5.digests(of: plain.map(\.bytes))
        for ((id, bytes), digest) in zip(plain, digests) {
            if digest == id.digest {
                write(id, bytes, done)
            } else {
                done(id, .failure(StorageError.mismatch(id, found: digest.hex, place: route.name)))
            }
        }
        for (id, bytes) in loaded where id.algorithm != .md5 {
            var hasher = ObjectHasher(id.algorithm)
            hasher.update(bytes)
            do {
                try hasher.verify(id, place: route.name)
            } catch {
                done(id, .failure(error))
                continue
            }
            write(id, bytes, done)
        }
        return large
    }

    /// Copies one object a piece at a time.
    package func copyLarge(_ id: ObjectID, done: Done) {
        var total: Int64 = 0
        do {
            let file = try route.open(id)
            let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<DirectoryBackend.pieceSize])
            try route.place(id) { target throws(StorageError) in
                var hasher = ObjectHasher(id.algorithm)
                while true {
                    if cancelled.isSet { throw .cancelled }
                    let count = try file.read(into: bytes)
                    if count == 0 { break }
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                    hasher.update(piece)
                    try target.write(piece)
                    total += Int64(count)
                    if count < bytes.count { break }
                }
                try hasher.verify(id, place: route.name)
            }
            done(id, .success(total))
        } catch {
            done(id, .failure(error))
        }
    }

    private func write(_ id: ObjectID, _ bytes: UnsafeRawBufferPointer, _ done: Done) {
        do {
            try route.place(id) { target throws(StorageError) in try target.write(bytes) }
            done(id, .success(Int64(bytes.count)))
        } catch {
            done(id, .failure(error))
        }
    }
}

extension ObjectCopier.Route {
    /// From the cache into a store that is a folder.
    package static func push(from cache: some ObjectDestination, to directory: DirectoryBackend) -> Self {
        Self(
            open: { id throws(StorageError) in
                let path = cache.path(of: id)
                do throws(StorageError) {
                    return try Descriptor.reading(path)
                } catch {
                    throw error.at(id.key, in: path)
                }
            },
            place: { id, fill in try directory.place(id.key, filling: fill) },
            name: "the cache")
    }

    /// From a store that is a folder into the cache.
    package static func fetch(from directory: DirectoryBackend, into cache: some ObjectDestination) -> Self {
        Self(
            open: { id throws(StorageError) in
                try Descriptor.reading(try directory.path(of: id.key))
            },
            place: { id, fill in
                let temporary = try cache.temporaryPath(for: id)
                let file = try Descriptor.open(
                    temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "cannot create the file")
                do {
                    try fill(file)
                    fchmod(file.number, 0o444)
                    try cache.deliver(temporary: temporary, as: id)
                } catch {
                    unlink(temporary)
                    throw error
                }
            },
            name: directory.name)
    }
}

extension Descriptor {
    /// How large the file is now; 0 where that cannot be told.
    fileprivate var size: Int64 {
        let end = lseek(number, 0, SEEK_END)
        return max(0, Int64(end))
    }
}
