#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Swift compares strings by canonical equivalence, under which two different file names can be equal.
extension String {
    /// Whether both are the same bytes.
    package func hasSameBytes(as other: String) -> Bool {
        compareBytes(other) == 0
    }

    /// Whether this comes first in byte order, which is also the order of code points.
    package func precedesInBytes(_ other: String) -> Bool {
        compareBytes(other) < 0
    }

    private func compareBytes(_ other: String) -> Int {
        let order = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                let shared = min(left.count, right.count)
                if shared > 0, let a = left.baseAddress, let b = right.baseAddress {
                    let order = memcmp(a, b, shared)
                    if order != 0 { return Int(order) }
                }
                return left.count - right.count
            }
        }
        if case .some(.some(let order)) = order { return order }
        if utf8.elementsEqual(other.utf8) { return 0 }
        return utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
    }

    /// The text with everything that could steer a terminal or reorder a line written as an escape, for messages.
    package var printable: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
                    result +=
                        scalar.value < 0x100
                        ? "\\x" + hexadecimal(scalar.value, digits: 2)
                        : "\\u{" + hexadecimal(scalar.value, digits: 4) + "}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Bytes of a file name as text, with those that are not UTF-8 as `\xNN`.
    static func escaping(_ bytes: some Sequence<UInt8>) -> String {
        var result = ""
        for byte in bytes {
            if byte >= 0x20 && byte < 0x7F {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "\\x" + hexadecimal(UInt32(byte), digits: 2)
            }
        }
        return result
    }
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
