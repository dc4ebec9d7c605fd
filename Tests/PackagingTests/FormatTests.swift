import Documents
import FileSystem
import Hashing
import Packaging
import TestSupport
import Testing

@Suite("Packages that are made") struct FormatTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("packages")

    init() throws { sample = try SamplePackage() }

    private func layout(_ name: String = "layout") throws -> ImageLayout { try ImageLayout.make(at: folder.path(name)) }

    @Test("a ModelPack has the media types, annotations and configuration of the specification")
    func modelPack() throws {
        let layout = try layout()
        let package = try sample.pack(into: layout)
        let manifest = try #require(package.manifest)
        let document = try layout.document(manifest)
        #expect(document["mediaType"]?.string == "application/vnd.oci.image.manifest.v1+json")
        #expect(document["artifactType"]?.string == "application/vnd.cncf.model.manifest.v1+json")
        #expect(document["config", "mediaType"]?.string == "application/vnd.cncf.model.config.v1+json")
        let types = document["layers"]?.array?.compactMap { $0["mediaType"]?.string }
        #expect(
            types == [
                "application/vnd.cncf.model.weight.v1.raw", "application/vnd.cncf.model.weight.config.v1.raw",
                "application/vnd.cncf.model.code.v1.tar", "application/vnd.cncf.model.dataset.v1.raw",
                "application/vnd.cncf.model.doc.v1.raw", "application/vnd.cncf.model.doc.v1.raw",
            ])
        #expect(document["layers", "0", "annotations", "org.cncf.model.filepath"]?.string == "models/model.json")
        let metadata = try #require(
            document["layers", "0", "annotations", "org.cncf.model.file.metadata+json"]?.string)
        #expect(
            try JSON.parse(metadata) == [
                "name": "model.json", "mode": 420, "uid": 0, "gid": 0, "size": 37, "mtime": "1970-01-01T00:00:00Z",
                "typeflag": 48,
            ])
        let parsed = try ImageManifest(parsing: layout.read(manifest))
        let configuration = try layout.document(parsed.configuration)
        #expect(configuration["descriptor", "createdAt"]?.string == "2023-11-14T22:13:20Z")
        #expect(configuration["descriptor", "revision"]?.string == "0123456789abcdef0123456789abcdef01234567")
        #expect(configuration["descriptor", "licenses"]?.array == ["Apache-2.0"])
        #expect(configuration["config", "format"]?.string == "xgboost")
        #expect(configuration["modelfs", "diffIds"]?.array == parsed.layers.map { .string($0.digest.text) })
        #expect(
            parsed.layers[0].annotations["dev.varve.package.md5"]
                == MD5.digest(of: try layout.read(parsed.layers[0])).hex)
    }

    /// The schema is closed: a field that it does not name makes a configuration invalid.
    @Test("the configuration of a ModelPack has no field that the specification's schema does not know")
    func modelPackSchema() throws {
        var contents = sample.contents
        contents.description.title = "Churn"
        contents.description.vendor = "Example"
        contents.description.family = "trees"
        contents.description.datasets = [SourceReference(name: "raw", uri: "https://example.org/raw.csv")]
        let layout = try layout()
        let package = try ModelPackFormat.pack(contents, into: layout)
        let manifest = try layout.manifest(try #require(package.manifest))
        let configuration = try layout.document(manifest.configuration)
        let texts: Set = [
            "createdAt", "family", "name", "docURL", "sourceURL", "version", "revision", "vendor", "title",
            "description",
        ]
        let lists: Set = ["authors", "datasetsURL", "licenses"]
        #expect(Set(configuration.mapping?.keys ?? []) == ["descriptor", "config", "modelfs"])
        let descriptor = try #require(configuration["descriptor"]?.mapping)
        #expect(descriptor.count == 12)
        for (key, value) in descriptor.entries {
            if lists.contains(key) {
                #expect(value.array?.allSatisfy { $0.string != nil } == true, "\(key)")
            } else {
                #expect(texts.contains(key) && value.string != nil, "\(key)")
            }
        }
        let model = try #require(configuration["config"]?.mapping)
        #expect(Set(model.keys).isSubset(of: ["architecture", "format", "paramSize", "precision", "quantization"]))
        let files = try #require(configuration["modelfs"]?.mapping)
        #expect(Set(files.keys) == ["type", "diffIds"])
        #expect(files["diffIds"]?.array?.isEmpty == false)
    }

    @Test("the same contents from another folder, in another order and under another umask have the same digest")
    func reproducible() throws {
        let other = try SamplePackage()
        for format in [PackageFormat.modelpack, .modelkit, .image] {
            let first = try sample.pack(format, into: layout("a-\(format)"))
            for path in ["models/model.json", "src/lib/features.py", "data/test.csv"] {
                try Files.setMode(other.folder.path(path), 0o600)
            }
            var contents = other.contents
            contents.files.reverse()
            let second =
                switch format {
                case .modelkit: try ModelKitFormat.pack(contents, into: layout("b-\(format)"))
                case .image:
                    try RunnableImageFormat.pack(
                        contents, settings: ImageSettings(), base: nil, into: layout("b-\(format)"))
                default: try ModelPackFormat.pack(contents, into: layout("b-\(format)"))
                }
            #expect(first.digest == second.digest, "\(format)")
            #expect(first.files == second.files)
        }
    }

    @Test("files are listed with the MD5 that DVC knows and the SHA-256 that proves them")
    func digests() throws {
        let package = try sample.pack(into: layout())
        let model = try #require(package.files.first { $0.path == "models/model.json" })
        let bytes = try Files.read(sample.folder.path("models/model.json"))
        #expect(model.md5 == MD5.digest(of: bytes))
        #expect(model.sha256 == ContentDigest(of: bytes))
        #expect(package.files.map(\.path.string).contains("src/lib/features.py"))
    }

    @Test("a file that is not the one that was recorded is not packed")
    func recordedDigest() throws {
        var contents = sample.contents
        contents.files[1].recorded = MD5.digest(of: Array("something else".utf8))
        #expect(throws: PackageError.self) { try ModelPackFormat.pack(contents, into: layout()) }
    }

    @Test("a ModelKit has a Kitfile whose entries point at their layers")
    func modelKit() throws {
        let layout = try layout()
        let package = try sample.pack(.modelkit, into: layout)
        let manifest = try layout.manifest(try #require(package.manifest))
        #expect(manifest.artifactType == "application/vnd.kitops.modelkit.manifest.v1+json")
        let kit = try layout.document(manifest.configuration)
        #expect(kit["manifestVersion"]?.string == "1.0.0")
        #expect(kit["package", "name"]?.string == "churn")
        #expect(kit["model", "path"]?.string == "models/model.json")
        #expect(kit["model", "parts", "0", "path"]?.string == "models/sidecar.json")
        #expect(kit["code", "0", "path"]?.string == "src")
        #expect(kit["datasets", "0", "path"]?.string == "data/test.csv")
        #expect(kit["docs"]?.array?.compactMap { $0["path"]?.string } == ["README.md", "evaluation.json"])
        let entries = [
            kit["model"], kit["model", "parts", "0"], kit["code", "0"], kit["datasets", "0"], kit["docs", "0"],
        ]
        #expect(
            entries.map { $0?["digest"]?.string } == manifest.layers.prefix(5).map(\.digest.text))
        #expect(manifest.layers.allSatisfy { $0.mediaType.hasPrefix("application/vnd.kitops.modelkit.") })
    }

    @Test("layers are put on a base image without a change to it, and the program of the image is the user's")
    func image() throws {
        let base = try layout("base")
        let first = try base.add(mediaType: MediaType.imageLayer) { sink in
            try TarWriter.write([TarEntry("etc/base", .bytes(Array("base".utf8)))], to: sink)
        }
        let settings: Value = [
            "architecture": "arm64", "os": "linux",
            "config": ["Env": ["PATH=/bin", "A=1"], "Cmd": ["sh"], "Entrypoint": ["/init"]],
            "rootfs": ["type": "layers", "diff_ids": [.string(first.digest.text)]],
            "history": [["created_by": "base"]],
        ]
        let configuration = try base.add(
            Array(JSON.emitPython(settings).utf8), mediaType: MediaType.imageConfiguration)
        let root = try base.add(ImageManifest(configuration: configuration, layers: [first]))
        try base.publish([(root, "base")])
        var wanted = ImageSettings()
        wanted.entrypoint = ["/models/src/train.py"]
        wanted.environment = ["A=2"]
        wanted.ports = ["8080"]
        let target = try layout("image")
        let package = try RunnableImageFormat.pack(
            sample.contents, settings: wanted,
            base: BaseImage(layout: base, manifest: try base.resolve(nil), name: "oci-layout:base"), into: target)
        let descriptor = try #require(package.manifest)
        let manifest = try target.manifest(descriptor)
        #expect(manifest.layers.first?.digest == first.digest)
        #expect(manifest.annotations["org.opencontainers.image.base.digest"] == root.digest.text)
        let image = try target.document(manifest.configuration)
        #expect(image["architecture"]?.string == "arm64")
        #expect(image["rootfs", "diff_ids"]?.array == manifest.layers.map { .string($0.digest.text) })
        #expect(image["history"]?.array?.count == manifest.layers.count)
        #expect(image["config", "Env"]?.array == ["PATH=/bin", "A=2"])
        #expect(image["config", "Entrypoint"]?.array == ["/models/src/train.py"])
        #expect(image["config", "Cmd"] == nil)
        #expect(image["config", "ExposedPorts"] == ["8080/tcp": .mapping(Mapping())])
        #expect(image["config", "WorkingDir"]?.string == "/models")
        for layer in manifest.layers { try target.verify(layer) }
    }

    @Test("a base whose layers are not those it lists is refused")
    func brokenBase() throws {
        let base = try layout("base")
        let layer = try base.add([1], mediaType: MediaType.imageLayer)
        let configuration = try base.add(
            Array(#"{"rootfs": {"diff_ids": []}}"#.utf8), mediaType: MediaType.imageConfiguration)
        let root = try base.add(ImageManifest(configuration: configuration, layers: [layer]))
        #expect(throws: PackageError.self) {
            try RunnableImageFormat.pack(
                sample.contents, settings: ImageSettings(), base: BaseImage(layout: base, manifest: root, name: "x"),
                into: layout("image"))
        }
    }

    @Test("a plain archive holds the files, a card, a bill of materials and checksums that sha256sum accepts")
    func plainArchive() throws {
        let path = folder.path("churn.tar")
        let package = try PlainArchiveFormat.pack(
            sample.contents, records: PackageRecords(toolVersion: "1.0"), to: path)
        #expect(package.digest == ContentDigest(of: try Files.read(path)))
        let other = try SamplePackage()
        let again = try PlainArchiveFormat.pack(
            other.contents, records: PackageRecords(toolVersion: "1.0"), to: folder.path("again.tar"))
        #expect(again.digest == package.digest)
        try RunningProcess(["tar", "-xf", path], in: folder.path, environment: ["PATH": "/usr/bin:/bin"]).wait()
            .succeeds()
        let names = try Files.names(in: folder.path("churn-1.2.0"))
        #expect(
            names == [
                "README.md", "SHA256SUMS", "data", "evaluation.json", "models", "provenance.json", "sbom.cdx.json",
                "src",
            ])
        try RunningProcess(
            ["sha256sum", "--strict", "-c", "SHA256SUMS"], in: folder.path("churn-1.2.0"),
            environment: ["PATH": "/usr/bin:/bin"]
        ).wait().succeeds()
    }

    @Test("an MLflow folder names the flavour of the model, and appears whole or not at all")
    func mlflow() throws {
        let target = folder.path("mlflow")
        let package = try MLflowFormat.pack(
            sample.contents, records: PackageRecords(toolVersion: "1.0"), to: target)
        let model = try YAML.parse(try Files.read(target + "/MLmodel"))
        #expect(model["flavors", "python_function", "loader_module"]?.string == "mlflow.xgboost")
        #expect(model["flavors", "xgboost", "data"]?.string == "model.json")
        #expect(Files.exists(target + "/model.json"))
        #expect(Files.exists(target + "/sidecar.json"))
        #expect(model["utc_time_created"]?.string == "2023-11-14 22:13:20.000000")
        #expect(Files.exists(target + "/code/src/train.py"))
        #expect(package.files.contains { $0.path == "MLmodel" })
        #expect(throws: PackageError.self) {
            try MLflowFormat.pack(sample.contents, records: PackageRecords(toolVersion: "1.0"), to: target)
        }
        var broken = sample.contents
        broken.files[1].recorded = MD5.digest(of: [])
        #expect(throws: PackageError.self) {
            try MLflowFormat.pack(broken, records: PackageRecords(toolVersion: "1.0"), to: folder.path("broken"))
        }
        #expect(try Files.names(in: folder.path) == ["mlflow"])
    }

    @Test("a card tells what is known, and text by others is not markup in it")
    func card() throws {
        let layout = try layout()
        let package = try sample.pack(into: layout)
        let reader = try PackageReader(layout, at: try #require(package.manifest))
        let out = folder.path("out")
        _ = try reader.unpack(to: out)
        let card = String(decoding: try Files.read(out + "/README.md"), as: UTF8.self)
        #expect(card.hasPrefix("---\nlicense: apache-2.0\n"))
        #expect(card.contains("Who will leave \\| and \\<when\\>"))
        #expect(card.contains("| auc | 0.91 | `metrics.json` |"))
        #expect(card.contains("| train.depth | 6 | `params.yaml` |"))
        #expect(card.contains("python src/train.py"))
        #expect(card.contains("d8e8fca2dc0f896fd7cb4cb0031ba249"))
        let front = try YAML.parse(String(card.components(separatedBy: "---\n")[1]))
        #expect(front["pipeline_tag"]?.string == "tabular-classification")
        #expect(front["model-index", "0", "results", "0", "metrics", "0", "value"] == 0.91)
        let results = try JSON.parse(try Files.read(out + "/evaluation.json"))
        #expect(results["metrics", "metrics.json", "loss"]?.string == "NaN")
        #expect(results["params", "params.yaml", "train", "depth"] == 6)
    }

    @Test("a pickle is packed as it is, with a warning, also under another name")
    func pickle() throws {
        var contents = sample.contents
        let bytes: [UInt8] = [0x80, 0x04, 0x95, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0x2E]
        contents.files.append(PackageFile("models/innocent.bin", .model, .bytes(bytes)))
        contents.files.append(PackageFile("models/known.pkl", .model, .bytes(Array("cos\nsystem\n".utf8))))
        let package = try ModelPackFormat.pack(contents, into: layout())
        #expect(package.warnings.count == 2)
        #expect(package.warnings[0].contains("models/innocent.bin"))
        #expect(package.files.contains { $0.sha256 == ContentDigest(of: bytes) })
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
