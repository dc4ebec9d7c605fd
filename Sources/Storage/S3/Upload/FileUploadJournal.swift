import Documents
import FileSystem
import Hashing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A journal of uploads in a folder: a small file for each, the upload in its first line and a part in each further one.
///
/// A part is noted by appending one short line, so that a killed process leaves a file that can be read; a last line
/// that is not whole is passed over.
package struct FileUploadJournal: UploadJournal {
    private let folder: String

    /// - Parameter folder: need not exist; private to the user when it is made.
    package init(folder: String) { self.folder = folder }

    package func pending(at place: String) -> [PendingUpload] {
        guard let names = try? Files.names(in: folder) else { return [] }
        return names.filter { $0.hasSuffix(Self.ending) }.sorted().compactMap { name in
            guard let bytes = try? Files.readIfPresent("\(folder)/\(name)", limit: 16 << 20),
                let upload = Self.upload(bytes), upload.place == place
            else { return nil }
            return upload
        }
    }

    package func begin(_ upload: PendingUpload) {
        try? Files.makeDirectory(folder)
        var line = Mapping()
        line["place"] = .string(upload.place)
        line["object"] = .string(upload.object)
        line["size"] = .int(Int(upload.size))
        if let md5 = upload.md5 { line["md5"] = .string(md5.hex) }
        line["part_size"] = .int(Int(upload.partSize))
        line["upload_id"] = .string(upload.uploadID)
        line["begun"] = .int(Int(upload.begun))
        try? Files.write(Self.bytes(line), to: path(upload))
    }

    package func note(_ part: PendingUpload.Part, of upload: PendingUpload) {
        let line: Mapping = Mapping([
            ("part", .int(part.number)), ("etag", .string(part.tag)), ("md5", .string(part.md5.hex)),
        ])
        guard let file = try? Descriptor.open(path(upload), O_WRONLY | O_APPEND | O_NOFOLLOW, "cannot append") else {
            return
        }
        _ = Self.bytes(line).withUnsafeBytes { try? file.write($0) }
    }

    package func forget(_ upload: PendingUpload) {
        let path = path(upload)
        // Another process may have begun the same anew under another ID.
        guard let bytes = try? Files.readIfPresent(path, limit: 16 << 20),
            Self.upload(bytes)?.uploadID == upload.uploadID
        else { return }
        try? Files.remove(path)
    }

    private static let ending = ".upload"

    private func path(_ upload: PendingUpload) -> String {
        let words = [
            upload.place, upload.object, "\(upload.size)", upload.md5?.hex ?? "", "\(upload.partSize)",
        ]
        let hash = SHA256.hex(of: Array(words.joined(separator: "\0").utf8))
        return "\(folder)/\(hash.prefix(32))\(Self.ending)"
    }

    private static func bytes(_ line: Mapping) -> [UInt8] {
        Array((JSON.emitPython(.mapping(line)) + "\n").utf8)
    }

    private static func upload(_ bytes: [UInt8]) -> PendingUpload? {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { try? JSON.parse(Array($0)).mapping }
        guard let first = lines.first, let head = first, let place = head["place"]?.string,
            let object = head["object"]?.string, let size = head["size"]?.int, let partSize = head["part_size"]?.int,
            let uploadID = head["upload_id"]?.string, let begun = head["begun"]?.int, size >= 0, partSize > 0
        else { return nil }
        var upload = PendingUpload(
            place: place, object: object, size: Int64(size), md5: head["md5"]?.string.flatMap { MD5Digest(hex: $0) },
            partSize: Int64(partSize), uploadID: uploadID, begun: Int64(begun))
        for line in lines.dropFirst() {
            guard let line, let number = line["part"]?.int, let tag = line["etag"]?.string,
                let md5 = line["md5"]?.string.flatMap({ MD5Digest(hex: $0) })
            else { continue }
            upload.parts.append(PendingUpload.Part(number: number, tag: tag, md5: md5))
        }
        return upload
    }
}
