import CHashing
import Hashing
import Testing

/// Serialized, since the choice between instructions and plain code holds for the whole process.
@Suite("SHA-256", .serialized) struct SHA256Tests {
    @Test(
        "digests are those of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func standardVectors(text: String, digest: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == digest)
    }

    @Test(
        "every length up to 300, and long ones, give what the system's library gives",
        .enabled(if: SystemDigests.shared != nil), arguments: [true, false])
    func againstSystem(accelerated: Bool) throws {
        let system = try #require(SystemDigests.shared)
        varve_sha256_allow_acceleration(accelerated)
        defer { varve_sha256_allow_acceleration(true) }
        var random = SeededGenerator(seed: 20)
        let bytes = random.bytes(100_000)
        for length in Array(0...300) + [4096, 65_537, 100_000] {
            #expect(SHA256.hex(of: Array(bytes[..<length])) == system.sha256(bytes[..<length]), "length \(length)")
        }
    }

    @Test("it does not matter how a stream is cut, nor that its digest was taken on the way")
    func splits() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<50 {
            let bytes = random.bytes(Int.random(in: 0...3000, using: &random))
            var hash = SHA256()
            var start = 0
            for part in random.split(bytes.count) {
                bytes[start..<start + part].withUnsafeBytes { hash.update($0) }
                _ = hash.finalize()
                start += part
            }
            #expect(hash.finalize() == SHA256.digest(of: bytes), "length \(bytes.count)")
        }
    }
}
