/// Media types of OCI and of what varve packs.
package enum MediaType {
    package static let manifest = "application/vnd.oci.image.manifest.v1+json"
    package static let index = "application/vnd.oci.image.index.v1+json"
    package static let empty = "application/vnd.oci.empty.v1+json"
    package static let imageConfiguration = "application/vnd.oci.image.config.v1+json"
    package static let imageLayer = "application/vnd.oci.image.layer.v1.tar"
    /// What Docker calls the same things; registries and base images still have them.
    package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    package static let dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json"

    package static let modelPack = "application/vnd.cncf.model.manifest.v1+json"
    package static let modelPackConfiguration = "application/vnd.cncf.model.config.v1+json"
    package static let modelKit = "application/vnd.kitops.modelkit.manifest.v1+json"
    package static let modelKitConfiguration = "application/vnd.kitops.modelkit.config.v1+json"

    package static let billOfMaterials = "application/vnd.cyclonedx+json"
    package static let statement = "application/vnd.in-toto+json"
    /// A signature statement and the signature under it, as `ssh-keygen` or `minisign` made it.
    package static let signature = "application/vnd.varve.signature.v1"
    package static let sshSignature = "application/vnd.varve.signature.v1.ssh"
    package static let minisignSignature = "application/vnd.varve.signature.v1.minisign"

    static func isManifest(_ type: String) -> Bool { type == manifest || type == dockerManifest }
    static func isIndex(_ type: String) -> Bool { type == index || type == dockerIndex }
}

/// Keys of annotations.
package enum AnnotationKey {
    package static let reference = "org.opencontainers.image.ref.name"
    package static let title = "org.opencontainers.image.title"
    package static let created = "org.opencontainers.image.created"
    package static let revision = "org.opencontainers.image.revision"
    package static let version = "org.opencontainers.image.version"
    package static let source = "org.opencontainers.image.source"
    package static let licenses = "org.opencontainers.image.licenses"
    package static let description = "org.opencontainers.image.description"
    package static let baseName = "org.opencontainers.image.base.name"
    package static let baseDigest = "org.opencontainers.image.base.digest"

    /// ModelPack: the path of the file in a layer.
    package static let modelPath = "org.cncf.model.filepath"
    package static let modelMetadata = "org.cncf.model.file.metadata+json"
    package static let modelUntested = "org.cncf.model.file.mediatype.untested"

    /// What a layer is for; only on layers that varve wrote.
    package static let role = "dev.varve.package.role"
    /// The MD5 that DVC knows the file by.
    package static let md5 = "dev.varve.package.md5"
}
