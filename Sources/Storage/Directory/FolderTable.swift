import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The folders of a directory backend that are open for writing, so that a write costs no path walk.
///
/// Each part below the root is opened without following links: a link that someone planted in a shared store is refused
/// and never leads a write out of it.
final class FolderTable: Sendable {
    private let root: String
    private let folderMode: mode_t
    private let isShared: Bool
    private let open = Mutex<[String: Descriptor]>([:])
    /// Writes come sorted by key, so few folders are in use at a time.
    private static let capacity = 64

    init(root: String, isShared: Bool) {
        self.root = root
        self.isShared = isShared
        folderMode = isShared ? 0o2775 : 0o777
    }

    /// The folder of that path below the root (`""`: the root itself); made where it does not exist, if asked.
    func folder(_ path: Substring, creating: Bool) throws(StorageError) -> Descriptor {
        let name = String(path)
        if let known = open.withLock({ $0[name] }) { return known }
        let folder: Descriptor
        if path.isEmpty {
            folder = try openRoot(creating: creating)
        } else if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            let parent = try self.folder(path[..<slash], creating: creating)
            folder = try openPart(path[path.utf8.index(after: slash)...], in: parent, creating: creating)
        } else {
            folder = try openPart(path, in: try self.folder("", creating: creating), creating: creating)
        }
        open.withLock { table in
            if table.count >= Self.capacity { table.removeAll(keepingCapacity: true) }
            table[name] = folder
        }
        return folder
    }

    /// Forgets what is open: after a folder was removed by someone else, or when descriptors run out.
    func forget() { open.withLock { $0.removeAll(keepingCapacity: true) } }

    private func openRoot(creating: Bool) throws(StorageError) -> Descriptor {
        do {
            return try Descriptor.open(root, O_RDONLY | O_DIRECTORY, "cannot open the folder")
        } catch {
            guard creating, error.kind == .notFound else { throw error }
        }
        var end = root.utf8.startIndex
        while end != root.utf8.endIndex {
            let next = root.utf8.index(after: end)
            end = root.utf8[next...].firstIndex(of: UInt8(ascii: "/")) ?? root.utf8.endIndex
            let part = String(root[..<end])
            if mkdir(part, folderMode) == 0 {
                if isShared { chmod(part, folderMode) }
            } else if errno != EEXIST && errno != EISDIR && end == root.utf8.endIndex {
                throw StorageError(errno: errno, "cannot create the folder", path: root)
            }
        }
        return try Descriptor.open(root, O_RDONLY | O_DIRECTORY, "cannot open the folder")
    }

    private func openPart(
        _ part: Substring, in parent: Descriptor, creating: Bool
    ) throws(StorageError) -> Descriptor {
        let name = String(part)
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        do {
            return try Descriptor.open(in: parent.number, name, flags, "cannot open the folder")
        } catch {
            if isLink(name, in: parent) { throw StorageError(errno: ELOOP, "cannot open the folder", path: name) }
            guard creating, error.kind == .notFound else { throw error }
        }
        if mkdirat(parent.number, name, folderMode) != 0 {
            if errno != EEXIST { throw StorageError(errno: errno, "cannot create the folder", path: name) }
        } else if isShared {
            // The umask took the group's right away.
            fchmodat(parent.number, name, folderMode, 0)
        }
        return try Descriptor.open(in: parent.number, name, flags, "cannot open the folder")
    }

    private func isLink(_ name: String, in folder: Descriptor) -> Bool {
        var status = stat()
        return fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}
