#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of this machine, or one mounted on it, laid out as DVC's local remotes and caches are.
///
/// A write goes to a private file in the same folder and is renamed: what has a name is whole. Objects get mode 0444,
/// which DVC takes as the mark of checked bytes; other files (the run cache) and folders get what the umask leaves.
/// Writes and deletions never follow a link below the root. `DirectoryBackend+Local` holds the blocking verbs for those
/// who work through many keys on threads of their own.
package struct DirectoryBackend: Backend {
    /// Absolute path of the root, without a slash at its end.
    package let root: String
    package let isShared: Bool
    package let concurrency: Int
    let folders: FolderTable

    package var name: String { root }
    /// Reading a folder is cheap, but so is looking a name up.
    package var listing: ListingCost? { ListingCost(pageSize: 1000) }

    /// - Parameters:
    ///   - root: need not exist before the first write.
    ///   - isShared: folders 02775 and files writable by the group, as `cache.shared = group` asks.
    package init(root: String, isShared: Bool = false, concurrency: Int = 4) {
        var path = root[...]
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        self.root = String(path)
        self.isShared = isShared
        self.concurrency = max(1, concurrency)
        folders = FolderTable(root: self.root, isShared: isShared)
    }

    package func stat(_ key: Key) async throws(StorageError) -> Metadata? {
        try localStat(key)
    }

    package func read(_ key: Key, range: Range<Int64>?, into sink: some ByteSink) async throws(StorageError) {
        try await onOwnThread { flag throws(StorageError) in
            try localRead(key, range: range, into: sink, until: flag)
        }
    }

    package func write(_ source: some ByteSource, to key: Key) async throws(StorageError) {
        try await onOwnThread { flag throws(StorageError) in try localWrite(source, to: key, until: flag) }
    }

    package func list(under prefix: Key) -> any AsyncSequence<Listing, StorageError> & Sendable {
        PagedListing {
            let walk = DirectoryWalk(backend: self, prefix: prefix)
            return { () async throws(StorageError) -> [Listing]? in
                try await onOwnThread { _ throws(StorageError) in try walk.nextPage() }
            }
        }
    }

    package func delete(_ keys: [Key]) async throws(StorageError) {
        try await onOwnThread { flag throws(StorageError) in try localDelete(keys, until: flag) }
    }

    /// Whether a key is the place of an object, in the layout of DVC 3 or of DVC 2; such files are sealed with mode
    /// 0444.
    package static func isObjectPlace(_ key: Key) -> Bool {
        var bytes = key.path.utf8[...]
        if bytes.starts(with: "files/md5/".utf8) { bytes = bytes.dropFirst(10) }
        if bytes.suffix(4).elementsEqual(".dir".utf8) { bytes = bytes.dropLast(4) }
        guard bytes.count == 33, bytes.dropFirst(2).first == UInt8(ascii: "/") else { return false }
        return bytes.prefix(2).allSatisfy(isHexDigit) && bytes.dropFirst(3).allSatisfy(isHexDigit)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x66: true
        default: false
        }
    }
}
