import Basics
package import FileSystem
import Hashing
import Storage
import Synchronization

/// The local object store of a repository, in DVC's layout and with its modes.
///
/// Promises: an object appears under its name whole or not at all; its mode is 0444; it never changes. Mode 0444 also
/// says "verified" to DVC and to varve: an object of any other mode is hashed before it is believed, and one whose
/// bytes don't match is moved aside (`quarantine`), never handed out.
package final class Cache: Sendable {
    /// Absolute path of `cache.dir`.
    package let root: String
    /// `cache.type`, in order of preference.
    package let linkTypes: [LinkType]
    /// `cache.shared = group`: folders get 02775.
    package let isShared: Bool
    /// Where damaged objects are moved: on the same file system as the cache if possible.
    package let quarantineFolder: String
    private let madeFolders = Mutex<Set<String>>([])

    package init(root: String, linkTypes: [LinkType], isShared: Bool, quarantineFolder: String) {
        self.root = root
        self.linkTypes = linkTypes.isEmpty ? [.reflink, .copy] : linkTypes
        self.isShared = isShared
        self.quarantineFolder = quarantineFolder
    }

    /// Where an object lies, present or not.
    package func path(of id: ObjectID) -> String { Paths.join(root, id.key.path) }

    // MARK: Presence

    /// Whether an object is here and, where its mode doesn't vouch for it, has the bytes its ID says.
    package func contains(_ id: ObjectID) throws -> Bool {
        guard let status = try Files.status(path(of: id)) else { return false }
        return try isTrustworthy(id, status)
    }

    /// The given objects that are not here, by the same rule as `contains`.
    ///
    /// Listing the cache's folders would be no shorter: each object's mode has to be looked at all the same.
    package func missing(_ ids: some Collection<ObjectID>) throws -> [ObjectID] {
        try ids.filter { try !contains($0) }
    }

    private func isTrustworthy(_ id: ObjectID, _ status: FileStatus) throws -> Bool {
        guard status.kind == .file else {
            throw DamagedObject(id: id, path: path(of: id), reason: "it is not a regular file")
        }
        if status.mode & 0o777 == 0o444 { return true }
        let digest = try ContentReader.digest(ofFile: path(of: id), algorithm: id.isDirectory ? .md5 : id.algorithm)
        if digest == id.digest {
            // It may have been fetched right before the power failed, or by a process that was killed.
            try Files.sync(path(of: id))
            try? Files.setMode(path(of: id), 0o444)
            return true
        }
        try quarantine(id)
        return false
    }

    /// Moves a damaged object out of the store, so that it can be fetched again and nobody takes it for whole.
    package func quarantine(_ id: ObjectID) throws {
        try Files.makeDirectory(quarantineFolder)
        let target = Paths.join(quarantineFolder, id.text + "-" + TemporaryName.make().dropFirst().prefix(8))
        do {
            try Files.rename(path(of: id), target)
        } catch {
            // Another thread or process has moved it already.
            guard Files.exists(path(of: id)) else { return }
            // Another file system: the bytes are copied before the object goes.
            try Files.copy(from: path(of: id), to: target, mode: 0o444)
            try Files.remove(path(of: id))
        }
    }

    /// Changes when an object comes or goes; an object that is altered in its place leaves it as it is.
    ///
    /// - Parameter now: the file system's clock, in nanoseconds since 1970.
    /// - Returns: `nil` where a folder of the cache changed so lately that a later change might not show.
    package func stamp(now: Int64) throws -> UInt64? {
        var stamp: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ word: UInt64) { stamp = (stamp ^ word) &* 0x9FB2_1C65_1E98_DF25 ^ stamp >> 29 }
        let digits = "0123456789abcdef"
        for first in digits {
            for second in digits {
                guard let status = try Files.status(Paths.join(root, "files/md5/\(first)\(second)")) else {
                    mix(1)
                    continue
                }
                guard max(status.modified, status.changed) < now else { return nil }
                mix(status.inode)
                mix(UInt64(bitPattern: status.modified))
                mix(UInt64(bitPattern: status.changed))
            }
        }
        return stamp
    }

    // MARK: Directory objects

    /// A directory object, or `nil` if it is not here.
    ///
    /// - Throws: `DamagedObject` when the bytes are not what the ID says or are no safe listing. One that claims by its
    ///   mode to be verified is moved aside, so that the next fetch gets a good one.
    package func directoryObject(_ id: ObjectID) throws -> DirectoryObject? {
        guard let bytes = try Files.readIfPresent(path(of: id)) else { return nil }
        guard MD5.digest(of: bytes) == id.digest else {
            if try Files.status(path(of: id))?.mode == 0o444 { try quarantine(id) }
            throw DamagedObject(id: id, path: path(of: id), reason: "its bytes do not match its name")
        }
        do {
            return try DirectoryObject(parsing: bytes)
        } catch {
            throw DamagedObject(id: id, path: path(of: id), reason: error.reason)
        }
    }

    /// Stores a listing and returns its ID.
    @discardableResult
    package func store(_ listing: DirectoryObject, algorithm: HashAlgorithm = .md5) throws -> ObjectID {
        let bytes = listing.bytes
        let id = ObjectID(MD5.digest(of: bytes), isDirectory: true, algorithm: algorithm)
        if try contains(id) { return id }
        let temporary = try temporaryPath(for: id)
        try Files.create(temporary, bytes: bytes, mode: 0o444)
        do {
            try publish(temporary: temporary, as: id)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
        return id
    }

    // MARK: Writing

    /// A fresh private name in the folder where the object will lie; the folder exists afterwards.
    package func temporaryPath(for id: ObjectID) throws -> String {
        let folder = Paths.parent(path(of: id))
        try makeFolder(folder)
        return Paths.join(folder, TemporaryName.make())
    }

    /// A folder on the cache's file system for copies whose object is not known yet; it exists afterwards.
    package func stagingFolder() throws -> String {
        let preferred = Paths.parent(quarantineFolder) + "/staging"
        try Files.makeDirectory(preferred)
        try makeFolder(root)
        if let here = try Files.status(preferred), let there = try Files.status(root), here.device == there.device {
            return preferred
        }
        return root
    }

    /// Gives a complete, verified file its object's name. What was there already is the same bytes and stays.
    package func publish(temporary: String, as id: ObjectID) throws {
        let destination = path(of: id)
        // A copy that was staged elsewhere, because its ID was not known yet, may be the first in its folder.
        try makeFolder(Paths.parent(destination))
        try Files.setMode(temporary, 0o444)
        try Files.rename(temporary, destination)
    }

    func makeFolder(_ folder: String) throws {
        if madeFolders.withLock({ $0.contains(folder) }) { return }
        if isShared {
            // DVC gives every folder of a shared cache the group's write and set-group-ID bits.
            var missing: [String] = []
            var current = folder
            while !Files.exists(current) {
                missing.append(current)
                let parent = Paths.parent(current)
                if parent == current { break }
                current = parent
            }
            for made in missing.reversed() {
                try Files.makeDirectory(made)
                try Files.setMode(made, 0o2775)
            }
        } else {
            try Files.makeDirectory(folder)
        }
        madeFolders.withLock { _ = $0.insert(folder) }
    }
}

/// An object whose bytes, kind or listing are not what its name promises.
package struct DamagedObject: UserFacingError {
    package let id: ObjectID
    package let path: String
    package let reason: String

    package init(id: ObjectID, path: String, reason: String) {
        self.id = id
        self.path = path
        self.reason = reason
    }

    package var summary: String { "object \(id) in '\(path)' is damaged: \(reason)" }
    package var remedy: String? {
        "run `varve fetch` to get a good copy from the remote, or `varve add` the data again"
    }
}
