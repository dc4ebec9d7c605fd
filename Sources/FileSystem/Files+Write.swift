#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Files {
    /// Makes `bytes` the content of the file at `path`: a private file beside it is filled and takes its place in one
    /// step, so a reader or a crash finds the old content or the new, never a part.
    ///
    /// A symbolic link at `path` stays, and the file it leads to is replaced, as editors do it.
    ///
    /// - Parameters:
    ///   - mode: Permissions of a new file, less the umask; a file that is there keeps its own.
    ///   - sync: Whether the bytes must be on the disk before the name is; without it a power cut may leave the file
    ///     empty.
    package static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o666, sync: Bool = true
    ) throws(FileError) {
        try write(bytes, to: Place(try linkTarget(path)), mode: mode, sync: sync)
    }

    static func write(_ bytes: [UInt8], to place: Place, mode: UInt32, sync: Bool) throws(FileError) {
        let existing = try SystemCalls.status(place, following: false)
        if existing?.kind == .directory { throw FileError("write", place.shown, EISDIR) }
        let temporary = place.sibling(TemporaryName.make())
        let descriptor = try SystemCalls.create(temporary, mode: mode)
        do throws(FileError) {
            do throws(FileError) {
                if let existing, existing.kind == .file {
                    guard fchmod(descriptor, mode_t(existing.mode & 0o777)) == 0 else {
                        throw FileError("set the mode of", place.shown)
                    }
                }
                try SystemCalls.writeAll(descriptor, bytes, shown: place.shown)
                if sync { try SystemCalls.sync(descriptor, shown: place.shown) }
            } catch {
                close(descriptor)
                throw error
            }
            try SystemCalls.closeWritten(descriptor, shown: place.shown)
            try SystemCalls.rename(temporary, to: place)
        } catch {
            try? SystemCalls.unlink(temporary)
            throw FileError(error.operation == "rename" ? "replace" : error.operation, place.shown, error.code)
        }
    }

    /// Follows the links at the end of `path` to the name where a file is or would be.
    static func linkTarget(_ path: String) throws(FileError) -> String {
        var current = path
        for _ in 0..<40 {
            guard try status(current)?.kind == .symlink else { return current }
            current = Paths.join(Paths.parent(current), try readLink(current))
        }
        throw FileError("write", path, ELOOP)
    }
}
