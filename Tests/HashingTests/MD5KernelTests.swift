import CHashing
import Hashing
import Testing

/// Every kernel that this machine can run is compared with the scalar code, which `MD5Tests` compares with the system's.
///
/// Serialized, since the choice of a kernel holds for the whole process. Other suites do not mind which one they run on.
@Suite("MD5 kernels", .serialized) struct MD5KernelTests {
    static let kernels: [String] = Array(
        sequence(state: 0) { index in
            defer { index += 1 }
            return varve_md5_supported_kernel(index).map { String(cString: $0) }
        })

    /// Runs the test on one kernel, then goes back to the automatic choice.
    private func with(_ kernel: String, _ body: () throws -> Void) throws {
        try #require(varve_md5_select_kernel(kernel))
        defer { varve_md5_select_kernel(nil) }
        #expect(MD5.kernelName == kernel)
        try body()
    }

    private func expectSameAsAlone(_ buffers: [UnsafeRawBufferPointer], _ comment: Comment) {
        let digests = MD5.digests(of: buffers)
        #expect(digests.count == buffers.count)
        for (buffer, digest) in zip(buffers, digests) {
            #expect(
                digest == MD5.digest(of: buffer), "\(comment), \(buffer.count) bytes among \(buffers.count) buffers")
        }
    }

    @Test("the slow kernels and one for the processor's vectors can run here")
    func supportedKernels() {
        #expect(Self.kernels.contains("portable") && Self.kernels.contains("scalar"))
        #if arch(x86_64)
            #expect(Self.kernels.contains("sse2"))
        #elseif arch(arm64)
            #expect(Self.kernels.contains("neon"))
        #endif
    }

    @Test("an unknown kernel is refused and the choice stays")
    func unknownKernel() throws {
        try with("scalar") {
            #expect(!varve_md5_select_kernel("abacus"))
            #expect(MD5.kernelName == "scalar")
        }
    }

    @Test("every length up to 600 gives what the scalar code gives, together and alone", arguments: kernels)
    func everyLength(kernel: String) throws {
        var random = SeededGenerator(seed: 10)
        let bytes = random.bytes(700)
        try with(kernel) {
            bytes.withUnsafeBytes { bytes in
                let prefixes = (0...600).map { UnsafeRawBufferPointer(rebasing: bytes[($0 % 7)..<($0 % 7 + $0)]) }
                expectSameAsAlone(prefixes, "all lengths")
                for prefix in prefixes {
                    expectSameAsAlone([prefix], "alone")
                    expectSameAsAlone([prefix, prefix], "two")
                }
            }
        }
    }

    @Test("any number of buffers of one length fills the lanes rightly", arguments: kernels)
    func equalLengths(kernel: String) throws {
        var random = SeededGenerator(seed: 11)
        let bytes = random.bytes(20_000)
        try with(kernel) {
            bytes.withUnsafeBytes { bytes in
                for length in [0, 55, 56, 64, 100, 119, 120, 128, 1000] {
                    for count in 0...70 {
                        let buffers = (0..<count).map {
                            UnsafeRawBufferPointer(rebasing: bytes[(201 * $0)..<(201 * $0 + length)])
                        }
                        expectSameAsAlone(buffers, "equal lengths")
                    }
                }
            }
        }
    }

    @Test("random batches of mixed lengths give what the scalar code gives", arguments: kernels)
    func mixedLengths(kernel: String) throws {
        var random = SeededGenerator(seed: 12)
        let bytes = random.bytes(120_000)
        try with(kernel) {
            bytes.withUnsafeBytes { bytes in
                for round in 0..<60 {
                    let buffers = (0..<Int.random(in: 1...90, using: &random)).map { _ in
                        let limit = [10, 200, 5000, 100_000].randomElement(using: &random) ?? 10
                        let start = Int.random(in: 0..<16_000, using: &random)
                        let length = Int.random(in: 0...limit, using: &random)
                        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                    }
                    expectSameAsAlone(buffers, "round \(round)")
                }
            }
        }
    }

    @Test("a batch of more than a thousand buffers comes back in order", arguments: kernels)
    func largeBatch(kernel: String) throws {
        var random = SeededGenerator(seed: 13)
        let bytes = random.bytes(8000)
        try with(kernel) {
            bytes.withUnsafeBytes { bytes in
                let buffers = (0..<1100).map { index in
                    UnsafeRawBufferPointer(rebasing: bytes[index..<index + (index % 50 == 0 ? 6000 : index % 300)])
                }
                expectSameAsAlone(buffers, "large batch")
            }
        }
    }

    @Test("streams advanced together give what each gives alone, however they are cut", arguments: kernels)
    func interleavedStreams(kernel: String) throws {
        var random = SeededGenerator(seed: 14)
        let bytes = random.bytes(60_000)
        try with(kernel) {
            bytes.withUnsafeBytes { bytes in
                for round in 0..<40 {
                    let count = Int.random(in: 1...45, using: &random)
                    let lanes = MD5Lanes(count: count)
                    var positions = [Int](repeating: 0, count: count)
                    for _ in 0..<12 {
                        let chosen = (0..<count).shuffled(using: &random).prefix(
                            Int.random(in: 0...count, using: &random))
                        let limit = [1, 63, 64, 65, 200, 5000].randomElement(using: &random) ?? 1
                        lanes.update(
                            chosen.map { lane in
                                let start = positions[lane]
                                positions[lane] += Int.random(in: 0...limit, using: &random)
                                return MD5Lanes.Chunk(
                                    lane: lane, bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<positions[lane]]))
                            })
                    }
                    for lane in 0..<count {
                        let whole = UnsafeRawBufferPointer(rebasing: bytes[..<positions[lane]])
                        #expect(
                            lanes.finalize(lane: lane) == MD5.digest(of: whole),
                            "round \(round), lane \(lane) of \(count), \(whole.count) bytes")
                    }
                }
            }
        }
    }
}

@Suite("MD5 lanes") struct MD5LanesTests {
    @Test("a lane that was reset begins anew and leaves the others alone")
    func reset() {
        let lanes = MD5Lanes(count: 3)
        Array("abc".utf8).withUnsafeBytes { abc in
            lanes.update((0..<3).map { MD5Lanes.Chunk(lane: $0, bytes: abc) })
            lanes.reset(lane: 1)
            lanes.update([MD5Lanes.Chunk(lane: 1, bytes: abc), MD5Lanes.Chunk(lane: 2, bytes: abc)])
        }
        #expect(lanes.finalize(lane: 0) == MD5.digest(of: Array("abc".utf8)))
        #expect(lanes.finalize(lane: 1) == MD5.digest(of: Array("abc".utf8)))
        #expect(lanes.finalize(lane: 2) == MD5.digest(of: Array("abcabc".utf8)))
    }

    @Test("empty chunks and no chunks change nothing")
    func emptyChunks() {
        let lanes = MD5Lanes(count: 2)
        lanes.update([])
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        lanes.update([MD5Lanes.Chunk(lane: 0, bytes: nothing), MD5Lanes.Chunk(lane: 1, bytes: nothing)])
        #expect(lanes.finalize(lane: 0).hex == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(lanes.finalize(lane: 1).hex == "d41d8cd98f00b204e9800998ecf8427e")
    }
}
