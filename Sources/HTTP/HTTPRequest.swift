/// One request, as it goes over the wire.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// Absolute, with everything percent-encoded; it is sent as it is, `..` and `//` included.
    package var url: String
    package var headers: [HTTPHeader]
    package var body: HTTPBody?
    /// Name and password for the server, sent by the scheme it asks for.
    package var login: HTTPLogin?
    /// Whether to go where the server points; a secret never goes along to another host (`HTTPHeader.isSecret`).
    package var followsRedirects: Bool
    /// How long the whole request may take, whether it makes progress or not; `nil` for no limit.
    package var deadline: Duration?

    package init(
        _ method: HTTPMethod, _ url: String, headers: [HTTPHeader] = [], body: HTTPBody? = nil,
        login: HTTPLogin? = nil, followsRedirects: Bool = false, deadline: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.login = login
        self.followsRedirects = followsRedirects
        self.deadline = deadline
    }
}

/// A verb such as `GET`.
package struct HTTPMethod: Sendable, Hashable, ExpressibleByStringLiteral {
    package let name: String

    package init(_ name: String) { self.name = name }
    package init(stringLiteral name: String) { self.init(name) }

    package static let get: HTTPMethod = "GET"
    package static let head: HTTPMethod = "HEAD"
    package static let put: HTTPMethod = "PUT"
    package static let post: HTTPMethod = "POST"
    package static let delete: HTTPMethod = "DELETE"
}

/// One line of a request's head.
package struct HTTPHeader: Sendable, Equatable {
    package let name: String
    package let value: String
    /// Whether the value lets its holder in somewhere: it is not sent to a host that a redirect names.
    package let isSecret: Bool

    /// - Parameter isSecret: by default, whether the name is one that servers let people in by.
    package init(_ name: String, _ value: String, isSecret: Bool? = nil) {
        self.name = name
        self.value = value
        self.isSecret = isSecret ?? Self.secretNames.contains(name.lowercased())
    }

    private static let secretNames: Set<String> = ["authorization", "cookie", "x-amz-security-token"]
}

/// Who asks, for a server that wants a name and a password.
package struct HTTPLogin: Sendable, Equatable {
    package enum Scheme: Sendable, Equatable {
        case basic
        case digest
        /// Asks the server first, then takes the safest that it offers.
        case any
    }

    package var user: String
    package var password: String
    package var scheme: Scheme

    package init(user: String, password: String, scheme: Scheme = .basic) {
        self.user = user
        self.password = password
        self.scheme = scheme
    }
}

/// What a request brings along.
package enum HTTPBody: Sendable {
    case bytes([UInt8])
    /// Bytes that are read while they are sent; opened anew each time the request has to be sent again.
    ///
    /// The reader must yield exactly `size` bytes; more or fewer fail the request with `.local`.
    case stream(size: Int64, open: @Sendable () throws -> any HTTPBodyReader)

    package var size: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(let size, _): size
        }
    }
}

/// Yields a request's body in order; used by one thread at a time.
package protocol HTTPBodyReader: AnyObject, Sendable {
    /// Fills up to the whole buffer and returns how much; 0 at the end. May block as long as a local disk does.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
