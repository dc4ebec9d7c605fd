import Basics
import Documents
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles

extension Repository {
    /// Merges two versions of a pointer file for Git and writes the result to `ours`.
    ///
    /// - Parameters: absolute paths of Git's temporary copies; an empty ancestor means that both sides added the file.
    /// - Throws: `MergeFailure` where a person must choose; `ours` is then unchanged.
    package func mergePointerFiles(ancestor: String, ours: String, theirs: String) throws {
        let base = try pointerFile(ancestor)
        guard let our = try pointerFile(ours), let their = try pointerFile(theirs) else {
            throw MergeFailure("unable to auto-merge a DVC file that one side emptied")
        }
        let outcome = try MergeDriver<MD5Digest>().merge(
            ancestor: base.map { try side($0) }, ours: side(our), theirs: side(their))
        switch outcome {
        case .ours: return
        case .theirs: try Files.write(Files.read(theirs), to: ours)
        case .merged(let digests):
            let listing = DirectoryObject(entries: digests.map { .init(path: $0.key, digest: $0.value) })
            let algorithm = our.stage.outputs[0].checksum.algorithm
            let id = try cache.store(listing, algorithm: algorithm)
            var merged = our
            let sizes = try listing.entries.map { entry -> Int64? in
                try Files.status(cache.path(of: ObjectID(entry.digest, algorithm: algorithm)))?.size
            }
            // A size is only written where every file is here to be measured.
            let total = sizes.contains(nil) ? nil : Int(sizes.reduce(0) { $0 + ($1 ?? 0) })
            merged.stage.outputs[0].checksum = OutputChecksum(
                object: id, size: total, nfiles: listing.entries.count)
            try Files.write(Array(merged.text(updating: Files.read(ours)).utf8), to: ours)
        }
    }

    /// `nil` for an empty file.
    private func pointerFile(_ path: String) throws -> PointerFile? {
        let bytes = try Files.read(path)
        return bytes.isEmpty ? nil : try PointerFile(parsing: bytes, path: Paths.name(path))
    }

    private func side(_ pointer: PointerFile) throws -> MergeDriver<MD5Digest>.Side {
        let stage = pointer.stage
        let isFromAdd = stage.command == nil && stage.dependencies.isEmpty && stage.outputs.count <= 1
        guard let output = stage.outputs.first else { return .init(isFromAdd: isFromAdd, output: nil) }
        var options = pointer.value["outs"]?.array?.first?.mapping ?? Mapping()
        // The next push finds the versions of what was merged again.
        for key in ["md5", "size", "nfiles", "hash", "files", "cloud"] { options[key] = nil }
        var listing: [RelativePath: MD5Digest]?
        if let id = output.checksum.object, id.isDirectory {
            guard let object = try self.listing(of: output.checksum) else {
                throw MergeFailure("unable to auto-merge '\(output.path)': object \(id) is not in the cache")
            }
            listing = Dictionary(uniqueKeysWithValues: object.entries.map { ($0.path, $0.digest) })
        }
        return .init(
            isFromAdd: isFromAdd,
            output: .init(options: options, algorithm: output.checksum.algorithm.rawValue, listing: listing))
    }
}
