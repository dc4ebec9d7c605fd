import FileSystem

/// Files that are copied with all that tells whether they have changed.
enum FileCopy {
    static func place(_ source: String, _ status: FileStatus, at destination: String) throws {
        try Files.makeDirectory(Paths.parent(destination))
        try? Files.removeTree(destination)
        switch status.kind {
        case .symlink: try Linker.make(.symlink, from: Files.readLink(source), to: destination, mode: 0)
        case .file:
            try Files.copy(from: source, to: destination, mode: 0o600)
            try Files.setMode(destination, status.mode & 0o777)
        default: return
        }
        try Files.setModificationTime(destination, status.modified)
    }

    /// Whether a file still is what was copied there.
    static func isCurrent(_ status: FileStatus?, _ wanted: FileStatus) -> Bool {
        guard let status, status.kind == wanted.kind, status.size == wanted.size else { return false }
        return status.modified == wanted.modified && status.mode & 0o777 == wanted.mode & 0o777
    }
}
