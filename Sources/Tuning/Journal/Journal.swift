package import Basics
import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file in which studies are kept: lines that are only ever added, each on the disk before anything follows from it.
///
/// Other processes, Optuna's among them, may add lines at any time. A writer holds two locks: `flock` on the file, which
/// the system gives back whatever happens, and the symbolic link `<file>.lock`, which is Optuna's. A line that a killed
/// writer left in part is cut off by the next one.
package final class Journal {
    package let path: String
    /// How lines name their writer.
    package let worker: String
    private let descriptor: FileDescriptor
    package private(set) var replay = JournalReplay()
    /// Bytes that were read, all of whole lines.
    private var offset: Int64 = 0

    /// Opens a journal, or begins one, and reads it.
    package init(_ path: String, worker: String, create: Bool = true) throws(Failure) {
        self.path = path
        self.worker = worker
        do throws(FileError) {
            if create { try Files.makeDirectory(Paths.parent(path)) }
        } catch {
            throw Failure(error.summary, remedy: error.remedy)
        }
        let raw = open(path, O_RDWR | O_APPEND | O_CLOEXEC | (create ? O_CREAT : 0), 0o666)
        guard raw >= 0 else {
            let code = errno
            throw code == ENOENT
                ? Failure("there is no journal '\(path)'", remedy: "begin a study with `varve run tune`")
                : Failure(FileError("open", path, code).summary)
        }
        descriptor = FileDescriptor(owning: raw, path: path)
        try refresh()
    }

    /// Reads what was added since.
    ///
    /// - Throws: for a line that cannot be read, unless it is the last and not whole yet.
    package func refresh() throws(Failure) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var position = offset
        while true {
            let count: Int
            do {
                count = try chunk.withUnsafeMutableBytes { buffer in
                    try descriptor.read(into: buffer, at: position)
                }
            } catch {
                throw Failure((error as? FileError)?.summary ?? "cannot read '\(path)'")
            }
            if count == 0 { break }
            bytes += chunk[..<count]
            position += Int64(count)
        }
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let entry = JournalEntry(line: bytes[start..<end]) else {
                throw Failure(
                    "line \(replay.lines + 1) of the journal '\(path)' cannot be read",
                    remedy: "it is no journal of a study, or it was damaged; move it away to begin anew")
            }
            replay.apply(entry)
            start = end + 1
        }
        offset = position - Int64(bytes.count - start)
    }

    /// Adds lines in one piece, after what others added meanwhile was read.
    ///
    /// - Parameter entries: Made under the lock, so that they may rest on all that is in the journal.
    @discardableResult
    package func append(_ entries: (JournalReplay) throws(Failure) -> [JournalEntry]) throws(Failure) -> Int {
        while flock(descriptor.raw, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Failure(FileError("lock", path).summary) }
        }
        defer { flock(descriptor.raw, LOCK_UN) }
        let link = try JournalLink.acquire(for: path)
        defer { link.release() }
        try refresh()
        try cutTornLine()
        let entries = try entries(replay)
        guard !entries.isEmpty else { return 0 }
        let text = entries.map { $0.line(worker: worker) + "\n" }.joined()
        do throws(FileError) {
            try descriptor.write(Array(text.utf8))
            try descriptor.sync()
        } catch {
            throw Failure(error.summary, remedy: error.remedy)
        }
        try refresh()
        return entries.count
    }

    /// A line without an end is the rest of a writer that was killed, since both locks are held.
    private func cutTornLine() throws(Failure) {
        let size: Int64
        do throws(FileError) {
            size = try descriptor.status().size
        } catch {
            throw Failure(error.summary)
        }
        guard size > offset else { return }
        guard ftruncate(descriptor.raw, off_t(offset)) == 0 else { throw Failure(FileError("cut", path).summary) }
    }
}

/// The lock of Optuna's `JournalFileSymlinkLock`: a symbolic link beside the journal, which one process can make.
///
/// A process that was killed leaves it behind. Since a writer of varve holds `flock` on the journal as well, a link that
/// varve made and that is still there is such a rest and is taken away at once; varve's are known by the two slashes in
/// their target. Any other is broken, as Optuna does it, when the journal has not changed for thirty seconds.
struct JournalLink {
    private let path: String

    static func acquire(for journal: String, grace: Double = 30) throws(Failure) -> JournalLink {
        let path = journal + ".lock"
        let target = ".//" + Paths.name(journal)
        var unchanged: (since: ContinuousClock.Instant, modified: Double)?
        var pause: useconds_t = 1000
        while true {
            if symlink(target, path) == 0 { return JournalLink(path: path) }
            guard errno == EEXIST else {
                // A folder without links, as on some network drives, has `flock` alone.
                guard errno == EPERM || errno == EOPNOTSUPP else {
                    throw Failure(FileError("lock", path).summary)
                }
                return JournalLink(path: "")
            }
            let found = try? Files.readLink(path)
            if found?.utf8.elementsEqual(target.utf8) ?? false {
                JournalLink(path: path).release()
                continue
            }
            var status = stat()
            let modified =
                stat(path, &status) == 0 ? Double(status.modified.tv_sec) + Double(status.modified.tv_nsec) / 1e9 : 0
            if unchanged?.modified != modified { unchanged = (.now, modified) }
            if let since = unchanged?.since, since.duration(to: .now) > .seconds(grace) {
                JournalLink(path: path).release()
                continue
            }
            usleep(pause)
            pause = min(pause * 2, 500_000)
        }
    }

    /// Renames the link before it goes, so that of two that break it only one does.
    func release() {
        guard !path.isEmpty else { return }
        let aside = path + TemporaryName.make() + ".rename"
        if rename(path, aside) == 0 { unlink(aside) }
    }
}

extension stat {
    fileprivate var modified: timespec {
        #if canImport(Darwin)
            st_mtimespec
        #else
            st_mtim
        #endif
    }
}
