package import Basics
import CSystem
package import FileSystem
package import Hashing
package import Objects
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file as it was right after it was put into the workspace.
package struct WrittenFile: Sendable {
    package let digest: MD5Digest
    package let inode: UInt64
    package let size: Int64
    /// Nanoseconds since 1970.
    package let modified: Int64
    let isHardlink: Bool

    /// Whether the file found is the one that was written. Its change time isn't compared: the rename into place set it.
    func isStill(_ status: FileStatus) -> Bool {
        inode == status.inode && size == status.size && modified == status.modified
    }
}

/// Puts objects of the cache into the workspace by the first kind of link that works.
///
/// A file comes into view whole, under its name, by rename; what was there before stays until that moment. Copies of
/// objects of up to a few MiB are checked against their digests on the way.
package final class ObjectPlacer: Sendable {
    /// One file to put in place.
    package struct Placement: Sendable {
        /// Relative to the placer's folder.
        package let path: RelativePath
        package let object: ObjectID
        package let isExecutable: Bool
        /// What may be at the path and goes.
        package let over: Expectation

        package init(
            path: RelativePath, object: ObjectID, isExecutable: Bool = false, over: Expectation = .anything
        ) {
            self.path = path
            self.object = object
            self.isExecutable = isExecutable
            self.over = over
        }
    }

    /// What is believed to be in the way of a file: it is looked at once more right before it is replaced.
    package enum Expectation: Sendable {
        case nothing
        case entry(IndexEntry)
        /// Whatever it is, the user gave it up or has it in the cache.
        case anything
    }

    private let cache: Cache
    private let threads: Int
    private let progress: any ProgressReporter
    /// Kinds of link that turned out not to work between this cache and this workspace.
    private let unsupported = Mutex<Set<LinkType>>([])
    private let buffers = BufferPool()

    private static let verifiedLimit: Int64 = 8 << 20
    private static let batchFiles = 64

    package init(cache: Cache, threads: Int, progress: any ProgressReporter) {
        self.cache = cache
        self.threads = threads
        self.progress = progress
    }

    /// Puts files below `folder`, replacing what is there; the files' folders must exist.
    ///
    /// - Parameter isPrivate: nobody looks at the folder yet, so files are written under their names at once.
    /// - Returns: what was written, and the failures by path.
    package func place(
        _ placements: [Placement], in folder: String, isPrivate: Bool
    ) throws -> (written: WorkspaceScanner.Written, failures: [(path: RelativePath, error: any UserFacingError)]) {
        let results = Mutex<(WorkspaceScanner.Written, [(path: RelativePath, error: any UserFacingError)])>(([:], []))
        try parallelForEach(count: placements.count, threads: threads, batch: ObjectPlacer.batchFiles) { range in
            let parents = try SafeFolder(root: folder)
            var written: [(RelativePath, WrittenFile)] = []
            var failures: [(path: RelativePath, error: any UserFacingError)] = []
            try withSmallObjects(placements[range], buffers) { placement, content in
                do {
                    let file = try place(
                        placement, content: content.get(), in: parents, folder: folder, isPrivate: isPrivate)
                    written.append((placement.path, file))
                } catch let error as any UserFacingError {
                    failures.append((placement.path, error))
                }
            }
            progress.report(
                .advanced(.checkingOut, items: range.count, bytes: written.reduce(0) { $0 + $1.1.size }))
            results.withLock { all in
                for (path, file) in written { all.0[path] = file }
                all.1 += failures
            }
        }
        return results.withLock { ($0.0, $0.1) }
    }

    // MARK: One file

    /// - Parameter content: the object's bytes, checked already, where the file is to be a copy of a small object.
    private func place(
        _ placement: Placement, content: UnsafeRawBufferPointer?, in parents: SafeFolder, folder: String,
        isPrivate: Bool
    ) throws -> WrittenFile {
        let handle = try parents.openParent(of: placement.path, creating: false)
        let parent = handle.raw
        let name = placement.path.name
        let target = isPrivate ? name : TemporaryName.make()
        let shown = Paths.join(folder, placement.path.string)
        let file =
            if let content {
                try create(target, in: parent, shown: shown, placement) {
                    try Files.writeAll(content, to: $0, path: shown)
                }
            } else {
                try write(placement, as: target, in: parent, shown: shown)
            }
        if !isPrivate {
            guard isAsExpected(placement.over, name, parent) else {
                unlinkat(parent, target, 0)
                throw ChangedMeanwhile(path: shown)
            }
            Fault.point("rename")
            guard renameat(parent, target, parent, name) == 0 else {
                let code = errno
                unlinkat(parent, target, 0)
                throw FileError("replace", shown, code)
            }
            Fault.point("rename")
            // Renaming one name of a file onto another name of the same file leaves both.
            if file.isHardlink { unlinkat(parent, target, 0) }
        }
        return file
    }

    private func isAsExpected(_ expectation: Expectation, _ name: String, _ parent: Int32) -> Bool {
        var raw = stat()
        guard fstatat(parent, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else { return true }
        let found = FileStatus(raw)
        switch expectation {
        case .anything: return true
        case .nothing:
            // A link that leads nowhere, such as one to an object that left the cache, counts as nothing.
            return found.kind == .symlink && fstatat(parent, name, &raw, 0) != 0
        case .entry(let entry): return entry.isStillInPlace(found)
        }
    }

    private func write(
        _ placement: Placement, as name: String, in parent: Int32, shown: String
    ) throws -> WrittenFile {
        let source = cache.path(of: placement.object)
        if linkTypes(for: placement).first == .hardlink,
            let file = try hardlink(placement, source: source, as: name, in: parent, shown: shown)
        {
            return file
        }
        guard let status = try Files.status(source) else {
            throw MissingObject(id: placement.object, path: shown)
        }
        guard status.kind == .file else {
            throw DamagedObject(id: placement.object, path: source, reason: "it is not a regular file")
        }
        // Hard links to one empty file would join files that have nothing in common (DVC copies them, too).
        let isCopied = status.size == 0 && cache.linkTypes.contains(.hardlink)
        if !isCopied {
            for type in linkTypes(for: placement) {
                if try link(type, placement, source: source, status, as: name, in: parent, shown: shown) {
                    do {
                        return try written(placement.object.digest, name, parent, type, shown)
                    } catch {
                        unlinkat(parent, name, 0)
                        throw error
                    }
                }
            }
            guard mayCopy(placement) else {
                throw LinkingFailed(path: shown, types: cache.linkTypes)
            }
        }
        return try copy(placement, source: source, status, as: name, in: parent, shown: shown)
    }

    /// A hard link to the object with no more than two system calls, since the link tells what the object is.
    ///
    /// - Returns: `nil`, and nothing under the name, where the object is not plain, verified and non-empty, or links
    ///   don't work; the general way then decides what to do.
    private func hardlink(
        _ placement: Placement, source: String, as name: String, in parent: Int32, shown: String
    ) throws -> WrittenFile? {
        Fault.point("link")
        guard linkat(AT_FDCWD, source, parent, name, 0) == 0 else { return nil }
        Fault.point("link")
        var raw = stat()
        guard fstatat(parent, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            let code = errno
            unlinkat(parent, name, 0)
            throw FileError("read", shown, code)
        }
        let status = FileStatus(raw)
        guard status.kind == .file, status.mode & 0o777 == 0o444, status.size > 0 else {
            unlinkat(parent, name, 0)
            return nil
        }
        return WrittenFile(
            digest: placement.object.digest, inode: status.inode, size: status.size, modified: status.modified,
            isHardlink: true)
    }

    /// The kinds of link that are worth a try, in order; none where the file is to be a copy.
    func linkTypes(for placement: Placement) -> [LinkType] {
        let unsupported = unsupported.withLock { $0 }
        // The execute bit of a link would be the object's, whose mode must stay as it is.
        return cache.linkTypes.filter {
            $0 != .copy && (!placement.isExecutable || $0 == .reflink) && !unsupported.contains($0)
        }
    }

    /// Whether a file may be a copy of its object.
    func mayCopy(_ placement: Placement) -> Bool {
        placement.isExecutable || cache.linkTypes.contains(.copy) || cache.linkTypes == [.reflink]
    }

    /// - Returns: `false` where this kind of link does not work here.
    private func link(
        _ type: LinkType, _ placement: Placement, source: String, _ status: FileStatus, as name: String,
        in parent: Int32, shown: String
    ) throws -> Bool {
        if status.mode & 0o777 != 0o444, try !cache.contains(placement.object) {
            throw DamagedObject(id: placement.object, path: source, reason: "its bytes do not match its name")
        }
        let result: Int32
        switch type {
        case .copy:
            return false
        case .hardlink:
            result = linkat(AT_FDCWD, source, parent, name, 0)
        case .symlink:
            result = symlinkat(source, parent, name)
        case .reflink:
            let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard input >= 0 else { throw FileError("read", source, errno) }
            defer { close(input) }
            let output = varve_openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard output >= 0 else { throw FileError("create", shown, errno) }
            defer { close(output) }
            result = varve_clone(input, output)
            if result != 0 {
                let code = errno
                unlinkat(parent, name, 0)
                errno = code
            } else if placement.isExecutable {
                addExecuteBit(output)
            }
        }
        if result == 0 { return true }
        let error = FileError(type.rawValue, shown, errno)
        guard error.isUnsupportedLink else { throw error }
        // An object that has all the links its file system allows says nothing about the others.
        if error.code != EMLINK { unsupported.withLock { _ = $0.insert(type) } }
        return false
    }

    private func copy(
        _ placement: Placement, source: String, _ status: FileStatus, as name: String, in parent: Int32, shown: String
    ) throws -> WrittenFile {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw FileError("read", source, errno) }
        defer { close(input) }
        return try create(name, in: parent, shown: shown, placement) { output in
            // DVC's mark of a verified object is mode 0444; small ones are checked all the same, since that is cheap.
            let digest = try copyBytes(
                from: input, source, to: output, shown, size: status.size,
                verify: status.size <= ObjectPlacer.verifiedLimit || status.mode & 0o777 != 0o444)
            if let digest { try refuseDamaged(placement.object, digest) }
        }
    }

    /// Moves an object aside whose bytes are others than its name says.
    func refuseDamaged(_ object: ObjectID, _ digest: MD5Digest) throws {
        guard digest != object.digest, object.algorithm == .md5 else { return }
        try cache.quarantine(object)
        throw DamagedObject(id: object, path: cache.path(of: object), reason: "its bytes do not match its name")
    }

    func path(of object: ObjectID) -> String { cache.path(of: object) }

    /// Makes a new file and fills it; on failure nothing stays under the name.
    private func create(
        _ name: String, in parent: Int32, shown: String, _ placement: Placement, _ fill: (Int32) throws -> Void
    ) throws -> WrittenFile {
        Fault.point("create")
        let output = varve_openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw FileError("create", shown, errno) }
        var isOpen = true
        defer { if isOpen { close(output) } }
        do {
            try fill(output)
            if placement.isExecutable { addExecuteBit(output) }
            var raw = stat()
            guard fstat(output, &raw) == 0 else { throw FileError("write", shown, errno) }
            isOpen = false
            guard close(output) == 0 else { throw FileError("write", shown, errno) }
            let result = FileStatus(raw)
            return WrittenFile(
                digest: placement.object.digest, inode: result.inode, size: result.size, modified: result.modified,
                isHardlink: false)
        } catch {
            unlinkat(parent, name, 0)
            throw error
        }
    }

    private func copyBytes(
        from input: Int32, _ source: String, to output: Int32, _ shown: String, size: Int64, verify: Bool
    ) throws -> MD5Digest? {
        if !verify {
            try Files.copyContents(from: input, source, to: output, shown)
            return nil
        }
        var md5 = MD5()
        let capacity = Int(min(max(size, 1), 256 << 10))
        try withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 64) { buffer in
            while true {
                let count = read(input, buffer.baseAddress, buffer.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FileError("read", source, errno)
                }
                if count == 0 { return }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
                md5.update(bytes)
                try Files.writeAll(bytes, to: output, path: shown)
            }
        }
        return md5.finalize()
    }

    private func addExecuteBit(_ descriptor: Int32) {
        var raw = stat()
        if fstat(descriptor, &raw) == 0 { fchmod(descriptor, raw.st_mode & 0o7777 | S_IXUSR) }
    }

    private func written(
        _ digest: MD5Digest, _ name: String, _ parent: Int32, _ type: LinkType, _ shown: String
    ) throws -> WrittenFile {
        var raw = stat()
        guard fstatat(parent, name, &raw, 0) == 0 else {
            throw FileError("read", shown, errno)
        }
        let status = FileStatus(raw)
        return WrittenFile(
            digest: digest, inode: status.inode, size: status.size, modified: status.modified,
            isHardlink: type == .hardlink)
    }
}

/// A file that somebody wrote to between the moment it was found to be saved and the moment it was to be replaced.
package struct ChangedMeanwhile: UserFacingError {
    package let path: String

    package var summary: String { "'\(path)' changed meanwhile; it was left as it is" }
    package var remedy: String? { "run the command again once nothing writes to the file" }
}

/// An object that the workspace needs and the cache doesn't hold.
package struct MissingObject: UserFacingError {
    package let id: ObjectID
    package let path: String

    package init(id: ObjectID, path: String) {
        self.id = id
        self.path = path
    }

    package var summary: String { "object \(id) of '\(path)' is not in the cache" }
    package var remedy: String? { "run `varve fetch`, then `varve checkout`" }
}

/// None of the wanted kinds of link works between the cache and the workspace.
package struct LinkingFailed: UserFacingError {
    package let path: String
    package let types: [LinkType]

    package var summary: String {
        "'\(path)' could not be linked from the cache: \(types.map(\.rawValue).joined(separator: ", ")) does not work here"
    }
    package var remedy: String? { "run `varve config cache.type reflink,copy`, then `varve checkout --relink`" }
}
