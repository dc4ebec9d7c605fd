package import HTTP

/// A request to a bucket or to an object in it, before it has an address and a signature.
package struct S3Request: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// A piece of a source, whose SHA-256 is needed where the connection is not encrypted.
        case piece(any ByteSource, Range<Int64>, sha256: String)
    }

    package var method: HTTPMethod
    /// The object's whole name in the bucket; `nil` for the bucket itself.
    package var object: String?
    package var query: CanonicalQuery
    package var headers: [HTTPHeader]
    package var body: Body?
    /// How long the whole request may take; `nil` for as long as it makes progress.
    package var deadline: Duration?

    package init(
        _ method: HTTPMethod, _ object: String?, query: CanonicalQuery = [], headers: [HTTPHeader] = [],
        body: Body? = nil, deadline: Duration? = nil
    ) {
        self.method = method
        self.object = object
        self.query = query
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }
}
