import FileSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A pass over the files below a root, in ascending order of their keys' bytes, a page at a time.
///
/// Links are passed over: what they lead to is not part of the store. Memory goes with one folder per level, not with
/// the number of files.
final class DirectoryWalk: Sendable {
    private struct Folder {
        let path: String
        var entries: ArraySlice<FolderEntry>
    }

    private struct State {
        var stack: [Folder] = []
        var started = false
    }

    private static let pageSize = 1000
    /// Deeper than any store; a loop of mounts ends here.
    private static let depthLimit = 200

    private let backend: DirectoryBackend
    private let prefix: Key
    private let temporaries: Bool
    private let state = Mutex(State())

    /// - Parameter temporaries: whether to show the files that are being written, and only those.
    init(backend: DirectoryBackend, prefix: Key, temporaries: Bool = false) {
        self.backend = backend
        self.prefix = prefix
        self.temporaries = temporaries
    }

    func nextPage() throws(StorageError) -> [Listing]? {
        try state.withLock { (state) throws(StorageError) in try advance(&state) }
    }

    private func advance(_ state: inout State) throws(StorageError) -> [Listing]? {
        if !state.started {
            state.started = true
            guard let first = try firstFolder() else { return nil }
            state.stack.append(first)
        }
        var page: [Listing] = []
        while var folder = state.stack.popLast() {
            guard let entry = folder.entries.popFirst() else { continue }
            state.stack.append(folder)
            let key = folder.path.isEmpty ? entry.name : folder.path + "/" + entry.name
            switch entry.kind {
            case .folder:
                guard state.stack.count < Self.depthLimit else {
                    throw StorageError(.other, "folders are nested too deeply", key: Key(key), place: backend.root)
                }
                if let below = try entries(of: key) { state.stack.append(Folder(path: key, entries: below)) }
            case .file:
                guard TemporaryName.matches(entry.name) == temporaries else { continue }
                // What vanished since the folder was read is not there.
                guard let metadata = try backend.localStat(Key(key)) else { continue }
                page.append(Listing(key: Key(key), metadata: metadata))
                if page.count == Self.pageSize { return page }
            case .other:
                continue
            }
        }
        return page.isEmpty ? nil : page
    }

    /// The folder that the prefix lies in, with the entries that begin as the prefix ends.
    private func firstFolder() throws(StorageError) -> Folder? {
        let text = prefix.path
        let slash = text.utf8.lastIndex(of: UInt8(ascii: "/"))
        let path = slash.map { String(text[..<$0]) } ?? ""
        let start = slash.map { text[text.utf8.index(after: $0)...] } ?? text[...]
        guard path.isEmpty || Key(path).isSafe else {
            throw StorageError(.unsupported, "not a name inside a store", key: prefix, place: backend.root)
        }
        guard let entries = try entries(of: path) else { return nil }
        return Folder(path: path, entries: entries.filter { $0.name.utf8.starts(with: start.utf8) }[...])
    }

    private func entries(of folder: String) throws(StorageError) -> ArraySlice<FolderEntry>? {
        do {
            let path = folder.isEmpty ? backend.root : backend.root + "/" + folder
            let handle = try Descriptor.open(path, O_RDONLY | O_DIRECTORY, "cannot list the folder")
            return try FolderEntries.read(handle)[...]
        } catch {
            if error.kind == .notFound { return nil }
            throw error.located(Key(folder), backend.root)
        }
    }
}

/// A name in a folder.
struct FolderEntry: Sendable {
    enum Kind: Sendable { case file, folder, other }
    let name: String
    let kind: Kind

    /// The order of the keys below them: a folder's name is followed by `/`, a file's by nothing.
    func precedes(_ other: FolderEntry) -> Bool {
        var left = name.utf8.makeIterator()
        var right = other.name.utf8.makeIterator()
        while true {
            switch (left.next(), right.next()) {
            case (let a?, let b?): if a != b { return a < b }
            case (nil, nil): return kind != .folder && other.kind == .folder
            case (nil, let b?): return kind != .folder || UInt8(ascii: "/") < b
            case (let a?, nil): return other.kind == .folder && a < UInt8(ascii: "/")
            }
        }
    }
}

enum FolderEntries {
    /// The entries of an open folder, in the order of the keys below them: a folder sorts as if its name ended in `/`.
    static func read(_ folder: Descriptor) throws(StorageError) -> [FolderEntry] {
        // Of its own, since the stream closes it and moves its position.
        let copy = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw StorageError(errno: errno, "cannot list the folder") }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw StorageError(errno: code, "cannot list the folder")
        }
        defer { closedir(stream) }
        var entries: [FolderEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw StorageError(errno: errno, "cannot list the folder") }
                break
            }
            guard let name = name(of: entry) else { continue }
            entries.append(FolderEntry(name: name, kind: kind(of: entry, name: name, in: copy)))
        }
        entries.sort { $0.precedes($1) }
        return entries
    }

    /// `nil` for `.`, `..` and names that are no UTF-8, which cannot be keys.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String? {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            let start = UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
            guard let name = String(validatingCString: start), name != ".", name != ".." else { return nil }
            return name
        }
    }

    private static func kind(of entry: UnsafeMutablePointer<dirent>, name: String, in folder: Int32) -> FolderEntry.Kind
    {
        switch Int32(entry.pointee.d_type) {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_UNKNOWN): break
        default: return .other
        }
        var status = DirectoryBackend.emptyStatus
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }
}
