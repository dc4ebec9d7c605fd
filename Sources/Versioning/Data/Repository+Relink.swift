import Basics
import FileSystem
import Indexing
import Objects

extension Repository {
    /// Replaces files that were just recorded by links of the wanted kind to their objects.
    ///
    /// Only where that makes a difference: a private copy stays as it is when copies are wanted.
    func relink(_ item: WorkspaceItem, at path: RelativePath, algorithm: HashAlgorithm) throws {
        var placements: [ObjectPlacer.Placement] = []
        switch item {
        case .absent: return
        case .file(let entry):
            // An executable is never linked, since its mode would be the object's.
            let isFinal = entry.isExecutable && entry.kind == .file
            if !isFinal, needsLink(entry, at: absolute(path)) {
                placements = [
                    .init(
                        path: RelativePath(path.name), object: ObjectID(entry.digest, algorithm: algorithm),
                        isExecutable: entry.isExecutable, over: .entry(entry))
                ]
            } else {
                try makeEditable(entry, at: path)
            }
        case .folder(let state):
            state.forEachFile { file, entry in
                if needsLink(entry, at: Paths.join(absolute(path), file.string)) {
                    placements.append(
                        .init(path: file, object: ObjectID(entry.digest, algorithm: algorithm), over: .entry(entry)))
                }
            }
        }
        guard !placements.isEmpty else { return }
        let isFile = placements.count == 1 && Files.isDirectory(absolute(path)) == false
        let folder = isFile ? absolute(path.parent) : absolute(path)
        let placer = ObjectPlacer(cache: cache, threads: threads, progress: progress)
        let placed = try placer.place(placements, in: folder, isPrivate: false)
        if let failure = placed.failures.first { throw failure.error }
        if isFile, let written = placed.written[RelativePath(path.name)] {
            try scanner().adopt(written, at: path, algorithm: algorithm)
        } else {
            _ = try scanner().adopt(placed.written, in: path, algorithm: algorithm)
        }
        scanner().markManaged(path)
    }

    /// Gives a private file the mode that DVC leaves it with: that of a new file, executable for its owner at most.
    private func makeEditable(_ entry: IndexEntry, at path: RelativePath) throws {
        guard entry.kind == .file, let wanted = cache.linkTypes.first, wanted == .copy || wanted == .reflink else {
            return
        }
        let mode = editableMode | (entry.isExecutable ? 0o100 : 0)
        guard let status = try Files.status(absolute(path)), status.mode & 0o777 != mode else { return }
        try Files.setMode(absolute(path), mode)
        guard let after = try Files.status(absolute(path)), after.inode == status.inode,
            after.modified == entry.modified, after.size == entry.size
        else { return }
        scanner().confirm(
            IndexEntry(status: after, digest: entry.digest, kind: .file, algorithm: entry.algorithm), at: path)
    }

    /// Permissions of data that nobody protects.
    var editableMode: UInt32 { cache.isShared ? 0o664 : 0o666 & ~Files.currentUmask }

    private func needsLink(_ entry: IndexEntry, at path: String) -> Bool {
        guard let wanted = cache.linkTypes.first else { return false }
        switch wanted {
        case .copy, .reflink:
            // A link in the workspace was followed to its content; it becomes a file of its own.
            return entry.kind == .link
        case .hardlink:
            guard entry.size > 0 || entry.kind == .link else { return false }
            let object = try? Files.status(cache.path(of: ObjectID(entry.digest, algorithm: entry.algorithm)))
            return object?.inode != entry.inode
        case .symlink:
            guard entry.size > 0 || entry.kind == .link else { return false }
            let target = cache.path(of: ObjectID(entry.digest, algorithm: entry.algorithm))
            return entry.kind != .link || (try? Files.readLink(path)) != target
        }
    }
}
