import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The blocking verbs, for threads that go through thousands of keys without a suspension for each.
extension DirectoryBackend {
    /// Bytes moved by one pair of system calls.
    package static let pieceSize = 1 << 20

    /// Where the key lies; for reading only, since links on the way are followed.
    package func path(of key: Key) throws(StorageError) -> String {
        guard key.isSafe else { throw StorageError(.unsupported, "not a name inside a store", key: key, place: root) }
        return root.utf8.last == UInt8(ascii: "/") ? root + key.path : root + "/" + key.path
    }

    package func localStat(_ key: Key) throws(StorageError) -> Metadata? {
        var status = Self.emptyStatus
        guard fstatat(AT_FDCWD, try path(of: key), &status, 0) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw StorageError(errno: code, "cannot look up").at(key, in: root)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Self.metadata(status)
    }

    package func localRead(
        _ key: Key, range: Range<Int64>? = nil, into sink: some ByteSink, until cancelled: CancellationFlag? = nil
    ) throws(StorageError) {
        do throws(StorageError) {
            let file = try Descriptor.reading(try path(of: key))
            var rest = Int64.max
            if let range {
                rest = Int64(range.count)
                lseek(file.number, off_t(range.lowerBound), SEEK_SET)
            }
            let buffer = PieceBuffer(size: Int(min(Int64(Self.pieceSize), max(rest, 1))))
            while rest > 0 {
                if cancelled?.isSet == true { throw .cancelled }
                let wanted = Int(min(rest, Int64(buffer.bytes.count)))
                let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<wanted]))
                if count > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])) }
                if count < wanted { break }
                rest -= Int64(count)
            }
        } catch {
            throw error.located(key, root)
        }
    }

    package func localWrite(
        _ source: some ByteSource, to key: Key, until cancelled: CancellationFlag? = nil
    ) throws(StorageError) {
        try place(key) { file throws(StorageError) in
            let reader = try source.open(at: 0)
            let buffer = PieceBuffer(size: Int(min(max(source.size, 0), Int64(Self.pieceSize) - 1)) + 1)
            var total: Int64 = 0
            while true {
                if cancelled?.isSet == true { throw .cancelled }
                let count = try reader.read(into: buffer.bytes)
                if count == 0 { break }
                total += Int64(count)
                try file.write(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
            }
            guard total == source.size else {
                throw StorageError(.other, "the data changed while it was read", key: key)
            }
        }
    }

    /// Makes a private file, lets the closure fill it, and gives it the key's name; when the closure throws, nothing is
    /// left of it.
    package func place(
        _ key: Key, filling: (Descriptor) throws(StorageError) -> Void
    ) throws(StorageError) {
        guard key.isSafe else { throw StorageError(.unsupported, "not a name inside a store", key: key, place: root) }
        let slash = key.path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folderPath = slash.map { key.path[..<$0] } ?? ""
        let name = slash.map { String(key.path[key.path.utf8.index(after: $0)...]) } ?? key.path
        do {
            try place(key, name: name, in: try folders.folder(folderPath, creating: true), filling)
        } catch {
            // A folder that was removed under us, or too many open files: once more with a fresh table.
            guard error.isStaleFolder else { throw error.reason.located(key, root) }
            folders.forget()
            do {
                try place(key, name: name, in: try folders.folder(folderPath, creating: true), filling)
            } catch {
                throw error.reason.located(key, root)
            }
        }
    }

    private func place(
        _ key: Key, name: String, in folder: @autoclosure () throws(StorageError) -> Descriptor,
        _ filling: (Descriptor) throws(StorageError) -> Void
    ) throws(PlacingError) {
        let sealed = Self.isObjectPlace(key)
        let temporary = TemporaryName.make()
        let folderHandle: Descriptor
        do {
            folderHandle = try folder()
        } catch {
            throw PlacingError(reason: error, isStaleFolder: error.systemCode == EMFILE)
        }
        Fault.point("create")
        let file: Descriptor
        do {
            file = try Descriptor.open(
                in: folderHandle.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "cannot create the file",
                mode: sealed ? 0o600 : 0o666)
        } catch {
            throw PlacingError(reason: error, isStaleFolder: error.kind == .notFound || error.systemCode == EMFILE)
        }
        do throws(StorageError) {
            try filling(file)
            if sealed {
                // Not every file system has modes; DVC goes on as well.
                fchmod(file.number, 0o444)
            } else if isShared {
                fchmod(file.number, 0o664)
            }
            Fault.point("rename")
            guard renameat(folderHandle.number, temporary, folderHandle.number, name) == 0 else {
                throw StorageError(errno: errno, "cannot rename into place")
            }
        } catch {
            unlinkat(folderHandle.number, temporary, 0)
            throw PlacingError(reason: error, isStaleFolder: false)
        }
        Fault.point("rename")
    }

    package func localDelete(_ keys: [Key], until cancelled: CancellationFlag? = nil) throws(StorageError) {
        var first: StorageError?
        for key in keys {
            if cancelled?.isSet == true { throw .cancelled }
            do {
                try deleteOne(key)
            } catch {
                if first == nil { first = error.located(key, root) }
            }
        }
        if let first { throw first }
    }

    /// Removes folders under the prefix that hold nothing, the deepest first, and the prefix itself.
    package func removeEmptyFolders(under prefix: Key) throws(StorageError) {
        guard prefix.isSafe else {
            throw StorageError(.unsupported, "not a name inside a store", key: prefix, place: root)
        }
        let folder: Descriptor
        do {
            folder = try folders.folder(prefix.path[...], creating: false)
        } catch {
            if error.kind == .notFound { return }
            throw error.located(prefix, root)
        }
        for entry in try FolderEntries.read(folder) where entry.kind == .folder {
            try removeEmptyFolders(under: Key(prefix.path + "/" + entry.name))
        }
        folders.forget()
        let parts = prefix.path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let parent = try folders.folder(parts.map { prefix.path[..<$0] } ?? "", creating: false)
        let name = parts.map { String(prefix.path[prefix.path.utf8.index(after: $0)...]) } ?? prefix.path
        unlinkat(parent.number, name, AT_REMOVEDIR)
    }

    /// The whole listing at once.
    package func localList(under prefix: Key) throws(StorageError) -> [Listing] {
        let walk = DirectoryWalk(backend: self, prefix: prefix)
        var found: [Listing] = []
        while let page = try walk.nextPage() { found += page }
        return found
    }

    /// Files that a writer left behind: with a temporary name, last changed before the given second since 1970.
    package func leftovers(under prefix: Key, olderThan second: Int64) throws(StorageError) -> [Key] {
        let walk = DirectoryWalk(backend: self, prefix: prefix, temporaries: true)
        var found: [Key] = []
        while let page = try walk.nextPage() {
            for entry in page where (entry.metadata.modified ?? .max) < second { found.append(entry.key) }
        }
        return found
    }

    private func deleteOne(_ key: Key) throws(StorageError) {
        guard key.isSafe else { throw StorageError(.unsupported, "not a name inside a store") }
        let slash = key.path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { String(key.path[key.path.utf8.index(after: $0)...]) } ?? key.path
        let folder: Descriptor
        do {
            folder = try folders.folder(slash.map { key.path[..<$0] } ?? "", creating: false)
        } catch {
            if error.kind == .notFound { return }
            throw error
        }
        Fault.point("delete")
        if unlinkat(folder.number, name, 0) != 0, errno != ENOENT {
            throw StorageError(errno: errno, "cannot delete")
        }
    }

    static let emptyStatus = PlatformStatus()

    static func metadata(_ status: PlatformStatus) -> Metadata {
        #if canImport(Glibc)
            let modified = status.st_mtim
        #else
            let modified = status.st_mtimespec
        #endif
        return Metadata(
            size: Int64(status.st_size), modified: Int64(modified.tv_sec),
            version: "\(status.st_ino)-\(status.st_size)-\(modified.tv_sec).\(modified.tv_nsec)",
            isSealed: status.st_mode & 0o7777 == 0o444)
    }
}

#if canImport(Glibc)
    typealias PlatformStatus = Glibc.stat
#else
    typealias PlatformStatus = Darwin.stat
#endif

/// Why nothing came under a name, and whether a fresh look at the folder may help.
private struct PlacingError: Error {
    let reason: StorageError
    let isStaleFolder: Bool
}

extension StorageError {
    /// The same error told about a key: the name that the system call was given says less than the key.
    func located(_ key: Key, _ place: String) -> StorageError {
        if self.key != nil { return self }
        if let known = self.place, known.utf8.first == UInt8(ascii: "/") { return self }
        return StorageError(
            kind, detail, key: key, place: place, retryAfter: retryAfter, isRetryable: isRetryable, remedy: remedy,
            systemCode: systemCode)
    }
}

/// One buffer for a stream of pieces.
package final class PieceBuffer {
    package let bytes: UnsafeMutableRawBufferPointer

    package init(size: Int) { bytes = .allocate(byteCount: max(1, size), alignment: 64) }

    deinit { bytes.deallocate() }
}
