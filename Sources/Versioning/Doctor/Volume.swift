import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file system that a path lies on.
package struct Volume: Sendable, Equatable {
    /// Its type, such as `ext4`.
    package let type: String
    package let device: String

    package var description: String { "\(type) on \(device)" }

    /// The volume of a path that exists; nil where the system does not tell.
    package static func of(_ path: String) -> Volume? {
        #if canImport(Darwin)
            var status = statfs()
            guard statfs(path, &status) == 0 else { return nil }
            return Volume(type: text(of: status.f_fstypename), device: text(of: status.f_mntfromname))
        #else
            guard let bytes = try? Files.read("/proc/self/mounts", limit: 1 << 24) else { return nil }
            return of(Paths.resolvingLinks(path), inMounts: bytes)
        #endif
    }

    /// Looks a path without links up in the text of `/proc/self/mounts`; of two volumes at one place the later counts.
    package static func of(_ path: String, inMounts bytes: [UInt8]) -> Volume? {
        var best: (length: Int, volume: Volume)?
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3).map(unescaped)
            guard fields.count >= 3 else { continue }
            let length = Paths.components(fields[1]).count
            guard Paths.isInside(path, fields[1]), length >= best?.length ?? 0 else { continue }
            best = (length, Volume(type: fields[2], device: fields[0]))
        }
        return best?.volume
    }

    /// Blanks and backslashes are written as three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                result.append(code)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    #if canImport(Darwin)
        private static func text<Characters>(of characters: Characters) -> String {
            withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
    #endif
}
