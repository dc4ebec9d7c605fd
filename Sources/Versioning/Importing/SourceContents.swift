import FileSystem
import Hashing
import Indexing
import Objects
import Storage

/// What lies at a place outside of the repository: a file, or a folder with everything in it.
struct SourceContents: Sendable {
    struct File: Sendable {
        /// Below the folder; empty where the place is the file.
        let path: RelativePath
        let size: Int64
        /// What a store says in place of a digest.
        var fingerprint: String?
        var isExecutable = false
        /// On this machine.
        var localPath: String?
        let key: Key
    }

    let isDirectory: Bool
    /// Sorted by path.
    private(set) var files: [File]

    var size: Int64 { files.reduce(0) { $0 &+ $1.size } }
}

/// A name among what lies at a place, without what is below it.
struct SourceEntry: Sendable {
    let name: String
    let isDirectory: Bool
    let size: Int64?
    var isExecutable = false
}

extension URLSource {
    /// Everything that lies there; `nil` where nothing does.
    ///
    /// Of a folder on this machine, links to files count as their contents, links to folders not at all, as in DVC.
    func contents() async throws -> SourceContents? {
        if let localPath { return try await onOwnThread { [key] _ in try Self.localContents(localPath, key) } }
        if !key.path.isEmpty, key.path.utf8.last != UInt8(ascii: "/"), let metadata = try await backend.stat(key) {
            let file = SourceContents.File(
                path: RelativePath(""), size: metadata.size, fingerprint: metadata.version, key: key)
            return SourceContents(isDirectory: false, files: [file])
        }
        let prefix = folderPrefix
        var files: [SourceContents.File] = []
        for try await listed in backend.list(under: prefix) {
            let path = String(decoding: listed.key.path.utf8.dropFirst(prefix.path.utf8.count), as: UTF8.self)
            // A key that ends in a slash is how some tools mark a folder.
            if path.isEmpty || path.utf8.last == UInt8(ascii: "/") { continue }
            try PathGate.check(path)
            files.append(
                SourceContents.File(
                    path: RelativePath(path), size: listed.metadata.size, fingerprint: listed.metadata.version,
                    key: listed.key))
        }
        guard !files.isEmpty else { return nil }
        return SourceContents(isDirectory: true, files: files.sorted { $0.path < $1.path })
    }

    /// The keys of what lies in the folder begin with this.
    var folderPrefix: Key {
        if key.path.isEmpty || key.path.utf8.last == UInt8(ascii: "/") { return key }
        return Key(key.path + "/")
    }

    private static func localContents(_ root: String, _ key: Key) throws -> SourceContents? {
        guard let status = try Files.status(root, followingLinks: true) else { return nil }
        func file(_ path: RelativePath, _ status: FileStatus) -> SourceContents.File {
            let absolute = Paths.join(root, path.string)
            return SourceContents.File(
                path: path, size: status.size, isExecutable: status.isExecutable,
                localPath: path.isRoot ? root : absolute,
                key: Key(path.isRoot ? key.path : Paths.join(key.path, path.string)))
        }
        switch status.kind {
        case .file: return SourceContents(isDirectory: false, files: [file(RelativePath(""), status)])
        case .directory: break
        case .symlink, .other: throw NotAFileOrFolder(path: root)
        }
        var files: [SourceContents.File] = []
        var pending = [RelativePath("")]
        while let folder = pending.popLast() {
            for entry in try Files.entries(in: Paths.join(root, folder.string)) {
                let path = folder.appending(entry.name)
                let absolute = Paths.join(root, path.string)
                let isLink = try entry.kind == .symlink || Files.status(absolute)?.kind == .symlink
                guard let status = try Files.status(absolute, followingLinks: true) else {
                    throw BrokenLink(path: absolute)
                }
                switch status.kind {
                case .directory: if !isLink { pending.append(path) }
                case .file:
                    try PathGate.check(path.string)
                    files.append(file(path, status))
                case .symlink, .other: throw NotAFileOrFolder(path: absolute)
                }
            }
        }
        return SourceContents(isDirectory: true, files: files.sorted { $0.path < $1.path })
    }
}
