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
        hex(digest: digest(of: bytes))
    }

    package static func hex(of bytes: [UInt8]) -> String {
        hex(digest: digest(of: bytes))
    }

    /// A digest in lower-case hexadecimal digits.
    package static func hex(digest: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: digest.count * 2) { buffer in
            for (index, byte) in digest.enumerated() {
                buffer[index * 2] = digit(byte >> 4)
                buffer[index * 2 + 1] = digit(byte & 15)
            }
            return digest.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
