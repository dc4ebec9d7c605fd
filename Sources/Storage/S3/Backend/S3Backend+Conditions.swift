import HTTP
import Hashing
import Synchronization

/// Whether the server honours conditions, once it is known.
final class ConditionSupport: Sendable {
    private let known = Mutex<Bool?>(nil)
    var isHonoured: Bool? {
        get { known.withLock { $0 } }
        set { known.withLock { $0 = newValue } }
    }
}

extension S3Backend: ConditionalBackend {
    private static let unlessThere = [HTTPHeader("If-None-Match", "*")]

    package func honoursConditions() async throws(StorageError) -> Bool {
        if let known = conditions.isHonoured { return known }
        let name = String(UInt64.random(in: .min ... .max), radix: 16)
        let key = Key(".varve-probe-\(name)")
        let object = try object(key)
        let body = Array("probe".utf8)
        let request = S3Request(
            .put, object,
            headers: headers.creation + Self.unlessThere + [HTTPHeader("Content-MD5", MD5.digest(of: body).base64)],
            body: .bytes(body))
        // A server that knows nothing of conditions may also say so: 501.
        let first = try await client.send(request, for: key, expecting: [412, 501])
        guard first.isSuccess else {
            conditions.isHonoured = false
            return false
        }
        let second = try await client.send(request, for: key, expecting: [412])
        conditions.isHonoured = second.status == 412
        try await delete([key])
        return second.status == 412
    }

    package func create(_ source: some ByteSource, at key: Key) async throws(StorageError) -> Bool {
        guard try await honoursConditions() else {
            throw StorageError(
                .unsupported, "the server takes conditional writes but does not honour them", key: key, place: name)
        }
        let content = try Self.bytes(of: source, limit: 1 << 20)
        let digest = MD5.digest(of: content)
        let request = S3Request(
            .put, try object(key),
            headers: headers.creation + Self.unlessThere + [HTTPHeader("Content-MD5", digest.base64)],
            body: .bytes(content))
        return try await patience { failures async throws(StorageError) in
            let response = try await client.send(request, for: key, expecting: [409, 412])
            if response.isSuccess {
                _ = try stored(response, response["etag"], key)
                return true
            }
            if response.status == 409 {
                // Two writers at the same moment: the next answer tells who won.
                throw StorageError(.throttled, "several writers at once", key: key, place: name)
            }
            // After a lost answer the object that is there may be ours.
            return failures > 0 ? try await holds(content, digest, under: key) : false
        }
    }

    private func holds(_ content: [UInt8], _ digest: MD5Digest, under key: Key) async throws(StorageError) -> Bool {
        guard let current = try await stat(key), current.size == Int64(content.count) else { return false }
        if current.version == digest.hex { return true }
        let sink = MemorySink(limit: content.count)
        try await read(key, range: nil, into: sink)
        return sink.bytes == content
    }
}
