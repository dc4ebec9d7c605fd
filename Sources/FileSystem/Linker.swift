import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a file in the workspace shares its bytes with the cache, under the names of `cache.type`.
package enum LinkType: String, Sendable, CaseIterable {
    case reflink, hardlink, symlink, copy

    /// The operations of `FileError` that mean a link of some type.
    static let operations: Set<String> = ["reflink", "hardlink", "symlink"]
}

/// Makes files that share their bytes with others.
package enum Linker {
    /// Creates `destination`, which must not exist. On failure nothing is left under that name, and the error's
    /// `isUnsupportedLink` says whether another type is worth trying.
    ///
    /// - Parameters:
    ///   - source: An ordinary file. A symbolic link is given exactly this path, so it should be absolute.
    ///   - mode: Permissions of a reflink or copy, less the umask. Hard and symbolic links have those of the source.
    package static func make(
        _ type: LinkType, from source: String, to destination: String, mode: UInt32
    ) throws(FileError) {
        try make(type, from: source, to: Place(destination), mode: mode)
    }

    static func make(_ type: LinkType, from source: String, to place: Place, mode: UInt32) throws(FileError) {
        switch type {
        case .reflink: try clone(source, to: place, mode: mode)
        case .copy: try Files.copy(from: source, to: place, mode: mode)
        case .hardlink:
            guard !source.utf8.contains(0) else { throw FileError("hardlink", place.shown, EINVAL) }
            try SystemCalls.change("hardlink", place) { folder, name in
                source.withCString { linkat(AT_FDCWD, $0, folder, name, 0) }
            }
        case .symlink:
            guard !source.utf8.contains(0) else { throw FileError("symlink", place.shown, EINVAL) }
            try SystemCalls.change("symlink", place) { folder, name in
                source.withCString { symlinkat($0, folder, name) }
            }
        }
    }

    /// Whether links of a type can lead from files in one folder to names in another, found by making one.
    package static func isSupported(_ type: LinkType, from folder: String, to other: String) -> Bool {
        let source = Paths.join(folder, TemporaryName.make())
        let destination = Paths.join(other, TemporaryName.make())
        defer {
            try? Files.remove(destination)
            try? Files.remove(source)
        }
        do {
            try Files.write([UInt8](repeating: 0, count: 4096), to: source, mode: 0o600, sync: false)
            try make(type, from: source, to: destination, mode: 0o600)
            return true
        } catch {
            return false
        }
    }

    private static func clone(_ source: String, to place: Place, mode: UInt32) throws(FileError) {
        let input = try FileDescriptor.reading(source)
        #if canImport(Darwin)
            try SystemCalls.change("reflink", place) { folder, name in
                withExtendedLifetime(input) { varve_clone_at($0.raw, folder, name) }
            }
            try SystemCalls.change("set the mode of", place) {
                fchmodat($0, $1, mode_t(mode & ~Files.currentUmask & 0o7777), AT_SYMLINK_NOFOLLOW)
            }
        #else
            let output = try SystemCalls.create(place, mode: mode)
            Fault.point("reflink")
            let code = withExtendedLifetime(input) { varve_clone($0.raw, output) == 0 ? 0 : errno }
            Fault.point("reflink")
            close(output)
            if code != 0 {
                try? SystemCalls.unlink(place)
                throw FileError("reflink", place.shown, code)
            }
        #endif
    }
}
