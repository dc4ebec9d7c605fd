import Documents
import FileSystem
import Hashing
import Packaging
import TestSupport
import Testing

@Suite("Documents about packages") struct RecordTests {
    private let sample: SamplePackage
    private let folder = TemporaryFolder("records")

    init() throws { sample = try SamplePackage() }

    /// The package, and the document of a kind that is attached to it.
    private func record(_ kind: String) throws -> (PackedPackage, Value) {
        let layout = try ImageLayout.make(at: folder.path("layout"))
        let package = try sample.pack(into: layout)
        let found = try layout.referrers(of: package.digest).first { $0.manifest.artifactType == kind }
        let manifest = try #require(found?.manifest)
        #expect(manifest.subject?.digest == package.digest)
        #expect(manifest.configuration == .empty)
        return (package, try layout.document(manifest.layers[0]))
    }

    @Test("the bill of materials names every file with both digests, the model's card and the libraries")
    func billOfMaterials() throws {
        let (package, bom) = try record("application/vnd.cyclonedx+json")
        #expect(bom["bomFormat"] == "CycloneDX")
        #expect(bom["specVersion"] == "1.6")
        let components = try #require(bom["components"]?.array)
        #expect(components.count == package.files.count + 1)
        for (component, file) in zip(components, package.files) {
            #expect(component["name"]?.string == file.path.string)
            #expect(component["hashes", "0"] == ["alg": "MD5", "content": .string(file.md5.hex)])
            #expect(component["hashes", "1"] == ["alg": "SHA-256", "content": .string(file.sha256.hex)])
        }
        #expect(components.last?["purl"]?.string == "pkg:pypi/xgboost@3.0.0")
        let model = try #require(bom["metadata", "component"])
        #expect(model["type"] == "machine-learning-model")
        #expect(model["hashes", "0", "content"]?.string == package.digest.hex)
        #expect(model["licenses"] == [["expression": "Apache-2.0"]])
        #expect(
            model["modelCard", "quantitativeAnalysis", "performanceMetrics", "0"] == ["type": "auc", "value": "0.91"])
        #expect(model["modelCard", "modelParameters", "datasets", "0", "name"] == "data/train.csv")
    }

    @Test("the provenance is an in-toto statement about the package with the commit and the data it came from")
    func provenance() throws {
        let (package, statement) = try record("application/vnd.in-toto+json")
        #expect(statement["_type"] == "https://in-toto.io/Statement/v1")
        #expect(statement["predicateType"] == "https://slsa.dev/provenance/v1")
        #expect(statement["subject", "0"] == ["name": "churn", "digest": ["sha256": .string(package.digest.hex)]])
        let definition = try #require(statement["predicate", "buildDefinition"])
        #expect(definition["externalParameters", "stage"] == "train")
        #expect(
            definition["resolvedDependencies"]?.array == [
                [
                    "uri": "git+https://example.org/churn.git@0123456789abcdef0123456789abcdef01234567",
                    "digest": ["gitCommit": "0123456789abcdef0123456789abcdef01234567"],
                ],
                ["name": "data/train.csv", "digest": ["md5": "d8e8fca2dc0f896fd7cb4cb0031ba249"]],
            ])
    }

    @Test("the version of varve is in the documents about a package and not in the package")
    func toolVersion() throws {
        let layout = try ImageLayout.make(at: folder.path("versions"))
        let package = try ModelPackFormat.pack(sample.contents, into: layout)
        let first = try PackageRecords(toolVersion: "1.0").attach(to: package, of: sample.contents, in: layout)
        let second = try PackageRecords(toolVersion: "2.0").attach(to: package, of: sample.contents, in: layout)
        #expect(Set(first.map(\.digest)).isDisjoint(with: second.map(\.digest)))
        #expect(try ModelPackFormat.pack(sample.contents, into: layout).digest == package.digest)
    }

    @Test(
        "times are those of the calendar",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"), (1_709_210_096, "2024-02-29T12:34:56Z"),
        ] as [(Int64, String)])
    func times(seconds: Int64, text: String) {
        #expect(UTCTime.text(seconds) == text)
        #expect(UTCTime.text(.max) == nil && UTCTime.text(.min) == nil)
    }

    @Test("parameters of a safetensors file are counted from its header, and a header that lies is refused")
    func safetensors() throws {
        func facts(_ header: String, tail: Int, length: UInt64? = nil) throws -> ModelFacts {
            var bytes: [UInt8] = []
            let size = length ?? UInt64(header.utf8.count)
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: size >> UInt64(8 * shift))) }
            bytes += Array(header.utf8) + [UInt8](repeating: 0, count: tail)
            return try ModelFacts(of: PackageFile("m.safetensors", .model, .bytes(bytes)))
        }
        let good = #"{"__metadata__":{"a":"b"},"w":{"dtype":"F16","shape":[50,40],"data_offsets":[0,4000]}}"#
        let found = try facts(good, tail: 4000)
        #expect(found.parameterCount == 2000)
        #expect(found.precision == "fp16")
        #expect(found.parameterSize == "2K")
        for header in [
            #"{"w":{"dtype":"F16","shape":[50,40],"data_offsets":[0,4001]}}"#,
            #"{"w":{"dtype":"F16","shape":[9223372036854775807,4],"data_offsets":[0,4000]}}"#,
            #"{"w":{"dtype":"F16","shape":[50,400],"data_offsets":[0,4000]}}"#,
            #"{"w":{"dtype":"F16","shape":[-5],"data_offsets":[0,4000]}}"#,
            #"{"w":{"dtype":"F16","shape":[2],"data_offsets":[4000,0]}}"#,
            #"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,9]},"b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]}}"#,
            "[]", "{",
        ] {
            #expect(throws: PackageError.self, "\(header)") { try facts(header, tail: 4000) }
        }
        #expect(throws: PackageError.self) { try facts(good, tail: 4000, length: .max) }
        #expect(throws: PackageError.self) { try facts(good, tail: 4000, length: 99_999_999) }
    }

    @Test(
        "sizes are written as ModelPack writes them",
        arguments: [(999, nil), (1000, "1K"), (6_700_000_000, "6.7B"), (123_456_789, "123.4M")] as [(Int64, String?)])
    func parameterSizes(count: Int64, text: String?) {
        #expect(ModelFacts(parameterCount: count).parameterSize == text)
    }
}
