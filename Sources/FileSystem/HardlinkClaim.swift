#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that a process makes to take a hard-link lock: the lock is a second name of it.
struct HardlinkClaim: Sendable {
    private let lock: String
    private let claim: String

    /// Makes the claim file. DVC names its own `<32 hex digits>.lock`; the content here names the holder in the form
    /// `<path>|<host>|<pid>|<number>`, which the library behind DVC's locks understands.
    init(lock: String, folder: String) throws(FileError) {
        self.lock = lock
        var digits = String(UInt64.random(in: .min ... .max), radix: 16)
        digits += String(UInt64.random(in: .min ... .max), radix: 16)
        claim = Paths.join(folder, String(repeating: "0", count: max(0, 32 - digits.utf8.count)) + digits + ".lock")
        let content = "\(lock)|\(LockHolder.thisHost)|\(getpid())|\(UInt64.random(in: 0...UInt64(Int64.max)))"
        let raw = try SystemCalls.create(Place(claim), mode: 0o666)
        let descriptor = FileDescriptor(owning: raw, path: claim)
        do throws(FileError) {
            try descriptor.write(Array(content.utf8))
            // DVC takes a lock whose time has come for expired and breaks it; its own last a year as well.
            let year = time(nil) + 365 * 24 * 3600
            let times = [timespec(tv_sec: year, tv_nsec: 0), timespec(tv_sec: year, tv_nsec: 0)]
            guard futimens(descriptor.raw, times) == 0 else { throw FileError("set the time of", claim) }
        } catch {
            withdraw()
            throw error
        }
    }

    /// Makes the lock's name for the claim; false where somebody else's claim has it.
    func tryLinking() throws(LockError) -> Bool {
        do throws(FileError) {
            do throws(FileError) {
                try SystemCalls.change("lock", Place(lock)) { folder, name in
                    claim.withCString { linkat(AT_FDCWD, $0, folder, name, 0) }
                }
                return true
            } catch {
                // A network file system may have made the link although its answer was lost: the link count tells.
                if try isHeld { return true }
                if error.code == EEXIST { return false }
                throw error
            }
        } catch {
            let isUnsupported = [EPERM, EMLINK, EOPNOTSUPP, ENOTSUP, EXDEV].contains(error.code)
            throw LockError(
                path: lock, cause: isUnsupported ? .unsupported : .file(error), holder: nil)
        }
    }

    /// Gives the lock back, unless somebody broke it and holds it now, and removes the claim.
    func release() {
        if (try? isHeld) == true { try? Files.remove(lock) }
        withdraw()
    }

    /// Removes the claim file.
    func withdraw() {
        try? Files.remove(claim)
    }

    /// Whether the lock's name is one of the claim's.
    private var isHeld: Bool {
        get throws(FileError) {
            guard let mine = try Files.status(claim), let held = try Files.status(lock) else { return false }
            return mine.inode == held.inode && mine.device == held.device
        }
    }
}
