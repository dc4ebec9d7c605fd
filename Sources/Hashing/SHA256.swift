import CHashing

/// The SHA-256 of one stream of bytes. A copy goes on by itself from where the original stood.
package struct SHA256: Sendable {
    private var context = varve_sha256()

    package init() {
        varve_sha256_init(&context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        varve_sha256_update(&context, bytes.baseAddress, bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The 32 bytes of the digest of all bytes so far; the stream may go on.
    package func finalize() -> [UInt8] {
        var ended = context
        return [UInt8](unsafeUninitializedCapacity: 32) { out, count in
            varve_sha256_final(&ended, out.baseAddress)
            count = 32
        }
    }

    package static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { digest(of: $0) }
    }

    /// 64 lower-case hexadecimal digits.
    package static func hex(of bytes: UnsafeRawBufferPointer) -> String {
        hex(digest(of: bytes))
    }

    package static func hex(of bytes: [UInt8]) -> String {
        hex(digest(of: bytes))
    }

    private static func hex(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
