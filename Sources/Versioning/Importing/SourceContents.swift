import FileSystem
import Hashing
import Indexing
import Objects
import ProjectFiles
import Storage

/// What lies at a place outside of the repository: a file, or a folder with everything in it.
struct SourceContents: Sendable {
    struct File: Sendable {
        /// Below the folder; empty where the place is the file.
        let path: RelativePath
        let size: Int64
        /// What a store says in place of a digest.
        var fingerprint: String?
        /// The name of this very version, where the store keeps versions and they are wanted.
        var version: String?
        var isExecutable = false
        /// On this machine.
        var localPath: String?
        let key: Key
    }

    let isDirectory: Bool
    /// Sorted by path.
    private(set) var files: [File]

    var size: Int64 { files.reduce(0) { $0 &+ $1.size } }

    init(isDirectory: Bool, files: [File]) {
        self.isDirectory = isDirectory
        self.files = files
    }

    /// A folder out of a flat listing; `nil` where nothing is in it.
    init?(folder files: [File]) throws {
        guard !files.isEmpty else { return nil }
        self.init(isDirectory: true, files: files.sorted { $0.path < $1.path })
        let paths = Set(self.files.map(\.path))
        guard paths.count == files.count else { throw AmbiguousSource(path: "") }
        for path in paths {
            for folder in path.parent.selfAndParents where !folder.isRoot && paths.contains(folder) {
                throw AmbiguousSource(path: folder.string)
            }
        }
    }
}

extension URLSource {
    /// Everything that lies there; `nil` where nothing does.
    ///
    /// Of a folder on this machine, links to files count as their contents, links to folders not at all, as in DVC.
    func contents() async throws -> SourceContents? {
        if let localPath { return try await onOwnThread { [key] _ in try Self.localContents(localPath, key) } }
        if isVersionAware, let versioned = backend as? any VersionedBackend {
            return try await currentVersions(in: versioned)
        }
        if let metadata = try await fileMetadata() {
            let file = SourceContents.File(
                path: RelativePath(""), size: metadata.size, fingerprint: metadata.version, key: key)
            return SourceContents(isDirectory: false, files: [file])
        }
        return try await folder()
    }

    /// What the store tells of the file at the place; `nil` where that is a folder or nothing.
    func fileMetadata() async throws -> Metadata? {
        guard !key.path.isEmpty, key.path.utf8.last != UInt8(ascii: "/") else { return nil }
        return try await backend.stat(key)
    }

    private func folder() async throws -> SourceContents? {
        let prefix = folderPrefix
        var files: [SourceContents.File] = []
        for try await listed in backend.list(under: prefix) {
            if let file = try file(listed.key, listed.metadata) { files.append(file) }
        }
        return try SourceContents(folder: files)
    }

    /// - Returns: `nil` for a key that ends in a slash, which is how some tools mark a folder.
    private func file(_ listed: Key, _ metadata: Metadata, version: String? = nil) throws -> SourceContents.File? {
        let path = String(decoding: listed.path.utf8.dropFirst(folderPrefix.path.utf8.count), as: UTF8.self)
        if path.isEmpty || path.utf8.last == UInt8(ascii: "/") { return nil }
        try PathGate.check(path)
        return SourceContents.File(
            path: RelativePath(path), size: metadata.size, fingerprint: metadata.version, version: version, key: listed)
    }

    private func currentVersions(in store: any VersionedBackend) async throws -> SourceContents? {
        if !key.path.isEmpty, let found = try await store.stat(key, version: version) {
            let file = SourceContents.File(
                path: RelativePath(""), size: found.metadata.size, fingerprint: found.metadata.version,
                version: found.versionID, key: key)
            return SourceContents(isDirectory: false, files: [file])
        }
        var files: [SourceContents.File] = []
        for try await listed in store.listVersions(under: folderPrefix) {
            let current = listed.current
            if let file = try file(listed.key, current.metadata, version: current.versionID) { files.append(file) }
        }
        return try SourceContents(folder: files)
    }

    /// What was recorded of a source that keeps versions: these can be had whatever is current by now.
    func contents(recorded checksum: OutputChecksum) throws -> SourceContents? {
        if let files = checksum.files {
            return try SourceContents(
                folder: files.map { file in
                    try PathGate.check(file.relpath)
                    return SourceContents.File(
                        path: RelativePath(file.relpath), size: Int64(file.checksum.size ?? 0),
                        fingerprint: file.checksum.etag, version: file.checksum.versionID,
                        key: Key(folderPrefix.path + file.relpath))
                })
        }
        guard let version = checksum.versionID else { return nil }
        let file = SourceContents.File(
            path: RelativePath(""), size: Int64(checksum.size ?? 0), fingerprint: checksum.etag, version: version,
            key: key)
        return SourceContents(isDirectory: false, files: [file])
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
