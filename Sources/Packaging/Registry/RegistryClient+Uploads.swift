import FileSystem
import HTTP

/// How blobs are sent.
package struct UploadOptions: Sendable {
    /// Larger blobs go in pieces of that size, so that a broken connection costs one of them.
    package var chunk: Int64 = 64 << 20

    package init() {}
}

/// What became of a blob.
package enum UploadOutcome: Sendable, Equatable {
    case present, mounted, uploaded
}

extension RegistryClient {
    /// Whether the registry has the blob.
    func holds(_ blob: Descriptor) async throws -> Bool {
        let request = HTTPRequest(.head, base + "blobs/" + blob.digest.text, followsRedirects: true)
        let response = try await send(request, scope: "pull,push")
        if response.status == 404 { return false }
        guard response.isSuccess else { throw refusal(response, "push") }
        return true
    }

    /// Brings a blob to the registry, unless it is there or can be had from another repository of it.
    func upload(_ blob: Descriptor, from layout: ImageLayout, _ options: UploadOptions) async throws -> UploadOutcome {
        if try await holds(blob) { return .present }
        for attempt in 1... {
            guard var place = try await beginUpload(blob, mountFrom: attempt == 1 ? mountFrom : nil) else {
                return .mounted
            }
            do {
                let chunk = max(options.chunk, place.smallestChunk)
                if blob.size > chunk { try await sendChunks(blob, from: layout, chunk, to: &place) }
                try await finish(blob, from: layout, isSent: blob.size > chunk, at: place)
                return .uploaded
            } catch let error as LostUpload {
                // The registry forgot what was sent; it may be restarted, or cleared up.
                guard attempt < 3 else { throw refusal(error.response, "push") }
                try await pause(beforeAttempt: attempt)
            }
        }
        return .uploaded
    }

    /// Where an upload goes on.
    private struct UploadPlace {
        var url: String
        var smallestChunk: Int64 = 0
    }

    /// The registry does not know the upload any more.
    private struct LostUpload: Error { let response: HTTPResponse }

    /// - Returns: `nil` where the blob was taken from another repository.
    private func beginUpload(_ blob: Descriptor, mountFrom other: String?) async throws -> UploadPlace? {
        var url = base + "blobs/uploads/"
        if let other, other != reference.repository {
            url += "?mount=" + PercentEncoding.encode(blob.digest.text) + "&from=" + PercentEncoding.encode(other)
        }
        let response = try await send(HTTPRequest(.post, url, body: .bytes([])), scope: "pull,push")
        if response.status == 201 { return nil }
        guard response.status == 202 else { throw refusal(response, "push") }
        var place = UploadPlace(url: try location(of: response, after: url))
        if let text = response["oci-chunk-min-length"], let least = Int64(text), least > 0 {
            place.smallestChunk = least
        }
        return place
    }

    private func location(of response: HTTPResponse, after url: String) throws -> String {
        guard let text = response["location"], let base = URLParts(url), let next = URLParts(text, relativeTo: base),
            next.scheme == "https" || (next.scheme == "http" && base.scheme == "http")
        else { throw RegistryError(.malformed, "\(reference.host) does not say where to upload to") }
        return next.text
    }

    // MARK: Pieces

    private func sendChunks(
        _ blob: Descriptor, from layout: ImageLayout, _ chunk: Int64, to place: inout UploadPlace
    ) async throws {
        var offset: Int64 = 0
        var failures = 0
        while offset < blob.size {
            let end = min(offset + chunk, blob.size)
            let headers = [
                HTTPHeader("Content-Type", "application/octet-stream"),
                HTTPHeader("Content-Range", "\(offset)-\(end - 1)"),
            ]
            let request = HTTPRequest(
                "PATCH", place.url, headers: headers, body: BlobBody.piece(of: blob, in: layout, offset..<end))
            var problem: any Error
            do {
                // Not sent again as it is: some of it may have arrived.
                let response = try await send(request, scope: "pull,push", isRepeatable: false)
                if response.status == 202 {
                    place.url = try location(of: response, after: place.url)
                    offset = received(response).map { min(max($0, 0), blob.size) } ?? end
                    failures = 0
                    continue
                }
                problem = refusal(response, "push")
                if response.status == 404 { throw LostUpload(response: response) }
                guard response.status == 416 || response.status >= 500 || response.status == 429 else { throw problem }
            } catch let error as HTTPError {
                guard error.isRetryable else { throw error }
                problem = error
            }
            failures += 1
            guard failures < 6 else { throw problem }
            try await pause(beforeAttempt: failures)
            let known = try await send(HTTPRequest(.get, place.url), scope: "pull,push")
            if known.status == 404 { throw LostUpload(response: known) }
            guard known.isSuccess else { throw refusal(known, "push") }
            if known["location"] != nil { place.url = try location(of: known, after: place.url) }
            let arrived = min(received(known) ?? 0, blob.size)
            if arrived > offset { failures = 0 }
            offset = arrived
        }
    }

    /// How many bytes the registry has: `Range: 0-N` names the last of them. Nothing is written as `0-0`, as one byte
    /// is; as nobody sends pieces of one byte, it means nothing.
    private func received(_ response: HTTPResponse) -> Int64? {
        guard let text = response["range"], let dash = text.lastIndex(of: "-"),
            let last = Int64(text[text.index(after: dash)...]), last >= 0, last < .max
        else { return nil }
        return last == 0 ? 0 : last + 1
    }

    /// Sends all of a small blob, or says that all of a large one was sent.
    private func finish(_ blob: Descriptor, from layout: ImageLayout, isSent: Bool, at place: UploadPlace) async throws
    {
        let mark = place.url.contains("?") ? "&" : "?"
        let request = HTTPRequest(
            .put, place.url + mark + "digest=" + PercentEncoding.encode(blob.digest.text),
            headers: [HTTPHeader("Content-Type", "application/octet-stream")],
            body: isSent ? .bytes([]) : BlobBody.piece(of: blob, in: layout, 0..<blob.size))
        let response: HTTPResponse
        do {
            response = try await send(request, scope: "pull,push", isRepeatable: false)
        } catch let error as HTTPError where error.isRetryable {
            // It may have arrived; if not, the upload begins anew.
            if try await holds(blob) { return }
            throw LostUpload(response: HTTPResponse(status: 404))
        }
        if response.status == 404 || response.status >= 500 {
            if try await holds(blob) { return }
            throw LostUpload(response: response)
        }
        guard response.isSuccess else { throw refusal(response, "push") }
    }
}

/// Reads a part of a blob while it is sent.
private final class BlobBody: HTTPBodyReader, @unchecked Sendable {
    // Unchecked because a body is read by one thread at a time, the client's.
    private let file: FileDescriptor
    private var rest: Range<Int64>

    private init(_ file: FileDescriptor, _ range: Range<Int64>) {
        self.file = file
        rest = range
    }

    static func piece(of blob: Descriptor, in layout: ImageLayout, _ range: Range<Int64>) -> HTTPBody {
        if range.isEmpty { return .bytes([]) }
        return .stream(size: range.upperBound - range.lowerBound) { BlobBody(try layout.open(blob), range) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(Int64(buffer.count), rest.upperBound - rest.lowerBound))
        guard wanted > 0 else { return 0 }
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: rest.lowerBound)
        rest = (rest.lowerBound + Int64(count))..<rest.upperBound
        return count
    }
}
