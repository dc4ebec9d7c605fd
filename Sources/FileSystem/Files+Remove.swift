#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Files {
    /// Removes a file or a link; fine where there is none.
    package static func remove(_ path: String) throws(FileError) {
        try remove(Place(path))
    }

    static func remove(_ place: Place) throws(FileError) {
        do {
            try SystemCalls.unlink(place)
        } catch {
            if error.code != ENOENT && error.code != ENOTDIR { throw error }
        }
    }

    /// Removes an empty folder; fine where there is none.
    package static func removeDirectory(_ path: String) throws(FileError) {
        try removeDirectory(Place(path))
    }

    static func removeDirectory(_ place: Place) throws(FileError) {
        do {
            try SystemCalls.change("remove the folder", place) { unlinkat($0, $1, AT_REMOVEDIR) }
        } catch {
            if error.code != ENOENT && error.code != ENOTDIR { throw error }
        }
    }

    /// Removes a file, a link, or a folder with everything in it; fine where there is nothing.
    ///
    /// Links inside are removed, never followed, even when another process plants them meanwhile, and the depth of the
    /// tree matters to neither stack nor open files.
    package static func removeTree(_ path: String) throws(FileError) {
        guard let status = try status(path) else { return }
        guard status.kind == .directory else { return try remove(path) }
        var removal = TreeRemoval(root: path)
        try removal.run()
    }
}
