import Documents

/// A manifest: a configuration, layers, and what it is attached to.
package struct ImageManifest: Sendable, Equatable {
    /// More than any registry takes.
    package static let largest = 4 << 20

    package var artifactType: String?
    package var configuration: Descriptor
    package var layers: [Descriptor]
    /// The manifest that this one says something about.
    package var subject: Descriptor?
    package var annotations: [String: String]

    package init(
        artifactType: String? = nil, configuration: Descriptor, layers: [Descriptor], subject: Descriptor? = nil,
        annotations: [String: String] = [:]
    ) {
        self.artifactType = artifactType
        self.configuration = configuration
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    package init(parsing bytes: [UInt8]) throws(PackageError) {
        let fields = try Self.document(bytes, called: "manifest")
        guard fields["schemaVersion"]?.int == 2, fields["manifests"] == nil, let layers = fields["layers"]?.array,
            layers.count <= 10_000
        else { throw PackageError(.malformed, "the manifest is not one of OCI's or Docker's, version 2") }
        if let type = fields["mediaType"]?.string, !MediaType.isManifest(type) {
            throw PackageError(.malformed, "the manifest says that it is a '\(type.printableText)'")
        }
        var parsed: [Descriptor] = []
        for layer in layers { parsed.append(try Descriptor(parsing: layer)) }
        var subject: Descriptor?
        if let value = fields["subject"] { subject = try Descriptor(parsing: value) }
        self.init(
            artifactType: fields["artifactType"]?.string, configuration: try Descriptor(parsing: fields["config"]),
            layers: parsed, subject: subject, annotations: try Descriptor.annotations(fields["annotations"]))
    }

    /// The exact bytes that the digest is of.
    package var bytes: [UInt8] {
        var fields = Mapping()
        fields["schemaVersion"] = 2
        fields["mediaType"] = .string(MediaType.manifest)
        if let artifactType { fields["artifactType"] = .string(artifactType) }
        fields["config"] = configuration.value
        fields["layers"] = .array(layers.map(\.value))
        if let subject { fields["subject"] = subject.value }
        if !annotations.isEmpty { fields["annotations"] = Descriptor.value(annotations) }
        return Array(JSON.emitPython(.mapping(fields)).utf8)
    }

    /// All that has to be at hand for the manifest to be of use, each once.
    package var blobs: [Descriptor] {
        var known: Set<ContentDigest> = []
        return ([configuration] + layers).filter { known.insert($0.digest).inserted }
    }

    /// What kind of artifact it is, also where an older tool said it by the configuration's type.
    package var kind: String { artifactType ?? configuration.mediaType }

    /// A document of OCI's: an object, with nothing in it twice.
    static func document(_ bytes: [UInt8], called name: String) throws(PackageError) -> Mapping {
        do {
            let limits = DocumentLimits(bytes: largest, depth: 50)
            if case .mapping(let fields) = try JSON.parse(bytes, limits: limits) { return fields }
        } catch {
            throw PackageError(.malformed, "the \(name) cannot be read: \(error.message)")
        }
        throw PackageError(.malformed, "the \(name) is not a JSON object")
    }
}

/// A list of manifests: the names of a layout, the platforms of an image, what refers to a manifest.
package struct ImageIndex: Sendable, Equatable {
    package var manifests: [Descriptor]

    package init(manifests: [Descriptor] = []) { self.manifests = manifests }

    package init(parsing bytes: [UInt8]) throws(PackageError) {
        let fields = try ImageManifest.document(bytes, called: "index")
        guard fields["schemaVersion"]?.int == 2, let manifests = fields["manifests"]?.array, manifests.count <= 10_000
        else { throw PackageError(.malformed, "the index is not one of OCI's, version 2") }
        var parsed: [Descriptor] = []
        for manifest in manifests { parsed.append(try Descriptor(parsing: manifest)) }
        self.init(manifests: parsed)
    }

    package var bytes: [UInt8] {
        var fields = Mapping()
        fields["schemaVersion"] = 2
        fields["mediaType"] = .string(MediaType.index)
        fields["manifests"] = .array(manifests.map(\.value))
        return Array(JSON.emitPython(.mapping(fields)).utf8)
    }
}
