package import HTTP
import Hashing
import Synchronization

/// Signs requests to one bucket, sends them and understands the answers.
///
/// What a single request can set right by itself happens here, once for each request: a bucket in another region, a
/// clock that is wrong, credentials that have just expired. Everything else is a `StorageError`.
package final class S3Client: Sendable {
    package let site: S3Site
    package let name: String
    private let http: HTTPClient
    let credentials: CredentialSource
    private let keys = SigningKeys()
    private let now: @Sendable () -> Int64
    private let learned: Mutex<Learned>

    /// What the server has taught.
    private struct Learned {
        /// As configured, or as the server said.
        var region: String?
        /// Seconds that the server's clock is ahead of this machine's.
        var skew: Int64 = 0
        /// The bucket's URL in that region.
        var root: URLParts
    }

    /// - Parameter name: the place in words, for messages.
    package init(
        _ site: S3Site, name: String, region: String?, credentials: CredentialSource, http: HTTPClient,
        now: @escaping @Sendable () -> Int64 = AWSTime.now
    ) {
        self.site = site
        self.name = name
        self.http = http
        self.credentials = credentials
        self.now = now
        learned = Mutex(Learned(region: region, root: site.root(region: region)))
    }

    /// The answer to a request, when it is a success (2xx) or has one of the statuses that the caller expects.
    ///
    /// - Parameters:
    ///   - key: what the request is about, for messages.
    ///   - receiver: takes the body of a success.
    package func send(
        _ request: S3Request, for key: Key? = nil, expecting statuses: Set<Int> = [],
        into receiver: (any HTTPReceiver)? = nil
    ) async throws(StorageError) -> HTTPResponse {
        var corrected: Set<Correction> = []
        while true {
            let login = try await credentials.current()
            let attempt = signed(request, login)
            let response: HTTPResponse
            do {
                response = try await http.send(attempt.request, into: receiver)
            } catch {
                throw StorageError(error, key: key, place: name)
            }
            if response.isSuccess || statuses.contains(response.status) { return response }
            let failure = S3Failure(response)
            guard let correction = try await self.correction(of: failure, attempt, login, past: corrected) else {
                throw failure.error(key: key, place: name, hiding: login)
            }
            corrected.insert(correction)
        }
    }

    /// A URL that lets its holder read an object for so many seconds.
    package func presignedURL(
        _ object: String, seconds: Int, query: [(String, String)] = []
    ) async throws(StorageError) -> String {
        let learned = learned.withLock { $0 }
        var url = learned.root
        url.path += "/" + PercentEncoding.encode(object, keepsSlash: true)
        guard let login = try await credentials.current() else {
            url.query = query.isEmpty ? nil : CanonicalQuery(query).text
            return url.text
        }
        return RequestSigner(login, region: learned.region ?? Self.defaultRegion, keys: keys)
            .presigned(.get, url, query: query, seconds: min(max(1, seconds), 604_800), at: now() + learned.skew)
    }

    /// How many seconds the server's clock was ahead of this machine's in an answer.
    func secondsAhead(_ response: HTTPResponse) -> Int64? {
        response["date"].flatMap(HTTPDate.seconds).map { $0 - now() }
    }

    private static let defaultRegion = "us-east-1"

    private enum Correction { case region, clock, credentials }

    private struct Attempt {
        let request: HTTPRequest
        let region: String?
        let moment: Int64
    }

    private func signed(_ request: S3Request, _ login: AWSCredentials?) -> Attempt {
        let learned = learned.withLock { $0 }
        var url = learned.root
        if let object = request.object {
            url.path += "/" + PercentEncoding.encode(object, keepsSlash: true)
        } else if url.path.isEmpty {
            url.path = "/"
        }
        url.query = request.query.isEmpty ? nil : request.query.text
        var headers = request.headers
        let moment = now() + learned.skew
        if let login {
            let signer = RequestSigner(login, region: learned.region ?? Self.defaultRegion, keys: keys)
            headers += signer.headers(
                signing: request.method, url, headers, payload: payload(request.body), at: moment)
        }
        let body: HTTPBody? =
            switch request.body {
            case nil: nil
            case .bytes(let bytes): .bytes(bytes)
            case .piece(let source, let range, _): .source(source, range: range)
            }
        return Attempt(
            request: HTTPRequest(request.method, url.text, headers: headers, body: body, deadline: request.deadline),
            region: learned.region, moment: moment)
    }

    private func payload(_ body: S3Request.Body?) -> RequestSigner.Payload {
        switch body {
        case nil: .empty
        case .bytes(let bytes): site.usesTLS ? .unsigned : .sha256(SHA256.hex(of: bytes))
        case .piece(_, _, let sha256): site.usesTLS ? .unsigned : .sha256(sha256)
        }
    }

    /// What to change before the request is sent once more; `nil` where nothing helps, or it was tried.
    private func correction(
        of failure: S3Failure, _ attempt: Attempt, _ login: AWSCredentials?, past: Set<Correction>
    ) async throws(StorageError) -> Correction? {
        if let region = failure.region, region != attempt.region, failure.saysOtherRegion, !past.contains(.region) {
            learned.withLock { learned in
                learned.region = region
                // Never the address that the server names: only the region in our own.
                learned.root = site.root(region: region)
            }
            return .region
        }
        guard let login else { return nil }
        if failure.mayBeClock, !past.contains(.clock),
            let theirs = failure.response["date"].flatMap(HTTPDate.seconds), abs(theirs - attempt.moment) > 240
        {
            learned.withLock { $0.skew = theirs - now() }
            return .clock
        }
        if failure.saysExpired, !past.contains(.credentials),
            try await credentials.replacement(for: login) != nil
        {
            return .credentials
        }
        return nil
    }
}
