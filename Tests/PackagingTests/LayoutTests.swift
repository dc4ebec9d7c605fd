import Documents
import FileSystem
import Packaging
import TestSupport
import Testing

@Suite("Packages that are read") struct LayoutTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("layouts")
    private let program = SignatureProgram(testEnvironment())

    init() throws { sample = try SamplePackage() }

    private func package(_ format: PackageFormat = .modelpack) throws -> PackageReader {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let packed = try sample.pack(format, into: layout)
        return try PackageReader(layout, at: try #require(packed.manifest))
    }

    @Test(
        "what is unpacked is what was packed, with its executable bits",
        arguments: [PackageFormat.modelpack, .modelkit])
    func unpack(format: PackageFormat) throws {
        let out = folder.path("out/deep")
        let paths = try package(format).unpack(to: out)
        #expect(
            paths.map(\.string) == [
                "README.md", "data/test.csv", "evaluation.json", "models/model.json", "models/sidecar.json",
                "src/lib/features.py", "src/train.py",
            ])
        for path in ["models/model.json", "src/train.py", "data/test.csv"] {
            #expect(try Files.read(out + "/" + path) == Files.read(sample.folder.path(path)))
        }
        #expect(try Files.status(out + "/src/train.py")?.isExecutable == true)
        #expect(try Files.status(out + "/models/model.json")?.isExecutable == false)
    }

    @Test("only the files that are asked for are unpacked, by what they are for or by their paths")
    func selection() throws {
        let package = try package()
        #expect(
            try package.unpack(to: folder.path("a"), FileSelection(["weights"])).map(\.string) == ["models/model.json"])
        #expect(
            try package.unpack(to: folder.path("b"), FileSelection(["src/lib", "data"])).map(\.string) == [
                "data/test.csv", "src/lib/features.py",
            ])
    }

    @Test("a folder with something in it is not unpacked into")
    func occupied() throws {
        let package = try package()
        try sample.write("keep", "")
        #expect(throws: PackageError.self) { try package.unpack(to: sample.folder.path) }
        #expect(Files.exists(sample.folder.path("keep")))
    }

    @Test("a byte that is flipped anywhere in a package is found, and nothing of it is unpacked")
    func flippedByte() throws {
        let package = try package()
        let blobs = folder.path("layout/blobs/sha256")
        for name in try Files.names(in: blobs) {
            let path = blobs + "/" + name
            let good = try Files.read(path)
            let step = max(1, good.count / 23)
            for place in stride(from: 0, to: good.count, by: step) {
                var bad = good
                bad[place] ^= 0x10
                try Files.write(bad, to: path)
                #expect(throws: (any Error).self, "\(name) at \(place)") {
                    let reader = try PackageReader(package.layout, at: package.descriptor)
                    _ = try PackageVerification(of: reader, nil, program: program)
                }
            }
            try Files.write(good.dropLast(), to: path)
            #expect(throws: (any Error).self) {
                let reader = try PackageReader(package.layout, at: package.descriptor)
                _ = try PackageVerification(of: reader, nil, program: program)
            }
            try Files.write(good + [0], to: path)
            #expect(throws: (any Error).self) {
                let reader = try PackageReader(package.layout, at: package.descriptor)
                _ = try PackageVerification(of: reader, nil, program: program)
            }
            try Files.write(good, to: path)
        }
        let whole = try PackageVerification(of: package, nil, program: program)
        #expect(whole.files.count == 7)
        let model = package.manifest.layers[0]
        try Files.write([UInt8](repeating: 7, count: Int(model.size)), to: package.layout.path(of: model))
        #expect(throws: PackageError.self) { try package.unpack(to: folder.path("out")) }
        #expect(try Files.names(in: folder.path) == ["layout"])
    }

    @Test("a layout goes through an archive and comes back the same")
    func archive() throws {
        let package = try package()
        try package.layout.export(to: folder.path("layout.tar"))
        let file = try FileDescriptor.reading(folder.path("layout.tar"))
        let layout = try ImageLayout.unarchive(file, into: folder.path("again"))
        #expect(try PackageReader(layout, "1.2.0").descriptor.digest == package.descriptor.digest)
        #expect(try PackageReader(layout, nil).files() == package.files())
        #expect(try layout.referrers(of: package.descriptor.digest).count == 2)
        try layout.export(to: folder.path("again.tar"))
        #expect(try Files.read(folder.path("layout.tar")) == Files.read(folder.path("again.tar")))
    }

    @Test("an archive of a layout with a wrong blob is refused")
    func wrongArchive() throws {
        let digest = ContentDigest(of: [1])
        for content: [UInt8] in [[2], [1, 1], []] {
            var bytes: [UInt8] = []
            let entry = TarEntry(RelativePath("blobs/sha256/" + digest.hex), .bytes(content))
            try TarWriter.write([entry]) { bytes.append(contentsOf: $0) }
            #expect(throws: PackageError.self) {
                try ImageLayout.unarchive(MemorySource(bytes), into: folder.path("x\(content.count)"))
            }
        }
    }

    @Test(
        "a package by somebody else whose files would land elsewhere is refused",
        arguments: ["../../x", "/etc/x", ".git/config", "a\u{0}b"])
    func escapingPath(path: String) throws {
        let layout = try ImageLayout.make(at: folder.path("hostile"))
        var layer = try layout.add([1, 2, 3], mediaType: "application/vnd.cncf.model.weight.v1.raw")
        layer.annotations["org.cncf.model.filepath"] = path
        let configuration = try layout.add(Array("{}".utf8), mediaType: MediaType.modelPackConfiguration)
        let manifest = try layout.add(
            ImageManifest(artifactType: MediaType.modelPack, configuration: configuration, layers: [layer]))
        #expect(throws: UnsafePath.self) {
            try PackageReader(layout, at: manifest).unpack(to: folder.path("out"))
        }
        #expect(try Files.names(in: folder.path) == ["hostile"])
    }

    @Test("two layers with one path are refused")
    func clash() throws {
        let layout = try ImageLayout.make(at: folder.path("hostile"))
        var layers: [Descriptor] = []
        for content in [UInt8(1), 2] {
            var layer = try layout.add([content], mediaType: "application/vnd.cncf.model.weight.v1.raw")
            layer.annotations["org.cncf.model.filepath"] = "same"
            layers.append(layer)
        }
        let manifest = try layout.add(
            ImageManifest(artifactType: MediaType.modelPack, configuration: .empty, layers: layers))
        _ = try layout.add(Array("{}".utf8), mediaType: MediaType.empty)
        #expect(throws: PackageError.self) { try PackageReader(layout, at: manifest).unpack(to: folder.path("out")) }
    }

    @Test("a compressed layer is read, and one that unpacks to far more than it is, is refused")
    func gzip() throws {
        for (count, isBomb) in [(1000, false), (300 << 20, true)] {
            let work = TemporaryFolder("gzip")
            _ = try FileDescriptor.sparse(work.path("zeros"), size: Int64(count))
            try RunningProcess(
                ["sh", "-c", "tar -cf - zeros | gzip -9 > layer.tgz"], in: work.path,
                environment: ["PATH": "/usr/bin:/bin"]
            ).wait().succeeds()
            let layout = try ImageLayout.make(at: folder.path("gzip\(count)"))
            let layer = try layout.add(
                Files.read(work.path("layer.tgz")), mediaType: "application/vnd.kitops.modelkit.model.v1.tar+gzip")
            let kit = try layout.add(Array("{}".utf8), mediaType: MediaType.modelKitConfiguration)
            let manifest = try layout.add(ImageManifest(configuration: kit, layers: [layer]))
            let package = try PackageReader(layout, at: manifest)
            if isBomb {
                #expect(throws: PackageError.self) { try package.files() }
            } else {
                #expect(try package.files().map(\.size) == [Int64(count)])
            }
        }
    }

    @Test(
        "a manifest or index that is not what OCI says is refused",
        arguments: [
            "", "[]", "{}", #"{"schemaVersion": 1, "layers": []}"#, #"{"schemaVersion": 2, "layers": [{}]}"#,
            #"{"schemaVersion":2,"layers":[],"config":{"mediaType":"x","digest":"sha256:../../etc/passwd","size":1}}"#,
            #"{"schemaVersion":2,"layers":[],"config":{"mediaType":"x","digest":"md5:00","size":1}}"#,
            #"{"schemaVersion":2,"layers":[],"config":{"mediaType":"x","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":-1}}"#,
            #"{"schemaVersion":2,"layers":[],"config":{"mediaType":"x","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":99999999999999999999}}"#,
            #"{"schemaVersion":2,"schemaVersion":2,"layers":[]}"#,
        ])
    func malformedManifest(text: String) {
        #expect(throws: PackageError.self) { try ImageManifest(parsing: Array(text.utf8)) }
        #expect(throws: PackageError.self) { try ImageIndex(parsing: Array(text.utf8)) }
    }

    #if os(Linux)
        @Test("where a package cannot be written, the error names the folder that a person knows")
        func unwritable() throws {
            let package = try package()
            // Nobody can make a file there, not even root.
            let attempts: [() throws -> Void] = [
                { _ = try package.unpack(to: "/proc/out") },
                { try package.layout.export(to: "/proc/out.tar") },
                { _ = try PackageArrival(at: "/proc/layout") },
            ]
            for attempt in attempts {
                let error = try #require(throws: FileError.self) { try attempt() }
                #expect(error.path == "/proc")
            }
        }
    #endif

    @Test("a link in the place of a blob is not followed")
    func linkedBlob() throws {
        let package = try package()
        let layer = package.manifest.layers[0]
        let place = package.layout.path(of: layer)
        try Files.rename(place, folder.path("elsewhere"))
        try RunningProcess(
            ["ln", "-s", folder.path("elsewhere"), place], in: "/", environment: ["PATH": "/usr/bin:/bin"]
        )
        .wait().succeeds()
        #expect(throws: (any Error).self) { try package.layout.verify(layer) }
    }

    @Test("two packages differ in the files and facts that are not the same, and in no others")
    func difference() throws {
        let old = try package()
        try sample.write("models/model.json", #"{"learner": {"x": 1}}"#)
        var contents = sample.contents
        contents.description.version = "1.3.0"
        contents.writesCard = false
        contents.files.removeLast()
        let packed = try ModelPackFormat.pack(contents, into: old.layout)
        let new = try PackageReader(old.layout, at: try #require(packed.manifest))
        let difference = try PackageDifference(from: old, to: new)
        #expect(
            difference.files.map(\.path.string) == [
                "README.md", "data/test.csv", "evaluation.json", "models/model.json",
            ])
        #expect(difference.files.map { $0.new == nil } == [true, true, true, false])
        #expect(
            difference.fields.map(\.name) == ["annotations.org.opencontainers.image.version", "descriptor.version"])
        #expect(difference.fields.allSatisfy { $0.old == "1.2.0" && $0.new == "1.3.0" })
        #expect(try PackageDifference(from: old, to: old).isEmpty)
    }
}
