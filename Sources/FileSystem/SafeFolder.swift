import Basics
import CSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A part of a path that is a symbolic link where a folder has to be.
package struct LinkedParent: UserFacingError, Equatable {
    /// The whole path that was wanted.
    package let path: String
    /// The part of it that is a link.
    package let link: String

    package init(path: String, link: String) {
        self.path = path
        self.link = link
    }

    package var summary: String {
        "'\(link.printable)' is a symbolic link; '\(path.printable)' would land outside of its folder"
    }
    package var remedy: String? {
        "remove the link '\(link.printable)' or replace it with a folder, then run the command again"
    }
}

/// A folder under which files are created, replaced and removed by relative paths that come from outside.
///
/// Every path passes `PathGate`, and every folder on the way is opened from the one above without following links, so
/// a link planted before or during the work is refused. The folder of the last path stays open for the next one; a
/// folder that is moved meanwhile takes the files with it, since what is open is the folder and not its name.
package struct SafeFolder: Sendable {
    /// As given; it may itself be or lie behind links, since the user chose it.
    package let root: String
    private let top: FileDescriptor
    private let lastParent = LastParent()

    private final class LastParent: Sendable {
        let value = Mutex<(path: String, folder: FileDescriptor)?>(nil)
    }

    package init(root: String) throws(FileError) {
        self.root = root
        top = try FileDescriptor.folder(root)
    }

    /// The open folder that holds `path`.
    ///
    /// - Parameter creating: Whether folders that are missing on the way are made.
    package func openParent(of path: RelativePath, creating: Bool) throws -> FileDescriptor {
        try PathGate.check(path.string)
        guard let slash = path.string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return top }
        let parent = String(path.string[..<slash])
        if let folder = lastParent.value.withLock({ last -> FileDescriptor? in
            guard let last, last.path.hasSameBytes(as: parent) else { return nil }
            return last.folder
        }) {
            // A folder without names was removed: what is created in it would be lost.
            if try folder.status().links > 0 { return folder }
        }
        let folder = try descend(parent, for: path, creating: creating)
        lastParent.value.withLock { $0 = (parent, folder) }
        return folder
    }

    /// What is at `path`, not following a link there; nil where nothing is.
    package func status(of path: RelativePath) throws -> FileStatus? {
        do {
            return try SystemCalls.status(place(path, creating: false), following: false)
        } catch let error as FileError where error.code == ENOENT || error.code == ENOTDIR {
            return nil
        }
    }

    /// Opens the ordinary file at `path`; a link there is refused.
    package func open(_ path: RelativePath) throws -> FileDescriptor {
        try FileDescriptor.reading(place(path, creating: false), followingLinks: false)
    }

    /// Creates a file that must not exist, and opens it for writing.
    package func createFile(_ path: RelativePath, mode: UInt32 = 0o666) throws -> FileDescriptor {
        let place = try place(path, creating: true)
        return FileDescriptor(owning: try SystemCalls.create(place, mode: mode), path: place.shown)
    }

    /// Writes a file whole or not at all; what was there keeps its mode, and a link there is replaced, not followed.
    package func write(_ bytes: [UInt8], to path: RelativePath, mode: UInt32 = 0o666, sync: Bool = true) throws {
        try Files.write(bytes, to: place(path, creating: true), mode: mode, sync: sync)
    }

    /// Puts a link to, or a copy of, `source` at `path`, in one step in the place of a file or link that is there.
    ///
    /// - Parameters:
    ///   - mode: Permissions of a reflink or copy, less the umask.
    ///   - exactMode: Permissions of a reflink or copy whatever the umask, where given.
    package func materialize(
        _ type: LinkType, from source: String, at path: RelativePath, mode: UInt32 = 0o666, exactMode: UInt32? = nil
    ) throws {
        let place = try place(path, creating: true)
        let temporary = place.sibling(TemporaryName.make())
        try Linker.make(type, from: source, to: temporary, mode: mode)
        do {
            if let exactMode, type == .copy || type == .reflink {
                try SystemCalls.change("set the mode of", temporary) { fchmodat($0, $1, mode_t(exactMode & 0o7777), 0) }
            }
            try SystemCalls.rename(temporary, to: place)
            // Renaming one name of a file onto another name of it does nothing and leaves both.
            if type == .hardlink { try Files.remove(temporary) }
        } catch {
            try? SystemCalls.unlink(temporary)
            throw FileError("replace", place.shown, error.code)
        }
    }

    /// Puts the finished file `temporary`, a path of the caller's, at `path` in one step.
    package func replace(_ path: RelativePath, byRenaming temporary: String) throws {
        let place = try place(path, creating: true)
        do {
            try SystemCalls.rename(Place(temporary), to: place)
        } catch {
            throw FileError("replace", place.shown, error.code)
        }
    }

    /// Makes the folder `path` and those above it; fine where it is there, refused where a link is.
    package func makeDirectory(_ path: RelativePath) throws {
        try PathGate.check(path.string)
        _ = try descend(path.string, for: path, creating: true)
    }

    /// Removes a file or link; fine where there is none.
    package func remove(_ path: RelativePath) throws {
        guard let place = try existingPlace(path) else { return }
        try Files.remove(place)
    }

    /// Removes an empty folder; fine where there is none.
    package func removeDirectory(_ path: RelativePath) throws {
        guard let place = try existingPlace(path) else { return }
        try Files.removeDirectory(place)
    }

    private func existingPlace(_ path: RelativePath) throws -> Place? {
        do {
            return try place(path, creating: false)
        } catch let error as FileError where error.code == ENOENT || error.code == ENOTDIR {
            return nil
        }
    }

    private func place(_ path: RelativePath, creating: Bool) throws -> Place {
        let parent = try openParent(of: path, creating: creating)
        return Place(owner: parent, name: Paths.name(path.string), shown: Paths.join(root, path.string))
    }

    private func descend(_ parent: String, for path: RelativePath, creating: Bool) throws -> FileDescriptor {
        var folder = top
        var walked = ""
        for part in parent.utf8.split(separator: UInt8(ascii: "/")) {
            walked += (walked.isEmpty ? "" : "/") + String(Substring(part))
            let place = Place(owner: folder, name: String(Substring(part)), shown: Paths.join(root, walked))
            folder = FileDescriptor(
                owning: try enter(place, walked: walked, for: path, creating: creating), path: place.shown)
        }
        return folder
    }

    private func enter(_ place: Place, walked: String, for path: RelativePath, creating: Bool) throws -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        for attempt in 0..<2 {
            do throws(FileError) {
                return try SystemCalls.open(place, flags)
            } catch {
                if error.code == ENOENT, creating, attempt == 0 {
                    do throws(FileError) {
                        try SystemCalls.change("make the folder", place) { mkdirat($0, $1, 0o777) }
                    } catch {
                        if error.code != EEXIST { throw error }
                    }
                    continue
                }
                // Linux says ELOOP or ENOTDIR for a link, depending on the version.
                if error.code == ELOOP || error.code == ENOTDIR,
                    try SystemCalls.status(place, following: false)?.kind == .symlink
                {
                    throw LinkedParent(path: path.string, link: walked)
                }
                throw error
            }
        }
        throw FileError("open", place.shown, ENOENT)
    }
}
