import Documents
package import FileSystem

/// What is not the same in two packages.
package struct PackageDifference: Sendable {
    package struct FileChange: Sendable, Equatable {
        package let path: RelativePath
        package let old: PackageReader.File?
        package let new: PackageReader.File?
    }

    package struct FieldChange: Sendable, Equatable {
        /// Such as `descriptor.version`.
        package let name: String
        package let old: String?
        package let new: String?
    }

    package let files: [FileChange]
    /// Of the configuration and of the manifest's annotations.
    package let fields: [FieldChange]

    package var isEmpty: Bool { files.isEmpty && fields.isEmpty }

    /// Of packages without a layout only the files can be compared.
    package init(from old: OpenedPackage, to new: OpenedPackage) throws {
        files = try Self.files(old.files(), new.files())
        guard case .layout(let old) = old.content, case .layout(let new) = new.content else {
            fields = []
            return
        }
        fields = try Self.fields(Self.facts(old), Self.facts(new))
    }

    package init(from old: PackageReader, to new: PackageReader, limits: ArchiveLimits = .standard) throws {
        files = try Self.files(old.files(limits), new.files(limits))
        fields = try Self.fields(Self.facts(old), Self.facts(new))
    }

    private static func files(_ old: [PackageReader.File], _ new: [PackageReader.File]) -> [FileChange] {
        let left = Dictionary(old.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let right = Dictionary(new.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return Set(left.keys).union(right.keys).sorted().compactMap { path in
            left[path] == right[path] ? nil : FileChange(path: path, old: left[path], new: right[path])
        }
    }

    /// Names and values; the digests of layers are left out, since the files tell more.
    private static func facts(_ package: PackageReader) throws -> [String: String] {
        var facts: [String: String] = [:]
        facts["kind"] = package.manifest.kind
        for (key, value) in package.manifest.annotations { facts["annotations." + key] = value }
        let configuration = try package.layout.read(package.manifest.configuration)
        guard let fields = try? JSON.parse(configuration, limits: DocumentLimits(depth: 50)) else { return facts }
        for (name, value) in ValueSet(file: "", values: fields).leaves {
            let isDigest =
                ["diffIds[", "diff_ids[", "history["].contains { name.contains($0) }
                || name.hasSuffix(".digest") || name.hasSuffix(".diffId")
            if !isDigest { facts[name] = value.plainText }
        }
        return facts
    }

    private static func fields(_ old: [String: String], _ new: [String: String]) -> [FieldChange] {
        Set(old.keys).union(new.keys).sorted { $0.precedesInBytes($1) }.compactMap { name in
            old[name] == new[name] ? nil : FieldChange(name: name, old: old[name], new: new[name])
        }
    }
}
