import CSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock between processes, held until `release` or until the last reference goes.
///
/// The ordinary kind is `flock` on a file that stays, as DVC's is, so that either tool waits for the other; the system
/// gives it back when the process ends in whatever way. The hard-link kind is for file systems without `flock`.
package final class FileLock: Sendable {
    private enum Hold {
        case descriptor(FileDescriptor)
        case link(HardlinkClaim)
        case none
    }

    /// The lock file.
    package let path: String
    private let hold: Mutex<Hold>

    private init(path: String, hold: consuming sending Hold) {
        self.path = path
        self.hold = Mutex(hold)
    }

    deinit { release() }

    /// Takes the lock, waiting for others as long as `wait` says.
    ///
    /// - Parameters:
    ///   - exclusive: False for a lock that others may share but nobody can take exclusively meanwhile.
    ///   - content: What an exclusive holder writes to the file; ` <pid>` and a new line, as DVC does, by default.
    ///   - onWait: Called once, with words for who holds the lock, when it is not free at the first try.
    package static func acquire(
        _ path: String, exclusive: Bool = true, content: String? = nil, wait: LockWait,
        onWait: (String) -> Void = { _ in }
    ) throws(LockError) -> FileLock {
        var patience = Patience(wait)
        while true {
            if let descriptor = try tryLocking(path, exclusive: exclusive) {
                if exclusive { try write(content ?? " \(getpid())\n", to: descriptor, path: path) }
                return FileLock(path: path, hold: .descriptor(descriptor))
            }
            let holder = LockHolder(reading: path)
            if patience.isFresh { onWait(holder?.description ?? "another process") }
            guard patience.sleep() else { throw LockError(path: path, cause: .held, holder: holder) }
        }
    }

    /// Takes the lock that DVC uses where `core.hardlink_lock` is set: a hard link named `path`, which only one
    /// process can make, to a claim file of its own in `folder`.
    ///
    /// A process that is killed leaves the link behind. It is not broken here, since two processes that break it at
    /// once would both go on; the error says when the holder is known to have ended.
    package static func acquireHardlink(
        _ path: String, claimsIn folder: String, wait: LockWait, onWait: (String) -> Void = { _ in }
    ) throws(LockError) -> FileLock {
        let claim: HardlinkClaim
        do throws(FileError) {
            claim = try HardlinkClaim(lock: path, folder: folder)
        } catch {
            throw LockError(path: path, cause: .file(error), holder: nil)
        }
        var patience = Patience(wait)
        do throws(LockError) {
            while true {
                if try claim.tryLinking() { return FileLock(path: path, hold: .link(claim)) }
                let holder = LockHolder(reading: path)
                if let holder, holder.hasEnded, Files.exists(path) {
                    throw LockError(path: path, cause: .abandoned, holder: holder)
                }
                if patience.isFresh { onWait(holder?.description ?? "another process") }
                guard patience.sleep() else { throw LockError(path: path, cause: .held, holder: holder) }
            }
        } catch {
            claim.withdraw()
            throw error
        }
    }

    /// Gives the lock back; calling it again does nothing.
    package func release() {
        hold.withLock { hold in
            switch hold {
            case .descriptor(let descriptor): flock(descriptor.raw, LOCK_UN)
            case .link(let claim): claim.release()
            case .none: break
            }
            hold = .none
        }
    }

    /// Opens and locks the file; nil where somebody else has it. A link in its place is refused, since writing the
    /// process number through it would destroy the file it leads to.
    private static func tryLocking(_ path: String, exclusive: Bool) throws(LockError) -> FileDescriptor? {
        let descriptor: FileDescriptor
        do throws(FileError) {
            let raw = try SystemCalls.run("lock", Place(path)) {
                varve_openat($0, $1, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
            }
            descriptor = FileDescriptor(owning: raw, path: path)
            guard try descriptor.status().kind == .file else { throw FileError("lock", path, EINVAL) }
        } catch {
            throw LockError(path: path, cause: .file(error), holder: nil)
        }
        while flock(descriptor.raw, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            case ENOLCK, EOPNOTSUPP, ENOSYS: throw LockError(path: path, cause: .unsupported, holder: nil)
            default: throw LockError(path: path, cause: .file(FileError("lock", path)), holder: nil)
            }
        }
        return descriptor
    }

    private static func write(_ content: String, to descriptor: FileDescriptor, path: String) throws(LockError) {
        do throws(FileError) {
            try descriptor.write(Array(content.utf8))
            guard ftruncate(descriptor.raw, off_t(content.utf8.count)) == 0 else { throw FileError("write", path) }
        } catch {
            throw LockError(path: path, cause: .file(error), holder: nil)
        }
    }
}

/// Pauses between tries, from 10 to 250 milliseconds, until the time is up.
private struct Patience {
    private let end: ContinuousClock.Instant?
    private var pause = Duration.milliseconds(10)
    private(set) var isFresh = true

    init(_ wait: LockWait) {
        switch wait {
        case .forever: end = nil
        case .seconds(let seconds):
            end = .now + .milliseconds(seconds > 0 ? Int64(min(seconds, 1_000_000_000) * 1000) : 0)
        }
    }

    /// Waits a while; false when no time is left.
    mutating func sleep() -> Bool {
        isFresh = false
        if let end {
            let left = ContinuousClock.now.duration(to: end)
            if left <= .zero { return false }
            pause = min(pause, left)
        }
        usleep(useconds_t(clamping: max(1, pause.components.attoseconds / 1_000_000_000_000)))
        pause = min(pause * 2, .milliseconds(250))
        return true
    }
}
