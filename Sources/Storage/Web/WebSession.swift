import HTTP
import Synchronization

/// Sends the requests of one store, with its credentials, and turns refusals into errors.
struct WebSession: Sendable {
    let client: HTTPClient
    let address: WebAddress
    let credentials: WebCredentials

    /// The answer, whatever its status; a token that has run out is fetched anew once.
    func send(_ request: HTTPRequest, limit: Int = 1 << 20, into receiver: (any HTTPReceiver)? = nil, key: Key? = nil)
        async throws(StorageError) -> HTTPResponse
    {
        var request = request
        do {
            switch credentials {
            case .none: return try await client.send(request, limit: limit, into: receiver)
            case .login(let login):
                request.login = login
                return try await client.send(request, limit: limit, into: receiver)
            case .header(let header):
                request.headers.append(header)
                return try await client.send(request, limit: limit, into: receiver)
            case .token(let token):
                let headers = request.headers
                let first = try await token.header()
                request.headers = headers + [first]
                let response = try await client.send(request, limit: limit, into: receiver)
                guard response.status == 401 else { return response }
                request.headers = headers + [try await token.header(after: first)]
                return try await client.send(request, limit: limit, into: receiver)
            }
        } catch let error as HTTPError {
            throw StorageError(error, key: key, place: address.name).at(key, in: address.name)
        } catch let error as StorageError {
            throw error.at(key, in: address.name)
        } catch {
            throw StorageError(.other, "\(error)", key: key, place: address.name)
        }
    }

    /// What an answer says that is no success.
    func refusal(_ response: HTTPResponse, key: Key?) -> StorageError {
        if response.status == 401 {
            if case .none = credentials {
                return StorageError(
                    .permission, "the server wants a login (401)", key: key, place: address.name,
                    remedy: "set the remote's login with `varve remote modify --local`")
            }
            return StorageError(.permission, "the server refuses the login (401)", key: key, place: address.name)
        }
        if (300..<400).contains(response.status) {
            return StorageError(
                .other, "the server redirects elsewhere (\(response.status))", key: key, place: address.name)
        }
        return StorageError(status: response, key: key, place: address.name)
    }

    /// Throws for keys that could leave the store.
    func check(_ key: Key) throws(StorageError) {
        guard key.isSafe else {
            throw StorageError(.unsupported, "not a name inside a store", key: key, place: address.name)
        }
    }

    /// Reads an object with GET.
    func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try check(key)
        if let range, range.isEmpty { return }
        var request = HTTPRequest(.get, address.url(of: key), headers: [Self.identity], followsRedirects: true)
        if let range { request.headers.append(HTTPHeader("Range", range.httpRange)) }
        let receiver = SinkReceiver(sink, range: range) { response in
            try Self.check(response, range: range)
        }
        let response = try await send(request, into: receiver, key: key)
        if response.isSuccess { return }
        // The range begins at the end or behind it: there are no bytes in it.
        if response.status == 416, range != nil { return }
        if response.status == 404 || response.status == 410 {
            throw StorageError(.notFound, "there is no such object", key: key, place: address.name)
        }
        throw refusal(response, key: key)
    }

    /// An answer that holds other bytes than those asked for is refused before any of them is taken.
    private static func check(_ response: HTTPResponse, range: Range<Int64>?) throws(StorageError) {
        switch response.status {
        case 206:
            guard let range else { throw StorageError(.corrupt, "the server sends a part where all was asked for") }
            guard let text = response["content-range"] else { return }
            guard let part = ContentRange(text), part.first == range.lowerBound,
                part.last == min(range.upperBound, part.total ?? .max) - 1 || part.total == nil
            else { throw StorageError(.corrupt, "the server sends another range than the one asked for") }
        case 200, 203: return
        default: throw StorageError(.corrupt, "the server sends no object (\(response.status))")
        }
    }

    /// What HEAD tells of an object, or GET where the server has no HEAD; `nil` where there is none.
    func head(_ key: Key, isFresh: Bool = false) async throws(StorageError) -> Metadata? {
        try check(key)
        var request = HTTPRequest(.head, address.url(of: key), headers: [Self.identity], followsRedirects: true)
        if isFresh { request.headers.append(HTTPHeader("Cache-Control", "no-cache")) }
        let response = try await send(request, key: key)
        switch response.status {
        case 404, 410: return nil
        case 200..<300:
            if let size = response.contentLength, size >= 0 { return Self.metadata(response, size: size) }
            return try await probe(key)
        case 400, 403, 405, 501: return try await probe(key)
        default: throw refusal(response, key: key)
        }
    }

    /// Size and version by the head of an answer to GET, of which nothing further is taken.
    private func probe(_ key: Key) async throws(StorageError) -> Metadata? {
        let receiver = ProbeReceiver()
        let request = HTTPRequest(
            .get, address.url(of: key), headers: [Self.identity, HTTPHeader("Range", "bytes=0-0")],
            followsRedirects: true)
        do throws(StorageError) {
            let response = try await send(request, into: receiver, key: key)
            switch response.status {
            case 404, 410: return nil
            // The range 0-0 lies outside of an empty object only.
            case 416: return Self.metadata(response, size: 0)
            case 206:
                guard let (response, size) = receiver.answer else {
                    throw StorageError(
                        .unsupported, "the server does not tell how large the object is", key: key,
                        place: address.name)
                }
                return Self.metadata(response, size: size)
            case 200..<300: return Self.metadata(response, size: receiver.count)
            default: throw refusal(response, key: key)
            }
        } catch {
            guard let (response, size) = receiver.answer else { throw error }
            return Self.metadata(response, size: size)
        }
    }

    private static let identity = HTTPHeader("Accept-Encoding", "identity")

    private static func metadata(_ response: HTTPResponse, size: Int64) -> Metadata {
        Metadata(
            size: size, modified: response["last-modified"].flatMap(HTTPDate.seconds),
            version: response["etag"] ?? response["content-md5"])
    }
}

/// `bytes 0-9/100`, as a `Content-Range` header says it.
struct ContentRange: Equatable {
    let first: Int64
    let last: Int64
    /// `nil` where the server does not know.
    let total: Int64?

    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Int64(bounds[0]), let last = Int64(bounds[1]), first >= 0, last >= first
        else { return nil }
        let total = Int64(parts[1])
        guard total != nil || parts[1] == "*", (total ?? .max) > last else { return nil }
        self.first = first
        self.last = last
        self.total = total
    }
}

/// Takes the head of an answer; where that tells the object's size, a long body ends the request.
private final class ProbeReceiver: HTTPReceiver {
    private struct Enough: Error {}
    private let state = Mutex<(answer: (HTTPResponse, Int64)?, count: Int64)>((nil, 0))

    /// The head and the object's size, where the head told it.
    var answer: (HTTPResponse, Int64)? { state.withLock { $0.answer } }
    /// Bytes of the body that came.
    var count: Int64 { state.withLock { $0.count } }

    func begin(_ response: HTTPResponse) throws {
        let size =
            response.status == 206
            ? response["content-range"].flatMap(ContentRange.init)?.total : response.contentLength
        guard let size, size >= 0 else { return }
        state.withLock { $0.answer = (response, size) }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        let isEnough = state.withLock { state in
            state.count += Int64(bytes.count)
            return state.answer != nil && state.count > 1 << 16
        }
        if isEnough { throw Enough() }
    }
}
