#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is written bit by bit beside its place and takes that place in one step when it is whole.
///
/// What is not published is removed when the last reference goes. Several files that belong together are all sealed
/// before the first is published, so that only a crash between two renames can part them.
package final class StagedFile {
    /// Where it will be; a symbolic link there stays, and the file it leads to is replaced.
    package let path: String
    private let place: Place
    private let temporary: Place
    private var descriptor: Int32
    private var isPublished = false

    /// - Parameter mode: permissions of a new file, less the umask; a file that is there keeps its own.
    package init(replacing path: String, mode: UInt32 = 0o666) throws(FileError) {
        self.path = path
        place = try Place(Files.linkTarget(path))
        let existing = try SystemCalls.status(place, following: false)
        switch existing?.kind {
        case .directory: throw FileError("write", place.shown, EISDIR)
        case .symlink, .other: throw FileError("write a device, socket or pipe as a file:", place.shown, EINVAL)
        case .file, nil: break
        }
        temporary = place.sibling(TemporaryName.make())
        do throws(FileError) {
            descriptor = try SystemCalls.create(temporary, mode: mode)
        } catch {
            throw FileError("write", place.shown, error.code)
        }
        if let existing, fchmod(descriptor, mode_t(existing.mode & 0o777)) != 0 {
            throw FileError("set the mode of", place.shown)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        // Nobody knows the file by this name, so nothing is lost where it cannot be removed.
        if !isPublished { try? SystemCalls.unlink(temporary) }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try SystemCalls.writeAll(descriptor, bytes, shown: place.shown)
    }

    package func write(_ bytes: [UInt8]) throws(FileError) {
        try SystemCalls.writeAll(descriptor, bytes, shown: place.shown)
    }

    /// Waits until the bytes are on the disk; nothing can be written any more.
    package func seal() throws(FileError) {
        guard descriptor >= 0 else { return }
        try SystemCalls.sync(descriptor, shown: place.shown)
        defer { descriptor = -1 }
        try SystemCalls.closeWritten(descriptor, shown: place.shown)
    }

    /// Gives the file its name.
    package func publish() throws(FileError) {
        try seal()
        do throws(FileError) {
            try SystemCalls.rename(temporary, to: place)
        } catch {
            throw FileError("replace", place.shown, error.code)
        }
        isPublished = true
    }
}
