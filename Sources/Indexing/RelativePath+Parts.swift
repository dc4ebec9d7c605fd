package import FileSystem

/// Parts of paths inside a repository; the repository's root is the empty path.
extension RelativePath {
    /// The folder that holds this; empty for what lies at the root.
    package var parent: RelativePath {
        guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return RelativePath("") }
        return RelativePath(String(string[..<slash]))
    }

    /// The last part.
    package var name: String {
        guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return string }
        return String(string[string.utf8.index(after: slash)...])
    }

    package var isRoot: Bool { string.isEmpty }

    package func appending(_ part: String) -> RelativePath {
        RelativePath(isRoot ? part : part.isEmpty ? string : string + "/" + part)
    }

    /// This path, its folder, and so on up to the root, which is the empty path.
    package var selfAndParents: some Sequence<RelativePath> {
        sequence(first: self) { $0.isRoot ? nil : $0.parent }
    }

    /// Whether this is `folder` or lies below it.
    package func isInside(_ folder: RelativePath) -> Bool {
        if folder.isRoot { return true }
        let own = string.utf8
        let other = folder.string.utf8
        guard own.starts(with: other) else { return false }
        return own.count == other.count || own[own.index(own.startIndex, offsetBy: other.count)] == UInt8(ascii: "/")
    }

    /// What is left of this path below `folder`; empty for the folder itself, `nil` outside of it.
    package func relative(to folder: RelativePath) -> RelativePath? {
        guard isInside(folder) else { return nil }
        if folder.isRoot { return self }
        if string.utf8.count == folder.string.utf8.count { return RelativePath("") }
        let start = string.utf8.index(string.utf8.startIndex, offsetBy: folder.string.utf8.count + 1)
        return RelativePath(String(string[start...]))
    }
}
