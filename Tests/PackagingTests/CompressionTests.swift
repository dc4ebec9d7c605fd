import Documents
import FileSystem
import Hashing
import Packaging
import TestSupport
import Testing

/// Frames of zstd, made by hand, so that they may be what no compressor makes.
enum ZstdFrame {
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// - Parameter window: of the window that the frame asks for, as a power of two, at least 10.
    static func frame(_ blocks: [[UInt8]], window: UInt8 = 17) -> [UInt8] {
        magic + [0, (window - 10) << 3] + blocks.flatMap { $0 }
    }

    /// The bytes as they are.
    static func raw(_ bytes: [UInt8], isLast: Bool = true) -> [UInt8] {
        header(bytes.count, kind: 0, isLast) + bytes
    }

    /// One byte, so many times.
    static func run(of byte: UInt8, _ count: Int, isLast: Bool = true) -> [UInt8] {
        header(count, kind: 1, isLast) + [byte]
    }

    private static func header(_ size: Int, kind: Int, _ isLast: Bool) -> [UInt8] {
        let word = size << 3 | kind << 1 | (isLast ? 1 : 0)
        return [UInt8(word & 0xFF), UInt8(word >> 8 & 0xFF), UInt8(word >> 16 & 0xFF)]
    }

    static func skippable(_ bytes: [UInt8]) -> [UInt8] {
        [0x5A, 0x2A, 0x4D, 0x18, UInt8(bytes.count), 0, 0, 0] + bytes
    }
}

@Suite("Archives compressed by zstd") struct CompressionTests {
    private let folder = TemporaryFolder("zstd")

    private static func archive(_ files: [(String, String)] = [("config.json", "{}"), ("vocab.txt", "a\nb\n")]) throws
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        try TarWriter.write(files.map { TarEntry(RelativePath($0.0), .bytes(Array($0.1.utf8))) }) {
            bytes.append(contentsOf: $0)
        }
        return bytes
    }

    /// A ModelPack with one layer, as other tools make it.
    private func package(
        _ layer: [UInt8], mediaType: String = "application/vnd.cncf.model.weight.config.v1.tar+zstd"
    ) throws -> PackageReader {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let layer = try layout.add(layer, mediaType: mediaType)
        let text = #"{"descriptor":{},"config":{},"modelfs":{"type":"layers","diffIds":["\#(layer.digest)"]}}"#
        let configuration = try layout.add(Array(text.utf8), mediaType: MediaType.modelPackConfiguration)
        let manifest = try layout.add(
            ImageManifest(artifactType: MediaType.modelPack, configuration: configuration, layers: [layer]))
        return try PackageReader(layout, at: manifest)
    }

    /// What `tar … | zstd -19` makes of a file of forty lines, `line 0` and so on.
    private static let made = """
        KLUv/WQAJ1UEAJJFEBGg7bDhcr+q7rfVmpSyrHGsZAkOMzMzM/Pu7u7u7v///39MaTJ4DzRoqmZDz8FMDdmtv2Z2D9UcozXzxSdc
        YmoFNKhAsiQbB3AlpasBIQyCgwdllf9/FAu7AcaEMwAAAJlEgsgQPOagMQYWU2RqTk29hFDoAOtIVIwWKMkf5YZ1MSB2YI1aMqVF
        o9E=
        """

    @Test("a layer that zstd compressed is listed, verified and unpacked")
    func layer() throws {
        let bytes = try #require(Base64.decode(Self.made.split(separator: "\n").joined()))
        let package = try package(bytes)
        let expected = (0..<40).map { "line \($0)\n" }.joined()
        #expect(
            try package.files().map { "\($0.path.string) \($0.role?.rawValue ?? "") \($0.size) \($0.sha256)" } == [
                "lines.txt configuration \(expected.utf8.count) \(ContentDigest(of: Array(expected.utf8)))"
            ])
        _ = try PackageVerification(of: package, nil, program: SignatureProgram(testEnvironment()))
        #expect(try package.unpack(to: folder.path("out")) == ["lines.txt"])
        #expect(try Files.read(folder.path("out/lines.txt")) == Array(expected.utf8))
    }

    @Test("a layer in several frames, with frames to skip before, between and behind, is read as one")
    func frames() throws {
        let archive = try Self.archive()
        let half = archive.count / 2
        let bytes =
            ZstdFrame.skippable([1, 2, 3]) + ZstdFrame.frame([ZstdFrame.raw(Array(archive[..<half]))])
            + ZstdFrame.skippable([]) + ZstdFrame.frame([ZstdFrame.raw([])])
            + ZstdFrame.frame([
                ZstdFrame.raw(Array(archive[half...].dropLast(700)), isLast: false), ZstdFrame.run(of: 0, 700),
            ]) + ZstdFrame.skippable([9])
        let found = try package(bytes).files()
        #expect(found.map(\.path.string) == ["config.json", "vocab.txt"])
        #expect(found.map(\.sha256) == [ContentDigest(of: Array("{}".utf8)), ContentDigest(of: Array("a\nb\n".utf8))])
    }

    @Test("a layer that ends too early, has something else behind it, or is no zstd is refused", arguments: 0..<9)
    func damaged(kind: Int) throws {
        let archive = try Self.archive()
        let whole = ZstdFrame.frame([ZstdFrame.raw(archive)])
        let bytes: [UInt8] =
            switch kind {
            case 0: []
            case 1: Array(whole.prefix(3))
            case 2: Array(whole.prefix(6))
            case 3: Array(whole.dropLast())
            case 4: ZstdFrame.frame([ZstdFrame.raw(archive, isLast: false)])
            case 5: whole + [0]
            case 6: whole + Array("garbage".utf8)
            case 7: archive
            // A block of the reserved kind.
            default: ZstdFrame.magic + [0, 0x38, 0x07, 0, 0]
            }
        let error = try #require(throws: PackageError.self) { try package(bytes).unpack(to: folder.path("out")) }
        #expect(error.problem == .malformed)
        #expect(try Files.names(in: folder.path) == ["layout"])
    }

    @Test(
        "a window that would take more memory than zstd gives by itself is refused, and the largest that it gives is not"
    )
    func window() throws {
        let archive = try Self.archive()
        for (window, isRead) in [(UInt8(27), true), (28, false), (41, false)] {
            let bytes = ZstdFrame.frame([ZstdFrame.raw(archive)], window: window)
            if isRead {
                #expect(try package(bytes).files().count == 2)
            } else {
                let error = try #require(throws: PackageError.self) { try package(bytes).files() }
                #expect(error.problem == .limit)
                #expect(error.summary.contains("128 MiB"))
            }
        }
    }

    @Test("a layer that unpacks to far more than it is, is refused, and so is one with more behind the archive's end")
    func bomb() throws {
        let runs = (0..<3000).map { ZstdFrame.run(of: 0, 1 << 17, isLast: $0 == 2999) }
        let archive = try Self.archive()
        for bytes in [
            ZstdFrame.frame(runs), ZstdFrame.frame([ZstdFrame.raw(archive)]) + ZstdFrame.frame(runs),
        ] {
            let error = try #require(throws: PackageError.self) { try package(bytes).files() }
            #expect(error.problem == .limit)
        }
    }

    @Test("a layer of one byte that is changed is refused, wherever it is")
    func changed() throws {
        let package = try package(ZstdFrame.frame([ZstdFrame.raw(try Self.archive())]))
        let place = package.layout.path(of: package.manifest.layers[0])
        let bytes = try Files.read(place)
        for index in [0, 5, 8, 20, bytes.count - 1] {
            var damaged = bytes
            damaged[index] ^= 1
            try Files.write(damaged, to: place)
            #expect(throws: PackageError.self) { try package.unpack(to: folder.path("out")) }
            #expect(!Files.exists(folder.path("out")))
        }
    }

    @Test("the archive of a layout may be compressed as a whole, by gzip or by zstd")
    func archives() throws {
        let sample = try SamplePackage()
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let packed = try sample.pack(into: layout)
        try layout.export(to: folder.path("plain.tar"))
        let plain = try Files.read(folder.path("plain.tar"))
        let blocks = stride(from: 0, to: plain.count, by: 100_000).map { start in
            ZstdFrame.raw(
                Array(plain[start..<min(start + 100_000, plain.count)]), isLast: start + 100_000 >= plain.count)
        }
        try Files.write(ZstdFrame.frame(blocks), to: folder.path("whole.tar.zst"))
        try TestPrograms.run("gzip", "-k", folder.path("plain.tar"), in: folder.path)
        for name in ["whole.tar.zst", "plain.tar.gz"] {
            let opened = try OpenedPackage(folder.path(name), testEnvironment())
            defer { opened.discard() }
            #expect(opened.digest == packed.digest, "\(name)")
            #expect(try !opened.files().isEmpty)
        }
    }
}
