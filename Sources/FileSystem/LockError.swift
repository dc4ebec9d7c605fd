package import Basics

/// How long to wait for a lock that somebody else holds.
package enum LockWait: Sendable, Equatable {
    case seconds(Double)
    case forever
}

/// A lock that could not be had.
package struct LockError: UserFacingError, Equatable {
    package enum Cause: Sendable, Equatable {
        /// Somebody else kept it for the whole wait.
        case held
        /// The holder's process is known to have ended without giving the lock back.
        case abandoned
        /// The file system has no such locks.
        case unsupported
        /// The lock file could not be opened or written.
        case file(FileError)
    }

    /// The lock file.
    package let path: String
    package let cause: Cause
    /// Who holds it, where that can be read.
    package let holder: LockHolder?

    package var summary: String {
        let shown = path.printable
        switch cause {
        case .held:
            guard let holder else { return "cannot lock '\(shown)': another process holds it" }
            return "cannot lock '\(shown)': \(holder) holds it"
        case .abandoned:
            return "cannot lock '\(shown)': \(holder?.description ?? "a process") ended without giving it back"
        case .unsupported:
            return "cannot lock '\(shown)': the file system has no locks of this kind"
        case .file(let error): return error.summary
        }
    }

    package var remedy: String? {
        switch cause {
        case .held:
            return "wait until it has finished, or run the command with `--wait-for-lock`"
        case .abandoned: return "delete '\(path.printable)', then run the command again"
        case .unsupported: return "run `varve config core.hardlink_lock true`"
        case .file(let error): return error.remedy
        }
    }

    package var category: ErrorCategory { .unexpected }
}

/// The process that a lock file names.
package struct LockHolder: Sendable, Equatable, CustomStringConvertible {
    package let pid: Int32
    /// The computer it runs on; nil where the lock file does not say, which means this one.
    package let host: String?
    /// Its command line, where it runs here and may be read.
    package let command: String?

    package var description: String {
        let place = host.map { " on '\($0.printable)'" } ?? ""
        guard let command else { return "process \(pid)\(place)" }
        return "process \(pid)\(place) (\(command.printable))"
    }
}
