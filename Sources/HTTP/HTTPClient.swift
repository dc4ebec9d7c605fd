/// Sends requests through libcurl, many at a time over few connections.
///
/// One thread runs all transfers; it starts with the first request and ends with the client. Bodies are streamed, so
/// memory does not depend on their size. A request that makes no progress fails; a cancelled one ends at once.
package final class HTTPClient: Sendable {
    package let configuration: HTTPConfiguration
    private let loop: CurlLoop

    /// Opens nothing and starts nothing.
    package init(_ configuration: HTTPConfiguration = HTTPConfiguration()) {
        self.configuration = configuration
        loop = CurlLoop(configuration)
    }

    deinit { loop.stop() }

    /// Sends a request and collects the answer.
    ///
    /// - Parameters:
    ///   - limit: bytes of a body to take before it is called malformed.
    ///   - receiver: takes the body of an answer with status 2xx; other bodies are collected.
    package func send(
        _ request: HTTPRequest, limit: Int = 16 << 20, into receiver: (any HTTPReceiver)? = nil
    ) async throws(HTTPError) -> HTTPResponse {
        var request = request
        var hops = 0
        while true {
            let response = try await loop.run(.http(request, limit: limit, receiver: receiver)).response
            guard request.followsRedirects, let target = Redirection(response, of: request) else { return response }
            hops += 1
            guard hops <= Redirection.limit else {
                throw HTTPError(.malformed, "the server redirects more than \(Redirection.limit) times")
            }
            request = try target.request()
        }
    }

    /// Runs an SFTP request.
    package func send(_ request: SFTPRequest) async throws(HTTPError) -> SFTPResponse {
        let outcome = try await loop.run(.sftp(request))
        return SFTPResponse(body: outcome.response.body, size: outcome.size, modified: outcome.modified)
    }
}
