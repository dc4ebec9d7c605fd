#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Text work on the paths that go to and come from libgit2.
enum RepositoryPath {
    private static let slash = UInt8(ascii: "/")

    /// Whether C sees all of the string.
    static func isPlain(_ text: String) -> Bool { !text.utf8.contains(0) }

    /// Without slashes at the end; the root keeps its own.
    static func trimmed(_ path: String) -> String {
        var bytes = Substring(path)
        while bytes.utf8.count > 1, bytes.utf8.last == slash { bytes.removeLast() }
        return String(bytes)
    }

    static func absolute(_ path: String, from folder: String) -> String {
        path.utf8.first == slash ? path : "\(trimmed(folder))/\(path)"
    }

    /// The path below `folder`, empty for the folder itself; nil where it is not below it by its text.
    static func relative(_ path: String, to folder: String) -> String? {
        let path = path.utf8
        let base = folder.utf8
        guard path.starts(with: base) else { return nil }
        var rest = path.dropFirst(base.count)
        if rest.isEmpty { return "" }
        guard base.last == slash || rest.first == slash else { return nil }
        rest = rest.drop { $0 == slash }
        while rest.last == slash { rest.removeLast() }
        guard !rest.split(separator: slash, omittingEmptySubsequences: false).contains(where: isSpecial) else {
            return nil
        }
        return String(Substring(rest))
    }

    /// The path with symbolic links in its folders resolved, and the last part left as it is.
    ///
    /// The folders need not all exist: those that do are resolved, and `.`, `..` and doubled slashes are taken out.
    static func resolvingFolders(of path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        guard var count = parts.indices.last else { return "/" }
        while count > 0 {
            if let real = realPath("/" + parts[..<count].joined(separator: "/")) {
                return (real == "/" ? "" : real) + "/" + parts[count...].joined(separator: "/")
            }
            count -= 1
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The path with all symbolic links resolved, or as it is where it does not exist.
    static func resolved(_ path: String) -> String { realPath(path) ?? trimmed(path) }

    private static func isSpecial(_ part: Substring.UTF8View) -> Bool {
        part.isEmpty || part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8)
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

extension GitRepository {
    /// The path relative to the work tree; empty for the work tree itself.
    func relativePath(_ absolutePath: String) throws(GitError) -> String {
        guard let workTree else { throw GitError(.bareRepository) }
        guard RepositoryPath.isPlain(absolutePath) else { throw GitError(.invalidName(absolutePath)) }
        if let relative = RepositoryPath.relative(absolutePath, to: workTree) { return relative }
        // The caller may have come through a symbolic link, as /tmp is on macOS.
        let resolved = RepositoryPath.resolvingFolders(of: absolutePath)
        if let relative = RepositoryPath.relative(resolved, to: workTree) { return relative }
        throw GitError(.outsideWorkTree(absolutePath))
    }
}
