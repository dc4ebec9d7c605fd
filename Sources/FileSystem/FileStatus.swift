#if canImport(Glibc)
    package import Glibc
#elseif canImport(Darwin)
    package import Darwin
#endif

/// What kind of thing a name stands for.
package enum FileKind: Sendable, Equatable {
    case file, directory, symlink
    /// A FIFO, a socket or a device.
    case other
}

/// What the file system knows of a file without opening it.
package struct FileStatus: Sendable, Equatable {
    package var device: UInt64
    package var inode: UInt64
    /// Bytes.
    package var size: Int64
    /// When the content last changed, in nanoseconds since 1970.
    package var modified: Int64
    /// When content, mode or links last changed, in nanoseconds since 1970; no program can set it back.
    package var changed: Int64
    /// The permission bits, `0o7777`.
    package var mode: UInt32
    /// How many names the file has.
    package var links: UInt64
    package var kind: FileKind

    package init(
        device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64, mode: UInt32, links: UInt64,
        kind: FileKind
    ) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
        self.mode = mode
        self.links = links
        self.kind = kind
    }

    package init(_ status: stat) {
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        self.init(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino),
            size: Int64(status.st_size), modified: FileStatus.nanoseconds(modified),
            changed: FileStatus.nanoseconds(changed), mode: UInt32(status.st_mode) & 0o7777,
            links: UInt64(truncatingIfNeeded: status.st_nlink), kind: FileKind(mode: UInt32(status.st_mode)))
    }

    /// Whether the owner may execute it.
    package var isExecutable: Bool { mode & 0o100 != 0 }

    /// Times that do not fit, which only a damaged file system has, wrap instead of trapping: they then match nothing.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

extension FileKind {
    init(mode: UInt32) {
        switch mode & UInt32(S_IFMT) {
        case UInt32(S_IFREG): self = .file
        case UInt32(S_IFDIR): self = .directory
        case UInt32(S_IFLNK): self = .symlink
        default: self = .other
        }
    }
}
