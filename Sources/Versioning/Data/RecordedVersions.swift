import FileSystem
import Indexing
import Objects
import ProjectFiles

/// What project files say of the versions that a `version_aware` remote keeps, while data changes.
extension OutputChecksum {
    /// Whether this says where a remote keeps this very version, which a digest alone cannot give back.
    var describesVersions: Bool {
        files != nil || cloudRemote != nil || versionID != nil || etag != nil
    }

    /// The files of a directory, where the project file itself tells them: as a list, or by saying that there are none.
    var recordedListing: DirectoryObject? {
        let nothing = DirectoryObject(entries: [])
        if files?.isEmpty ?? true, let object, object.isDirectory, object.digest == nothing.id().digest {
            return nothing
        }
        guard let files, !files.isEmpty else { return nil }
        let entries = files.compactMap { file in
            file.checksum.object.map { DirectoryObject.Entry(path: RelativePath(file.relpath), digest: $0.digest) }
        }
        guard entries.count == files.count, entries.allSatisfy({ (try? PathGate.check($0.path.string)) != nil }) else {
            return nil
        }
        return DirectoryObject(entries: entries)
    }

    /// This, with what was recorded of the versions of what is the same in both, as DVC keeps it.
    ///
    /// - Parameters:
    ///   - listing: the files of this, where it is a directory.
    ///   - measured: what is known of them beside their digests.
    func keepingVersions(
        of recorded: OutputChecksum, _ listing: @autoclosure () throws -> DirectoryObject?,
        measured: (RelativePath) -> OutputChecksum? = { _ in nil }
    ) rethrows -> OutputChecksum {
        guard recorded.describesVersions, let object else { return self }
        var result = self
        guard object.isDirectory else {
            guard object == recorded.object else { return self }
            (result.etag, result.versionID, result.cloudRemote) =
                (recorded.etag, recorded.versionID, recorded.cloudRemote)
            return result
        }
        guard let files = recorded.files, let listing = try listing() else { return self }
        var known: [String: OutputChecksum] = [:]
        for file in files { known[file.relpath] = file.checksum }
        result.files = listing.entries.map { entry in
            let path = entry.path.string
            if let same = known[path], same.object?.digest == entry.digest {
                return RecordedFile(relpath: path, checksum: same)
            }
            let id = ObjectID(entry.digest, algorithm: object.algorithm)
            return RecordedFile(relpath: path, checksum: measured(entry.path) ?? OutputChecksum(object: id))
        }
        if listing.entries.isEmpty { result.files = nil }
        return result
    }

    /// The same for what lies in the workspace.
    func keepingVersions(of recorded: OutputChecksum, _ item: WorkspaceItem) -> OutputChecksum {
        guard recorded.describesVersions, case .folder(let state) = item else {
            return keepingVersions(of: recorded, nil)
        }
        let measured = item.measuredFiles(algorithm: algorithm)
        return keepingVersions(of: recorded, state.listing()) { measured[$0] }
    }
}

extension WorkspaceItem {
    /// What can be recorded of each file of a folder, by path.
    func measuredFiles(algorithm: HashAlgorithm) -> [RelativePath: OutputChecksum] {
        guard case .folder(let state) = self else { return [:] }
        var files: [RelativePath: OutputChecksum] = [:]
        state.forEachFile { path, entry in
            files[path] = OutputChecksum(
                object: ObjectID(entry.digest, algorithm: algorithm), size: Int(entry.size),
                isExecutable: entry.isExecutable)
        }
        return files
    }
}

extension Repository {
    /// The files of a recorded directory, from the project file or the cache; `nil` where neither has them.
    func listing(of checksum: OutputChecksum) throws -> DirectoryObject? {
        guard let id = checksum.object, id.isDirectory else { return nil }
        return try checksum.recordedListing ?? cache.directoryObject(id)
    }
}
