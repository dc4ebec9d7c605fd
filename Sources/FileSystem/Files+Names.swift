import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One name in a folder.
package struct FolderEntry: Sendable, Equatable {
    package let name: String
    /// What it is, nil where the file system does not say without asking for its status.
    package let kind: FileKind?
}

extension Files {
    /// The names in a folder, in byte order, without `.` and `..`.
    package static func names(in path: String) throws(FileError) -> [String] {
        try entries(in: path).map(\.name)
    }

    /// The names in a folder with their kinds, in byte order of the names.
    package static func entries(in path: String) throws(FileError) -> [FolderEntry] {
        let folder = try SystemCalls.open(Place(path), O_RDONLY | O_DIRECTORY)
        return try entries(consuming: folder, shown: path)
    }

    /// Like `entries`, but names that are not UTF-8 are passed over, as nothing that is searched for can have one.
    ///
    /// For walks that look for names they know; whoever must account for everything in a folder needs `entries`.
    package static func textEntries(in path: String) throws(FileError) -> [FolderEntry] {
        let folder = try SystemCalls.open(Place(path), O_RDONLY | O_DIRECTORY)
        return try textEntries(consuming: folder, shown: path).entries
    }

    private static func entries(consuming descriptor: Int32, shown: String) throws(FileError) -> [FolderEntry] {
        let (entries, misnamed) = try textEntries(consuming: descriptor, shown: shown)
        if let misnamed { throw FileError("list", Paths.join(shown.printable, misnamed), EILSEQ) }
        return entries
    }

    /// - Returns: The entries with proper names, and one of the other names, escaped.
    private static func textEntries(
        consuming descriptor: Int32, shown: String
    ) throws(FileError) -> (entries: [FolderEntry], misnamed: String?) {
        var entries: [FolderEntry] = []
        var misnamed: String?
        try forEachEntry(consuming: descriptor, shown: shown) { bytes, kind in
            if let name = String(validating: bytes, as: UTF8.self) {
                entries.append(FolderEntry(name: name, kind: kind))
            } else {
                misnamed = String.escaping(bytes)
            }
        }
        entries.sort { $0.name.precedesInBytes($1.name) }
        return (entries, misnamed)
    }

    /// Reads an open folder and closes it; names come as the bytes that the system has.
    static func forEachEntry(
        consuming descriptor: Int32, shown: String, _ body: (UnsafeBufferPointer<UInt8>, FileKind?) -> Void
    ) throws(FileError) {
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw FileError("list", shown, code)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileError("list", shown) }
                return
            }
            // Never nil, because a directory entry always holds its name.
            let pointer = varve_entry_name(entry)!
            let name = UnsafeBufferPointer(
                start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self), count: strlen(pointer))
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            body(name, FileKind(entry: Int32(entry.pointee.d_type)))
        }
    }
}

extension FileKind {
    fileprivate init?(entry type: Int32) {
        switch type {
        case Int32(DT_REG): self = .file
        case Int32(DT_DIR): self = .directory
        case Int32(DT_LNK): self = .symlink
        case Int32(DT_UNKNOWN): return nil
        default: self = .other
        }
    }
}
