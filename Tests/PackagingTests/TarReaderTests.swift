import FileSystem
import Packaging
import Testing

/// Archives that somebody made to hurt.
@Suite("Archives that are read") struct TarReaderTests {
    /// A header as a hostile hand writes it, and the content behind it.
    private func entry(
        _ name: String, type: Character = "0", size: String? = nil, content: [UInt8] = [],
        magic: String = "ustar\u{0}00",
        breaksChecksum: Bool = false
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) { for (i, byte) in text.utf8.enumerated() { block[offset + i] = byte } }
        put(String(name.prefix(100)), 0)
        put("0000644", 100)
        put(
            size ?? String(repeating: "0", count: 11 - String(content.count, radix: 8).count)
                + String(content.count, radix: 8), 124)
        put("00000000000", 136)
        put("        ", 148)
        block[156] = type.asciiValue ?? 0
        put(magic, 257)
        let sum = block.reduce(0) { $0 + Int($1) } + (breaksChecksum ? 1 : 0)
        let digits = String(sum, radix: 8)
        put(String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ", 148)
        return block + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    private let end = [UInt8](repeating: 0, count: 1024)

    private func pax(_ records: [(String, String)]) -> [UInt8] {
        var text: [UInt8] = []
        for (key, value) in records {
            let rest = " \(key)=\(value)\n"
            var length = rest.utf8.count
            while "\(length)".utf8.count + rest.utf8.count != length {
                length = "\(length)".utf8.count + rest.utf8.count
            }
            text += Array("\(length)\(rest)".utf8)
        }
        return entry("PaxHeaders/x", type: "x", content: text)
    }

    @discardableResult
    private func read(_ bytes: [UInt8], limits: ArchiveLimits = .standard) throws -> [String] {
        var reader = TarReader(MemorySource(bytes), limits: limits)
        var names: [String] = []
        while let item = try reader.next() { names.append(item.path.string) }
        return names
    }

    @Test(
        "a name that leads out of the folder or into Git's is refused, however it is written",
        arguments: [
            "../x", "a/../../x", "/abs", "a//b", "..", ".git/hooks/post-checkout", ".GIT/config", "a/.dvc/config",
            "\\\\srv\\x", "C:\\x", "a\\..\\..\\x",
        ])
    func escapes(name: String) {
        #expect(throws: (any Error).self) { try read(entry(name, content: [1]) + end) }
        #expect(throws: (any Error).self) { try read(pax([("path", name)]) + entry("fine", content: [1]) + end) }
        let gnu = entry("././@LongLink", type: "L", content: Array(name.utf8) + [0], magic: "ustar  \u{0}")
        #expect(throws: (any Error).self) { try read(gnu + entry("fine", content: [1]) + end) }
    }

    @Test("links, devices, pipes, sparse files and unknown kinds are refused", arguments: "123467SDMNV")
    func kinds(type: Character) {
        #expect(throws: PackageError.self) { try read(entry("x", type: type) + end) }
    }

    @Test(
        "sizes that lie are refused",
        arguments: ["-0000000001", "99999999999", "77777777777", "0x0000000ff", "\u{0}1"])
    func sizes(size: String) {
        #expect(throws: PackageError.self) { try read(entry("x", size: size, content: [1, 2, 3]) + entry("y") + end) }
    }

    @Test("a size in base 256 that is negative or larger than any file is refused")
    func binarySizes() {
        for field in [[UInt8](repeating: 0xFF, count: 12), [0x80] + [UInt8](repeating: 0xFF, count: 11)] {
            var bytes = entry("x", content: [1])
            bytes.replaceSubrange(124..<136, with: field)
            for index in 148..<156 { bytes[index] = 0x20 }
            let digits = String(bytes[..<512].reduce(0) { $0 + Int($1) }, radix: 8)
            bytes.replaceSubrange(
                148..<155, with: Array((String(repeating: "0", count: 6 - digits.count) + digits + "\u{0}").utf8))
            #expect(throws: PackageError.self) { try read(bytes + end) }
        }
    }

    @Test(
        "a pax header with a size that is no number, or that overflows, is refused",
        arguments: ["-1", "1e3", "99999999999999999999", ""])
    func paxSizes(size: String) {
        #expect(throws: PackageError.self) { try read(pax([("size", size)]) + entry("x") + end) }
    }

    @Test("an extended header that cannot be read, or that is huge, is refused")
    func brokenPax() {
        for text in ["", "5", "99 path=x\n", "0 a=b\n", "-4 a=b\n", "9 pathxx\n", "999999999999999999999 a=b\n"]
        where !text.isEmpty {
            #expect(throws: PackageError.self) {
                try read(entry("p", type: "x", content: Array(text.utf8)) + entry("x") + end)
            }
        }
        #expect(throws: PackageError.self) { try read(entry("p", type: "x", size: "77777777777") + end) }
        #expect(throws: PackageError.self) { try read(pax([("GNU.sparse.major", "1")]) + entry("x") + end) }
        #expect(throws: PackageError.self) {
            try read(entry("p", type: "g", content: Array("10 path=x\n".utf8)) + entry("x") + end)
        }
    }

    @Test("a file that stands twice, or as a file and as a folder, is refused in either order")
    func duplicates() throws {
        #expect(throws: PackageError.self) { try read(entry("x", content: [1]) + entry("x", content: [2]) + end) }
        #expect(throws: PackageError.self) { try read(entry("x", content: [1]) + entry("./x", content: [2]) + end) }
        #expect(throws: PackageError.self) { try read(entry("x", content: [1]) + entry("x/y", content: [2]) + end) }
        #expect(throws: PackageError.self) { try read(entry("x/y", content: [1]) + entry("x", content: [2]) + end) }
        #expect(try read(entry("x/", type: "5") + entry("x/", type: "5") + entry("x/y") + end) == ["x", "x", "x/y"])
    }

    @Test("an archive that ends inside of a file, or whose header is damaged, is refused")
    func damage() {
        let whole = entry("x", content: [UInt8](repeating: 7, count: 600)) + end
        for length in [511, 513, 1000, 1400] {
            #expect(throws: PackageError.self) { try read(Array(whole[..<length])) }
        }
        #expect(throws: PackageError.self) { try read(entry("x", breaksChecksum: true) + end) }
        #expect(throws: PackageError.self) { try read(pax([("path", "y")]) + end) }
    }

    @Test("an archive with more entries or bytes than allowed is refused before they are read")
    func limits() {
        let many = (0..<5).flatMap { entry("f\($0)", content: [1]) } + end
        #expect(throws: PackageError.self) { try read(many, limits: ArchiveLimits(entries: 4)) }
        #expect(throws: PackageError.self) { try read(many, limits: ArchiveLimits(bytes: 4)) }
        let deep = entry((0..<40).map { _ in "d" }.joined(separator: "/"))
        #expect(throws: PackageError.self) { try read(deep + end, limits: ArchiveLimits(entries: 10)) }
        #expect(throws: PackageError.self) {
            try read(entry("x", size: "77777777777") + end, limits: ArchiveLimits(bytes: 1 << 20))
        }
    }

    @Test("bytes at random never do more than fail")
    func noise() throws {
        var generator = SeededBytes(state: 7)
        let good = pax([("path", "long/name")]) + entry("x", content: [1, 2, 3]) + entry("d/", type: "5") + end
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<4 {
                let place = Int(generator.next() % UInt64(bytes.count))
                bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? read(bytes)
        }
    }
}

/// Numbers that are the same in every run.
struct SeededBytes: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 11
    }
}
