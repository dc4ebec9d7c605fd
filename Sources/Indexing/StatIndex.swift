package import FileSystem
package import Hashing
package import Objects
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What was on disk when it was last read: for each file of a tracked folder its inode, size, times and digest.
///
/// The index spares reading a file whose status is unchanged; it is never believed over the file. It lies in one flat
/// file (docs/design/index.md) that is rebuilt when it is missing, damaged or of another format. All paths are
/// relative to the repository's root. One process uses one index; two processes replace the file whole, so the last
/// writer wins and the other's entries are hashed again.
package final class StatIndex: Sendable {
    private struct State {
        var stored: IndexFile
        /// `nil` for a folder that is gone.
        var changedFolders: [RelativePath: IndexFolder?] = [:]
        var roots: [RelativePath: IndexRoot]
        var rootsChanged = false
        /// The latest time of a file that varve itself wrote and knows the content of.
        var youngest = Int64.min
    }

    /// Where the index is kept.
    package let path: String
    private let state: Mutex<State>

    /// Reads the index; a file that is missing or damaged gives an empty one.
    package init(path: String) {
        self.path = path
        let stored = (try? Files.readIfPresent(path)).flatMap { $0 }.flatMap { IndexFile(parsing: $0) } ?? IndexFile()
        state = Mutex(State(stored: stored, roots: stored.roots))
    }

    /// What was in a folder when it was last looked at.
    package func folder(_ path: RelativePath) -> IndexFolder? {
        state.withLock { state in
            if let changed = state.changedFolders[path] { return changed }
            return state.stored.folder(path)
        }
    }

    /// Replaces what is known of a folder.
    package func setFolder(_ path: RelativePath, _ folder: IndexFolder) {
        state.withLock { $0.changedFolders[path] = .some(folder) }
    }

    /// Forgets the folders at or below `root` that are not in `found`.
    package func removeFolders(under root: RelativePath, except found: Set<RelativePath>) {
        state.withLock { state in
            for path in state.stored.folderPaths(under: root) where !found.contains(path) {
                state.changedFolders[path] = .some(nil)
            }
            for (path, folder) in state.changedFolders
            where folder != nil && path.isInside(root) && !found.contains(path) {
                state.changedFolders[path] = .some(nil)
            }
        }
    }

    /// Tracked outputs that were recorded or checked out here, by path.
    package var roots: [RelativePath: IndexRoot] { state.withLock { $0.roots } }

    package func root(_ path: RelativePath) -> IndexRoot? { state.withLock { $0.roots[path] } }

    /// `nil` forgets the output.
    package func setRoot(_ path: RelativePath, _ root: IndexRoot?) {
        state.withLock {
            guard $0.roots[path] != root else { return }
            $0.roots[path] = root
            $0.rootsChanged = true
        }
    }

    /// Says that varve wrote a file whose times are up to `time` (nanoseconds since 1970), and trusts its entry.
    ///
    /// Saving then waits until the clock has moved on: whoever changes the file after that gives it another time.
    package func noteWritten(at time: Int64) {
        state.withLock { $0.youngest = max($0.youngest, time) }
    }

    /// Notes that folders below `root` were looked at for that output: the digests of outputs that lie around or inside
    /// of it, which were tracked before, may no longer stand for those folders.
    func distrustRoots(overlapping root: RelativePath) {
        state.withLock { state in
            for (path, other) in state.roots
            where path != root && other.isDirectory && !other.isDoubtful
                && (path.isInside(root) || root.isInside(path))
            {
                state.roots[path]?.isDoubtful = true
                state.rootsChanged = true
            }
        }
    }

    /// Writes the index if anything in it changed. A failure is no error to the user: the next command hashes again.
    package func save() {
        state.withLock { state in
            guard !state.changedFolders.isEmpty || state.rootsChanged else { return }
            waitForClock(past: state.youngest)
            // Folders that belong to no output any more are dropped here.
            let roots = state.roots
            let folders = state.stored.merging(state.changedFolders) { folder in
                folder.selfAndParents.contains { roots[$0]?.isDirectory == true }
            }
            let bytes = IndexFile.encode(folders: folders, roots: roots)
            do {
                try Files.makeDirectory(Paths.parent(path))
                try Files.write(bytes, to: path, sync: false)
            } catch {
                return
            }
            if let fresh = IndexFile(parsing: bytes) { state.stored = fresh }
            state.changedFolders = [:]
            state.rootsChanged = false
        }
    }
}

/// One tracked output as last recorded or checked out.
package struct IndexRoot: Sendable, Equatable {
    /// Digest of the file, or of the directory object.
    package var digest: MD5Digest
    /// How the digest was computed.
    package var algorithm: HashAlgorithm
    package var isDirectory: Bool
    /// Sum of the files' sizes in bytes.
    package var size: Int64
    /// Files in the directory; 1 for a file.
    package var files: Int
    /// For a file, its status; folders have entries of their own.
    package var file: IndexEntry?
    /// Changes when another ignore rule applies; the digest then no longer stands for the folder.
    package var ignoreFingerprint: UInt64
    /// Whether varve put the output into the workspace or recorded it from there: only such an output may be removed
    /// again when no pointer file names it any more.
    package var isManaged: Bool
    /// Whether folders of it were looked at as part of another output since: the digest then vouches for nothing.
    package var isDoubtful = false
    /// The cache's stamp when it was last found to hold every object of the folder; 0 where that is not known.
    package var cacheStamp: UInt64 = 0

    package init(
        digest: MD5Digest, algorithm: HashAlgorithm = .md5, isDirectory: Bool, size: Int64, files: Int,
        file: IndexEntry? = nil, ignoreFingerprint: UInt64 = 0, isManaged: Bool = false
    ) {
        self.digest = digest
        self.algorithm = algorithm
        self.isDirectory = isDirectory
        self.size = size
        self.files = files
        self.file = file
        self.ignoreFingerprint = ignoreFingerprint
        self.isManaged = isManaged
    }

    package var id: ObjectID { ObjectID(digest, isDirectory: isDirectory, algorithm: algorithm) }
}

/// One thing in a folder: its status when it was last read, and its digest if it is a file.
package struct IndexEntry: Sendable, Equatable {
    package var inode: UInt64
    package var size: Int64
    /// Nanoseconds since 1970.
    package var modified: Int64
    package var changed: Int64
    package var digest: MD5Digest
    package var kind: Kind
    package var isExecutable: Bool
    package var algorithm: HashAlgorithm

    package enum Kind: UInt8, Sendable {
        case file = 1
        case folder = 2
        /// A symbolic link to a file; status and digest are the target's.
        case link = 3
    }

    package init(
        status: FileStatus, digest: MD5Digest, kind: Kind, algorithm: HashAlgorithm = .md5
    ) {
        inode = status.inode
        size = status.size
        modified = status.modified
        changed = status.changed
        self.digest = digest
        self.kind = kind
        isExecutable = status.isExecutable
        self.algorithm = algorithm
    }

    init(
        inode: UInt64, size: Int64, modified: Int64, changed: Int64, digest: MD5Digest, kind: Kind, isExecutable: Bool,
        algorithm: HashAlgorithm = .md5
    ) {
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
        self.digest = digest
        self.kind = kind
        self.isExecutable = isExecutable
        self.algorithm = algorithm
    }

    /// Whether a file found under the name is the one that was read. An entry that the index distrusts is compared,
    /// too: this asks about a moment ago, not about an earlier command.
    func isStill(_ status: FileStatus) -> Bool {
        inode == status.inode && size == status.size && modified == status.modified
    }

    /// Whether what is under the name itself, links not followed, may be replaced: the file that was read, or still a
    /// link, which holds no data of its own.
    func isStillInPlace(_ status: FileStatus) -> Bool {
        kind == .link ? status.kind == .symlink : status.kind == .file && isStill(status)
    }

    /// Whether the file can't have changed since: same inode, size and times.
    package func matches(_ status: FileStatus) -> Bool {
        inode == status.inode && size == status.size && modified == status.modified && changed == status.changed
            && isExecutable == status.isExecutable
    }
}

/// Sleeps until the file system's clock is past a time, unless that lies more than a few ticks ahead.
private func waitForClock(past time: Int64) {
    for _ in 0..<20 {
        let now = fileSystemClock()
        guard time >= now, time < now + 20_000_000 else { return }
        usleep(1000)
    }
}
