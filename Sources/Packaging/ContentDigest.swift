package import Hashing

/// The SHA-256 of some bytes, as OCI names blobs by it.
package struct ContentDigest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package let hex: String

    /// - Parameter text: `sha256:` and 64 lower-case hexadecimal digits; `nil` for anything else.
    package init?(_ text: String) {
        guard text.utf8.starts(with: "sha256:".utf8) else { return nil }
        self.init(hex: String(text.utf8.dropFirst(7)) ?? "")
    }

    package init?(hex: String) {
        let isHex = hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard hex.utf8.count == 64, isHex else { return nil }
        self.hex = hex
    }

    /// The digest of everything that the hash has seen.
    package init(_ hash: SHA256) { hex = SHA256.hex(digest: hash.finalize()) }

    package init(of bytes: [UInt8]) { hex = SHA256.hex(of: bytes) }

    package var text: String { "sha256:" + hex }
    /// The first digits, for people.
    package var short: String { String(hex.prefix(12)) }
    package var description: String { text }

    package static func < (left: ContentDigest, right: ContentDigest) -> Bool { left.hex < right.hex }
}
