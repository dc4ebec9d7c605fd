import FileSystem

/// A package that was made.
package struct PackedPackage: Sendable {
    package let format: PackageFormat
    /// Of the manifest; of the archive; of the list of checksums in a folder.
    package let digest: ContentDigest
    /// In a layout.
    package let manifest: Descriptor?
    /// Sorted by path.
    package let files: [PackedFile]
    /// What whoever uses the package should know, as sentences.
    package let warnings: [String]

    init(
        format: PackageFormat, digest: ContentDigest, manifest: Descriptor? = nil, files: [PackedFile],
        warnings: [String]
    ) {
        self.format = format
        self.digest = digest
        self.manifest = manifest
        self.files = files.sorted { $0.path < $1.path }
        self.warnings = warnings
    }
}

/// What the model files of a package are.
struct ModelSurvey {
    /// Of the first file whose format is known.
    private(set) var facts = ModelFacts()
    private(set) var warnings: [String] = []

    init(_ contents: PackageContents) throws {
        var total: Int64?
        for file in contents.files.sorted(by: { $0.path < $1.path }) {
            guard file.role == .model || file.role == .configuration else { continue }
            let found = try ModelFacts(of: file)
            if found.isUnsafe {
                warnings.append(
                    "'\(file.path.string.printable)' is or may hold a pickle: loading it runs what its maker put there;"
                        + " it is packed unopened")
            }
            guard file.role == .model else { continue }
            if facts.format == nil { facts = found }
            if let count = found.parameterCount { total = (total ?? 0) &+ count }
        }
        facts.parameterCount = total
    }
}

extension PackageContents {
    /// The documents that varve writes into the package, those that the user brings left out.
    func generatedFiles(packed: [PackedFile], survey: ModelSurvey) -> [PackageFile] {
        guard writesCard else { return [] }
        var generated: [PackageFile] = []
        func add(_ name: String, _ bytes: [UInt8]) {
            guard !files.contains(where: { $0.path == RelativePath(name) }) else { return }
            generated.append(PackageFile(RelativePath(name), .documentation, .bytes(bytes)))
        }
        add(
            ModelCard.fileName,
            Array(ModelCard(description, files: packed, facts: survey.facts, warnings: survey.warnings).text.utf8))
        if !description.metrics.isEmpty {
            add(EvaluationResults.fileName, EvaluationResults(description).bytes)
        }
        return generated
    }
}
