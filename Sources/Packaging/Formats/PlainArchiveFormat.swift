import FileSystem
import Hashing

/// The documents that lie beside the files where there is no layout to attach them to.
struct AccompanyingFiles {
    static let checksums = "SHA256SUMS"

    /// Everything that is packed, the documents with it.
    let files: [PackageFile]
    /// The same, with their digests; without the list of checksums, which can't hold its own.
    let packed: [PackedFile]
    let warnings: [String]

    init(_ contents: PackageContents, extra: [PackageFile] = [], records: PackageRecords, format: PackageFormat) throws
    {
        let survey = try ModelSurvey(contents)
        var files = contents.files + extra
        var packed = try files.map { try $0.measured() }
        func add(_ new: [PackageFile]) throws {
            files += new
            packed += try new.map { try $0.measured() }
        }
        try add(contents.generatedFiles(packed: packed, survey: survey))
        packed.sort { $0.path < $1.path }
        var documents: [PackageFile] = []
        func document(_ name: String, _ bytes: [UInt8]) throws {
            guard !files.contains(where: { $0.path == RelativePath(name) }) else {
                throw PackageError(
                    .unsafe, "'\(name)' is the name of a file that varve writes into the package",
                    remedy: "package your file under another name")
            }
            documents.append(PackageFile(RelativePath(name), .documentation, .bytes(bytes)))
        }
        if records.writesBillOfMaterials {
            try document(
                BillOfMaterials.fileName,
                BillOfMaterials(
                    contents.description, files: packed, facts: survey.facts, digest: nil,
                    toolVersion: records.toolVersion
                ).bytes)
        }
        if records.writesProvenance {
            try document(
                Provenance.fileName,
                Provenance(
                    contents.description, format: format, files: packed, digest: nil, toolVersion: records.toolVersion
                ).bytes)
        }
        try add(documents)
        packed.sort { $0.path < $1.path }
        let list = packed.map { "\($0.sha256.hex)  \($0.path.string)\n" }.joined()
        try document(Self.checksums, Array(list.utf8))
        self.files = files + documents.suffix(1)
        self.packed = packed
        warnings = survey.warnings
    }
}

/// Makes one tar archive: a folder with the files, a model card, a bill of materials, provenance, and checksums.
package enum PlainArchiveFormat {
    package static func pack(
        _ contents: PackageContents, records: PackageRecords, to path: String
    ) throws -> PackedPackage {
        guard !contents.files.isEmpty else { throw PackageError(.missing, "there is nothing to package") }
        let all = try AccompanyingFiles(contents, records: records, format: .tar)
        let folder = Self.folder(contents.description)
        var digests: [RelativePath: FileDigests] = [:]
        var places: [RelativePath: PackageFile] = [:]
        let entries = try all.files.map { file in
            var entry = try file.entry()
            entry.path = RelativePath(folder + "/" + file.path.string)
            digests[entry.path] = FileDigests()
            places[entry.path] = file
            return entry
        }
        var hash = SHA256()
        try ArchiveFile.write(to: path) { sink in
            try TarWriter.write(entries, observe: { path, bytes in digests[path]?.update(bytes) }) {
                hash.update($0)
                try sink($0)
            }
            // What was read to be measured must be what was read to be written.
            for packed in all.packed {
                let place = RelativePath(folder + "/" + packed.path.string)
                guard let file = places[place], try digests[place]?.packed(file) == packed else {
                    throw PackageError(.changed, "'\(packed.path.string.printable)' changed while it was packed")
                }
            }
        }
        return PackedPackage(format: .tar, digest: ContentDigest(hash), files: all.packed, warnings: all.warnings)
    }

    /// `name-version`, with what does not go into a name replaced.
    static func folder(_ description: PackageDescription) -> String {
        let text = [description.name, description.version].compactMap { $0 }.joined(separator: "-")
        let name = text.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: byte
            default: "-_.+".utf8.contains(byte) ? byte : UInt8(ascii: "-")
            }
        }
        let folder = String(decoding: name, as: UTF8.self)
        return folder.hasPrefix(".") || folder.isEmpty ? "package" + folder : folder
    }
}
