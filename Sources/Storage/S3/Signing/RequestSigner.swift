package import HTTP
import Hashing
import Synchronization

/// Signs requests by AWS's Signature Version 4, in headers or in the query of a URL.
///
/// A pure value but for the day's key, which is derived once and kept.
package struct RequestSigner: Sendable {
    /// What stands for the body in a signature.
    package enum Payload: Sendable, Equatable {
        /// The body's SHA-256 in hexadecimal digits.
        case sha256(String)
        /// The body is not signed: over an encrypted connection nobody changes it on its way.
        case unsigned

        package static let empty = Payload.sha256("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

        var text: String {
            switch self {
            case .sha256(let hash): hash
            case .unsigned: "UNSIGNED-PAYLOAD"
            }
        }
    }

    private let credentials: AWSCredentials
    private let region: String
    private let service: String
    private let keys: SigningKeys

    package init(
        _ credentials: AWSCredentials, region: String, service: String = "s3", keys: SigningKeys = SigningKeys()
    ) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.keys = keys
    }

    /// The headers that make a request a signed one, to be added to those given, which are all signed.
    ///
    /// - Parameter url: with a `CanonicalQuery`'s text as its query.
    package func headers(
        signing method: HTTPMethod, _ url: URLParts, _ headers: [HTTPHeader], payload: Payload, at seconds: Int64
    ) -> [HTTPHeader] {
        let stamp = AWSTime.stamp(seconds)
        var added = [HTTPHeader("x-amz-date", stamp)]
        if service == "s3" { added.append(HTTPHeader("x-amz-content-sha256", payload.text)) }
        if let token = credentials.sessionToken { added.append(HTTPHeader("x-amz-security-token", token)) }
        let signed = Self.canonical(headers + added, host: url.authority)
        let names = signed.map(\.name).joined(separator: ";")
        let request = Self.canonicalRequest(method, url, signed, names, payload.text)
        let signature = sign(request, stamp)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(stamp)),"
            + "SignedHeaders=\(names),Signature=\(signature)"
        added.append(HTTPHeader("Authorization", authorization))
        return added
    }

    /// A URL that lets its holder send one request, for so many seconds, without credentials of their own.
    package func presigned(
        _ method: HTTPMethod, _ url: URLParts, query: [(String, String)] = [], seconds lifetime: Int, at now: Int64
    ) -> String {
        let stamp = AWSTime.stamp(now)
        var parameters = CanonicalQuery(query)
        parameters.append("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
        parameters.append("X-Amz-Credential", "\(credentials.accessKey)/\(scope(stamp))")
        parameters.append("X-Amz-Date", stamp)
        parameters.append("X-Amz-Expires", "\(lifetime)")
        parameters.append("X-Amz-SignedHeaders", "host")
        if let token = credentials.sessionToken { parameters.append("X-Amz-Security-Token", token) }
        var url = url
        url.query = parameters.text
        let request = Self.canonicalRequest(
            method, url, [(name: "host", value: url.authority)], "host", Payload.unsigned.text)
        url.query = parameters.text + "&X-Amz-Signature=" + sign(request, stamp)
        return url.text
    }

    private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }

    private func sign(_ request: [UInt8], _ stamp: String) -> String {
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope(stamp))\n\(SHA256.hex(of: request))"
        let key = keys.key(secret: credentials.secretKey, day: stamp.prefix(8), region: region, service: service)
        return SHA256.hex(digest: key.code(for: text))
    }

    /// Names in lower case, sorted; values without blanks around and with single ones inside.
    private static func canonical(
        _ headers: [HTTPHeader], host: String
    ) -> [(name: String, value: String)] {
        var result = headers.map { (name: $0.name.lowercased(), value: collapsed($0.value)) }
        result.append(("host", host))
        result.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return result
    }

    private static func collapsed(_ value: String) -> String {
        let blank = UInt8(ascii: " ")
        var previous = blank
        let isPlain =
            value.utf8.allSatisfy { byte in
                defer { previous = byte }
                return byte != blank || previous != blank
            } && value.utf8.last != blank
        if isPlain { return value }
        return value.split(separator: " ").joined(separator: " ")
    }

    private static func canonicalRequest(
        _ method: HTTPMethod, _ url: URLParts, _ headers: [(name: String, value: String)], _ names: String,
        _ payload: String
    ) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        var text: [UInt8] = []
        text.reserveCapacity(512)
        text += method.name.utf8
        text.append(newline)
        text += (url.path.isEmpty ? "/" : url.path).utf8
        text.append(newline)
        text += (url.query ?? "").utf8
        text.append(newline)
        for header in headers {
            text += header.name.utf8
            text.append(UInt8(ascii: ":"))
            text += header.value.utf8
            text.append(newline)
        }
        text.append(newline)
        text += names.utf8
        text.append(newline)
        text += payload.utf8
        return text
    }
}

/// The key of the day, derived once from the secret.
package final class SigningKeys: Sendable {
    private struct Derived {
        let secret: String
        let scope: String
        let key: HMACSHA256
    }
    private let last = Mutex<Derived?>(nil)

    package init() {}

    func key(secret: String, day: Substring, region: String, service: String) -> HMACSHA256 {
        let scope = "\(day)/\(region)/\(service)"
        return last.withLock { last in
            if let last, last.scope == scope, last.secret == secret { return last.key }
            var key = Array("AWS4\(secret)".utf8)
            for part in [String(day), region, service, "aws4_request"] { key = HMACSHA256(key: key).code(for: part) }
            let derived = HMACSHA256(key: key)
            last = Derived(secret: secret, scope: scope, key: derived)
            return derived
        }
    }
}
