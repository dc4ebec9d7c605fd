package import Basics
package import FileSystem
package import Hashing
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads many files, each once: hashes them and, where asked, copies them into the cache in the same pass.
///
/// Files of up to a few MiB are read whole and hashed many at a time in the lanes of the MD5 kernel; larger ones are
/// streamed side by side. A file whose status differs before and after it was read gets no digest and is not stored.
package struct ContentReader: Sendable {
    /// A file to read, and what its status was when it was found.
    package struct Request: Sendable {
        package var path: String
        package var status: FileStatus
        /// Whether the last part of the path may be a symbolic link.
        package var followsLink: Bool

        package init(path: String, status: FileStatus, followsLink: Bool = false) {
            self.path = path
            self.status = status
            self.followsLink = followsLink
        }
    }

    /// What reading one file gave.
    package enum Outcome: Sendable {
        case digest(MD5Digest, FileStatus)
        case failed(any UserFacingError)
    }

    private let threads: Int
    private let algorithm: HashAlgorithm
    private let progress: any ProgressReporter
    private let phase: ProgressPhase

    package init(
        threads: Int, algorithm: HashAlgorithm = .md5, progress: any ProgressReporter = SilentProgress(),
        phase: ProgressPhase = .hashing
    ) {
        self.threads = max(1, threads)
        self.algorithm = algorithm
        self.progress = progress
        self.phase = phase
    }

    /// Reads all files and returns an outcome for each, in order.
    ///
    /// - Parameter cache: where the contents are stored, too; `nil` only hashes.
    /// - Throws: what keeps the cache from being written; failures to read a file are its outcome.
    package func read(_ requests: [Request], into cache: Cache? = nil) throws -> [Outcome] {
        guard !requests.isEmpty else { return [] }
        let bytes = requests.reduce(Int64(0)) { $0 &+ $1.status.size }
        progress.report(.began(phase, items: requests.count, bytes: bytes))
        defer { progress.report(.ended(phase)) }
        let units = plan(requests)
        let outcomes = Mutex<[Outcome?]>(Array(repeating: nil, count: requests.count))
        let writer = cache.map { CacheWriter(cache: $0) }
        let buffers = BufferPool()
        do {
            try parallelForEach(count: units.count, threads: threads) { range in
                for unit in range {
                    let results = try run(units[unit], of: requests, writer: writer, buffers: buffers)
                    outcomes.withLock { all in
                        for (index, outcome) in zip(units[unit].indices, results) { all[index] = outcome }
                    }
                }
            }
            try writer?.finish()
        } catch {
            writer?.abandon()
            throw error
        }
        return outcomes.withLock { all in
            all.map { $0 ?? .failed(Failure("a file was not read")) }
        }
    }

    /// The digest of one file's bytes.
    package static func digest(ofFile path: String, algorithm: HashAlgorithm = .md5) throws -> MD5Digest {
        guard let status = try Files.status(path, followingLinks: true) else {
            throw FileError("open", path, ENOENT)
        }
        let request = Request(path: path, status: status, followsLink: true)
        switch try ContentReader(threads: 1, algorithm: algorithm).read([request])[0] {
        case .digest(let digest, _): return digest
        case .failed(let error): throw error
        }
    }

    // MARK: Units of work

    private struct Unit: Sendable {
        var indices: [Int]
        var isSmall: Bool
    }

    static let smallLimit: Int64 = 4 << 20
    private static let batchBytes: Int64 = 8 << 20
    private static let batchFiles = 128
    private static let streams = 8

    /// Large files first, so that no core waits for one at the end.
    private func plan(_ requests: [Request]) -> [Unit] {
        var large: [Int] = []
        var units: [Unit] = []
        var batch: [Int] = []
        var bytes: Int64 = 0
        for (index, request) in requests.enumerated() {
            if request.status.size > ContentReader.smallLimit || algorithm != .md5 {
                large.append(index)
                continue
            }
            if batch.count == ContentReader.batchFiles || bytes + request.status.size > ContentReader.batchBytes,
                !batch.isEmpty
            {
                units.append(Unit(indices: batch, isSmall: true))
                batch = []
                bytes = 0
            }
            batch.append(index)
            bytes += request.status.size
        }
        if !batch.isEmpty { units.append(Unit(indices: batch, isSmall: true)) }
        large.sort { requests[$0].status.size > requests[$1].status.size }
        let width = max(1, min(ContentReader.streams, (large.count + threads - 1) / threads))
        let streamed = stride(from: 0, to: large.count, by: width).map {
            Unit(indices: Array(large[$0..<min($0 + width, large.count)]), isSmall: false)
        }
        return streamed + units
    }

    private func run(
        _ unit: Unit, of requests: [Request], writer: CacheWriter?, buffers: BufferPool
    ) throws -> [Outcome] {
        if unit.isSmall { return try readWhole(unit.indices.map { requests[$0] }, writer: writer, buffers: buffers) }
        if algorithm != .md5 || unit.indices.count == 1 {
            return try unit.indices.map { try readStream(requests[$0], writer: writer) }
        }
        return try readStreams(unit.indices.map { requests[$0] }, writer: writer, buffers: buffers)
    }

    // MARK: Small files

    private func readWhole(_ requests: [Request], writer: CacheWriter?, buffers: BufferPool) throws -> [Outcome] {
        let needed = requests.reduce(0) { $0 + Int($1.status.size) + 1 }
        return try buffers.with(atLeast: needed) { buffer in
            var outcomes: [Outcome?] = Array(repeating: nil, count: requests.count)
            var contents: [UnsafeRawBufferPointer] = []
            var owners: [Int] = []
            var statuses: [FileStatus] = []
            contents.reserveCapacity(requests.count)
            var used = 0
            for (index, request) in requests.enumerated() {
                do {
                    let file = try OpenFile(request)
                    let size = Int(request.status.size)
                    let slot = UnsafeMutableRawBufferPointer(rebasing: buffer[used..<used + size + 1])
                    let count = try file.read(into: slot)
                    guard count == size else { throw FileChanged(path: request.path) }
                    statuses.append(try file.statusAfterReading())
                    contents.append(UnsafeRawBufferPointer(rebasing: slot[0..<count]))
                    owners.append(index)
                    used += size + 1
                } catch let error as any UserFacingError {
                    outcomes[index] = .failed(error)
                }
            }
            let digests = MD5.digests(of: contents)
            for (position, owner) in owners.enumerated() {
                if let writer { try writer.store(contents[position], as: ObjectID(digests[position])) }
                outcomes[owner] = .digest(digests[position], statuses[position])
            }
            progress.report(
                .advanced(phase, items: requests.count, bytes: contents.reduce(0) { $0 + Int64($1.count) }))
            return outcomes.map { $0 ?? .failed(Failure("a file was not read")) }
        }
    }

    // MARK: Large files

    private static let chunk = 1 << 20

    /// One file alone: it is hashed on this thread while another reads the next chunk and writes the copy.
    private func readStream(_ request: Request, writer: CacheWriter?) throws -> Outcome {
        do {
            let file = try OpenFile(request)
            let copy = try writer?.beginCopy(of: file, size: request.status.size)
            do {
                let pipeline = ChunkPipeline(
                    file: file, copy: copy, chunk: ContentReader.chunk, isConcurrent: threads > 1)
                let digest: MD5Digest
                if algorithm == .md5 {
                    var md5 = MD5()
                    try pipeline.run { bytes in
                        md5.update(bytes)
                        progress.report(.advanced(phase, items: 0, bytes: Int64(bytes.count)))
                    }
                    digest = md5.finalize()
                } else {
                    var md5 = LegacyTextMD5()
                    try pipeline.run { md5.update($0) }
                    digest = md5.finalize()
                }
                guard pipeline.total == request.status.size else { throw FileChanged(path: request.path) }
                let status = try file.statusAfterReading()
                if let copy { try writer?.finishCopy(copy, as: ObjectID(digest, algorithm: algorithm)) }
                progress.report(.advanced(phase, items: 1, bytes: 0))
                return .digest(digest, status)
            } catch {
                copy?.discard()
                throw error
            }
        } catch let error as CacheWriter.WriteFailure {
            throw error.cause
        } catch let error as any UserFacingError {
            return .failed(error)
        }
    }

    /// Several files at once, a chunk of each in turn, so that their MD5 chains share the lanes.
    private func readStreams(_ requests: [Request], writer: CacheWriter?, buffers: BufferPool) throws -> [Outcome] {
        let chunk = 256 << 10
        let lanes = MD5Lanes(count: requests.count)
        var outcomes: [Outcome?] = Array(repeating: nil, count: requests.count)
        var streams: [Stream?] = requests.map { request in
            do { return Stream(file: try OpenFile(request)) } catch { return nil }
        }
        for index in requests.indices where streams[index] == nil {
            // Opened once more for its error: an open that failed is rare.
            do { streams[index] = Stream(file: try OpenFile(requests[index])) } catch let error as any UserFacingError {
                outcomes[index] = .failed(error)
            }
        }
        defer { for stream in streams { stream?.copy?.discard() } }
        for index in requests.indices {
            if let stream = streams[index] {
                do {
                    streams[index]?.copy = try writer?.beginCopy(of: stream.file, size: requests[index].status.size)
                } catch let error as CacheWriter.WriteFailure {
                    throw error.cause
                }
            }
        }
        try buffers.with(atLeast: chunk * requests.count) { buffer in
            while streams.contains(where: { $0 != nil }) {
                var parts: [MD5Lanes.Chunk] = []
                var finished: [Int] = []
                for index in requests.indices {
                    guard let stream = streams[index] else { continue }
                    let slot = UnsafeMutableRawBufferPointer(rebasing: buffer[index * chunk..<(index + 1) * chunk])
                    do {
                        let count = try stream.file.read(into: slot)
                        if count == 0 {
                            finished.append(index)
                            continue
                        }
                        let bytes = UnsafeRawBufferPointer(rebasing: slot[0..<count])
                        streams[index]?.total += Int64(count)
                        guard stream.total + Int64(count) <= requests[index].status.size else {
                            throw FileChanged(path: requests[index].path)
                        }
                        try stream.copy?.write(bytes)
                        parts.append(MD5Lanes.Chunk(lane: index, bytes: bytes))
                        progress.report(.advanced(phase, items: 0, bytes: Int64(count)))
                    } catch let error as CacheWriter.WriteFailure {
                        throw error.cause
                    } catch let error as any UserFacingError {
                        outcomes[index] = .failed(error)
                        stream.copy?.discard()
                        streams[index] = nil
                    }
                }
                lanes.update(parts)
                for index in finished {
                    guard let stream = streams[index] else { continue }
                    streams[index] = nil
                    do {
                        guard stream.total == requests[index].status.size else {
                            throw FileChanged(path: requests[index].path)
                        }
                        let status = try stream.file.statusAfterReading()
                        let digest = lanes.finalize(lane: index)
                        if let copy = stream.copy { try writer?.finishCopy(copy, as: ObjectID(digest)) }
                        outcomes[index] = .digest(digest, status)
                        progress.report(.advanced(phase, items: 1, bytes: 0))
                    } catch let error as CacheWriter.WriteFailure {
                        throw error.cause
                    } catch let error as any UserFacingError {
                        stream.copy?.discard()
                        outcomes[index] = .failed(error)
                    }
                }
            }
        }
        return outcomes.map { $0 ?? .failed(Failure("a file was not read")) }
    }

    private struct Stream {
        let file: OpenFile
        var copy: CacheWriter.Copy?
        var total: Int64 = 0

        init(file: OpenFile) { self.file = file }
    }
}

/// A file that changed while it was being read: nothing about it is recorded.
package struct FileChanged: UserFacingError {
    package let path: String

    package init(path: String) { self.path = path }

    package var summary: String { "'\(path)' changed while it was being read; it was not recorded" }
    package var remedy: String? { "run the command again once nothing writes to the file" }
}
