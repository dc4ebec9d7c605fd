/// The 16 bytes of an MD5 digest, ordered as their hexadecimal text is.
package struct MD5Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first and last eight bytes, most significant first.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter bytes: 16 bytes.
    package init(bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 16)
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// - Parameter hex: 32 hexadecimal digits, lower case as DVC writes them; anything else gives `nil`.
    package init?(hex: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in hex.utf8 {
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte - 0x30)
            case 0x61...0x66: digit = UInt64(byte - 0x61 + 10)
            default: return nil
            }
            if count < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
            count += 1
            if count > 32 { return nil }
        }
        guard count == 32 else { return nil }
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    package var hex: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4)) & 15
                buffer[index] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
            }
            return 32
        }
    }

    package var description: String { hex }

    package static func < (left: MD5Digest, right: MD5Digest) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
