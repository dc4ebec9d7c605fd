package import Basics
package import HTTP
import Hashing

/// The headers that a remote's options add to requests: encryption at rest, and who may read.
package struct S3ObjectHeaders: Sendable, Equatable {
    /// With a new object.
    package private(set) var creation: [HTTPHeader] = []
    /// With each part of an upload, and with each reading: the customer's own key.
    package private(set) var access: [HTTPHeader] = []

    package init() {}

    package init(options: [String: String]) throws(Failure) {
        func option(_ name: String) -> String? { options[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let key = option("sse_customer_key") {
            guard option("sse_kms_key_id") == nil else {
                throw Self.failure("`sse_kms_key_id` and `sse_customer_key` exclude each other")
            }
            guard let bytes = Base64.decode(key) else { throw Self.failure("`sse_customer_key` is not base64") }
            let prefix = "x-amz-server-side-encryption-customer-"
            access = [
                HTTPHeader(prefix + "algorithm", option("sse_customer_algorithm") ?? "AES256"),
                HTTPHeader(prefix + "key", Base64.encode(bytes), isSecret: true),
                HTTPHeader(prefix + "key-md5", Base64.encode(MD5.digest(of: bytes).bytes)),
            ]
        }
        if let sse = option("sse") { creation.append(HTTPHeader("x-amz-server-side-encryption", sse)) }
        if let key = option("sse_kms_key_id") {
            creation.append(HTTPHeader("x-amz-server-side-encryption-aws-kms-key-id", key))
        }
        if let acl = option("acl") { creation.append(HTTPHeader("x-amz-acl", acl)) }
        for grant in ["full_control", "read", "read_acp", "write_acp"] {
            guard let grantee = option("grant_\(grant)") else { continue }
            guard option("acl") == nil else { throw Self.failure("`acl` and `grant_\(grant)` exclude each other") }
            creation.append(HTTPHeader("x-amz-grant-\(grant.replacing("_", with: "-"))", grantee))
        }
        creation += access
        for header in creation where header.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Self.failure("the value for the header \(header.name) has a line break or another control character")
        }
    }

    private static func failure(_ text: String) -> Failure { Failure(text, category: .configuration) }
}
