import HTTP
import Hashing
import Synchronization

/// One object on its way in parts.
///
/// One thread reads and hashes the object in order; parts go up beside each other as soon as their hashes are known.
/// The upload is completed only when all parts have arrived and the whole was found to be what it should be.
struct S3Upload: Sendable {
    let backend: S3Backend
    let object: String
    let key: Key
    let source: any ByteSource
    /// Headers that make the write conditional.
    let condition: [HTTPHeader]

    func run() async throws(StorageError) -> WrittenVersion {
        await backend.sweepUploads(of: object, keeping: draft(""))
        let (upload, isResumed) = try await resumedOrBegun()
        let arrivals = PartArrivals(known: isResumed ? try await listed(upload) : [:], noted: upload.parts)
        do {
            try await sendParts(of: upload, to: arrivals)
            let stored = try await complete(upload, arrivals.all, tag: arrivals.multipartTag)
            backend.uploads.journal?.forget(upload)
            return stored
        } catch {
            // Damage at home does not pass; anything else leaves the upload to be taken up again, if it is remembered.
            if backend.uploads.journal == nil || error.kind == .corrupt && !error.isRetryable || error == .changed {
                await backend.abort(upload)
            }
            throw error.at(key, in: backend.name)
        }
    }

    private func draft(_ uploadID: String) -> PendingUpload {
        PendingUpload(
            place: backend.uploads.place, object: object, size: source.size, md5: source.md5,
            partSize: backend.transfer.partSize(for: source.size), uploadID: uploadID, begun: AWSTime.now())
    }

    private func resumedOrBegun() async throws(StorageError) -> (upload: PendingUpload, isResumed: Bool) {
        let journal = backend.uploads.journal
        let wanted = draft("")
        if let pending = journal?.pending(at: wanted.place)
            .first(where: { $0.object == object && $0.isSameContent(as: wanted) })
        {
            return (pending, true)
        }
        let begun = try await begin()
        journal?.begin(begun)
        return (begun, false)
    }

    private func begin() async throws(StorageError) -> PendingUpload {
        let response = try await patiently { () async throws(StorageError) in
            try await backend.client.send(
                S3Request(.post, object, query: [("uploads", "")], headers: backend.headers.creation), for: key)
        }
        guard let uploadID = try? UploadAnswer.field("UploadId", "InitiateMultipartUploadResult", response.body),
            !uploadID.isEmpty
        else {
            throw StorageError(.corrupt, "the server begins no upload", key: key, place: backend.name)
        }
        return draft(uploadID)
    }

    /// The parts that the store has of an upload that was broken off.
    private func listed(_ upload: PendingUpload) async throws(StorageError) -> [Int: ListedPart] {
        var parts: [Int: ListedPart] = [:]
        var marker = "0"
        while true {
            let query: CanonicalQuery = [("uploadId", upload.uploadID), ("part-number-marker", marker)]
            let response = try await patiently { () async throws(StorageError) in
                try await backend.client.send(
                    S3Request(.get, object, query: query, headers: backend.headers.access), for: key,
                    expecting: [404])
            }
            if response.status == 404 { throw gone(upload) }
            guard let page = try? ListedPart.page(response.body) else {
                throw StorageError(.corrupt, "the server's list of parts cannot be used", key: key, place: backend.name)
            }
            for part in page.parts { parts[part.number] = part }
            guard let next = page.next, next != marker else { return parts }
            marker = next
        }
    }

    /// What a server says that knows nothing of an upload any more: it is begun anew, by whoever retries.
    private func gone(_ upload: PendingUpload) -> StorageError {
        backend.uploads.journal?.forget(upload)
        return StorageError(.unreachable, "the server has dropped the upload that was under way", key: key)
    }

    private enum Step { case hashed, sent }

    private func sendParts(of upload: PendingUpload, to arrivals: PartArrivals) async throws(StorageError) {
        let hashing = PartHashing(
            source: source, partSize: upload.partSize, needsSHA256: !backend.client.site.usesTLS)
        let (parts, continuation) = AsyncStream.makeStream(of: HashedPart.self)
        await withTaskGroup(of: Step.self) { group in
            group.addTask {
                defer { continuation.finish() }
                await arrivals.noting { () async throws(StorageError) in
                    try await onOwnThread { flag throws(StorageError) in
                        try hashing.run(until: flag) { continuation.yield($0) }
                    }
                }
                return .hashed
            }
            var running = 0
            for await part in parts {
                if arrivals.failure != nil { break }
                if arrivals.accept(part) { continue }
                while running >= backend.concurrency, let step = await group.next() {
                    if step == .sent { running -= 1 }
                }
                if arrivals.failure != nil { break }
                running += 1
                group.addTask {
                    await arrivals.noting { () async throws(StorageError) in
                        let tag = try await send(part, of: upload)
                        arrivals.add(part, tag)
                        backend.uploads.journal?.note(
                            PendingUpload.Part(number: part.number, tag: tag, md5: part.md5), of: upload)
                    }
                    return .sent
                }
            }
            if arrivals.failure != nil { group.cancelAll() }
            while await group.next() != nil {
                if arrivals.failure != nil { group.cancelAll() }
            }
        }
        if Task.isCancelled { throw .cancelled }
        if let failure = arrivals.failure { throw failure }
    }

    private func send(_ part: HashedPart, of upload: PendingUpload) async throws(StorageError) -> String {
        let request = S3Request(
            .put, object, query: [("partNumber", "\(part.number)"), ("uploadId", upload.uploadID)],
            headers: backend.headers.access + [HTTPHeader("Content-MD5", part.md5.base64)],
            body: .piece(source.unchecked ?? source, part.range, sha256: part.sha256))
        let response = try await patiently { () async throws(StorageError) in
            try await backend.client.send(request, for: key, expecting: [404])
        }
        if response.status == 404 {
            let failure = S3Failure(response)
            if failure.code == "NoSuchUpload" { throw gone(upload) }
            throw failure.error(key: key, place: backend.name, hiding: nil)
        }
        return try backend.stored(response, response["etag"], key).tag
    }

    private func complete(
        _ upload: PendingUpload, _ parts: [(number: Int, tag: String)], tag expected: String
    ) async throws(StorageError) -> WrittenVersion {
        let lines = parts.map { part in
            "<Part><PartNumber>\(part.number)</PartNumber>"
                + "<ETag>&quot;\(XMLReader.escaped(part.tag) ?? "")&quot;</ETag></Part>"
        }
        let document = "<CompleteMultipartUpload>\(lines.joined())</CompleteMultipartUpload>"
        let request = S3Request(
            .post, object, query: [("uploadId", upload.uploadID)],
            headers: backend.headers.access + condition + [HTTPHeader("Content-Type", "application/xml")],
            body: .bytes(Array(document.utf8)))
        let tries = Atomic<Int>(0)
        let response = try await patiently { () async throws(StorageError) in
            tries.wrappingAdd(1, ordering: .relaxed)
            let response = try await backend.client.send(request, for: key, expecting: [404])
            // Having begun to answer with 200, S3 can only tell of a failure in the body.
            if response.isSuccess, let error = await backend.client.errorInside(response, for: key) { throw error }
            return response
        }
        if response.status == 404 {
            // An earlier try may have come through without its answer, or another process was faster.
            let current = try await backend.metadata(key, version: nil)
            let isOurs = current?.metadata.version == expected || tries.load(ordering: .relaxed) > 1
            guard let current, current.metadata.size == source.size, isOurs, let tag = current.metadata.version else {
                throw gone(upload)
            }
            return WrittenVersion(tag: tag, versionID: current.version)
        }
        let tag = try? UploadAnswer.field("ETag", "CompleteMultipartUploadResult", response.body)
        return try backend.stored(response, tag ?? nil, key)
    }

    /// Tries again what passes by itself. What does not pass in the end is not for others to try again.
    private func patiently<Value: Sendable>(
        _ request: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        var failures = 0
        while true {
            do {
                return try await request()
            } catch {
                failures += 1
                guard let wait = backend.schedule.wait(after: error, failures: failures, dice: .random(in: 0...1))
                else {
                    guard error.isRetryable else { throw error }
                    throw StorageError(
                        error.kind, error.detail, key: error.key, place: error.place, retryAfter: error.retryAfter,
                        isRetryable: false)
                }
                do {
                    try await Task.sleep(for: wait)
                } catch {
                    throw .cancelled
                }
            }
        }
    }
}

/// One value of an answer.
private enum UploadAnswer {
    static func field(_ wanted: String, _ root: String, _ body: [UInt8]) throws(XMLReader.Malformed) -> String? {
        var reader = XMLReader(body)
        guard try reader.root() == root else { throw XMLReader.Malformed(detail: "it is no \(root)") }
        while let name = try reader.child() {
            if name == wanted { return try reader.text() }
            try reader.skip()
        }
        return nil
    }
}
