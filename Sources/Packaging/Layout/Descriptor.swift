package import Documents

/// What points at a blob: its kind, size and digest.
package struct Descriptor: Sendable, Equatable {
    package var mediaType: String
    package var digest: ContentDigest
    package var size: Int64
    package var artifactType: String?
    package var annotations: [String: String]
    /// `os`, `architecture` … of an image, where an index tells its manifests apart by them.
    package var platform: Mapping?

    package init(
        mediaType: String, digest: ContentDigest, size: Int64, artifactType: String? = nil,
        annotations: [String: String] = [:], platform: Mapping? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.artifactType = artifactType
        self.annotations = annotations
        self.platform = platform
    }

    /// Of bytes at hand.
    package init(of bytes: [UInt8], mediaType: String) {
        self.init(mediaType: mediaType, digest: ContentDigest(of: bytes), size: Int64(bytes.count))
    }

    /// The blob `{}`, which stands where OCI wants one and there is nothing to say.
    package static let empty = Descriptor(of: Array("{}".utf8), mediaType: MediaType.empty)

    package init(parsing value: Value?) throws(PackageError) {
        guard let fields = value?.mapping, let mediaType = fields["mediaType"]?.string, mediaType.utf8.count <= 255,
            let text = fields["digest"]?.string, let size = fields["size"]?.int, size >= 0
        else { throw PackageError(.malformed, "a descriptor lacks its mediaType, digest or size") }
        guard let digest = ContentDigest(text) else {
            throw PackageError(
                .unsupported, "a descriptor has the digest '\(String(text.prefix(100)).printableText)'",
                remedy: "only sha256 digests can be checked")
        }
        self.init(
            mediaType: mediaType, digest: digest, size: Int64(size), artifactType: fields["artifactType"]?.string,
            annotations: try Descriptor.annotations(fields["annotations"]), platform: fields["platform"]?.mapping)
    }

    static func annotations(_ value: Value?) throws(PackageError) -> [String: String] {
        var annotations: [String: String] = [:]
        for (key, value) in value?.mapping?.entries ?? [] {
            guard let text = value.string else {
                throw PackageError(.malformed, "the annotation '\(key.printableText)' is not text")
            }
            annotations[key] = text
        }
        return annotations
    }

    package var value: Value {
        var fields = Mapping()
        fields["mediaType"] = .string(mediaType)
        fields["digest"] = .string(digest.text)
        fields["size"] = .int(Int(size))
        if !annotations.isEmpty { fields["annotations"] = Descriptor.value(annotations) }
        if let platform { fields["platform"] = .mapping(platform) }
        if let artifactType { fields["artifactType"] = .string(artifactType) }
        return .mapping(fields)
    }

    /// Sorted by key.
    static func value(_ annotations: [String: String]) -> Value {
        let keys = annotations.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return .mapping(Mapping(keys.map { (key: $0, value: .string(annotations[$0] ?? "")) }))
    }

    /// The name that an index knows the manifest by.
    package var reference: String? { annotations[AnnotationKey.reference] }

    var damage: PackageError {
        PackageError(.digest, "the blob \(digest) is damaged: its bytes are not those that its digest names")
    }
}
