/// Where an answer sends the client, and what may go along.
struct Redirection: Sendable {
    /// Redirects in a row that are followed.
    static let limit = 8

    private let original: HTTPRequest
    private let status: Int
    private let target: String

    /// `nil` where the answer sends nowhere.
    init?(_ response: HTTPResponse, of request: HTTPRequest) {
        guard [301, 302, 303, 307, 308].contains(response.status), let location = response["location"],
            !location.isEmpty
        else { return nil }
        original = request
        status = response.status
        target = location
    }

    /// The request to send instead.
    ///
    /// Secrets stay with the host and port that they were meant for; from an encrypted connection there is no way to
    /// one that is not.
    func request() throws(HTTPError) -> HTTPRequest {
        guard let old = URLParts(original.url), let new = URLParts(target, relativeTo: old) else {
            throw HTTPError(.malformed, "the server redirects to something that is no URL")
        }
        guard new.scheme == "http" || new.scheme == "https" else {
            throw HTTPError(.malformed, "the server redirects to a \(new.scheme):// URL")
        }
        guard !(old.scheme == "https" && new.scheme == "http") else {
            throw HTTPError(.untrusted, "the server redirects from https to http on \(new.host)")
        }
        var request = original
        request.url = new.text
        let keepsMethod = status == 307 || status == 308 || original.method == .get || original.method == .head
        if !keepsMethod {
            guard original.method == .post || status == 303 else {
                throw HTTPError(.malformed, "the server answers \(original.method.name) with a redirect (\(status))")
            }
            request.method = .get
            request.body = nil
        }
        if !old.isSameOrigin(as: new) {
            request.headers.removeAll(where: \.isSecret)
            request.login = nil
        }
        return request
    }
}
