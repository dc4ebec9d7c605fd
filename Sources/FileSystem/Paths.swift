#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Calculations with POSIX paths as text; only `resolvingLinks` looks at the disk.
package enum Paths {
    /// `b` below `a`; `b` alone where it is absolute.
    package static func join(_ a: String, _ b: String) -> String {
        if isAbsolute(b) || a.isEmpty { return b }
        return a.utf8.last == slash ? a + b : a + "/" + b
    }

    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

    /// The path without `.`, empty parts, and each `..` with the part before it; `.` where nothing is left.
    ///
    /// It goes by the text alone, so the meaning changes where a part is a symbolic link.
    package static func normalized(_ path: String) -> String {
        let absolute = isAbsolute(path)
        var parts: [Substring] = []
        for part in split(path) {
            if part.utf8.elementsEqual(".".utf8) { continue }
            if part.utf8.elementsEqual("..".utf8) {
                if let last = parts.last, !last.utf8.elementsEqual("..".utf8) {
                    parts.removeLast()
                } else if !absolute {
                    parts.append(part)
                }
                continue
            }
            parts.append(part)
        }
        let joined = parts.joined(separator: "/")
        if absolute { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }

    /// Everything before the last part: `.` for a single relative part, `/` for one below the root.
    package static func parent(_ path: String) -> String {
        let trimmed = withoutTrailingSlashes(path)
        if trimmed.isEmpty { return path.isEmpty ? "." : "/" }
        guard let index = trimmed.utf8.lastIndex(of: slash) else { return "." }
        let folder = withoutTrailingSlashes(trimmed[..<index])
        return folder.isEmpty ? "/" : String(folder)
    }

    /// The last part; empty for the root.
    package static func name(_ path: String) -> String {
        let trimmed = withoutTrailingSlashes(path)
        guard let index = trimmed.utf8.lastIndex(of: slash) else { return String(trimmed) }
        return String(trimmed[trimmed.utf8.index(after: index)...])
    }

    /// `path` seen from `base`, which must be absolute, and normalised.
    package static func absolute(_ path: String, from base: String) -> String {
        normalized(join(base, path))
    }

    /// How to write `path` from the folder `base`, with `..` where needed; `.` where they are the same.
    ///
    /// Both are absolute, or both relative to one folder.
    package static func relative(_ path: String, to base: String) -> String {
        let target = components(normalized(path))
        let start = components(normalized(base))
        var shared = 0
        while shared < min(target.count, start.count), target[shared].hasSameBytes(as: start[shared]) { shared += 1 }
        let parts = Array(repeating: "..", count: start.count - shared) + target[shared...]
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// Whether `path` is `folder` or below it, part by part, after normalising both.
    package static func isInside(_ path: String, _ folder: String) -> Bool {
        guard isAbsolute(path) == isAbsolute(folder) else { return false }
        let inner = components(normalized(path))
        let outer = components(normalized(folder))
        guard inner.count >= outer.count else { return false }
        if !isAbsolute(path), let first = inner.dropFirst(outer.count).first, first.hasSameBytes(as: "..") {
            return false
        }
        return zip(inner, outer).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    /// The parts between slashes, without empty ones and `.`.
    package static func components(_ path: String) -> [String] {
        split(path).filter { !$0.utf8.elementsEqual(".".utf8) }.map(String.init)
    }

    /// The path with symbolic links followed in the longest part of it that exists, and the rest normalised behind it.
    package static func resolvingLinks(_ path: String) -> String {
        var existing = path.isEmpty ? "." : path
        var rest: [String] = []
        while true {
            if !existing.utf8.contains(0), let resolved = realpath(existing, nil) {
                defer { free(resolved) }
                let prefix = String(cString: resolved)
                return rest.isEmpty ? prefix : normalized(join(prefix, rest.reversed().joined(separator: "/")))
            }
            let folder = parent(existing)
            if folder.hasSameBytes(as: existing) { return normalized(path) }
            rest.append(name(existing))
            existing = folder
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func split(_ path: String) -> [Substring] {
        path.utf8.split(separator: slash).map { Substring($0) }
    }

    private static func withoutTrailingSlashes(_ path: some StringProtocol) -> Substring {
        var view = Substring(path)
        while view.utf8.last == slash { view = view[..<view.utf8.index(before: view.utf8.endIndex)] }
        return view
    }
}
