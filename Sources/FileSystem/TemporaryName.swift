/// Names of files that are being written and get their real name when they are whole.
///
/// They have the form of DVC's, so that either tool can sweep what a killed run of the other left behind.
package enum TemporaryName {
    /// `.<22 random characters>.tmp`: 132 bits of chance, so two writers never meet.
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = [UInt8(ascii: ".")]
        bytes.reserveCapacity(27)
        for _ in 0..<3 {
            var word = generator.next()
            for _ in 0..<10 where bytes.count < 23 {
                bytes.append(alphabet[Int(word & 63)])
                word >>= 6
            }
        }
        return String(decoding: bytes, as: UTF8.self) + ".tmp"
    }

    /// Whether a name has that form.
    package static func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return bytes.count == 27 && bytes.first == UInt8(ascii: ".") && bytes.suffix(4).elementsEqual(".tmp".utf8)
            && bytes[1..<23].allSatisfy(alphabet.contains)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
