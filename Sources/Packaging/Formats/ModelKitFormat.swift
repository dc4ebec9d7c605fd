import Documents
import FileSystem

/// Makes KitOps ModelKits: the Kitfile as the configuration, and an archive for each of its entries.
package enum ModelKitFormat {
    package static func pack(_ contents: PackageContents, into layout: ImageLayout) throws -> PackedPackage {
        let survey = try ModelSurvey(contents)
        var builder = LayerBuilder(layout)
        var kit = KitFile(contents.description, survey.facts)
        var parts = contents
        // The model's own entry is its first file or folder; the others are parts of it.
        let models = contents.groups(.model)
        for (number, group) in models.enumerated() {
            try add(group, number == 0 ? "model" : "modelpart", to: &builder)
            kit.addModel(group, isPart: number > 0, layer: builder.layers.last)
        }
        for group in contents.groups(.configuration) {
            guard !models.isEmpty else {
                throw PackageError(
                    .unsupported, "a ModelKit has no place for files that configure a model without a model")
            }
            try add(group, "modelpart", to: &builder)
            kit.addModel(group, isPart: true, layer: builder.layers.last)
        }
        for role in [FileRole.code, .dataset] {
            for group in contents.groups(role) {
                try add(group, role == .code ? "code" : "dataset", to: &builder)
                kit.add(group, to: role == .code ? "code" : "datasets", layer: builder.layers.last)
            }
        }
        parts.files += contents.generatedFiles(packed: builder.files, survey: survey)
        for group in parts.groups(.documentation) {
            try add(group, "docs", to: &builder)
            kit.add(group, to: "docs", layer: builder.layers.last)
        }
        guard !builder.layers.isEmpty else { throw PackageError(.missing, "there is nothing to package") }
        let configuration = try layout.add(
            Array(JSON.emitPython(kit.value).utf8), mediaType: MediaType.modelKitConfiguration)
        let manifest = try layout.add(
            ImageManifest(
                artifactType: MediaType.modelKit, configuration: configuration, layers: builder.layers,
                annotations: contents.description.annotations))
        return PackedPackage(
            format: .modelkit, digest: manifest.digest, manifest: manifest, files: builder.files,
            warnings: survey.warnings)
    }

    private static func add(_ group: [PackageFile], _ kind: String, to builder: inout LayerBuilder) throws {
        try builder.addTar(group, mediaType: "application/vnd.kitops.modelkit.\(kind).v1.tar")
    }
}

/// A Kitfile: what KitOps calls the description of a ModelKit.
struct KitFile {
    private var model: Mapping?
    private var parts: [Value] = []
    private var sections: [String: [Value]] = [:]
    private let package: Mapping
    private let description: PackageDescription
    private let facts: ModelFacts

    init(_ description: PackageDescription, _ facts: ModelFacts) {
        self.description = description
        self.facts = facts
        var package = Mapping()
        package["name"] = .string(description.name)
        package["version"] = description.version.map(Value.string)
        package["description"] = description.summary.map(Value.string)
        package["license"] = description.licenses.first.map(Value.string)
        package["authors"] = description.authors.isEmpty ? nil : .array(description.authors.map(Value.string))
        self.package = package
    }

    mutating func addModel(_ group: [PackageFile], isPart: Bool, layer: Descriptor?) {
        var entry = Mapping()
        entry["name"] = .string(isPart ? Paths.name(group[0].group.string) : description.name)
        entry["path"] = .string(group[0].group.string)
        if isPart {
            if group[0].role == .configuration { entry["type"] = "configuration" }
        } else {
            entry["license"] = description.licenses.first.map(Value.string)
            entry["framework"] = (description.framework ?? facts.format).map(Value.string)
            entry["format"] = facts.format.map(Value.string)
            entry["version"] = description.version.map(Value.string)
            entry["description"] = description.summary.map(Value.string)
            if let stage = description.stage, !stage.parameters.isEmpty {
                entry["parameters"] = Value.mapping(stage.parameters).sortedByKey.finite
            }
        }
        entry.point(at: layer)
        if isPart { parts.append(.mapping(entry)) } else { model = entry }
    }

    mutating func add(_ group: [PackageFile], to section: String, layer: Descriptor?) {
        var entry = Mapping()
        if section == "datasets" { entry["name"] = .string(Paths.name(group[0].group.string)) }
        entry["path"] = .string(group[0].group.string)
        entry.point(at: layer)
        sections[section, default: []].append(.mapping(entry))
    }

    var value: Value {
        var file = Mapping()
        file["manifestVersion"] = "1.0.0"
        file["package"] = .mapping(package)
        if var model {
            // Parts stand before parameters and digests, as KitOps writes them; readers don't mind the order.
            if !parts.isEmpty { model["parts"] = .array(parts) }
            file["model"] = .mapping(model)
        }
        for section in ["code", "datasets", "docs"] {
            if let entries = sections[section] { file[section] = .array(entries) }
        }
        return .mapping(file)
    }
}

extension Mapping {
    /// The layer that holds an entry's files: not compressed, so both digests are one.
    fileprivate mutating func point(at layer: Descriptor?) {
        guard let layer else { return }
        self["digest"] = .string(layer.digest.text)
        self["diffId"] = .string(layer.digest.text)
    }
}

extension Value {
    /// Mappings sorted by the bytes of their keys, all the way down.
    var sortedByKey: Value {
        switch self {
        case .array(let items): .array(items.map(\.sortedByKey))
        case .mapping(let mapping):
            .mapping(
                Mapping(
                    mapping.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                        .map { (key: $0.key, value: $0.value.sortedByKey) }))
        default: self
        }
    }
}
