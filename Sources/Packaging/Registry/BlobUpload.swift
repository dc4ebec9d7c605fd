import FileSystem
import HTTP

/// How blobs are sent.
package struct UploadOptions: Sendable {
    /// Larger blobs go in pieces of that size, so that a broken connection costs one of them.
    package var piece: Int64 = 64 << 20
    /// Where uploads in pieces are noted, so that a later process can go on with them.
    package var notes: UploadNotes?

    package init() {}
}

/// What became of a blob.
package enum UploadOutcome: Sendable, Equatable {
    case present, mounted
    /// - Parameter resumed: bytes of it that an earlier process had sent.
    case uploaded(resumed: Int64)
}

/// One blob on its way to a registry.
///
/// The registry says at each step where the upload goes on and what it has; neither is believed further than what was
/// sent. One that forgets an upload, or makes no headway with it, gets the blob from its beginning, and at last an error.
struct BlobUpload: Sendable {
    let client: RegistryClient
    let blob: Descriptor
    let layout: ImageLayout
    let options: UploadOptions

    /// How often an upload is begun anew.
    private static let attempts = 3
    /// Pieces in a row that may fail without anything new arriving.
    private static let failures = 5

    /// The registry does not know the upload any more.
    private struct LostUpload: Error { let refusal: RegistryError }

    func run() async throws -> UploadOutcome {
        let note = blob.size > options.piece ? options.notes?.claim(blob, at: client.base) : nil
        if try await client.holds(blob) {
            note?.drop()
            return .present
        }
        var resumed = try await resume(note)
        var attempt = 0
        while true {
            let place: UploadPlace
            if let known = resumed {
                place = known
                resumed = nil
            } else {
                attempt += 1
                guard let begun = try await begin(mountFrom: attempt == 1 ? client.mountFrom : nil) else {
                    note?.drop()
                    return .mounted
                }
                place = begun
            }
            do {
                try await send(to: place, note)
                note?.drop()
                return .uploaded(resumed: place.resumedAt ?? 0)
            } catch let error as LostUpload {
                // It may have been restarted, or cleared up; some forget what a broken connection left incomplete.
                guard attempt < Self.attempts else { throw error.refusal }
                try await client.pause(beforeAttempt: attempt)
            } catch let error as RegistryError where place.resumedAt != nil && error.reason != .unauthorized {
                // What an earlier process left may be at fault.
                continue
            }
        }
    }

    // MARK: Beginning

    /// - Returns: `nil` where the blob was taken from another repository.
    private func begin(mountFrom other: String?) async throws -> UploadPlace? {
        var url = client.base + "blobs/uploads/"
        if let other, other != client.reference.repository {
            url += "?mount=" + PercentEncoding.encode(blob.digest.text) + "&from=" + PercentEncoding.encode(other)
        }
        let response = try await client.send(HTTPRequest(.post, url, body: .bytes([])), scope: "pull,push")
        if response.status == 201 { return nil }
        guard response.status == 202 else { throw client.refusal(response, "push") }
        guard let next = try location(of: response, after: url) else {
            throw RegistryError(.malformed, "\(client.reference.host) does not say where to upload to")
        }
        var place = UploadPlace(url: next)
        if let text = response["oci-chunk-min-length"], let least = Int64(text), least > 0 {
            place.smallestPiece = least
        }
        return place
    }

    /// Asks after the upload that an earlier process left; `nil` where it has to begin anew.
    private func resume(_ note: UploadNote?) async throws -> UploadPlace? {
        guard var place = note?.place() else { return nil }
        let response = try await client.send(HTTPRequest(.get, place.url), scope: "pull,push")
        guard response.isSuccess, let arrived = received(response), arrived <= blob.size,
            let next = try? location(of: response, after: place.url) ?? place.url
        else { return nil }
        place.url = next
        place.offset = arrived
        place.resumedAt = arrived
        return place
    }

    /// Where the registry says that it goes on; `nil` where it says nothing.
    private func location(of response: HTTPResponse, after url: String) throws -> String? {
        guard let text = response["location"] else { return nil }
        guard let base = URLParts(url), let next = URLParts(text, relativeTo: base),
            next.scheme == "https" || (next.scheme == "http" && base.scheme == "http"), next.userInfo == nil
        else {
            throw RegistryError(
                .malformed, "\(client.reference.host) sends the upload to a place that it cannot safely go to")
        }
        return next.text
    }

    // MARK: Sending

    private func send(to place: UploadPlace, _ note: UploadNote?) async throws {
        var place = place
        let piece = max(options.piece, place.smallestPiece)
        if blob.size > piece {
            try await sendPieces(piece, to: &place, note)
            try await finish(place, .bytes([]))
        } else {
            try await finish(place, BlobBody.piece(of: blob, in: layout, place.offset..<blob.size))
        }
    }

    private func sendPieces(_ piece: Int64, to place: inout UploadPlace, _ note: UploadNote?) async throws {
        /// What the registry can have at most, and the most that it said it has.
        var sent = place.offset
        var confirmed = place.offset
        var failures = 0
        note?.keep(place)
        while place.offset < blob.size {
            let end = min(place.offset + piece, blob.size)
            sent = max(sent, end)
            guard let problem = try await sendPiece(place.offset..<end, to: &place, sent) else {
                note?.keep(place)
                if place.offset > confirmed {
                    confirmed = place.offset
                    failures = 0
                    continue
                }
                failures += 1
                guard failures <= Self.failures else {
                    throw RegistryError(
                        .malformed, "\(client.reference.host) accepts pieces of a blob and does not keep them")
                }
                continue
            }
            failures += 1
            guard failures <= Self.failures else { throw problem }
            try await client.pause(beforeAttempt: failures)
            try await ask(&place, sent)
            note?.keep(place)
            if place.offset > confirmed {
                confirmed = place.offset
                failures = 0
            }
        }
    }

    /// - Returns: why the piece did not arrive, or not all of it; `nil` where it did.
    private func sendPiece(
        _ range: Range<Int64>, to place: inout UploadPlace, _ sent: Int64
    ) async throws -> (any Error)? {
        let headers = [
            HTTPHeader("Content-Type", "application/octet-stream"),
            HTTPHeader("Content-Range", "\(range.lowerBound)-\(range.upperBound - 1)"),
        ]
        let request = HTTPRequest(
            "PATCH", place.url, headers: headers, body: BlobBody.piece(of: blob, in: layout, range))
        do {
            // Not sent again as it is: some of it may have arrived.
            let response = try await client.send(request, scope: "pull,push", isRepeatable: false)
            if response.status == 202 {
                place.url = try location(of: response, after: place.url) ?? place.url
                place.offset = try checked(received(response) ?? range.upperBound, sent)
                return nil
            }
            let refusal = client.refusal(response, "push")
            if response.status == 404 { throw LostUpload(refusal: refusal) }
            guard response.status == 416 || response.status >= 500 || response.status == 429 else { throw refusal }
            return refusal
        } catch let error as HTTPError {
            guard error.isRetryable else { throw error.cause ?? error }
            return error
        }
    }

    /// Asks the registry what it has.
    private func ask(_ place: inout UploadPlace, _ sent: Int64) async throws {
        let response = try await client.send(HTTPRequest(.get, place.url), scope: "pull,push")
        if response.status == 404 { throw LostUpload(refusal: client.refusal(response, "push")) }
        guard response.isSuccess else { throw client.refusal(response, "push") }
        place.url = try location(of: response, after: place.url) ?? place.url
        place.offset = try checked(received(response) ?? 0, sent)
    }

    private func checked(_ arrived: Int64, _ sent: Int64) throws -> Int64 {
        guard arrived <= sent else {
            throw RegistryError(
                .malformed,
                "\(client.reference.host) says that it has \(arrived) bytes of a blob, and \(sent) were sent")
        }
        return arrived
    }

    /// How many bytes the registry has: `Range: 0-N` names the last of them. Nothing is written as `0-0`, as one byte
    /// is; as nobody sends pieces of one byte, it means nothing.
    private func received(_ response: HTTPResponse) -> Int64? {
        guard let text = response["range"], let dash = text.lastIndex(of: "-"),
            let last = Int64(text[text.index(after: dash)...]), last >= 0, last < .max
        else { return nil }
        return last == 0 ? 0 : last + 1
    }

    /// Sends all that is left, or says that everything was sent.
    private func finish(_ place: UploadPlace, _ body: HTTPBody) async throws {
        let mark = place.url.contains("?") ? "&" : "?"
        let request = HTTPRequest(
            .put, place.url + mark + "digest=" + PercentEncoding.encode(blob.digest.text),
            headers: [HTTPHeader("Content-Type", "application/octet-stream")], body: body)
        let response: HTTPResponse
        do {
            response = try await client.send(request, scope: "pull,push", isRepeatable: false)
        } catch let error as HTTPError where error.isRetryable {
            // It may have arrived; if not, the upload begins anew.
            if try await client.holds(blob) { return }
            throw LostUpload(refusal: RegistryError(.missing, error.detail))
        }
        if response.status == 404 || response.status >= 500 {
            if try await client.holds(blob) { return }
            throw LostUpload(refusal: client.refusal(response, "push"))
        }
        guard response.isSuccess else { throw client.refusal(response, "push") }
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
