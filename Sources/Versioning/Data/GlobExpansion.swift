import Basics
import FileSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Shell patterns of targets: `*`, `?`, `[…]`, and `**` for any number of folders.
enum GlobExpansion {
    /// Paths that match, sorted, written as the pattern is: relative to `folder` or absolute.
    ///
    /// Names that begin with a dot only match a pattern that does; a pattern without wildcards names itself.
    static func paths(matching pattern: String, from folder: String) throws -> [String] {
        guard pattern.utf8.contains(where: { "*?[".utf8.contains($0) }) else {
            return Files.exists(Paths.absolute(pattern, from: folder)) ? [pattern] : []
        }
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        var found: [String] = []
        try expand(parts[...], at: pattern.hasPrefix("/") ? "/" : "", from: folder, into: &found)
        return Array(Set(found)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func expand(
        _ parts: ArraySlice<String>, at prefix: String, from folder: String, into found: inout [String]
    ) throws {
        guard let part = parts.first else { return }
        let rest = parts.dropFirst()
        let here = prefix.isEmpty ? folder : Paths.absolute(prefix, from: folder)
        if part == "**" {
            if rest.isEmpty, !prefix.isEmpty { found.append(prefix) }
            if !rest.isEmpty { try expand(rest, at: prefix, from: folder, into: &found) }
            for entry in (try? Files.textEntries(in: here)) ?? [] where !entry.name.hasPrefix(".") {
                let path = prefix.isEmpty ? entry.name : Paths.join(prefix, entry.name)
                let status = try Files.status(Paths.join(here, entry.name))
                if status?.kind == .directory {
                    try expand(parts, at: path, from: folder, into: &found)
                } else if rest.isEmpty {
                    found.append(path)
                }
            }
            return
        }
        for entry in (try? Files.textEntries(in: here)) ?? [] where fnmatch(part, entry.name, FNM_PERIOD) == 0 {
            let path = prefix.isEmpty ? entry.name : Paths.join(prefix, entry.name)
            if rest.isEmpty {
                found.append(path)
            } else if Files.isDirectory(Paths.join(here, entry.name)) {
                try expand(rest, at: path, from: folder, into: &found)
            }
        }
    }
}
