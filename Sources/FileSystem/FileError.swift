import Basics
import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A call to the operating system about a file that failed.
package struct FileError: UserFacingError, Equatable {
    /// What was tried, as a verb that fits behind "cannot".
    package let operation: String
    /// The file, as the caller named it.
    package let path: String
    /// The `errno` value.
    package let code: Int32

    package init(_ operation: String, _ path: String, _ code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    package var summary: String {
        if code == EILSEQ {
            return "the name of '\(path)' is not valid UTF-8"
        }
        return "cannot \(operation) '\(path.printable)': \(FileError.text(code))"
    }

    package var remedy: String? {
        switch code {
        case ENOSPC: "free space on the disk, then run the command again: nothing was lost"
        case EDQUOT: "your disk quota is used up: free space or ask for more, then run the command again"
        case EACCES, EPERM: isUnsupportedLink ? nil : "check who owns '\(path.printable)' and its permissions"
        case EROFS: "the file system is mounted read-only: mount it writable or work on another one"
        case EMFILE, ENFILE: "too many files are open: raise the limit (`ulimit -n`) or use fewer jobs (`--jobs`)"
        case EILSEQ: "rename the file: listings are UTF-8, so its name could not be recorded"
        case EIO: "the disk or its driver reports a fault: check the hardware before trusting this disk"
        default: nil
        }
    }

    /// Whether this says that a link of that type cannot be made between these places, so that the next type of
    /// `cache.type` is worth trying, rather than that something is wrong.
    package var isUnsupportedLink: Bool {
        guard LinkType.operations.contains(operation) else { return false }
        switch code {
        case EOPNOTSUPP, ENOTSUP, EXDEV, EMLINK, EPERM, ENOTTY, EINVAL, ENOSYS: return true
        default: return false
        }
    }

    /// The system's words for an `errno` value.
    static func text(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            // Cannot be nil, because the capacity is not zero.
            let start = buffer.baseAddress!
            varve_error_text(code, start, buffer.count)
            return String(cString: start)
        }
    }
}
