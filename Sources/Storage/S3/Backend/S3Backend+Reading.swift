import HTTP

extension S3Backend {
    /// What is under the key, in this version or the current one; `nil` where nothing is.
    func metadata(_ key: Key, version: String?) async throws(StorageError) -> (metadata: Metadata, version: String?)? {
        let query = Self.query(version)
        let request = S3Request(.head, try object(key), query: query, headers: headers.access)
        // A version may be named in a way that this server never names one, or be the mark of a deletion.
        let statuses: Set<Int> = version == nil ? [403, 404] : [400, 403, 404, 405]
        let response = try await client.send(request, for: key, expecting: statuses)
        switch response.status {
        case 400, 405: return nil
        case 403: return try await metadataByReading(key, query)
        case 404:
            try await bucket.require(self)
            return nil
        default: return (try metadata(response, key, size: response.contentLength), response["x-amz-version-id"])
        }
    }

    /// For those who may read and perhaps list, but not ask for an object's head.
    private func metadataByReading(
        _ key: Key, _ query: CanonicalQuery
    ) async throws(StorageError) -> (metadata: Metadata, version: String?)? {
        let range = [HTTPHeader("Range", "bytes=0-0")]
        let request = S3Request(.get, try object(key), query: query, headers: headers.access + range)
        do {
            let response = try await client.send(request, for: key, expecting: [416])
            let total = response["content-range"].flatMap { $0.split(separator: "/").last }.flatMap { Int64($0) }
            let size = response.status == 416 ? 0 : total ?? response.contentLength
            return (try metadata(response, key, size: size), response["x-amz-version-id"])
        } catch  where error.kind == .notFound && error.key != nil {
            return nil
        } catch  where error.kind == .permission {
            // Without the right to list, S3 says "forbidden" for what is not there.
            guard query.isEmpty, let page = try? await page(under: key.path, from: .start, size: 1) else { throw error }
            if page.entries.first?.key == key { throw error }
            return nil
        }
    }

    private func metadata(_ response: HTTPResponse, _ key: Key, size: Int64?) throws(StorageError) -> Metadata {
        guard let tag = response["etag"], let size, size >= 0 else {
            throw StorageError(
                .corrupt, "the server does not answer as S3 does; it may be a login page or another kind of server",
                key: key, place: name)
        }
        return Metadata(
            size: size, modified: response["last-modified"].flatMap(HTTPDate.seconds), version: Self.unquoted(tag))
    }

    /// Reads the object in this version or the current one.
    package func read(
        _ key: Key, version: String?, range: Range<Int64>?, into sink: some ByteSink
    ) async throws(StorageError) {
        if let range, range.isEmpty { return }
        var request = S3Request(.get, try object(key), query: Self.query(version), headers: headers.access)
        if let range { request.headers.append(HTTPHeader("Range", range.httpRange)) }
        let receiver = SinkReceiver(sink, range: range) { response in
            if let range, response.status == 206 { try Self.check(response, for: range) }
        }
        let response = try await client.send(request, for: key, expecting: range == nil ? [] : [416], into: receiver)
        // Whoever asks past the end gets what there is: nothing.
        if response.status == 416, let range, range.lowerBound == 0 || response["content-range"] == nil {
            // An empty object has no range at all; anything else that has no byte 0 is not S3.
            let size = try await stat(key)?.size
            guard let size else { throw StorageError(.notFound, "there is nothing", key: key, place: name) }
            guard size <= range.lowerBound else {
                throw StorageError(.corrupt, "the server has no bytes where there must be some", key: key, place: name)
            }
        }
    }

    /// Refuses a part of an object that is not the one that was asked for.
    private static func check(_ response: HTTPResponse, for range: Range<Int64>) throws(StorageError) {
        guard let text = response["content-range"] else { return }
        let numbers = text.drop { !$0.isNumber }.prefix { $0 != "/" }.split(separator: "-").map { Int64($0) }
        guard numbers.count == 2, numbers[0] == range.lowerBound, let last = numbers[1], last < range.upperBound else {
            throw StorageError(.corrupt, "the server sends another range than it was asked for: \(text)")
        }
        if let length = response.contentLength, length != last - range.lowerBound + 1 {
            throw StorageError(.corrupt, "the server sends \(length) bytes as the range \(text)")
        }
    }

    static func query(_ version: String?) -> CanonicalQuery { version.map { [("versionId", $0)] } ?? [] }

    /// An ETag without its quotation marks.
    static func unquoted(_ tag: String) -> String {
        guard tag.utf8.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return tag }
        return String(tag.dropFirst().dropLast())
    }
}
