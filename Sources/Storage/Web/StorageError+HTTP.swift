package import HTTP

extension StorageError {
    /// A request that got no usable answer.
    package init(_ error: HTTPError, key: Key? = nil, place: String? = nil) {
        if error.kind == .local, let cause = error.cause as? StorageError {
            self = cause
            return
        }
        let kind: Kind =
            switch error.kind {
            case .unresolved, .unconnected, .broken, .stalled: .unreachable
            case .untrusted, .unknownHost, .refused: .permission
            case .missing: .notFound
            case .malformed: .corrupt
            case .unsupported: .unsupported
            case .cancelled: .cancelled
            case .command, .local, .other: .other
            }
        self.init(
            kind, error.detail, key: key, place: place, isRetryable: error.isRetryable, remedy: error.remedy)
    }

    /// An answer whose status says no.
    ///
    /// - Parameter detail: the server's own words, where it has any; by default the status in words.
    package init(
        status response: HTTPResponse, detail: String? = nil, key: Key? = nil, place: String? = nil
    ) {
        let status = response.status
        let kind: Kind =
            switch status {
            case 404, 410: .notFound
            case 401, 403, 407: .permission
            case 429, 503: .throttled
            case 408, 500, 502, 504, 520...530: .unreachable
            case 413, 507: .outOfSpace
            case 405, 501: .unsupported
            default: .other
            }
        let text = detail ?? Self.words[status].map { "\($0) (\(status))" } ?? "the server answers \(status)"
        self.init(
            kind, text, key: key, place: place, retryAfter: response.retryAfter,
            isRetryable: kind == .throttled || kind == .unreachable || status >= 500 && status != 501)
    }

    private static let words = [
        400: "the server calls the request wrong", 401: "the server wants a login", 403: "the server refuses access",
        404: "there is nothing", 405: "the server does not allow this kind of request",
        408: "the server waited too long", 409: "the server sees a conflict", 411: "the server wants a length",
        412: "a condition was not met", 413: "the server finds it too large", 416: "the range is not there",
        423: "the server has it locked", 429: "the server asks for fewer requests", 500: "the server failed",
        501: "the server cannot do this", 502: "a gateway got no answer", 503: "the server is overloaded",
        504: "a gateway waited too long", 507: "the server is out of space",
    ]
}
