package import Basics
import FileSystem
import Indexing
import Objects

/// Data that was to be made writable and isn't there.
package struct MissingDataToUnprotect: UserFacingError {
    let path: String

    package var summary: String { "can't unprotect non-existing data '\(path)'" }
    package var category: ErrorCategory { .unexpected }
}

extension Repository {
    /// Replaces links to the cache by private, writable copies.
    ///
    /// - Parameter target: a file or folder as the user named it.
    package func unprotect(_ target: String) throws {
        let path = Paths.absolute(target, from: environment.workingDirectory)
        guard Files.exists(path) else { throw MissingDataToUnprotect(path: target) }
        try unprotectTree(path)
    }

    /// The same for a path of the repository, and nothing where there is nothing.
    func unprotect(_ path: RelativePath) throws {
        guard Files.exists(absolute(path)) else { return }
        try unprotectTree(absolute(path))
    }

    private func unprotectTree(_ path: String) throws {
        guard let status = try Files.status(path, followingLinks: true) else { return }
        switch status.kind {
        case .file: try unprotectFile(path)
        case .directory:
            for entry in try Files.entries(in: path) {
                let child = Paths.join(path, entry.name)
                // A link to a folder is no link to the cache.
                if try Files.status(child)?.kind == .symlink, Files.isDirectory(child) { continue }
                try unprotectTree(child)
            }
        case .symlink, .other: break
        }
    }

    /// The copy is complete before it takes the link's place, so the file is there at every moment.
    ///
    /// As DVC, the copy gets the mode of a new file: an executable bit is lost.
    private func unprotectFile(_ path: String) throws {
        guard let own = try Files.status(path) else { return }
        guard own.kind == .symlink || own.links > 1 else {
            try Files.setMode(path, editableMode)
            return
        }
        let temporary = Paths.join(Paths.parent(path), TemporaryName.make())
        try Files.copy(from: path, to: temporary)
        do {
            try Files.setMode(temporary, editableMode)
            try Files.rename(temporary, path)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
    }
}
