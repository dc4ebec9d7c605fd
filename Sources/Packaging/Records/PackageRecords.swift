/// Which documents go along with a package.
package struct PackageRecords: Sendable {
    package var writesBillOfMaterials = true
    package var writesProvenance = true
    /// The version of varve, which the documents name as their writer.
    package var toolVersion: String

    package init(toolVersion: String) { self.toolVersion = toolVersion }

    /// Attaches the documents to a package in a layout.
    ///
    /// - Returns: the manifests that hold them.
    package func attach(
        to package: PackedPackage, of contents: PackageContents, in layout: ImageLayout
    ) throws -> [Descriptor] {
        guard let manifest = package.manifest else { return [] }
        var attached: [Descriptor] = []
        func attach(_ bytes: [UInt8], _ type: String, _ name: String) throws {
            var document = try layout.add(bytes, mediaType: type)
            document.annotations[AnnotationKey.title] = name
            attached.append(try layout.attach([document], kind: type, to: manifest))
        }
        if writesBillOfMaterials {
            let facts = try ModelSurvey(contents).facts
            try attach(
                BillOfMaterials(
                    contents.description, files: package.files, facts: facts, digest: package.digest,
                    toolVersion: toolVersion
                ).bytes, MediaType.billOfMaterials, BillOfMaterials.fileName)
        }
        if writesProvenance {
            try attach(
                Provenance(
                    contents.description, format: package.format, files: package.files, digest: package.digest,
                    toolVersion: toolVersion
                ).bytes, MediaType.statement, Provenance.fileName)
        }
        return attached
    }
}
