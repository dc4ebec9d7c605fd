import Documents
import FileSystem

/// How a container of an image starts.
package struct ImageSettings: Sendable {
    package var entrypoint: [String] = []
    package var command: [String] = []
    package var environment: [String] = []
    /// `8080` or `8080/tcp`.
    package var ports: [String] = []
    package var user: String?
    package var workingDirectory: String?
    /// The folder of the image that the package's files are put into.
    package var folder = "/models"
    /// Where there is no base image.
    package var operatingSystem = "linux"
    package var architecture = "amd64"

    package init() {}
}

/// An image that layers are put on.
package struct BaseImage: Sendable {
    package let layout: ImageLayout
    package let manifest: Descriptor
    /// How the user named it.
    package let name: String
    /// What must live as long as the layers are wanted.
    private let owner: (any TemporaryHolder)?

    package init(layout: ImageLayout, manifest: Descriptor, name: String) {
        self.layout = layout
        self.manifest = manifest
        self.name = name
        owner = nil
    }

    package init(package: PackageReader, name: String, keeping owner: any TemporaryHolder) {
        layout = package.layout
        manifest = package.descriptor
        self.name = name
        self.owner = owner
    }

    /// Removes what was unpacked or fetched for it; it is of no use any more.
    package func discard() { owner?.discard() }
}

/// Makes container images: the layers of a base as they are, then a layer for each kind of file.
///
/// No program is run to build it. The base's layers are checked against their digests, not opened.
package enum RunnableImageFormat {
    /// Data first: it changes least often, so the layers before a change can be shared.
    private static let order = [FileRole.dataset, .model, .configuration, .code, .documentation]

    package static func pack(
        _ contents: PackageContents, settings: ImageSettings, base: BaseImage?, into layout: ImageLayout
    ) throws -> PackedPackage {
        let folder = try self.folder(settings)
        let survey = try ModelSurvey(contents)
        var image = try ImageConfiguration(base, settings)
        for layer in image.baseLayers { try copy(layer, from: base, to: layout) }
        var builder = LayerBuilder(layout)
        var documents = contents
        for role in order {
            if role == .documentation {
                documents.files += contents.generatedFiles(packed: builder.files, survey: survey)
            }
            try builder.addTar(documents.files(role), mediaType: MediaType.imageLayer, under: folder)
        }
        let time = contents.description.created.flatMap(UTCTime.text)
        for layer in builder.layers { image.append(layer, created: time) }
        image.apply(settings, labels: contents.description.annotations, created: time)
        let configuration = try layout.add(
            Array(JSON.emitPython(image.value).utf8), mediaType: MediaType.imageConfiguration)
        var annotations = contents.description.annotations
        if let base {
            annotations[AnnotationKey.baseName] = base.name
            annotations[AnnotationKey.baseDigest] = base.manifest.digest.text
        }
        var manifest = try layout.add(
            ImageManifest(
                configuration: configuration, layers: image.baseLayers + builder.layers, annotations: annotations))
        manifest.platform = image.platform
        return PackedPackage(
            format: .image, digest: manifest.digest, manifest: manifest, files: builder.files,
            warnings: survey.warnings)
    }

    /// The folder without its leading slash.
    private static func folder(_ settings: ImageSettings) throws -> String {
        let path = Paths.normalized(settings.folder)
        guard Paths.isAbsolute(path), path.utf8.count > 1 else {
            throw PackageError(
                .malformed, "'\(settings.folder.printable)' is no folder that files of an image can be put into",
                remedy: "name an absolute path, such as /models")
        }
        return String(path.dropFirst())
    }

    private static func copy(_ layer: Descriptor, from base: BaseImage?, to layout: ImageLayout) throws {
        guard let base else { return }
        try layout.take(layer, from: base.layout)
    }
}

/// The configuration of an image that grows.
private struct ImageConfiguration {
    let baseLayers: [Descriptor]
    private var fields: Mapping
    private var diffIDs: [Value]
    private var history: [Value]

    init(_ base: BaseImage?, _ settings: ImageSettings) throws {
        guard let base else {
            baseLayers = []
            (diffIDs, history) = ([], [])
            fields = Mapping()
            fields["architecture"] = .string(settings.architecture)
            fields["os"] = .string(settings.operatingSystem)
            return
        }
        let manifest = try base.layout.manifest(base.manifest)
        fields = try ImageManifest.document(
            base.layout.read(manifest.configuration), called: "base image's configuration")
        guard let root = fields["rootfs"]?.mapping, let known = root["diff_ids"]?.array,
            known.count == manifest.layers.count, known.allSatisfy({ $0.string.flatMap(ContentDigest.init(_:)) != nil })
        else {
            throw PackageError(
                .malformed, "'\(base.name.printableText)' is no container image: its layers are not those it lists",
                remedy: "name a base that was pulled or built as an image")
        }
        baseLayers = try manifest.layers.map { try Self.translated($0) }
        diffIDs = known
        history = fields["history"]?.array ?? []
    }

    /// OCI's name for a layer that Docker has another one for.
    private static func translated(_ layer: Descriptor) throws -> Descriptor {
        var layer = layer
        switch layer.mediaType {
        case "application/vnd.docker.image.rootfs.diff.tar.gzip": layer.mediaType = MediaType.imageLayer + "+gzip"
        case "application/vnd.docker.image.rootfs.diff.tar": layer.mediaType = MediaType.imageLayer
        case let type where type.hasPrefix(MediaType.imageLayer): break
        default:
            throw PackageError(
                .unsupported, "the base image has a layer of the kind '\(layer.mediaType.printableText)'")
        }
        return layer
    }

    /// Layers of ours are not compressed, so their digest is that of their content.
    mutating func append(_ layer: Descriptor, created: String?) {
        diffIDs.append(.string(layer.digest.text))
        var step = Mapping()
        step["created"] = .string(created ?? "1970-01-01T00:00:00Z")
        step["created_by"] = "varve run package"
        step["comment"] = layer.annotations[AnnotationKey.role].map(Value.string)
        history.append(.mapping(step))
    }

    mutating func apply(_ settings: ImageSettings, labels: [String: String], created: String?) {
        var run = fields["config"]?.mapping ?? Mapping()
        if let user = settings.user { run["User"] = .string(user) }
        if !settings.ports.isEmpty {
            var ports = run["ExposedPorts"]?.mapping ?? Mapping()
            for port in settings.ports { ports[port.contains("/") ? port : port + "/tcp"] = .mapping(Mapping()) }
            run["ExposedPorts"] = .mapping(ports)
        }
        if !settings.environment.isEmpty {
            let names = Set(settings.environment.map { $0.prefix { $0 != "=" } })
            let kept = (run["Env"]?.array ?? []).filter { entry in
                entry.string.map { !names.contains($0.prefix { $0 != "=" }) } ?? false
            }
            run["Env"] = .array(kept + settings.environment.map(Value.string))
        }
        if !settings.entrypoint.isEmpty {
            run["Entrypoint"] = .array(settings.entrypoint.map(Value.string))
            // As other builders: the base's command belongs to the base's entry point.
            run["Cmd"] = nil
        }
        if !settings.command.isEmpty { run["Cmd"] = .array(settings.command.map(Value.string)) }
        run["WorkingDir"] = .string(settings.workingDirectory ?? run["WorkingDir"]?.string ?? settings.folder)
        if !labels.isEmpty {
            var all = run["Labels"]?.mapping ?? Mapping()
            for key in labels.keys.sorted() { all[key] = labels[key].map(Value.string) }
            run["Labels"] = .mapping(all)
        }
        fields["created"] = created.map(Value.string)
        fields["config"] = .mapping(run)
        fields["rootfs"] = .mapping(
            Mapping([(key: "type", value: "layers"), (key: "diff_ids", value: .array(diffIDs))]))
        fields["history"] = .array(history)
    }

    var value: Value { .mapping(fields) }

    var platform: Mapping? {
        var platform = Mapping()
        for key in ["architecture", "os", "variant"] { platform[key] = fields[key] }
        return platform
    }
}
