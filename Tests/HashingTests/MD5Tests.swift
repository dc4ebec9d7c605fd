import Hashing
import Testing

@Suite("MD5 of one stream") struct MD5Tests {
    @Test(
        "digests are those of RFC 1321",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
        ])
    func standardVectors(text: String, digest: String) {
        #expect(MD5.digest(of: Array(text.utf8)).hex == digest)
    }

    @Test("every length up to 600 gives what the system's library gives", .enabled(if: SystemDigests.shared != nil))
    func everyLength() throws {
        let system = try #require(SystemDigests.shared)
        var random = SeededGenerator(seed: 1)
        let bytes = random.bytes(600)
        for length in 0...600 {
            #expect(MD5.digest(of: Array(bytes[..<length])).hex == system.md5(bytes[..<length]), "length \(length)")
        }
    }

    @Test("a large buffer gives what the system's library gives", .enabled(if: SystemDigests.shared != nil))
    func largeBuffers() throws {
        let system = try #require(SystemDigests.shared)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20 {
            let bytes = random.bytes(Int.random(in: 1000...200_000, using: &random))
            #expect(MD5.digest(of: bytes).hex == system.md5(bytes), "length \(bytes.count)")
        }
    }

    @Test("it does not matter how a stream is cut")
    func splits() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<100 {
            let bytes = random.bytes(Int.random(in: 0...3000, using: &random))
            var hash = MD5()
            var start = 0
            for part in random.split(bytes.count) {
                bytes[start..<start + part].withUnsafeBytes { hash.update($0) }
                start += part
            }
            #expect(hash.finalize() == MD5.digest(of: bytes), "length \(bytes.count)")
        }
    }

    @Test("two streams that take the same bytes together are what each is alone, however the bytes are cut")
    func twins() {
        var random = SeededGenerator(seed: 4)
        for round in 0..<200 {
            let bytes = random.bytes(Int.random(in: 0...3000, using: &random))
            // In half of the rounds the second joins in the middle of a block.
            let ahead = random.bytes(round % 2 == 0 ? 64 * (round % 5) : Int.random(in: 0...200, using: &random))
            var first = MD5()
            var second = MD5()
            ahead.withUnsafeBytes { first.update($0) }
            var start = 0
            for part in random.split(bytes.count) {
                bytes[start..<start + part].withUnsafeBytes { MD5.update(&first, &second, with: $0) }
                start += part
            }
            #expect(first.finalize() == MD5.digest(of: ahead + bytes), "round \(round), \(bytes.count) bytes")
            #expect(second.finalize() == MD5.digest(of: bytes), "round \(round), \(bytes.count) bytes")
        }
    }

    @Test("a stream goes on after its digest was taken, and a copy goes its own way")
    func copies() {
        var hash = MD5()
        Array("ab".utf8).withUnsafeBytes { hash.update($0) }
        var copy = hash
        _ = hash.finalize()
        Array("c".utf8).withUnsafeBytes { hash.update($0) }
        Array("d".utf8).withUnsafeBytes { copy.update($0) }
        #expect(hash.finalize() == MD5.digest(of: Array("abc".utf8)))
        #expect(copy.finalize() == MD5.digest(of: Array("abd".utf8)))
    }
}

@Suite("MD5 digest as text") struct MD5DigestTests {
    @Test("hexadecimal text is read back as the same digest")
    func roundTrip() {
        let text = "00f23a9dff0180c4e9800998ecf84270"
        #expect(MD5Digest(hex: text)?.hex == text)
    }

    @Test(
        "anything but 32 lower-case digits is refused",
        arguments: [
            "", "d41d8cd98f00b204e9800998ecf8427", "d41d8cd98f00b204e9800998ecf8427e0",
            "D41D8CD98F00B204E9800998ECF8427E", "g41d8cd98f00b204e9800998ecf8427e",
            "d41d8cd98f00b204e9800998ecf8427e.dir",
        ])
    func refusals(text: String) {
        #expect(MD5Digest(hex: text) == nil)
    }

    @Test("digests are ordered as their texts are")
    func order() throws {
        let texts = [
            "7fffffffffffffff8000000000000000", "7fffffffffffffff7fffffffffffffff", "80000000000000000000000000000000",
            "00000000000000000000000000000001",
        ]
        let digests = try texts.map { try #require(MD5Digest(hex: $0)) }
        #expect(digests.sorted().map(\.hex) == texts.sorted())
    }
}
