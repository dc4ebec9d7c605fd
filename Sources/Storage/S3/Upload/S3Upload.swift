import Documents
import HTTP

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
            if isFinal(error) { await backend.abort(upload) }
            throw error.at(key, in: backend.name)
        }
    }

    /// Whether nobody will go on with the upload. Damage at home does not pass; after anything else it is taken up
    /// again, if it is remembered.
    private func isFinal(_ error: StorageError) -> Bool {
        backend.uploads.journal == nil || error.kind == .corrupt && !error.isRetryable || error == .changed
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
        let response = try await backend.patience { _ async throws(StorageError) in
            try await backend.client.send(
                S3Request(.post, object, query: [("uploads", "")], headers: backend.headers.creation), for: key)
        }
        let document = try await backend.client.document("InitiateMultipartUploadResult", in: response, for: key)
        guard let uploadID = document.text(of: "UploadId"), !uploadID.isEmpty else {
            throw backend.client.unusable(UnusableAnswer(detail: "it names no upload"), key)
        }
        return draft(uploadID)
    }

    /// The parts that the store has of an upload that was broken off.
    private func listed(_ upload: PendingUpload) async throws(StorageError) -> [Int: ListedPart] {
        var parts: [Int: ListedPart] = [:]
        var marker = "0"
        while true {
            let query: CanonicalQuery = [("uploadId", upload.uploadID), ("part-number-marker", marker)]
            let response = try await backend.patience { _ async throws(StorageError) in
                try await backend.client.send(
                    S3Request(.get, object, query: query, headers: backend.headers.access), for: key,
                    expecting: [404])
            }
            if response.status == 404 { throw gone(upload) }
            let document = try await backend.client.document("ListPartsResult", in: response, for: key)
            for part in document.all("Part").compactMap(ListedPart.init) { parts[part.number] = part }
            guard document.text(of: "IsTruncated") == "true", let next = document.text(of: "NextPartNumberMarker"),
                next != marker
            else { return parts }
            marker = next
        }
    }

    /// What a server says that knows nothing of an upload any more: it is begun anew, by whoever retries.
    private func gone(_ upload: PendingUpload) -> StorageError {
        backend.uploads.journal?.forget(upload)
        return StorageError(.unreachable, "the server has dropped the upload that was under way", key: key)
    }

    /// Few, as on the way down: what a kill leaves half-way stays small, and other objects get their turn.
    private static let partsAtOnce = 4

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
                while running >= min(backend.concurrency, Self.partsAtOnce), let step = await group.next() {
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
            // Parts that are under way arrive for whoever takes the upload up, if anybody will.
            if let failure = arrivals.failure, isFinal(failure) { group.cancelAll() }
            while await group.next() != nil {
                if let failure = arrivals.failure, isFinal(failure) { group.cancelAll() }
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
        let response = try await backend.patience { _ async throws(StorageError) in
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
                + "<ETag>&quot;\(XML.escape(part.tag))&quot;</ETag></Part>"
        }
        let list = "<CompleteMultipartUpload>\(lines.joined())</CompleteMultipartUpload>"
        let request = S3Request(
            .post, object, query: [("uploadId", upload.uploadID)],
            headers: backend.headers.access + condition + [HTTPHeader("Content-Type", "application/xml")],
            body: .bytes(Array(list.utf8)))
        let (response, document, failures) = try await backend.patience { failures async throws(StorageError) in
            let response = try await backend.client.send(request, for: key, expecting: [404])
            guard response.isSuccess else { return (response, XMLElement(""), failures) }
            return (
                response,
                try await backend.client.document("CompleteMultipartUploadResult", in: response, for: key),
                failures
            )
        }
        if response.status == 404 {
            // An earlier try may have come through without its answer, or another process was faster.
            let current = try await backend.metadata(key, version: nil)
            let isOurs = current?.metadata.version == expected || failures > 0
            guard let current, current.metadata.size == source.size, isOurs, let tag = current.metadata.version else {
                throw gone(upload)
            }
            return WrittenVersion(tag: tag, versionID: current.version)
        }
        let tag = document.text(of: "ETag") ?? ""
        if document.name == "CompleteMultipartUploadResult", tag.isEmpty { return try await published(response) }
        return try backend.stored(response, tag, key)
    }

    /// What the store shows under the key, for servers that complete an upload without naming its ETag (Ceph's RGW 16).
    private func published(_ response: HTTPResponse) async throws(StorageError) -> WrittenVersion {
        let current = try await backend.metadata(key, version: nil)
        guard let current, current.metadata.size == source.size, let tag = current.metadata.version else {
            throw backend.client.unusable(UnusableAnswer(detail: "it names no ETag, and shows no such object"), key)
        }
        return WrittenVersion(tag: tag, versionID: response["x-amz-version-id"] ?? current.version)
    }
}
