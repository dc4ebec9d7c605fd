/// Names of files that are being written: `.<22 letters and digits>.tmp`, like DVC's, beside the place they are for.
package enum TemporaryObjectName {
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    package static func make() -> String {
        var name: [UInt8] = [UInt8(ascii: ".")]
        for _ in 0..<2 {
            var random = UInt64.random(in: 0...UInt64.max)
            for _ in 0..<11 {
                let (quotient, remainder) = random.quotientAndRemainder(dividingBy: UInt64(alphabet.count))
                name.append(alphabet[Int(remainder)])
                random = quotient
            }
        }
        name += ".tmp".utf8
        return String(decoding: name, as: UTF8.self)
    }

    /// Whether a name is shaped like one of a file being written, by us or by DVC.
    package static func matches(_ name: some StringProtocol) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count >= 9, bytes.first == UInt8(ascii: "."), bytes.suffix(4).elementsEqual(".tmp".utf8) else {
            return false
        }
        return bytes.dropFirst().dropLast(4).allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
