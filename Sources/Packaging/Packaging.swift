// Packaging turns files and what is known of them into one thing that can be handed on: an OCI image layout, in which a
// model is an artifact that any registry takes, a plain archive, or an MLflow model folder.
//
// Words: a package is what is handed on; a layout is the folder (or archive) of blobs and manifests that OCI tools read;
// a layer is a blob with files in it; a record is a document about a package (bill of materials, provenance,
// signature) that is attached to it; a registry is a server for packages.
//
// Promises: the same contents give the same bytes everywhere, since no clock, user, umask, locale or order of a folder
// has a say; a blob is under the name of its digest only when its bytes are; what was read from a layout, archive or
// registry has been checked against its digest before anybody sees it; nothing that comes from outside is ever
// executed, unpickled, or written outside of the folder that was asked for.

/// What a package is made as.
package enum PackageFormat: String, Sendable, CaseIterable {
    /// CNCF ModelPack in an OCI layout.
    case modelpack
    /// KitOps ModelKit in an OCI layout.
    case modelkit
    /// A container image in an OCI layout, the package's files in a layer of their own.
    case image
    /// One tar archive with everything in it.
    case tar
    /// A folder as MLflow saves a model.
    case mlflow

    /// Whether it is kept in an OCI layout.
    package var isLayout: Bool {
        switch self {
        case .modelpack, .modelkit, .image: true
        case .tar, .mlflow: false
        }
    }
}
