import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Removes a folder from the bottom up, going from one open folder to the next by name and never through a link.
///
/// Names stay the bytes that the system gave, since a tree with names that are not UTF-8 must be removable too.
struct TreeRemoval {
    private typealias Name = [CChar]

    private struct Level {
        /// In the level above; unused for the first one.
        let name: Name
        /// Nil while too many deeper levels are open.
        var folder: FileDescriptor?
        let identity: FileStatus
        /// Folders still to be entered.
        var folders: [Name]
    }

    private let root: String
    private var levels: [Level] = []

    /// How many folders are open at once, beside the first.
    private static let openLevels = 64

    init(root: String) {
        self.root = root
    }

    mutating func run() throws(FileError) {
        let top = try FileDescriptor.folder(root, followingLinks: false)
        try push(top, name: [])
        while let level = levels.indices.last {
            if let next = levels[level].folders.popLast() {
                let parent = try folder(at: level)
                guard let child = try open(next, in: parent) else { continue }
                try push(child, name: next)
                if level > Self.openLevels { levels[level - Self.openLevels].folder = nil }
            } else {
                let finished = levels.removeLast()
                guard !levels.isEmpty else { break }
                let parent = try folder(at: level - 1)
                try remove(finished.name, in: parent, flags: AT_REMOVEDIR)
            }
        }
        try Files.removeDirectory(root)
    }

    /// Notes a folder's folders and removes everything else in it.
    private mutating func push(_ folder: FileDescriptor, name: Name) throws(FileError) {
        var folders: [Name] = []
        for (entry, known) in try entries(of: folder) {
            var kind = known
            if kind == nil { kind = try self.kind(of: entry, in: folder) }
            if kind == .directory {
                folders.append(entry)
            } else {
                try remove(entry, in: folder, flags: 0)
            }
        }
        levels.append(Level(name: name, folder: folder, identity: try folder.status(), folders: folders))
    }

    /// The open folder of a level, opened anew from the first one where it had to be closed.
    private mutating func folder(at level: Int) throws(FileError) -> FileDescriptor {
        if let folder = levels[level].folder { return folder }
        guard var folder = levels[0].folder else { throw FileError("remove", root, ESTALE) }
        for step in 1...max(1, level) where step <= level {
            guard let next = try open(levels[step].name, in: folder) else { throw FileError("remove", root, ENOENT) }
            folder = next
        }
        let (found, expected) = (try folder.status(), levels[level].identity)
        guard found.inode == expected.inode, found.device == expected.device else {
            throw FileError("remove", folder.path, ESTALE)
        }
        levels[level].folder = folder
        return folder
    }

    /// Opens a folder inside another; nil where it has gone.
    private func open(_ name: Name, in parent: FileDescriptor) throws(FileError) -> FileDescriptor? {
        let raw = varve_openat(parent.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        if raw >= 0 { return FileDescriptor(owning: raw, path: shown(name, in: parent)) }
        let code = errno
        if code == ENOENT { return nil }
        throw FileError("open", shown(name, in: parent), code)
    }

    /// Removes one name; a folder of ours that is not writable is made so.
    private func remove(_ name: Name, in parent: FileDescriptor, flags: Int32) throws(FileError) {
        for attempt in 0..<2 {
            Fault.point("remove")
            let result = unlinkat(parent.raw, name, flags)
            let code = errno
            Fault.point("remove")
            if result == 0 || code == ENOENT { return }
            if attempt == 0, code == EACCES, let mode = try? parent.status().mode, mode & 0o300 != 0o300,
                (try? parent.setMode(mode | 0o700)) != nil
            {
                continue
            }
            throw FileError("remove", shown(name, in: parent), code)
        }
    }

    private func kind(of name: Name, in parent: FileDescriptor) throws(FileError) -> FileKind? {
        var status = stat()
        if fstatat(parent.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status).kind }
        let code = errno
        if code == ENOENT { return nil }
        throw FileError("read the status of", shown(name, in: parent), code)
    }

    private func entries(of folder: FileDescriptor) throws(FileError) -> [(Name, FileKind?)] {
        // A second open file, since listing uses one up.
        let raw = try SystemCalls.open(
            Place(folder: folder.raw, name: ".", shown: folder.path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        var entries: [(Name, FileKind?)] = []
        try Files.forEachEntry(consuming: raw, shown: folder.path) { name, kind in
            entries.append((name.map { CChar(bitPattern: $0) } + [0], kind))
        }
        return entries
    }

    private func shown(_ name: Name, in parent: FileDescriptor) -> String {
        Paths.join(parent.path, String.escaping(name.dropLast().map { UInt8(bitPattern: $0) }))
    }
}
