import CGit2

/// The name of a Git object: its SHA-1, 40 lowercase hexadecimal digits.
package struct GitObjectName: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// The name with these digits, in either case; nil unless there are 40.
    package init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 40 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20)
        for index in stride(from: 0, to: 40, by: 2) {
            guard let upper = Self.value(digits[index]), let lower = Self.value(digits[index + 1]) else { return nil }
            bytes.append(upper << 4 | lower)
        }
        self = bytes.withUnsafeBytes { Self(bytes: $0) }
    }

    init(_ id: git_oid) {
        self = withUnsafeBytes(of: id) { Self(bytes: $0) }
    }

    /// The name that libgit2 points at; its answers are never null where an object is.
    init?(_ id: UnsafePointer<git_oid>?) {
        guard let id else { return nil }
        self.init(id.pointee)
    }

    private init(bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        middle = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        low = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    }

    var id: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return id
    }

    /// All 40 digits.
    package var hex: String {
        String(unsafeUninitializedCapacity: 40) { buffer in
            var position = 0
            withUnsafeBytes(of: id) { bytes in
                for byte in bytes {
                    buffer[position] = Self.digit(byte >> 4)
                    buffer[position + 1] = Self.digit(byte & 15)
                    position += 2
                }
            }
            return position
        }
    }

    /// The first seven digits, as DVC shows revisions.
    package var short: String { String(hex.prefix(7)) }

    package var description: String { hex }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
