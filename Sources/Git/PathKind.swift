#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What Git would see at a path: symbolic links are files to it, and sockets and the like are not there.
enum PathKind {
    case missing, file, folder

    init(at path: UnsafePointer<CChar>) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            self = .missing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .folder
        case S_IFREG, S_IFLNK: self = .file
        default: self = .missing
        }
    }
}
