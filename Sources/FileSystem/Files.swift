import CSystem
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files and folders by path.
///
/// This module is where varve meets the disk. What it promises to the rooms above: a file that is written appears under
/// its name whole or not at all; a name that is taken from a repository or a remote leads nowhere outside of its folder
/// (`PathGate`, `SafeFolder`); nothing blocks on a FIFO; every failure is a `FileError` that names the file. All of it
/// may be called from any thread.
package enum Files {
    /// What is at `path`; nil where nothing is.
    package static func status(_ path: String, followingLinks: Bool = false) throws(FileError) -> FileStatus? {
        try SystemCalls.status(Place(path), following: followingLinks)
    }

    /// Whether anything is at `path`, even a link that leads nowhere.
    package static func exists(_ path: String) -> Bool {
        (try? status(path)) != nil
    }

    /// Whether `path` is a folder or a link to one.
    package static func isDirectory(_ path: String) -> Bool {
        (try? status(path, followingLinks: true))?.kind == .directory
    }

    /// The content of an ordinary file of up to `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
        try read(FileDescriptor.reading(path), limit: limit)
    }

    /// The content of a file; nil where nothing is.
    package static func readIfPresent(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8]? {
        do {
            return try read(path, limit: limit)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    /// The first `count` bytes of an ordinary file, or all of a shorter one.
    package static func beginning(of path: String, count: Int) throws(FileError) -> [UInt8] {
        let file = try FileDescriptor.reading(path)
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: FileError?
        let found = bytes.withUnsafeMutableBytes { buffer -> Int in
            do throws(FileError) {
                return try file.read(into: buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return Array(bytes.prefix(found))
    }

    static func read(_ file: FileDescriptor, limit: Int) throws(FileError) -> [UInt8] {
        // The size is a hint only: files in /proc say 0, and others may grow while they are read.
        let expected = Int(clamping: try file.status().size)
        guard expected <= limit else { throw FileError("read", file.path, EFBIG) }
        var bytes = [UInt8](repeating: 0, count: max(1, min(limit, expected) + 1))
        var filled = 0
        while true {
            if filled == bytes.count {
                bytes.append(contentsOf: repeatElement(0, count: min(max(4096, filled), limit - filled + 1)))
            }
            var failure: FileError?
            let count = bytes.withUnsafeMutableBytes { buffer -> Int in
                do throws(FileError) {
                    return try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            if count == 0 { break }
            filled += count
            guard filled <= limit else { throw FileError("read", file.path, EFBIG) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Where a symbolic link points, as written in it.
    package static func readLink(_ path: String) throws(FileError) -> String {
        try readLink(Place(path))
    }

    static func readLink(_ place: Place) throws(FileError) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try SystemCalls.run("read the link", place) { folder, name in
            buffer.withUnsafeMutableBytes { raw -> Int32 in
                // Cannot be nil, because the buffer is not empty.
                let start = raw.baseAddress!.assumingMemoryBound(to: CChar.self)
                return Int32(truncatingIfNeeded: readlinkat(folder, name, start, raw.count))
            }
        }
        guard let text = String(validating: buffer[..<Int(count)], as: UTF8.self) else {
            throw FileError("read the link", place.shown, EILSEQ)
        }
        return text
    }

    /// Makes a folder; one that is there already is fine.
    ///
    /// - Parameter mode: Permissions, from which the system takes the umask off.
    package static func makeDirectory(
        _ path: String, mode: UInt32 = 0o777, intermediates: Bool = true
    ) throws(FileError) {
        var missing: [String] = []
        var current = path
        while true {
            do throws(FileError) {
                try SystemCalls.change("make the folder", Place(current)) { mkdirat($0, $1, mode_t(mode)) }
                break
            } catch {
                if error.code == EEXIST || error.code == EISDIR, isDirectory(current) { break }
                let folder = Paths.parent(current)
                guard intermediates, error.code == ENOENT, !folder.hasSameBytes(as: current) else { throw error }
                missing.append(current)
                current = folder
            }
        }
        for folder in missing.reversed() {
            do throws(FileError) {
                try SystemCalls.change("make the folder", Place(folder)) { mkdirat($0, $1, mode_t(mode)) }
            } catch {
                guard error.code == EEXIST, isDirectory(folder) else { throw error }
            }
        }
    }

    /// Gives a file another name, in place of what had that name.
    package static func rename(_ source: String, _ destination: String) throws(FileError) {
        try SystemCalls.rename(Place(source), to: Place(destination))
    }

    /// Puts the finished file `temp` in the place of `destination` in one step. On failure both are as they were.
    package static func replace(_ destination: String, byRenaming temp: String) throws(FileError) {
        do {
            try SystemCalls.rename(Place(temp), to: Place(destination))
        } catch {
            throw FileError("replace", destination, error.code)
        }
    }

    /// Sets exactly these permission bits, whatever the umask; a symbolic link is followed.
    package static func setMode(_ path: String, _ mode: UInt32) throws(FileError) {
        try SystemCalls.change("set the mode of", Place(path)) { fchmodat($0, $1, mode_t(mode & 0o7777), 0) }
    }

    /// Waits until the names in a folder are on the disk.
    package static func sync(folder path: String) throws(FileError) {
        let folder = try FileDescriptor.folder(path)
        do {
            try folder.sync()
        } catch {
            // Some file systems cannot sync a folder; then renames are as safe as that file system makes them.
            if error.code != EINVAL && error.code != ENOTSUP { throw error }
        }
    }

    /// The permission bits that new files do not get; read once, since reading it may mean setting it.
    package static var currentUmask: UInt32 { umaskAtStart }

    private static let umaskAtStart: UInt32 = {
        if let text = try? read("/proc/self/status", limit: 1 << 16),
            let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: "Umask:".utf8) }),
            let value = UInt32(
                String(decoding: line.dropFirst(6).filter { $0 > 0x20 }, as: UTF8.self), radix: 8)
        {
            return value
        }
        // Another thread that creates a file in between would give it the stricter mode, never a wider one.
        let mask = umask(0o077)
        umask(mask)
        return UInt32(mask)
    }()
}
