import Documents
import FileSystem

/// Makes CNCF ModelPack artifacts (model-spec).
///
/// Up to 64 model files are layers of their own, unarchived; so is every other file that was named by itself. The rest
/// of each folder that was named is an archive. Nothing is compressed.
package enum ModelPackFormat {
    static let mostRawLayers = 64

    package static func pack(_ contents: PackageContents, into layout: ImageLayout) throws -> PackedPackage {
        let survey = try ModelSurvey(contents)
        var builder = LayerBuilder(layout)
        for role in [FileRole.model, .configuration, .code, .dataset] { try add(contents, role, to: &builder) }
        var documents = contents
        documents.files += contents.generatedFiles(packed: builder.files, survey: survey)
        try add(documents, .documentation, to: &builder)
        guard !builder.layers.isEmpty else { throw PackageError(.missing, "there is nothing to package") }
        let configuration = try layout.add(
            Array(JSON.emitPython(Self.configuration(contents.description, survey.facts, builder.layers)).utf8),
            mediaType: MediaType.modelPackConfiguration)
        let manifest = try layout.add(
            ImageManifest(
                artifactType: MediaType.modelPack, configuration: configuration, layers: builder.layers,
                annotations: contents.description.annotations))
        return PackedPackage(
            format: .modelpack, digest: manifest.digest, manifest: manifest, files: builder.files,
            warnings: survey.warnings)
    }

    private static func add(_ contents: PackageContents, _ role: FileRole, to builder: inout LayerBuilder) throws {
        let type = "application/vnd.cncf.model.\(mediaName(role)).v1"
        for group in contents.groups(role) {
            let isSingle = group.count == 1 && group[0].path == group[0].group
            if isSingle || (role == .model && group.count <= mostRawLayers) {
                for file in group { try builder.addRaw(file, mediaType: type + ".raw", annotations: annotations(file)) }
            } else {
                try builder.addTar(
                    group, mediaType: type + ".tar", annotations: [AnnotationKey.modelPath: group[0].group.string])
            }
        }
    }

    static func mediaName(_ role: FileRole) -> String {
        switch role {
        case .model: "weight"
        case .configuration: "weight.config"
        case .code: "code"
        case .dataset: "dataset"
        case .documentation: "doc"
        }
    }

    private static func annotations(_ file: PackageFile) throws -> [String: String] {
        var metadata = Mapping()
        metadata["name"] = .string(Paths.name(file.path.string))
        metadata["mode"] = .int(file.isExecutable ? 0o755 : 0o644)
        metadata["uid"] = 0
        metadata["gid"] = 0
        metadata["size"] = .int(Int(try file.size))
        metadata["mtime"] = "1970-01-01T00:00:00Z"
        metadata["typeflag"] = .int(Int(UInt8(ascii: "0")))
        return [
            AnnotationKey.modelPath: file.path.string,
            AnnotationKey.modelMetadata: JSON.emitPython(.mapping(metadata)),
            AnnotationKey.modelUntested: "false",
        ]
    }

    private static func configuration(
        _ description: PackageDescription, _ facts: ModelFacts, _ layers: [Descriptor]
    ) -> Value {
        var about = Mapping()
        about["createdAt"] = description.created.flatMap(UTCTime.text).map(Value.string)
        about["authors"] = description.authors.isEmpty ? nil : .array(description.authors.map(Value.string))
        about["vendor"] = description.vendor.map(Value.string)
        about["family"] = description.family.map(Value.string)
        about["name"] = .string(description.name)
        about["version"] = description.version.map(Value.string)
        about["title"] = description.title.map(Value.string)
        about["description"] = description.summary.map(Value.string)
        about["sourceURL"] = description.sourceURL.map(Value.string)
        let datasets = description.datasets.compactMap(\.uri)
        about["datasetsURL"] = datasets.isEmpty ? nil : .array(datasets.map(Value.string))
        about["revision"] = description.revision.map(Value.string)
        about["licenses"] = description.licenses.isEmpty ? nil : .array(description.licenses.map(Value.string))
        var model = Mapping()
        model["format"] = (description.framework ?? facts.format).map(Value.string)
        model["paramSize"] = facts.parameterSize.map(Value.string)
        model["precision"] = facts.precision.map(Value.string)
        // No layer is compressed, so each one's digest is that of its content.
        let contents: Mapping = Mapping([
            (key: "type", value: "layers"), (key: "diffIds", value: .array(layers.map { .string($0.digest.text) })),
        ])
        return .mapping(
            Mapping([
                (key: "descriptor", value: .mapping(about)), (key: "config", value: .mapping(model)),
                (key: "modelfs", value: .mapping(contents)),
            ]))
    }
}

extension PackageDescription {
    /// What OCI has standing names for.
    var annotations: [String: String] {
        var annotations: [String: String] = [:]
        annotations[AnnotationKey.title] = title ?? name
        annotations[AnnotationKey.version] = version
        annotations[AnnotationKey.description] = summary
        annotations[AnnotationKey.licenses] = licenses.isEmpty ? nil : licenses.joined(separator: " AND ")
        annotations[AnnotationKey.revision] = revision
        annotations[AnnotationKey.source] = sourceURL
        annotations[AnnotationKey.created] = created.flatMap(UTCTime.text)
        return annotations
    }
}
