import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Storage
import Synchronization

/// A file on its way into the cache or the workspace, wherever it comes from.
struct IncomingFile: Sendable {
    enum Origin: Sendable {
        /// A file of this machine; a link to one is followed.
        case local(String)
        /// Under a name of its own in a store, in the current version or a named one.
        case stored(any Backend, Key, version: String?)
        /// Bytes in memory, such as those of a Git blob.
        case blob(@Sendable () throws -> [UInt8])
        /// An object, to be found in the first of the stores that has it.
        case object(ObjectID, [ObjectStore])
    }

    /// Below the folder; empty where the data is one file.
    let path: RelativePath
    let size: Int64?
    var isExecutable = false
    let origin: Origin
}

/// Data on its way into the cache or the workspace.
struct IncomingData: Sendable {
    let isDirectory: Bool
    var files: [IncomingFile]
    /// Folders that hold nothing; they become part of the workspace only.
    var emptyFolders: [RelativePath] = []

    init(isDirectory: Bool, files: [IncomingFile], emptyFolders: [RelativePath] = []) {
        self.isDirectory = isDirectory
        self.files = files
        self.emptyFolders = emptyFolders
    }

    init(_ contents: SourceContents, of source: URLSource) {
        isDirectory = contents.isDirectory
        files = contents.files.map { file in
            IncomingFile(
                path: file.path, size: file.size, isExecutable: file.isExecutable,
                origin: file.localPath.map { .local($0) }
                    ?? .stored(source.backend, file.key, version: file.version))
        }
    }

    var size: Int64 { files.reduce(0) { $0 &+ ($1.size ?? 0) } }
}

extension IncomingFile {
    /// Writes the bytes to a private file that does not exist yet, and returns their digest.
    ///
    /// Where it throws, nothing is left of the file.
    @discardableResult
    func write(to temporary: String) async throws -> MD5Digest {
        switch origin {
        case .local(let path):
            return try await onOwnThread { _ in
                try Files.copy(from: path, to: temporary)
                return try ContentReader.digest(ofFile: temporary)
            }
        case .blob(let read):
            let bytes = try read()
            try Files.create(temporary, bytes: bytes, mode: Self.mode)
            return MD5.digest(of: bytes)
        case .stored(let backend, let key, let version):
            let sink = DigestingFile(try FileSink(creating: temporary))
            if let version, let versioned = backend as? any VersionedBackend {
                try await versioned.read(key, version: version, range: nil, into: sink)
            } else {
                try await backend.read(key, range: nil, into: sink)
            }
            try Files.setMode(temporary, Self.mode)
            return sink.keep()
        case .object(let id, let stores):
            try await id.fetch(from: stores) { store in
                try await store.fetch(id, toTemporaryFile: temporary)
                try Files.setMode(temporary, Self.mode)
            }
            return id.digest
        }
    }
}

extension IncomingFile {
    /// Of files that a person is given.
    private static var mode: UInt32 { 0o666 & ~Files.currentUmask }
}

extension ObjectID {
    /// Tries the stores in turn until one has the object.
    ///
    /// - Throws: what the last store that had something to say said; `MissingObject` where there is none to ask.
    func fetch(from stores: [ObjectStore], _ body: (ObjectStore) async throws -> Void) async throws {
        var failure: any Error = MissingObject(id: self, path: "the source")
        for store in stores {
            do {
                try await body(store)
                return
            } catch let error as StorageError where error.kind != .cancelled {
                failure = error
            }
        }
        throw failure
    }
}

/// A new file that knows the digest of what went into it.
private final class DigestingFile: ByteSink {
    private let file: FileSink
    private let hash = Mutex(MD5())

    init(_ file: FileSink) { self.file = file }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        hash.withLock { $0.update(bytes) }
        try file.write(bytes)
    }

    func keep() -> MD5Digest {
        file.keep()
        return hash.withLock { $0.finalize() }
    }
}

// MARK: Into the cache

/// What the cache now holds of data that came in.
struct ReceivedData: Sendable {
    /// As the output's, without what only its own file system knows (the executable bit).
    let checksum: OutputChecksum
    let listing: DirectoryObject?
    let digests: [MD5Digest]
}

extension Repository {
    /// Puts everything into the cache, each file read once.
    ///
    /// - Parameter cache: another one than the repository's own, where given.
    func receive(_ data: IncomingData, into cache: Cache? = nil, jobs: Int?) async throws -> ReceivedData {
        let cache = cache ?? self.cache
        let local = try await localDigests(of: data, into: cache)
        let digests = try await concurrently(data.files, jobs: jobs) { index, file in
            if let digest = local[index] { digest } else { try await Self.receive(file, into: cache) }
        }
        // What records say of sizes is others' word; the cache knows them.
        let sized = IncomingData(
            isDirectory: data.isDirectory,
            files: try zip(data.files, digests).map { file, digest in
                let status = try Files.status(cache.path(of: ObjectID(digest)))
                return IncomingFile(path: file.path, size: status?.size ?? file.size, origin: file.origin)
            })
        let received = describe(sized, digests)
        if let listing = received.listing { try cache.store(listing) }
        return received
    }

    /// What an output with this data has to record.
    func describe(_ data: IncomingData, _ digests: [MD5Digest]) -> ReceivedData {
        guard data.isDirectory, digests.count == data.files.count else {
            let checksum = OutputChecksum(object: digests.first.map { ObjectID($0) }, size: Int(data.size))
            return ReceivedData(checksum: checksum, listing: nil, digests: digests)
        }
        let listing = DirectoryObject(
            entries: zip(data.files, digests).map { .init(path: $0.path, digest: $1) })
        let checksum = OutputChecksum(object: listing.id(), size: Int(data.size), nfiles: listing.entries.count)
        return ReceivedData(checksum: checksum, listing: listing, digests: digests)
    }

    /// Reads every file once for its digest, and hands each on while its bytes are at hand.
    ///
    /// - Parameter body: gets the path that the bytes lie at, which may be gone when it returns.
    func digests(
        of data: IncomingData, jobs: Int? = nil,
        forEach body: (@Sendable (MD5Digest, _ path: String) async throws -> Void)? = nil
    ) async throws -> [MD5Digest] {
        let local = try await localDigests(of: data, into: nil)
        let folder = Paths.join(scratch, "staging")
        try Files.makeDirectory(folder)
        return try await concurrently(data.files, jobs: jobs) { index, file in
            if let digest = local[index], case .local(let path) = file.origin {
                try await body?(digest, path)
                return digest
            }
            let temporary = Paths.join(folder, TemporaryName.make())
            defer { try? Files.remove(temporary) }
            let digest = try await file.write(to: temporary)
            try await body?(digest, temporary)
            return digest
        }
    }

    /// The digests of the files that are on this machine, by position.
    private func localDigests(of data: IncomingData, into cache: Cache?) async throws -> [Int: MD5Digest] {
        var positions: [Int] = []
        var requests: [ContentReader.Request] = []
        for (index, file) in data.files.enumerated() {
            guard case .local(let path) = file.origin else { continue }
            guard let status = try Files.status(path, followingLinks: true) else { throw FileChanged(path: path) }
            positions.append(index)
            requests.append(ContentReader.Request(path: path, status: status, followsLink: true))
        }
        guard !requests.isEmpty else { return [:] }
        let reader = ContentReader(
            threads: threads, progress: progress, phase: cache == nil ? .hashing : .adding)
        let outcomes = try await onOwnThread { [requests] _ in try reader.read(requests, into: cache) }
        var digests: [Int: MD5Digest] = [:]
        for (position, outcome) in zip(positions, outcomes) {
            switch outcome {
            case .digest(let digest, _): digests[position] = digest
            case .failed(let error): throw error
            }
        }
        return digests
    }

    /// Runs work for every file, as many at a time as their store serves well; ends soon after a failure.
    private func concurrently(
        _ files: [IncomingFile], jobs: Int?,
        _ body: @escaping @Sendable (Int, IncomingFile) async throws -> MD5Digest
    ) async throws -> [MD5Digest] {
        let bytes = files.reduce(Int64(0)) { $0 &+ ($1.size ?? 0) }
        progress.report(.began(.fetching, items: files.count, bytes: bytes))
        defer { progress.report(.ended(.fetching)) }
        let outcome = Mutex<(found: [Int: MD5Digest], failure: (any Error)?)>(([:], nil))
        let limit = jobs.flatMap { $0 > 0 ? $0 : nil } ?? files.lazy.compactMap(\.concurrency).first
        await concurrentForEach(Array(files.indices), limit: limit ?? environment.processors) { [progress] index in
            guard outcome.withLock({ $0.failure == nil }) else { return }
            do {
                let digest = try await body(index, files[index])
                outcome.withLock { $0.found[index] = digest }
                progress.report(.advanced(.fetching, items: 1, bytes: files[index].size ?? 0))
            } catch {
                outcome.withLock { if $0.failure == nil { $0.failure = error } }
            }
        }
        try Task.checkCancellation()
        let (found, failure) = outcome.withLock { $0 }
        if let failure { throw failure }
        return files.indices.compactMap { found[$0] }
    }

    private static func receive(_ file: IncomingFile, into cache: Cache) async throws -> MD5Digest {
        if case .object(let id, let stores) = file.origin {
            if !cache.holds(id) { try await id.fetch(from: stores) { try await $0.fetch(id, into: cache) } }
            return id.digest
        }
        let temporary = Paths.join(try cache.stagingFolder(), TemporaryName.make())
        let digest = try await file.write(to: temporary)
        do {
            let id = ObjectID(digest)
            if cache.holds(id) {
                try Files.remove(temporary)
            } else {
                try cache.publish(temporary: temporary, as: id)
            }
        } catch {
            try? Files.remove(temporary)
            throw error
        }
        return digest
    }
}

extension IncomingFile {
    /// How many requests at once its store serves well.
    fileprivate var concurrency: Int? {
        switch origin {
        case .local, .blob: nil
        case .stored(let backend, _, _): backend.concurrency
        case .object(_, let stores): stores.first?.backend.concurrency
        }
    }
}
