import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A name in an open folder, and how messages call it.
struct Place {
    let folder: Int32
    let name: String
    let shown: String
    /// Keeps the folder open as long as the place is in use; nil where the caller does.
    private var owner: FileDescriptor?

    init(_ path: String) {
        self.init(folder: AT_FDCWD, name: path, shown: path)
    }

    init(folder: Int32, name: String, shown: String) {
        self.folder = folder
        self.name = name
        self.shown = shown
    }

    init(owner: FileDescriptor, name: String, shown: String) {
        self.init(folder: owner.raw, name: name, shown: shown)
        self.owner = owner
    }

    /// Another name beside this one.
    func sibling(_ other: String) -> Place {
        var place = Place(
            folder: folder, name: folder == AT_FDCWD ? Paths.join(Paths.parent(name), other) : other, shown: shown)
        place.owner = owner
        return place
    }
}

/// The operating system's calls, with interruptions retried, errors typed, and fault points around what changes files.
enum SystemCalls {
    /// Runs a call on a place's name. A NUL inside the name is refused: the system would see a shorter name.
    @discardableResult
    static func run(
        _ operation: String, _ place: Place, _ call: (Int32, UnsafePointer<CChar>) -> Int32
    ) throws(FileError) -> Int32 {
        var code: Int32 = 0
        let length = place.name.utf8.count
        let result = place.name.withCString { name -> Int32 in
            guard strlen(name) == length else {
                code = EINVAL
                return -1
            }
            while true {
                let result = call(place.folder, name)
                if result >= 0 { return result }
                code = errno
                if code != EINTR { return result }
            }
        }
        guard result >= 0 else { throw FileError(operation, place.shown, code) }
        return result
    }

    /// Like `run`, for a call that changes a folder or a file's metadata.
    @discardableResult
    static func change(
        _ operation: StaticString, _ place: Place, _ call: (Int32, UnsafePointer<CChar>) -> Int32
    ) throws(FileError) -> Int32 {
        Fault.point(operation)
        let result = try run("\(operation)", place, call)
        Fault.point(operation)
        return result
    }

    static func open(_ place: Place, _ flags: Int32) throws(FileError) -> Int32 {
        try run("open", place) { DescriptorReserve.taking(varve_openat($0, $1, flags | O_CLOEXEC, 0)) }
    }

    /// Creates a file that must not exist and opens it for writing; the system takes the umask off `mode`.
    static func create(_ place: Place, mode: UInt32) throws(FileError) -> Int32 {
        try change("create", place) {
            varve_openat($0, $1, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        }
    }

    static func status(_ place: Place, following: Bool) throws(FileError) -> FileStatus? {
        var status = stat()
        do {
            try run("read the status of", place) {
                fstatat($0, $1, &status, following ? 0 : AT_SYMLINK_NOFOLLOW)
            }
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
        return FileStatus(status)
    }

    static func status(descriptor: Int32, shown: String) throws(FileError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("read the status of", shown) }
        return FileStatus(status)
    }

    static func unlink(_ place: Place) throws(FileError) {
        try change("remove", place) { unlinkat($0, $1, 0) }
    }

    static func rename(_ source: Place, to destination: Place) throws(FileError) {
        try change("rename", source) { folder, name in
            // The destination's NUL check happens when it is opened or created first; here it is cheap to repeat.
            destination.name.utf8.contains(0)
                ? setErrno(EINVAL) : destination.name.withCString { renameat(folder, name, destination.folder, $0) }
        }
    }

    /// Reads up to `buffer.count` bytes; 0 at the end.
    static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, shown: String
    ) throws(FileError) -> Int {
        while true {
            let count = Self.systemRead(descriptor, buffer)
            if count >= 0 { return count }
            if errno != EINTR { throw FileError("read", shown) }
        }
    }

    static func writeAll(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, shown: String
    ) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            Fault.point("write")
            if let code = Fault.error(at: "write") { throw FileError("write", shown, code) }
            let count = systemWrite(descriptor, rest)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", shown)
            }
            Fault.point("write")
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Waits until the file's bytes are on the disk. After a failure they count as lost: trying again would succeed
    /// without having written them.
    static func sync(_ descriptor: Int32, shown: String) throws(FileError) {
        Fault.point("sync")
        if let code = Fault.error(at: "sync") { throw FileError("sync", shown, code) }
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw FileError("sync", shown) }
        }
        Fault.point("sync")
    }

    /// Closes a file that was written; some network file systems report a full disk only now.
    static func closeWritten(_ descriptor: Int32, shown: String) throws(FileError) {
        if close(descriptor) != 0, errno != EINTR { throw FileError("write", shown) }
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Darwin)
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
            Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func setErrno(_ code: Int32) -> Int32 {
        errno = code
        return -1
    }
}
