import Hashing
import Testing

/// Expected digests were made by dvc-data 3.18.3's `fobj_md5(…, name="md5-dos2unix")`.
@Suite("Digests of DVC 2") struct LegacyTextMD5Tests {
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let parts: [(String, times: Int)]
        let digest: String

        var testDescription: String { name }
        /// Each character of a part stands for the byte of its code point.
        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            for (text, times) in parts {
                let part = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
                if part.count == 1 {
                    bytes += [UInt8](repeating: part[0], count: times)
                } else {
                    for _ in 0..<times { bytes += part }
                }
            }
            return bytes
        }
    }

    static let mebibyte = 1 << 20
    static let samples = [
        Sample(
            name: "nothing", parts: [],
            digest: "d41d8cd98f00b204e9800998ecf8427e"),
        Sample(
            name: "text with CRLF", parts: [("a\r\nb\r\n", 1)],
            digest: "dd8c6a395b5dd36c56d23275028f526c"),
        Sample(
            name: "text with lone CRs", parts: [("a\rb\n\r\r\n\r", 1)],
            digest: "d6fdd3b20643e72a538109c5acc4928b"),
        Sample(
            name: "text that ends in CR", parts: [("text\r", 1)],
            digest: "93382b1ac61e8f3f7304a998c5faef2d"),
        Sample(
            name: "NUL among text", parts: [("a\r\nb\0c\r\n", 1)],
            digest: "4074c6bf95bedb453c6775500c44163e"),
        Sample(
            name: "NUL at offset 511", parts: [("a\r\n", 1), ("x", 508), ("\0\r\n", 1)],
            digest: "1ea0b50e56fa4f3a72c0d655525bf16e"),
        Sample(
            name: "NUL at offset 512", parts: [("a\r\n", 1), ("x", 509), ("\0\r\n", 1)],
            digest: "39ce1f3e06f2cdde83e55e807776287e"),
        Sample(
            name: "3 odd bytes of 10", parts: [("\u{80}\u{81}\u{7F}aaaaa\r\n", 1)],
            digest: "d261d8f8a33bf887717cad9b3c5b996a"),
        Sample(
            name: "4 odd bytes of 13", parts: [("\u{80}\u{81}\u{7F}\u{82}aaaaaaa\r\n", 1)],
            digest: "8bc5fefd93e2e7b4ff600be8222e4b98"),
        Sample(
            name: "153 odd bytes of 510", parts: [("\u{01}", 153), ("b", 355), ("\r\n", 1)],
            digest: "1f4c9f12333a28b5093960ffd5bf22ba"),
        Sample(
            name: "154 odd bytes of 512", parts: [("\u{01}", 154), ("b", 356), ("\r\n", 1)],
            digest: "ff7d6aa120e43ff36e4b63d87fa43bb5"),
        Sample(
            name: "odd bytes after a textual head",
            parts: [("\u{01}", 153), ("b", 357), ("\r\n", 1), ("\u{FF}", 4000), ("\r\n", 1)],
            digest: "2ba40ff520733b68c4ee3b788097cb4a"),
        Sample(
            name: "control characters of text", parts: [("\t\u{0C}\u{08}\u{0B}\r\n", 1)],
            digest: "7a8f4ba84c095a127e1ed6aadccc945e"),
        Sample(
            name: "CRLF across two chunks", parts: [("x", mebibyte - 1), ("\r\ny\r\n", 1)],
            digest: "e1825541a28894307881fc219afcc49f"),
        Sample(
            name: "CRLF on both sides of a chunk's end", parts: [("x", mebibyte - 2), ("\r\n\r\n", 1)],
            digest: "fb7a922ebdb993b00ad017f05c7474f1"),
        Sample(
            name: "CR at a chunk's end", parts: [("x", mebibyte - 1), ("\ry", 1)],
            digest: "d62455e71c5fa50438e4b7690d2b0231"),
        Sample(
            name: "a second chunk that is binary", parts: [("ab\r\n", mebibyte / 4), ("\0\r\n", 1)],
            digest: "183d621bdc19ce0a8a685009db37425f"),
        Sample(
            name: "a second chunk that is text", parts: [("\0b\r\n", mebibyte / 4), ("a\r\n", 1)],
            digest: "ac0bfb866072a71a9b7987c5c0cdd10f"),
        Sample(
            name: "three chunks of lines", parts: [("line\r\n", 500_000)],
            digest: "9ee98600057f953ed21ffd85fcebba3e"),
    ]

    @Test("a whole file gives DVC's digest", arguments: samples)
    func wholeFile(sample: Sample) {
        #expect(LegacyTextMD5.digest(of: sample.bytes).hex == sample.digest)
    }

    @Test("a file that comes in pieces gives DVC's digest", arguments: samples)
    func pieces(sample: Sample) {
        let bytes = sample.bytes
        for size in bytes.count > 10_000 ? [4093, 65_536, 1_048_575] : [1, 2, 511, 512, 513] {
            var hash = LegacyTextMD5()
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.finalize().hex == sample.digest, "pieces of \(size)")
        }
    }

    @Test("the digest of a text without CRLF is its plain MD5")
    func plainText() {
        let bytes = Array("one\ntwo\n".utf8)
        #expect(LegacyTextMD5.digest(of: bytes) == MD5.digest(of: bytes))
    }
}
