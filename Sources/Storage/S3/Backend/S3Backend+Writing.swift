import HTTP
import Hashing

extension S3Backend {
    /// A body up to this size is held in memory while it is sent; a larger one is read twice, to be hashed and sent.
    static let heldSize: Int64 = 256 << 10

    /// Puts the bytes under the key, whatever their number.
    ///
    /// - Parameter condition: headers that make the write conditional, as `If-None-Match`.
    func store(
        _ source: some ByteSource, under key: Key, condition: [HTTPHeader] = []
    ) async throws(StorageError) -> WrittenVersion {
        let object = try object(key)
        if source.size >= max(1, transfer.threshold) {
            let upload = S3Upload(backend: self, object: object, key: key, source: source, condition: condition)
            return try await upload.run()
        }
        return try await put(source, object, key, condition)
    }

    private func put(
        _ source: some ByteSource, _ object: String, _ key: Key, _ condition: [HTTPHeader]
    ) async throws(StorageError) -> WrittenVersion {
        let body: S3Request.Body
        let digest: MD5Digest
        if source.size <= Self.heldSize {
            let bytes = try Self.bytes(of: source)
            body = .bytes(bytes)
            digest = source.md5 ?? MD5.digest(of: bytes)
        } else if let known = source.md5, client.site.usesTLS {
            body = .piece(source, 0..<source.size, sha256: "")
            digest = known
        } else {
            let (needsMD5, needsSHA256) = (source.md5 == nil, !client.site.usesTLS)
            let hashes = try await onOwnThread { flag throws(StorageError) in
                let reader = try (source.unchecked ?? source).open(at: 0)
                return try PieceHashes(reader, size: source.size, md5: needsMD5, sha256: needsSHA256, until: flag)
            }
            body = .piece(source, 0..<source.size, sha256: hashes.sha256 ?? "")
            // One of the two is there, because the hashes have it where the source does not.
            digest = source.md5 ?? hashes.md5!
        }
        let request = S3Request(
            .put, object, headers: headers.creation + [HTTPHeader("Content-MD5", digest.base64)] + condition,
            body: body)
        let response = try await client.send(request, for: key)
        return try stored(response, response["etag"], key)
    }

    /// Refuses a success without an ETag: it is no answer of S3.
    func stored(_ response: HTTPResponse, _ tag: String?, _ key: Key) throws(StorageError) -> WrittenVersion {
        guard let tag, !tag.isEmpty else {
            throw StorageError(
                .corrupt, "the server does not answer as S3 does; it may be a login page or another kind of server",
                key: key, place: name)
        }
        return WrittenVersion(tag: Self.unquoted(tag), versionID: response["x-amz-version-id"])
    }

    /// All bytes of a small source.
    static func bytes(of source: some ByteSource, limit: Int64 = heldSize) throws(StorageError) -> [UInt8] {
        guard source.size <= limit else { throw StorageError(.unsupported, "more bytes than this is made for") }
        let reader = try source.open(at: 0)
        let size = Int(source.size)
        // A byte more than it says shows a file that has grown.
        var buffer = [UInt8](repeating: 0, count: size + 1)
        var count = 0
        while count <= size {
            let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, StorageError> in
                do throws(StorageError) {
                    return .success(try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...])))
                } catch {
                    return .failure(error)
                }
            }
            let read = try result.get()
            if read == 0 { break }
            count += read
        }
        guard count == size else { throw .changed }
        buffer.removeLast()
        return buffer
    }
}

extension StorageError {
    /// A source that ends before or after where it said.
    static let changed = StorageError(.other, "the file changed while it was read")
}

/// The hashes of a piece of a source.
struct PieceHashes: Sendable {
    private(set) var md5: MD5Digest?
    private(set) var sha256: String?

    init(
        _ reader: any ByteReader, size: Int64, md5 needsMD5: Bool, sha256 needsSHA256: Bool,
        until flag: CancellationFlag
    ) throws(StorageError) {
        var md5 = MD5()
        var sha256 = SHA256()
        var left = size
        let buffer = PieceBuffer(size: DirectoryBackend.pieceSize)
        while left > 0 {
            if flag.isSet { throw .cancelled }
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(Int(clamping: left)))
            let count = try reader.read(into: room)
            guard count > 0 else { throw .changed }
            let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
            if needsMD5 { md5.update(bytes) }
            if needsSHA256 { sha256.update(bytes) }
            left -= Int64(count)
        }
        if needsMD5 { self.md5 = md5.finalize() }
        if needsSHA256 { self.sha256 = SHA256.hex(digest: sha256.finalize()) }
    }
}
