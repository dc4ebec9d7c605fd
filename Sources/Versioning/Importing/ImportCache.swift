import Documents
import FileSystem
import Hashing
import Objects
import ProjectFiles

/// The data of imports that are recorded without it (`--no-download`), once a fetch has brought it.
///
/// It lies apart from the cache, since no project file names its objects: under `fs/` in the cache folder, where DVC
/// keeps such data, too. It can be fetched again at any time.
struct ImportCache: Sendable {
    let cache: Cache
    private let records: String

    init(_ repository: Repository) {
        let root = Paths.join(repository.cache.root, "fs/varve")
        cache = Cache(
            root: root, linkTypes: repository.cache.linkTypes, isShared: repository.cache.isShared,
            quarantineFolder: repository.cache.quarantineFolder)
        records = Paths.join(root, "imports")
    }

    /// The data of an import, whole; `nil` where it is not here.
    func object(of stage: Stage) throws -> (id: ObjectID, listing: DirectoryObject?)? {
        guard let path = recordPath(of: stage), let bytes = try Files.readIfPresent(path, limit: 1 << 10),
            let id = ObjectID(String(decoding: bytes, as: UTF8.self))
        else { return nil }
        guard id.isDirectory else { return cache.holds(id) ? (id, nil) : nil }
        guard let listing = try cache.directoryObject(id),
            listing.entries.allSatisfy({ cache.holds(ObjectID($0.digest)) })
        else { return nil }
        return (id, listing)
    }

    /// Remembers which data in the cache is that of an import.
    func note(_ id: ObjectID, of stage: Stage) throws {
        guard let path = recordPath(of: stage) else { return }
        try Files.makeDirectory(records)
        try Files.write(Array(id.text.utf8), to: path, sync: false)
    }

    /// Named after where the data comes from and what it was there; `nil` where the latter is not known.
    private func recordPath(of stage: Stage) -> String? {
        let dependency = stage.dependencies[0]
        var words = [dependency.path]
        if let source = dependency.repository {
            guard let revision = source.lockedRevision else { return nil }
            words += [source.url, revision]
        } else {
            let checksum = dependency.checksum
            guard !checksum.isEmpty else { return nil }
            words += [stage.workingDirectory, checksum.object?.text ?? "", checksum.etag ?? ""]
            words += [checksum.remoteChecksum ?? "", checksum.versionID ?? ""]
            for file in checksum.files ?? [] {
                words += [file.relpath, file.checksum.etag ?? "", file.checksum.versionID ?? ""]
            }
        }
        let text = JSON.emitPython(.array(words.map { .string($0) }))
        return Paths.join(records, MD5.digest(of: Array(text.utf8)).hex)
    }
}

extension Repository {
    var importCache: ImportCache { ImportCache(self) }
}
