import Documents
import FileSystem
import Hashing
import Packaging
import TestSupport
import Testing

/// What the specification of ModelPack asks of a manifest and a configuration, in checks of our own.
@Suite("The rules of ModelPack") struct ModelPackConformanceTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("modelpack")

    init() throws { sample = try SamplePackage() }

    enum Kind: String, CaseIterable {
        /// One file of which nothing is known.
        case minimal
        /// With a card, measurements, data, code and everything that can be said.
        case full
        /// More files than there are layers for each, of sizes and dates that are known from their headers.
        case folders
        case weights
    }

    private func contents(_ kind: Kind) throws -> PackageContents {
        switch kind {
        case .minimal:
            var contents = PackageContents(
                PackageDescription(name: "m"), files: [PackageFile("m.bin", .model, .bytes([1, 2, 3]))])
            contents.writesCard = false
            return contents
        case .full:
            var contents = sample.contents
            contents.description.title = "Churn"
            contents.description.vendor = "Example"
            contents.description.family = "trees"
            contents.description.datasets = [SourceReference(name: "raw", uri: "https://example.org/raw.csv")]
            return contents
        case .folders:
            let shards = (0..<100).map { number in
                var file = PackageFile(RelativePath("weights/\(number).bin"), .model, .bytes([UInt8(number)]))
                file.group = "weights"
                return file
            }
            return PackageContents(PackageDescription(name: "many"), files: shards + sample.contents.files)
        case .weights:
            let header = #"{"a":{"dtype":"F32","shape":[1000,1300],"data_offsets":[0,5200000]}}"#
            var bytes: [UInt8] = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
            bytes += Array(header.utf8)
            bytes += [UInt8](repeating: 0, count: 5_200_000)
            return PackageContents(
                PackageDescription(name: "w"), files: [PackageFile("w.safetensors", .model, .bytes(bytes))])
        }
    }

    private func packed(_ kind: Kind) throws -> (layout: ImageLayout, manifest: Value, configuration: Value) {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let package = try ModelPackFormat.pack(contents(kind), into: layout)
        let descriptor = try #require(package.manifest)
        let parsed = try layout.manifest(descriptor)
        return (layout, try layout.document(descriptor), try layout.document(parsed.configuration))
    }

    @Test(
        "a manifest is an image manifest of the artifact's type, and every blob is there under its digest",
        arguments: Kind.allCases)
    func manifest(kind: Kind) throws {
        let (layout, manifest, _) = try packed(kind)
        #expect(manifest["schemaVersion"] == 2)
        #expect(manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json")
        #expect(manifest["artifactType"] == "application/vnd.cncf.model.manifest.v1+json")
        #expect(manifest["config", "mediaType"] == "application/vnd.cncf.model.config.v1+json")
        let layers = try #require(manifest["layers"]?.array)
        #expect(!layers.isEmpty)
        for descriptor in try [#require(manifest["config"])] + layers {
            let digest = try #require(descriptor["digest"]?.string)
            #expect(digest.hasPrefix("sha256:") && digest.utf8.count == 71)
            let bytes = try Files.read(layout.root + "/blobs/sha256/" + digest.dropFirst(7))
            #expect(descriptor["size"]?.int == bytes.count)
            #expect(ContentDigest(of: bytes).text == digest)
        }
        let kinds = ["weight", "weight.config", "code", "dataset", "doc"]
        let known = kinds.flatMap { kind in
            ["raw", "tar", "tar+gzip", "tar+zstd"].map { "application/vnd.cncf.model.\(kind).v1.\($0)" }
        }
        for layer in layers { #expect(known.contains(layer["mediaType"]?.string ?? "")) }
        for annotation in manifest["annotations"]?.mapping?.entries ?? [] {
            #expect(annotation.value.string != nil, "\(annotation.key)")
        }
        if let created = manifest["annotations", "org.opencontainers.image.created"]?.string {
            #expect(Self.isTime(created))
        }
    }

    @Test(
        "a layer says which file it is, with all that the specification wants to know of a file",
        arguments: Kind.allCases)
    func annotations(kind: Kind) throws {
        let (_, manifest, _) = try packed(kind)
        var paths: [String] = []
        for layer in try #require(manifest["layers"]?.array) {
            let annotations = try #require(layer["annotations"]?.mapping)
            #expect(annotations.entries.allSatisfy { $0.value.string != nil })
            let path = try #require(annotations["org.cncf.model.filepath"]?.string)
            #expect(!path.isEmpty && !path.hasPrefix("/"))
            paths.append(path)
            guard layer["mediaType"]?.string?.hasSuffix(".raw") == true else { continue }
            #expect(["true", "false"].contains(annotations["org.cncf.model.file.mediatype.untested"]?.string))
            let metadata = try JSON.parse(#require(annotations["org.cncf.model.file.metadata+json"]?.string))
            #expect(
                Set(metadata.mapping?.keys ?? []) == ["name", "mode", "uid", "gid", "size", "mtime", "typeflag"])
            #expect(metadata["name"]?.string == Paths.name(path))
            for field in ["mode", "uid", "gid", "size", "typeflag"] { #expect((metadata[field]?.int ?? -1) >= 0) }
            #expect(metadata["size"]?.int == layer["size"]?.int)
            #expect(Self.isTime(metadata["mtime"]?.string ?? ""))
        }
        #expect(Set(paths).count == paths.count)
    }

    @Test(
        "a configuration has the required objects, no field that nobody knows, and values of the right forms",
        arguments: Kind.allCases)
    func configuration(kind: Kind) throws {
        let (_, manifest, configuration) = try packed(kind)
        #expect(Set(configuration.mapping?.keys ?? []) == ["descriptor", "config", "modelfs"])
        let about = try #require(configuration["descriptor"]?.mapping)
        let texts: Set = [
            "createdAt", "family", "name", "docURL", "sourceURL", "version", "revision", "vendor", "title",
            "description",
        ]
        for (key, value) in about.entries {
            if ["authors", "licenses", "datasetsURL"].contains(key) {
                #expect(value.array?.allSatisfy { $0.string?.isEmpty == false } == true, "\(key)")
            } else {
                #expect(texts.contains(key) && value.string?.isEmpty == false, "\(key)")
            }
        }
        if let created = about["createdAt"]?.string { #expect(Self.isTime(created)) }
        let model = try #require(configuration["config"]?.mapping)
        for (key, value) in model.entries {
            #expect(["architecture", "format", "paramSize", "precision", "quantization"].contains(key), "\(key)")
            #expect(value.string?.isEmpty == false, "\(key)")
        }
        if let size = model["paramSize"]?.string { #expect(Self.isParameterSize(size), "\(size)") }
        let precisions: Set = ["fp64", "fp32", "fp16", "bf16", "fp8", "int64", "int32", "int16", "int8", "mixed"]
        for precision in model["precision"]?.string?.split(separator: ",") ?? [] {
            #expect(precisions.contains(String(precision)))
        }
        #expect(kind != .weights || (model["paramSize"] == "1.3M" && model["precision"] == "fp32"))
        let files = try #require(configuration["modelfs"]?.mapping)
        #expect(Set(files.keys) == ["type", "diffIds"])
        #expect(files["type"] == "layers")
        // No layer is compressed, so the digest of what is in it is its own.
        #expect(files["diffIds"]?.array == manifest["layers"]?.array?.compactMap { $0["digest"] })
    }

    /// `2026-11-23T16:30:00Z`, as RFC 3339 has it.
    private static func isTime(_ text: String) -> Bool {
        let form = Array("0000-00-00T00:00:00Z".utf8)
        let bytes = Array(text.utf8)
        return bytes.count == form.count
            && zip(bytes, form).allSatisfy { byte, wanted in
                wanted == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == wanted
            }
    }

    /// A number with one digit behind the point at most, and a letter for how many thousands.
    private static func isParameterSize(_ text: String) -> Bool {
        guard let letter = text.last, "KMBTQkmbtq".contains(letter) else { return false }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && (parts.count == 1 || parts[1].count == 1)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
