import Basics
import FileSystem
import Hashing
import Objects

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Something in a tracked folder that can't be data.
package struct UntrackableFile: UserFacingError {
    package let path: String
    package let reason: String

    package var summary: String { "cannot track '\(path)': \(reason)" }
    package var remedy: String? { "move it away, or name it in .dvcignore" }
}

/// What a walk found in one folder, beside what the index knew of it.
struct WalkedFolder {
    /// Relative to the repository.
    let path: RelativePath
    /// Entries in the order in which the folder lists them; digests are valid where the index vouches for them.
    var contents = IndexFolder()
    /// Positions in `contents` of the files that must be read.
    var unread: [Int] = []
    /// The status of each unread file, in the order of `unread`.
    var statuses: [FileStatus] = []
    /// Whether the folder holds exactly what the index says, in the same order.
    var isUnchanged = true
}

/// Walks a tracked folder and compares each entry with the index, without reading files or making strings for
/// entries that are unchanged.
struct FolderWalk {
    private let repository: String
    private let index: StatIndex
    private let algorithm: HashAlgorithm
    /// Whether links that lead nowhere are no error but nothing at all.
    private let passesOverBrokenLinks: Bool
    /// Folders found, parents first.
    private(set) var folders: [WalkedFolder] = []

    /// - Parameter repository: absolute path of the repository's root.
    init(repository: String, index: StatIndex, algorithm: HashAlgorithm, passesOverBrokenLinks: Bool) {
        self.repository = repository
        self.index = index
        self.algorithm = algorithm
        self.passesOverBrokenLinks = passesOverBrokenLinks
    }

    /// Whether all folders hold exactly what the index says.
    var isUnchanged: Bool { folders.allSatisfy { $0.isUnchanged } }

    /// - Throws: `FileError` for a folder that can't be read, `UntrackableFile` for a FIFO, a device or a socket.
    mutating func walk(_ root: RelativePath, ignoring ignore: FolderIgnore) throws {
        var pending: [(RelativePath, FolderIgnore)] = [(root, ignore)]
        while let (path, ignore) = pending.popLast() {
            let subfolders = try visit(path, ignore)
            for name in subfolders.reversed() { pending.append((path.appending(name), ignore.child(name))) }
        }
    }

    /// Looks at one folder and returns the names of its subfolders.
    private mutating func visit(_ path: RelativePath, _ ignore: FolderIgnore) throws -> [String] {
        let absolute = Paths.join(repository, path.string)
        let descriptor = open(absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("read folder", absolute, errno) }
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw FileError("read folder", absolute, code)
        }
        defer { closedir(stream) }

        let known = index.folder(path)
        var positions: [String: Int]?
        var folder = WalkedFolder(path: path)
        folder.contents.reserve(known)
        var subfolders: [String] = []
        var expected = 0
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError("read folder", absolute, errno) }
                break
            }
            try withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let text = UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                let length = strlen(text)
                let name = UnsafeRawBufferPointer(start: text, count: length)
                if length <= 2, name[0] == UInt8(ascii: "."), length == 1 || name[1] == UInt8(ascii: ".") { return }
                try add(
                    name, text, in: descriptor, to: &folder, subfolders: &subfolders, known: known,
                    positions: &positions, expected: &expected, ignore: ignore, absolute: absolute)
            }
        }
        if let known {
            folder.isUnchanged = folder.isUnchanged && known.count == folder.contents.count
        } else {
            folder.isUnchanged = false
        }
        folders.append(folder)
        return subfolders
    }

    private func add(
        _ name: UnsafeRawBufferPointer, _ text: UnsafePointer<CChar>, in descriptor: Int32,
        to folder: inout WalkedFolder, subfolders: inout [String], known: IndexFolder?,
        positions: inout [String: Int]?, expected: inout Int, ignore: FolderIgnore, absolute: String
    ) throws {
        // Names that only the built-in rules can ignore begin with a dot.
        let mayBeIgnored = !ignore.isTrivial || name[0] == UInt8(ascii: ".")
        var raw = stat()
        guard fstatat(descriptor, text, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return }
            throw FileError("read", Paths.join(absolute, String(cString: text)), errno)
        }
        var status = FileStatus(raw)
        var kind = IndexEntry.Kind.file
        switch status.kind {
        case .file: break
        case .directory: kind = .folder
        case .symlink:
            // As DVC: a link to a file is that file's content, a link to a folder is passed over.
            guard fstatat(descriptor, text, &raw, 0) == 0 else {
                // A link to an object that left the cache: checkout puts the file there again.
                if passesOverBrokenLinks { return }
                throw UntrackableFile(
                    path: Paths.join(absolute, String(cString: text)), reason: "it is a broken symbolic link")
            }
            status = FileStatus(raw)
            guard status.kind != .directory else { return }
            kind = .link
        case .other: break
        }
        if mayBeIgnored, ignore.ignores(String(cString: text), isDirectory: kind == .folder) { return }
        if status.kind == .other {
            throw UntrackableFile(
                path: Paths.join(absolute, String(cString: text)), reason: "it is neither a file nor a folder")
        }

        // An unchanged folder lists its entries in the order of last time, so the first guess is nearly always right.
        var match: Int?
        if let known {
            if expected < known.count, known.hasName(name, at: expected) {
                match = expected
            } else {
                folder.isUnchanged = false
                if positions == nil {
                    positions = Dictionary(
                        (0..<known.count).map { (known.name(at: $0), $0) }, uniquingKeysWith: { first, _ in first })
                }
                match = positions?[String(cString: text)]
                if let found = match, !known.hasName(name, at: found) { match = nil }
            }
            if let match { expected = match + 1 }
        }
        let isFolder = kind == .folder
        if isFolder {
            guard let subfolder = String(validatingCString: text) else {
                throw UntrackableFile(
                    path: Paths.join(absolute, String(cString: text)), reason: "its name is not valid UTF-8")
            }
            subfolders.append(subfolder)
            folder.contents.append(name, .folder)
            if match.map({ known?.entry(at: $0).kind != .folder }) ?? true { folder.isUnchanged = false }
            return
        }
        if let match, let entry = known?.entry(at: match), entry.kind == kind,
            entry.algorithm == algorithm, entry.matches(status)
        {
            folder.contents.append(name, entry)
            return
        }
        guard String(validatingCString: text) != nil else {
            throw UntrackableFile(
                path: Paths.join(absolute, String(cString: text)), reason: "its name is not valid UTF-8")
        }
        folder.isUnchanged = false
        folder.unread.append(folder.contents.count)
        folder.statuses.append(status)
        folder.contents.append(
            name, IndexEntry(status: status, digest: MD5Digest(high: 0, low: 0), kind: kind, algorithm: algorithm))
        return
    }
}

extension IndexEntry {
    /// A subfolder: its own contents are another folder of the index, so nothing but its name counts.
    package static let folder = IndexEntry(
        inode: 0, size: 0, modified: 0, changed: 0, digest: MD5Digest(high: 0, low: 0), kind: .folder,
        isExecutable: false)
}
