package import Basics
package import FileSystem
import Hashing
package import Objects
import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is in the workspace at a tracked path.
package enum WorkspaceItem: Sendable {
    case absent
    case file(IndexEntry)
    case folder(FolderState)

    package var isAbsent: Bool { if case .absent = self { true } else { false } }
}

/// A tracked folder as it is on disk, every file of it with its digest.
package struct FolderState: Sendable {
    /// The folder, relative to the repository.
    package let root: RelativePath
    /// Its folders, parents first, each relative to the repository.
    package let folders: [(path: RelativePath, contents: IndexFolder)]
    /// Sum of the files' sizes in bytes.
    package let size: Int64
    /// How many files there are.
    package let files: Int
    /// The ID of the directory object.
    package let id: ObjectID
    /// The listing, where it was needed to find the ID.
    private let computed: DirectoryObject?

    /// - Parameter id: the directory object's ID where the index vouches for it; otherwise it is computed.
    init(
        root: RelativePath, folders: [(path: RelativePath, contents: IndexFolder)], size: Int64, files: Int,
        algorithm: HashAlgorithm, id: ObjectID?
    ) {
        self.root = root
        self.folders = folders
        self.size = size
        self.files = files
        if let id {
            self.id = id
            computed = nil
        } else {
            let listing = FolderState.listing(of: folders, in: root, files: files)
            computed = listing
            self.id = listing.id(algorithm: algorithm)
        }
    }

    /// Every file, as the directory object lists it.
    package func listing() -> DirectoryObject {
        computed ?? FolderState.listing(of: folders, in: root, files: files)
    }

    private static func listing(
        of folders: [(path: RelativePath, contents: IndexFolder)], in root: RelativePath, files: Int
    ) -> DirectoryObject {
        var entries: [DirectoryObject.Entry] = []
        entries.reserveCapacity(files)
        forEachFile(of: folders, in: root) { path, entry in
            entries.append(.init(path: path, digest: entry.digest))
        }
        return DirectoryObject(entries: entries)
    }

    /// Calls `body` with each file's path relative to `root`, folder by folder.
    package func forEachFile(_ body: (RelativePath, IndexEntry) -> Void) {
        FolderState.forEachFile(of: folders, in: root, body)
    }

    private static func forEachFile(
        of folders: [(path: RelativePath, contents: IndexFolder)], in root: RelativePath,
        _ body: (RelativePath, IndexEntry) -> Void
    ) {
        for (path, contents) in folders {
            let prefix = path.relative(to: root) ?? RelativePath("")
            for position in 0..<contents.count {
                let entry = contents.entry(at: position)
                if entry.kind == .folder { continue }
                body(prefix.appending(contents.name(at: position)), entry)
            }
        }
    }

    /// Folders, relative to `root`, that hold no file at any depth; they are in no listing.
    package var emptyFolders: [RelativePath] {
        var filled: Set<RelativePath> = []
        for (path, contents) in folders
        where (0..<contents.count).contains(where: { contents.entry(at: $0).kind != .folder }) {
            for folder in path.selfAndParents where !filled.insert(folder).inserted { break }
        }
        return folders.compactMap { filled.contains($0.path) ? nil : $0.path.relative(to: root) }.filter { !$0.isRoot }
    }
}

/// Finds out what is at tracked paths, reading only what the index doesn't vouch for, and keeps the index up to date.
package struct WorkspaceScanner: Sendable {
    /// Absolute path of the repository.
    package let repository: String
    package let index: StatIndex
    package let ignore: IgnoreRules
    package let threads: Int
    package let progress: any ProgressReporter

    package init(
        repository: String, index: StatIndex, ignore: IgnoreRules, threads: Int, progress: any ProgressReporter
    ) {
        self.repository = repository
        self.index = index
        self.ignore = ignore
        self.threads = threads
        self.progress = progress
    }

    /// What is at `path`, relative to the repository.
    ///
    /// - Parameter cache: where the contents of files that are read go in the same pass; `nil` only looks.
    /// - Throws: `MultipleFailures` or a single error when a file can't be read or changed while it was; nothing is
    ///   recorded for such a file.
    package func item(
        at path: RelativePath, algorithm: HashAlgorithm = .md5, storingIn cache: Cache? = nil
    ) throws -> WorkspaceItem {
        let absolute = Paths.join(repository, path.string)
        let start = fileSystemClock()
        guard var status = try Files.status(absolute) else { return .absent }
        var kind = IndexEntry.Kind.file
        if status.kind == .symlink {
            guard let target = try Files.status(absolute, followingLinks: true) else { return .absent }
            status = target
            kind = .link
        }
        switch status.kind {
        case .directory:
            return .folder(try folder(path, algorithm: algorithm, storingIn: cache))
        case .file:
            return .file(try file(path, status, kind, since: start, algorithm: algorithm, storingIn: cache))
        case .symlink, .other:
            throw UntrackableFile(path: absolute, reason: "it is neither a file nor a folder")
        }
    }

    // MARK: Files

    private func file(
        _ path: RelativePath, _ status: FileStatus, _ kind: IndexEntry.Kind, since start: Int64,
        algorithm: HashAlgorithm, storingIn cache: Cache?
    ) throws -> IndexEntry {
        let known = index.root(path)
        if let entry = known?.file, entry.kind == kind, entry.algorithm == algorithm, entry.matches(status),
            try cache?.contains(ObjectID(entry.digest, algorithm: algorithm)) ?? true
        {
            return entry
        }
        let request = ContentReader.Request(
            path: Paths.join(repository, path.string), status: status, followsLink: kind == .link)
        let reader = ContentReader(threads: threads, algorithm: algorithm, progress: progress)
        switch try reader.read([request], into: cache)[0] {
        case .failed(let error):
            throw error
        case .digest(let digest, let status):
            let entry = IndexEntry(status: status, digest: digest, kind: kind, algorithm: algorithm)
            record(entry, at: path, since: start)
            return entry
        }
    }

    /// Notes what a file's content is, so that it need not be read next time.
    ///
    /// - Parameter start: the file system's clock before it was read.
    private func record(_ entry: IndexEntry, at path: RelativePath, since start: Int64) {
        var recorded = entry
        if isTooYoung(entry.modified, entry.changed, since: start) {
            recorded.modified = .min
            recorded.changed = .min
        }
        index.setRoot(
            path,
            IndexRoot(
                digest: entry.digest, algorithm: entry.algorithm, isDirectory: false, size: entry.size, files: 1,
                file: recorded, isManaged: index.root(path)?.isManaged ?? false))
    }

    /// Notes that varve put the output there or recorded it from there.
    package func markManaged(_ path: RelativePath) {
        guard var root = index.root(path), !root.isManaged else { return }
        root.isManaged = true
        index.setRoot(path, root)
    }

    /// Records a file that was just written from the cache.
    package func adopt(_ written: WrittenFile, at path: RelativePath, algorithm: HashAlgorithm) throws {
        let absolute = Paths.join(repository, path.string)
        guard let status = try Files.status(absolute, followingLinks: true), written.isStill(status) else {
            // Somebody else has changed it already; the next look reads it.
            index.setRoot(path, nil)
            return
        }
        let isLink = try Files.status(absolute)?.kind == .symlink
        confirm(
            IndexEntry(status: status, digest: written.digest, kind: isLink ? .link : .file, algorithm: algorithm),
            at: path)
    }

    /// Notes the content of a file that varve itself just wrote or touched.
    package func confirm(_ entry: IndexEntry, at path: RelativePath) {
        record(entry, at: path, since: .max)
        index.noteWritten(at: max(entry.modified, entry.changed))
    }

    /// Files that were just written from the cache: their digests are known as long as nobody touched them since.
    package typealias Written = [RelativePath: WrittenFile]

    /// Looks at a folder after files were written into it, and reads only what somebody else changed meanwhile.
    ///
    /// - Parameter written: by path relative to the folder.
    package func adopt(_ written: Written, in path: RelativePath, algorithm: HashAlgorithm) throws -> FolderState {
        let rules = ignore.folder(path.string)
        let start = fileSystemClock()
        var walk = FolderWalk(repository: repository, index: index, algorithm: algorithm, passesOverBrokenLinks: true)
        try walk.walk(path, ignoring: rules)
        var walked = walk.folders
        var youngest = Int64.min
        for number in walked.indices {
            let prefix = walked[number].path.relative(to: path) ?? RelativePath("")
            var unread: [Int] = []
            var statuses: [FileStatus] = []
            for (position, status) in zip(walked[number].unread, walked[number].statuses) {
                let name = walked[number].contents.name(at: position)
                if let file = written[prefix.appending(name)], file.isStill(status) {
                    walked[number].contents.setDigest(file.digest, at: position)
                    youngest = max(youngest, status.modified, status.changed)
                } else {
                    unread.append(position)
                    statuses.append(status)
                }
            }
            walked[number].unread = unread
            walked[number].statuses = statuses
        }
        index.noteWritten(at: youngest)
        return try read(walked, of: path, since: start, rules, algorithm, storingIn: nil)
    }

    // MARK: Folders

    private func folder(
        _ path: RelativePath, algorithm: HashAlgorithm, storingIn cache: Cache?
    ) throws -> FolderState {
        let rules = ignore.folder(path.string)
        let start = fileSystemClock()
        var walk = FolderWalk(
            repository: repository, index: index, algorithm: algorithm, passesOverBrokenLinks: cache == nil)
        try walk.walk(path, ignoring: rules)
        let known = index.root(path)
        let isKnown =
            walk.isUnchanged && known?.isDirectory == true && known?.algorithm == algorithm
            && known?.ignoreFingerprint == rules.fingerprint && known?.isDoubtful == false
        if isKnown, let known {
            let state = FolderState(
                root: path, folders: walk.folders.map { ($0.path, $0.contents) }, size: known.size, files: known.files,
                algorithm: algorithm, id: known.id)
            if try cache.map({ try isCached(state, in: $0) }) ?? true { return state }
        }
        return try read(walk.folders, of: path, since: start, rules, algorithm, storingIn: cache)
    }

    /// Reads the files of a walk that the index does not vouch for.
    private func read(
        _ walked: [WalkedFolder], of root: RelativePath, since start: Int64, _ rules: FolderIgnore,
        _ algorithm: HashAlgorithm, storingIn cache: Cache?
    ) throws -> FolderState {
        var walked = walked
        if let cache { try requestUncached(&walked, algorithm, cache) }
        var requests: [ContentReader.Request] = []
        var owners: [(folder: Int, position: Int)] = []
        for (number, folder) in walked.enumerated() {
            let absolute = Paths.join(repository, folder.path.string)
            for (position, status) in zip(folder.unread, folder.statuses) {
                requests.append(
                    ContentReader.Request(
                        path: Paths.join(absolute, folder.contents.name(at: position)), status: status,
                        followsLink: folder.contents.entry(at: position).kind == .link))
                owners.append((number, position))
            }
        }
        let reader = ContentReader(threads: threads, algorithm: algorithm, progress: progress)
        var failures: [any UserFacingError] = []
        for (owner, outcome) in zip(owners, try reader.read(requests, into: cache)) {
            switch outcome {
            case .digest(let digest, _): walked[owner.folder].contents.setDigest(digest, at: owner.position)
            case .failed(let error):
                walked[owner.folder].contents.distrust(at: owner.position)
                failures.append(error)
            }
        }
        return try conclude(walked, of: root, since: start, rules, algorithm, failures)
    }

    /// Adds to the unread files those that the index vouches for but the cache does not hold.
    private func requestUncached(
        _ walked: inout [WalkedFolder], _ algorithm: HashAlgorithm, _ cache: Cache
    ) throws {
        var ids: Set<ObjectID> = []
        for folder in walked {
            let unread = Set(folder.unread)
            for position in 0..<folder.contents.count where !unread.contains(position) {
                let entry = folder.contents.entry(at: position)
                if entry.kind != .folder { ids.insert(ObjectID(entry.digest, algorithm: algorithm)) }
            }
        }
        let missing = Set(try cache.missing(ids))
        guard !missing.isEmpty else { return }
        for number in walked.indices {
            let unread = Set(walked[number].unread)
            for position in 0..<walked[number].contents.count where !unread.contains(position) {
                let entry = walked[number].contents.entry(at: position)
                guard entry.kind != .folder, missing.contains(ObjectID(entry.digest, algorithm: algorithm)) else {
                    continue
                }
                let path = Paths.join(
                    Paths.join(repository, walked[number].path.string), walked[number].contents.name(at: position))
                // The listing must not name an object that could not be stored.
                guard let status = try Files.status(path, followingLinks: entry.kind == .link), entry.isStill(status)
                else { throw FileChanged(path: path) }
                walked[number].unread.append(position)
                walked[number].statuses.append(status)
            }
        }
    }

    /// Whether the cache holds a folder's listing and every object in it.
    ///
    /// Of a large folder that was found there before, only the cache's stamp is asked for: an object that was altered
    /// in its place is then noticed when it is next copied or sent, not here.
    package func isCached(_ state: FolderState, in cache: Cache) throws -> Bool {
        let isLarge = state.files > WorkspaceScanner.exactLimit
        let known = index.root(state.root)
        let stamp = isLarge ? try cache.stamp(now: fileSystemClock()) : nil
        if let stamp, let known, known.id == state.id, known.cacheStamp == stamp { return true }
        guard try cache.contains(state.id) else { return false }
        var ids: Set<ObjectID> = []
        state.forEachFile { _, entry in ids.insert(ObjectID(entry.digest, algorithm: entry.algorithm)) }
        guard try cache.missing(ids).isEmpty else { return false }
        if let stamp, var known, known.id == state.id {
            known.cacheStamp = stamp
            index.setRoot(state.root, known)
        }
        return true
    }

    /// Up to so many files, each object is looked at every time.
    private static let exactLimit = 1024

    /// Files the result into the index and sums it up.
    private func conclude(
        _ walked: [WalkedFolder], of root: RelativePath, since start: Int64, _ rules: FolderIgnore,
        _ algorithm: HashAlgorithm, _ failures: [any UserFacingError]
    ) throws -> FolderState {
        index.distrustRoots(overlapping: root)
        var size: Int64 = 0
        var files = 0
        var folders: [(path: RelativePath, contents: IndexFolder)] = []
        folders.reserveCapacity(walked.count)
        for folder in walked {
            if !folder.isUnchanged || !folder.unread.isEmpty {
                var recorded = folder.contents
                recorded.distrustEntries(at: folder.unread, since: start)
                index.setFolder(folder.path, recorded)
            }
            for position in 0..<folder.contents.count {
                let entry = folder.contents.entry(at: position)
                if entry.kind == .folder { continue }
                size &+= entry.size
                files += 1
            }
            folders.append((folder.path, folder.contents))
        }
        index.removeFolders(under: root, except: Set(walked.map(\.path)))
        if failures.count == 1 { throw failures[0] }
        if !failures.isEmpty { throw MultipleFailures("\(failures.count) files could not be read", failures) }

        let found = FolderState(
            root: root, folders: folders, size: size, files: files, algorithm: algorithm, id: nil)
        index.setRoot(
            root,
            IndexRoot(
                digest: found.id.digest, algorithm: algorithm, isDirectory: true, size: size, files: files,
                ignoreFingerprint: rules.fingerprint, isManaged: index.root(root)?.isManaged ?? false))
        return found
    }
}

/// The clock that file times are taken from, in nanoseconds since 1970: one tick behind the real one at most.
func fileSystemClock() -> Int64 {
    var now = timespec()
    #if canImport(Glibc)
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
    #else
        clock_gettime(CLOCK_REALTIME, &now)
    #endif
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}
