package import HTTP

/// Where a bucket is: the endpoint, and how the bucket's name goes into a URL.
package struct S3Site: Sendable, Equatable {
    package enum Style: String, Sendable {
        /// `endpoint/bucket/key`
        case path
        /// `bucket.endpoint/key`
        case virtual
    }

    package let bucket: String
    /// The server, where it is not AWS's own.
    package let endpoint: URLParts?
    package let style: Style
    private let isEncrypted: Bool

    /// - Parameters:
    ///   - style: by default the host of AWS has the bucket's name in front, and one's own server has not.
    ///   - isEncrypted: whether AWS is spoken to over TLS; an endpoint of one's own says it by its scheme.
    package init(bucket: String, endpoint: URLParts?, style: Style? = nil, isEncrypted: Bool = true) {
        self.bucket = bucket
        self.endpoint = endpoint
        self.isEncrypted = isEncrypted
        let wanted = style ?? (endpoint == nil ? .virtual : .path)
        self.style = wanted == .virtual && Self.fitsHost(bucket) ? .virtual : .path
    }

    /// Whether the connection is encrypted, so that bodies need no signature of their own.
    package var usesTLS: Bool { endpoint.map { $0.scheme == "https" } ?? isEncrypted }

    /// The URL of the bucket, without a slash at its end.
    ///
    /// - Parameter region: `nil` for AWS's global endpoint, which tells the right one.
    package func root(region: String?) -> URLParts {
        var url = endpoint ?? Self.amazon(region, isEncrypted: isEncrypted)
        while url.path.utf8.last == UInt8(ascii: "/") { url.path.removeLast() }
        url.query = nil
        switch style {
        case .virtual: url.host = "\(bucket).\(url.host)"
        case .path: url.path += "/" + PercentEncoding.encode(bucket)
        }
        return url
    }

    private static func amazon(_ region: String?, isEncrypted: Bool) -> URLParts {
        let domain = region?.hasPrefix("cn-") == true ? "amazonaws.com.cn" : "amazonaws.com"
        let host = region.map { "s3.\($0).\(domain)" } ?? "s3.\(domain)"
        return URLParts(scheme: isEncrypted ? "https" : "http", host: host)
    }

    /// Whether a name can stand in front of a host under its certificate: one label of DNS.
    private static func fitsHost(_ bucket: String) -> Bool {
        let bytes = Array(bucket.utf8)
        guard (3...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether a text may be a region's name; those that servers send are checked before they become part of a host.
    package static func isRegion(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
