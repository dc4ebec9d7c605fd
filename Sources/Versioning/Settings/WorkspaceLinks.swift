import FileSystem

/// Files of the workspace that share their bytes with a cache which is about to go.
struct WorkspaceLinks {
    let root: String

    /// Gives every link into the cache bytes of its own, writable as a person expects.
    ///
    /// Links are found by looking at the workspace, not at what is tracked, so that those of older revisions are safe
    /// too. Each is replaced in one step.
    func detach(from cache: String) throws {
        let resolvedCache = Paths.resolvingLinks(cache)
        guard Files.isDirectory(resolvedCache) else { return }
        let objects = try identities(in: resolvedCache)
        var folders = [root]
        while let folder = folders.popLast() {
            for entry in try Files.entries(in: folder) {
                let path = Paths.join(folder, entry.name)
                guard let status = try Files.status(path) else { continue }
                switch status.kind {
                case .directory:
                    if !path.hasSameBytes(as: Paths.join(root, ".dvc")), entry.name != ".git",
                        !path.hasSameBytes(as: resolvedCache)
                    {
                        folders.append(path)
                    }
                case .symlink:
                    let target = Paths.resolvingLinks(path)
                    if Paths.isInside(target, resolvedCache), try Files.status(target)?.kind == .file {
                        try copy(target, over: path)
                    }
                case .file:
                    if status.links > 1, objects.contains(Identity(status)) { try copy(path, over: path) }
                default: break
                }
            }
        }
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
        }
    }

    /// Objects that a file elsewhere is a hard link of.
    private func identities(in cache: String) throws -> Set<Identity> {
        var found: Set<Identity> = []
        var folders = [cache]
        while let folder = folders.popLast() {
            for entry in try Files.entries(in: folder) {
                let path = Paths.join(folder, entry.name)
                if entry.kind == .file || entry.kind == nil, let status = try Files.status(path), status.kind == .file {
                    if status.links > 1 { found.insert(Identity(status)) }
                } else if Files.isDirectory(path), try Files.status(path)?.kind == .directory {
                    folders.append(path)
                }
            }
        }
        return found
    }

    private func copy(_ source: String, over path: String) throws {
        let isExecutable = try Files.status(source)?.isExecutable ?? false
        let temporary = Paths.join(Paths.parent(path), TemporaryName.make())
        do {
            try Linker.make(.copy, from: source, to: temporary, mode: isExecutable ? 0o777 : 0o666)
            try Files.replace(path, byRenaming: temporary)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }
}
