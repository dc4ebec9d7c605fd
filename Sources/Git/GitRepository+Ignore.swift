import CGit2

extension GitRepository {
    /// Whether Git's ignore rules match the path or a folder above it; being tracked does not matter.
    ///
    /// Rules come from the `.gitignore` files as they are on disk now, `.git/info/exclude` and `core.excludesFile`.
    /// - Parameter isDirectory: true where the path is or will be a folder; nil to look.
    package func isIgnored(_ absolutePath: String, isDirectory: Bool? = nil) throws(GitError) -> Bool {
        let path = try relativePath(absolutePath)
        if path.isEmpty { return false }
        return try withHandle { (repository) throws(GitError) in
            try isIgnored(relative: isDirectory == true ? path + "/" : path, repository)
        }
    }

    func isIgnored(relative path: String, _ repository: OpaquePointer) throws(GitError) -> Bool {
        var ignored: Int32 = 0
        try git.check(
            git.call.git_ignore_path_is_ignored(&ignored, repository, path), "match '\(path)' with the ignore rules")
        return ignored != 0
    }
}
