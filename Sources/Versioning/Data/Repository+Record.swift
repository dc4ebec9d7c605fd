import Basics
import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles

/// What the verbs that record data share: from what lies in the workspace to what a project file says of it.
extension Repository {
    /// DVC 2's algorithm stays with data that has not changed since; anything else becomes plain MD5.
    func currentAlgorithm(of output: Output, at path: RelativePath) throws -> HashAlgorithm {
        guard output.checksum.isLegacy, let recorded = output.checksum.object else { return .md5 }
        let item = try scanner().item(at: path, algorithm: .md5Dos2Unix)
        return objectID(of: item, algorithm: .md5Dos2Unix) == recorded ? .md5Dos2Unix : .md5
    }

    /// What a pointer file says of data in the workspace; its directory object is stored with it.
    func checksum(
        of item: WorkspaceItem, at path: RelativePath, algorithm: HashAlgorithm, storingIn store: Cache?
    ) throws -> OutputChecksum {
        switch item {
        case .absent:
            throw MissingOutput(shown: shown(path), absolute: absolute(path))
        case .file(let entry):
            if entry.size == 0 { progress.report(.warning("'\(shown(path))' is empty.")) }
            return OutputChecksum(
                object: ObjectID(entry.digest, algorithm: algorithm), size: Int(entry.size),
                isExecutable: entry.isExecutable)
        case .folder(let state):
            if state.files == 0 { progress.report(.warning("'\(shown(path))' is empty.")) }
            if let store, try !store.contains(state.id) {
                try store.store(state.listing(), algorithm: algorithm)
            }
            return OutputChecksum(object: state.id, size: Int(state.size), nfiles: state.files)
        }
    }

    func objectID(of item: WorkspaceItem, algorithm: HashAlgorithm) -> ObjectID? {
        switch item {
        case .absent: nil
        case .file(let entry): ObjectID(entry.digest, algorithm: algorithm)
        case .folder(let state): state.id
        }
    }

    /// The recorded folder with one file or subfolder of it as it is in the workspace now.
    func graft(
        _ item: WorkspaceItem, at path: RelativePath, into recorded: OutputChecksum, at folder: RelativePath,
        storingIn store: Cache?
    ) throws -> OutputChecksum {
        var entries: [DirectoryObject.Entry] = []
        if let id = recorded.object {
            guard let listing = try self.listing(of: recorded) else {
                throw MissingObject(id: id, path: shown(folder))
            }
            entries = listing.entries
        }
        let relative = path.relative(to: folder) ?? RelativePath("")
        let kept = entries.filter { !$0.path.isInside(relative) }
        var size: Int64?
        var added: [DirectoryObject.Entry] = []
        switch item {
        case .absent:
            guard kept.count < entries.count else { throw MissingOutput(shown: shown(path), absolute: absolute(path)) }
        case .file(let entry):
            added = [.init(path: relative, digest: entry.digest)]
            size = entry.size
        case .folder(let state):
            added = state.listing().entries.map { .init(path: relative.appending($0.path.string), digest: $0.digest) }
            size = state.size
            // As DVC: the subfolder has a directory object of its own.
            if let store, try !store.contains(state.id) { try store.store(state.listing(), algorithm: .md5) }
        }
        let listing = DirectoryObject(entries: kept + added)
        let id = listing.id()
        try store?.store(listing)
        // As DVC: a size is only written where it can be told without looking at every file.
        var total: Int?
        if id == recorded.object {
            total = recorded.size
        } else if kept.count == entries.count, let size, let before = recorded.size, !item.isAbsent {
            total = before + Int(size)
        }
        let found = OutputChecksum(object: id, size: total, nfiles: listing.entries.count)
        guard recorded.files != nil else { return found }
        var measured: [RelativePath: OutputChecksum] = [:]
        if case .file(let entry) = item {
            measured[relative] = OutputChecksum(
                object: ObjectID(entry.digest), size: Int(entry.size), isExecutable: entry.isExecutable)
        }
        for (path, file) in item.measuredFiles(algorithm: .md5) { measured[relative.appending(path.string)] = file }
        return found.keepingVersions(of: recorded, listing) { measured[$0] }
    }
}

/// Data that was to be recorded and isn't there.
package struct MissingOutput: UserFacingError {
    package let shown: String
    package let absolute: String

    package var summary: String {
        "output '\(shown)' does not exist: [Errno 2] No such file or directory: '\(absolute)'"
    }
    package var remedy: String? { "check the name, or get the data back with `varve checkout`" }
}
