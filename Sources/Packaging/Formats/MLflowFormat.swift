import Documents
import FileSystem
import Hashing

/// Makes a folder as MLflow saves a model, so that MLflow loads and serves it.
///
/// XGBoost, ONNX and pickled scikit-learn models get the flavour of that name, with which `mlflow.pyfunc` works, too;
/// any other file is kept under a flavour of varve's, for MLflow to store and for people to find.
package enum MLflowFormat {
    static let fileName = "MLmodel"

    package static func pack(
        _ contents: PackageContents, records: PackageRecords, to folder: String
    ) throws -> PackedPackage {
        guard var model = contents.files(.model).first else {
            throw PackageError(.missing, "an MLflow folder needs a model file")
        }
        if let status = try Files.status(folder), try status.kind != .directory || !Files.names(in: folder).isEmpty {
            throw PackageError(
                .malformed, "'\(folder.printable)' is there already", remedy: "name another place, or remove it first")
        }
        let top = Paths.parent(model.path.string)
        var arranged = contents
        for index in arranged.files.indices { arranged.files[index].path = place(of: arranged.files[index], top) }
        model.path = place(of: model, top)
        let all = try AccompanyingFiles(
            arranged, extra: try documents(arranged, model), records: records, format: .mlflow)
        // Beside its place, so that the folder appears whole.
        let temporary = try SiblingFolder.make(of: folder)
        do {
            try write(all, to: temporary)
            try Files.removeDirectory(folder)
            try Files.rename(temporary, folder)
        } catch {
            try? Files.removeTree(temporary)
            throw error
        }
        let list = try Files.read(Paths.join(folder, AccompanyingFiles.checksums))
        return PackedPackage(
            format: .mlflow, digest: ContentDigest(of: list), files: all.packed, warnings: all.warnings)
    }

    /// Where MLflow looks for things: the model, and what lies beside it, at the top, since some flavours look for
    /// `MLmodel` in the folder of the model's file; code in a folder of its own.
    private static func place(of file: PackageFile, _ top: String) -> RelativePath {
        let path = file.path.string
        switch file.role {
        case .code: return RelativePath("code/" + path)
        case .model, .configuration:
            return Paths.isInside(path, top) ? RelativePath(Paths.relative(path, to: top)) : file.path
        default: return file.path
        }
    }

    private static func write(_ all: AccompanyingFiles, to root: String) throws {
        let folder = try SafeFolder(root: root)
        let expected = Dictionary(all.packed.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for file in all.files {
            var digests = FileDigests()
            let target = try folder.createFile(file.path, mode: file.isExecutable ? 0o777 : 0o666)
            try file.stream {
                digests.update($0)
                try target.write($0)
            }
            if let packed = expected[file.path], try digests.packed(file) != packed {
                throw PackageError(.changed, "'\(file.path.string.printable)' changed while it was packed")
            }
        }
    }

    // MARK: Documents

    private static func documents(_ contents: PackageContents, _ model: PackageFile) throws -> [PackageFile] {
        let description = contents.description
        let facts = try ModelFacts(of: model)
        let digest = try model.measured().sha256
        var fields = Mapping()
        fields["artifact_path"] = .string(description.name)
        fields["flavors"] = .mapping(flavors(contents, model, facts))
        fields["model_uuid"] = .string(String(digest.hex.prefix(32)))
        if let created = description.created.flatMap(UTCTime.text) {
            // As Python prints a time, which is what MLflow reads.
            fields["utc_time_created"] = .string(created.dropLast().replacing("T", with: " ") + ".000000")
        }
        var metadata = Mapping()
        metadata["name"] = .string(description.name)
        metadata["version"] = description.version.map(Value.string)
        metadata["revision"] = description.revision.map(Value.string)
        metadata["sha256"] = .string(digest.hex)
        fields["metadata"] = .mapping(metadata)
        var files = [file(fileName, YAML.emit(.mapping(fields)))]
        if !description.requirements.isEmpty {
            files.append(file("requirements.txt", description.requirements.map { $0 + "\n" }.joined()))
        }
        return files
    }

    private static func file(_ name: String, _ text: String) -> PackageFile {
        PackageFile(RelativePath(name), .configuration, .bytes(Array(text.utf8)))
    }

    private static func flavors(_ contents: PackageContents, _ model: PackageFile, _ facts: ModelFacts) -> Mapping {
        let description = contents.description
        let version = description.frameworkVersion
        var own = Mapping()
        let name: String
        let data = model.path.string
        switch description.framework ?? facts.format {
        case "xgboost":
            name = "xgboost"
            own["code"] = .null
            own["data"] = .string(data)
            own["model_class"] = "xgboost.core.Booster"
            own["model_format"] = .string(data.hasSuffix(".ubj") ? "ubj" : "json")
            own["xgb_version"] = version.map(Value.string)
        case "onnx":
            name = "onnx"
            own["code"] = .null
            own["data"] = .string(data)
            own["onnx_version"] = version.map(Value.string)
            own["providers"] = ["CUDAExecutionProvider", "CPUExecutionProvider"]
        case "sklearn", "scikit-learn":
            name = "sklearn"
            own["code"] = .null
            own["pickled_model"] = .string(data)
            own["serialization_format"] = data.hasSuffix(".cloudpickle") ? "cloudpickle" : "pickle"
            own["sklearn_version"] = version.map(Value.string)
        default:
            own["data"] = .string(data)
            own["format"] = facts.format.map(Value.string)
            return Mapping([(key: "varve", value: .mapping(own))])
        }
        if !contents.files(.code).isEmpty { own["code"] = "code" }
        var function = Mapping()
        function["loader_module"] = .string("mlflow." + name)
        if name == "sklearn" {
            function["model_path"] = .string(data)
            function["predict_fn"] = "predict"
        } else {
            function["data"] = .string(data)
        }
        if !contents.files(.code).isEmpty { function["code"] = "code" }
        return Mapping([
            (key: "python_function", value: .mapping(function)), (key: name, value: .mapping(own)),
        ])
    }
}
