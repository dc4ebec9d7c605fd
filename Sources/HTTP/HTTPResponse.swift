/// What a server answered: the head, and the body where it was not streamed elsewhere.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// In the order of arrival; names in lower case.
    package var headers: [HTTPHeader]
    /// All of the body; empty where it went to a receiver.
    package var body: [UInt8]
    /// Where the answer came from, after redirects.
    package var url: String

    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = [], url: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
    }

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The value of the first header of that name, in whatever case; without the blanks around it.
    package subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name == name }?.value
    }

    /// `Content-Length`, where it is a number.
    package var contentLength: Int64? { self["content-length"].flatMap { Int64($0) } }

    /// How long the server asks to be left alone, from `Retry-After` in seconds or as a date.
    package var retryAfter: Duration? {
        guard let text = self["retry-after"] else { return nil }
        if let seconds = Int64(text), seconds >= 0 { return .seconds(min(seconds, 3600)) }
        guard let date = HTTPDate.seconds(text), let now = self["date"].flatMap(HTTPDate.seconds) else { return nil }
        return .seconds(min(max(0, date - now), 3600))
    }
}

/// Receives the body of a successful answer, a piece at a time, in order.
///
/// Called on the client's own thread, by one request at a time; may block for as long as a write to a local disk does.
/// Throwing ends the request with `HTTPError.Kind.local`.
package protocol HTTPReceiver: Sendable {
    /// The head of an answer with status 2xx has come; called once, before the first piece. Throwing refuses the body.
    func begin(_ response: HTTPResponse) throws
    func receive(_ bytes: UnsafeRawBufferPointer) throws
}

extension HTTPReceiver {
    package func begin(_ response: HTTPResponse) throws {}
}
