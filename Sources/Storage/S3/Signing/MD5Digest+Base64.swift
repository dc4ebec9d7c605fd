package import Hashing

extension MD5Digest {
    /// The 16 bytes in their order.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }

    /// As a `Content-MD5` header says it.
    package var base64: String { Base64.encode(bytes) }
}
