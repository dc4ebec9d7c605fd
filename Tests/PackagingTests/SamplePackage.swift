import Basics
import Documents
import FileSystem
import Hashing
import Packaging
import TestSupport

/// A model, its code and its data in a folder of the disk.
struct SamplePackage {
    let folder = TemporaryFolder("sample")

    init() throws {
        try write("models/model.json", #"{"learner": {}, "version": [3, 2, 0]}"#)
        try write("models/sidecar.json", #"{"classes": ["a", "b"]}"#)
        try write("src/train.py", "print('train')\n", isExecutable: true)
        try write("src/lib/features.py", "x = 1\n")
        try write("data/test.csv", "a,b\n1,2\n")
    }

    func write(_ path: String, _ text: String, isExecutable: Bool = false) throws {
        let place = folder.path(path)
        try Files.makeDirectory(Paths.parent(place))
        try Files.write(Array(text.utf8), to: place)
        if isExecutable { try Files.setMode(place, 0o755) }
    }

    func file(_ path: String, _ role: FileRole, group: String? = nil, isExecutable: Bool = false) -> PackageFile {
        PackageFile(
            RelativePath(path), role, .file(folder.path(path)), isExecutable: isExecutable,
            group: group.map { RelativePath($0) })
    }

    var contents: PackageContents {
        var description = PackageDescription(name: "churn")
        description.version = "1.2.0"
        description.summary = "Who will leave | and <when>"
        description.authors = ["Ada <ada@example.org>"]
        description.licenses = ["Apache-2.0"]
        description.labels = ["tabular"]
        description.task = "tabular-classification"
        description.revision = "0123456789abcdef0123456789abcdef01234567"
        description.created = 1_700_000_000
        description.sourceURL = "https://example.org/churn.git"
        description.metrics = [ValueSet(file: "metrics.json", values: ["auc": 0.91, "loss": .float(.nan)])]
        description.parameters = [ValueSet(file: "params.yaml", values: ["train": ["depth": 6]])]
        description.stage = StageRecord(
            address: "train", commands: ["python src/train.py"],
            dependencies: [SourceReference(name: "data/train.csv", md5: "d8e8fca2dc0f896fd7cb4cb0031ba249", size: 5)],
            parameters: Mapping([(key: "train", value: ["depth": 6])]))
        description.requirements = ["xgboost==3.0.0", "numpy"]
        return PackageContents(
            description,
            files: [
                file("src/train.py", .code, group: "src", isExecutable: true),
                file("models/model.json", .model),
                file("src/lib/features.py", .code, group: "src"),
                file("models/sidecar.json", .configuration),
                file("data/test.csv", .dataset),
            ])
    }

    /// Makes the package as it is made for users.
    func pack(_ format: PackageFormat = .modelpack, into layout: ImageLayout, tag: String = "1.2.0") throws
        -> PackedPackage
    {
        let package =
            switch format {
            case .modelkit: try ModelKitFormat.pack(contents, into: layout)
            case .image:
                try RunnableImageFormat.pack(contents, settings: ImageSettings(), base: nil, into: layout)
            default: try ModelPackFormat.pack(contents, into: layout)
            }
        if let manifest = package.manifest { try layout.publish([(manifest, tag)]) }
        _ = try PackageRecords(toolVersion: "1.0").attach(to: package, of: contents, in: layout)
        return package
    }
}

extension Value {
    /// The value at a path of keys and indices.
    subscript(_ path: String...) -> Value? {
        var value: Value? = self
        for step in path {
            if let index = Int(step), let items = value?.array {
                value = items.indices.contains(index) ? items[index] : nil
            } else {
                value = value?.mapping?[step]
            }
        }
        return value
    }
}

extension ImageLayout {
    func document(_ descriptor: Descriptor) throws -> Value { try JSON.parse(read(descriptor)) }
}

/// The environment of a program that tests start.
func testEnvironment(_ variables: [String: String] = [:]) -> HostEnvironment {
    HostEnvironment(
        variables: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent"].merging(variables) { $1 },
        workingDirectory: "/", processors: 2)
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileDescriptor {
    /// A file of zeros that takes no room.
    static func sparse(_ path: String, size: Int64) throws -> FileDescriptor {
        let raw = open(path, O_RDWR | O_CREAT, 0o600)
        guard raw >= 0, ftruncate(raw, off_t(size)) == 0 else { throw FileError("create", path) }
        return FileDescriptor(owning: raw, path: path)
    }
}
