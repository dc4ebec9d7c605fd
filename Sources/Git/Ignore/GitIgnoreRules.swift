#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The ignore rules of a work tree as they are on disk at the time of asking.
///
/// Not libgit2's: that one passes over `!pattern` where the pattern it takes back stands in another file.
struct GitIgnoreRules: Sendable {
    private let workTree: String
    private let ignoresCase: Bool
    /// Files with rules for the whole work tree, those that weigh less first.
    private let outerFiles: [String]
    private var known: [[UInt8]: KnownFile] = [:]

    init(workTree: String, outerFiles: [String], ignoresCase: Bool) {
        self.workTree = workTree
        self.outerFiles = outerFiles
        self.ignoresCase = ignoresCase
    }

    /// Whether a path relative to the work tree, or a folder above it, is ignored.
    mutating func isIgnored(_ path: [UInt8], isDirectory: Bool) -> Bool {
        var lists = outerLists()
        var start = 0
        while true {
            lists += list(inFolder: path[..<start])
            let end = path[start...].firstIndex(of: UInt8(ascii: "/"))
            let part = path[..<(end ?? path.endIndex)]
            if Self.isIgnored(part, nameStart: start, isDirectory: end != nil || isDirectory, by: lists) { return true }
            guard let end else { return false }
            start = end + 1
        }
    }

    /// The lists that hold everywhere.
    mutating func outerLists() -> [GitIgnoreList] {
        outerFiles.map { list(at: $0, baseLength: 0, followsLink: true) }.filter { !$0.isEmpty }
    }

    /// The list of a folder's own `.gitignore`, empty where it has none; the folder's path ends in a slash, or is
    /// empty for the work tree.
    mutating func list(inFolder folder: ArraySlice<UInt8>) -> [GitIgnoreList] {
        let path = "\(workTree)/\(String(decoding: folder, as: UTF8.self)).gitignore"
        let list = list(at: path, baseLength: folder.count, followsLink: false)
        return list.isEmpty ? [] : [list]
    }

    /// What the lists say of one path whose folders are not ignored; the last list that knows decides.
    static func isIgnored(
        _ path: ArraySlice<UInt8>, nameStart: Int, isDirectory: Bool, by lists: [GitIgnoreList]
    ) -> Bool {
        let name = path[nameStart...]
        for list in lists.reversed() {
            if let verdict = list.verdict(path, name: name, isDirectory: isDirectory) { return verdict }
        }
        return false
    }

    private mutating func list(at path: String, baseLength: Int, followsLink: Bool) -> GitIgnoreList {
        var status = stat()
        let key = Array(path.utf8)
        guard (followsLink ? stat(path, &status) : lstat(path, &status)) == 0, status.st_mode & S_IFMT == S_IFREG
        else {
            known[key] = nil
            return GitIgnoreList([], baseLength: baseLength, ignoresCase: ignoresCase)
        }
        let stamp = KnownFile.Stamp(status)
        if let file = known[key], file.stamp == stamp, !file.isFresh { return file.list }
        // A file that was written a moment ago may be written again without another time on it.
        let isFresh = stamp.isWithinSecond(of: KnownFile.now())
        let list = GitIgnoreList(
            Self.contents(of: path, followsLink: followsLink), baseLength: baseLength, ignoresCase: ignoresCase)
        known[key] = KnownFile(stamp: stamp, isFresh: isFresh, list: list)
        return list
    }

    /// What an ignore file holds; nothing where it cannot be read, as for Git.
    private static func contents(of path: String, followsLink: Bool) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while bytes.count < sizeLimit {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// Git reads no ignore file of more than 100 MB.
    private static let sizeLimit = 100 << 20
}

/// An ignore file that was read.
private struct KnownFile: Sendable {
    struct Stamp: Equatable, Sendable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let modified: Int64
        let changed: Int64

        init(_ status: stat) {
            #if canImport(Darwin)
                let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
            #else
                let (modified, changed) = (status.st_mtim, status.st_ctim)
            #endif
            device = UInt64(truncatingIfNeeded: status.st_dev)
            inode = UInt64(truncatingIfNeeded: status.st_ino)
            size = Int64(status.st_size)
            self.modified = KnownFile.nanoseconds(modified)
            self.changed = KnownFile.nanoseconds(changed)
        }

        func isWithinSecond(of now: Int64) -> Bool {
            max(modified, changed) > now &- 1_000_000_000
        }
    }

    let stamp: Stamp
    let isFresh: Bool
    let list: GitIgnoreList

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
