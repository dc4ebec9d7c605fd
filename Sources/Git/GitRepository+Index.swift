import CGit2

extension GitRepository {
    /// Whether the index has the path, or anything below it.
    package func isTracked(_ absolutePath: String) throws(GitError) -> Bool {
        let path = try relativePath(absolutePath)
        return try withIndex { (index, _) throws(GitError) in contains(path, index) }
    }

    /// The tracked paths at or below this one, in byte order; all of them for the work tree itself.
    package func trackedPaths(under absolutePath: String) throws(GitError) -> [String] {
        let path = try relativePath(absolutePath)
        return try withIndex { (index, _) throws(GitError) in trackedPaths(under: path, index) }
    }

    private func trackedPaths(under path: String, _ index: OpaquePointer) -> [String] {
        var position = 0
        let count = git.call.git_index_entrycount(index)
        if !path.isEmpty {
            // A file and a folder are never tracked under one name.
            if git.call.git_index_find(&position, index, path) == 0 { return [path] }
            guard git.call.git_index_find_prefix(&position, index, path + "/") == 0 else { return [] }
        }
        let prefix = Array(path.isEmpty ? "".utf8 : "\(path)/".utf8)
        var paths: [String] = []
        while position < count, let raw = git.call.git_index_get_byindex(index, position)?.pointee.path {
            let entry = String(cString: raw)
            guard entry.utf8.starts(with: prefix) else { break }
            // A conflict has up to three entries of one path.
            if paths.last?.utf8.elementsEqual(entry.utf8) != true { paths.append(entry) }
            position += 1
        }
        return paths
    }

    /// Whether nothing is tracked, as in a repository just made.
    package func isIndexEmpty() throws(GitError) -> Bool {
        try withIndex { (index, _) throws(GitError) in git.call.git_index_entrycount(index) == 0 }
    }

    /// Makes the index that of HEAD, whatever is in the work tree, as `git reset` does.
    package func resetIndex() throws(GitError) {
        try withIndex { (index, repository) throws(GitError) in
            try withHeadTree(repository) { (tree) throws(GitError) in
                guard let tree else { return }
                try git.check(git.call.git_index_read_tree(index, tree), "read the Git tree of HEAD")
            }
            try git.check(git.call.git_index_write(index), "write the Git index")
        }
    }

    /// Makes the index agree with the work tree at these paths, as `git add --all` does.
    ///
    /// What is gone from disk leaves the index. What is ignored and not tracked yet, and what lies in a submodule, is
    /// passed over without a word, as DVC does when it stages by itself.
    package func stage(_ absolutePaths: [String]) throws(GitError) {
        var paths: [String] = []
        for path in absolutePaths { paths.append(try relativePath(path)) }
        if paths.isEmpty { return }
        let rules = try sharedIgnoreRules()
        try withIndex { (index, _) throws(GitError) in
            do throws(GitError) {
                for path in paths { try stage(path, index, rules) }
                try git.check(git.call.git_index_write(index), "write the Git index")
            } catch {
                // libgit2 keeps the index in memory; what was not written must not be seen later.
                _ = git.call.git_index_read(index, 1)
                throw error
            }
        }
    }

    private func stage(_ path: String, _ index: OpaquePointer, _ rules: SharedIgnoreRules) throws(GitError) {
        guard let workTree, try isReachable(path, index) else { return }
        switch PathKind(at: path.isEmpty ? workTree : "\(workTree)/\(path)") {
        case .missing:
            if git.isOutsideSparseCheckout(path, index) { return }
            let status = git.call.git_index_remove_bypath(index, path)
            try git.check(status, "remove '\(path)' from the Git index")
            try stageTracked(below: path, index, rules)
        case .folder where !isSubmodule(path, index):
            // A file that has become a folder makes way by itself when what is in the folder is added.
            try stageTracked(below: path, index, rules)
            for new in try untrackedFiles(under: path, index, rules) where !new.hasSuffix("/") { try add(new, index) }
        case .folder:
            // One that was not initialised is an empty folder, and has nothing to say.
            if PathKind(at: "\(workTree)/\(path)/.git") != .missing { try add(path, index) }
        case .file:
            if !contains(path, index), rules.isIgnored(path, isDirectory: false) { return }
            try add(path, index)
        }
    }

    private func stageTracked(
        below folder: String, _ index: OpaquePointer, _ rules: SharedIgnoreRules
    ) throws(GitError) {
        for path in trackedPaths(under: folder, index) where !path.utf8.elementsEqual(folder.utf8) {
            try stage(path, index, rules)
        }
    }

    private func add(_ path: String, _ index: OpaquePointer) throws(GitError) {
        try git.check(git.call.git_index_add_bypath(index, path), "stage '\(path)'")
    }

    /// False for what lies in a submodule; what lies behind a symbolic link is an error, as it is for Git.
    private func isReachable(_ path: String, _ index: OpaquePointer) throws(GitError) -> Bool {
        guard let workTree else { throw GitError(.bareRepository) }
        for end in path.utf8.indices where path.utf8[end] == UInt8(ascii: "/") {
            let folder = String(path[..<end])
            if isSubmodule(folder, index) { return false }
            if PathKind(at: "\(workTree)/\(folder)") == .file {
                throw GitError(
                    .failure, doing: "stage '\(path)'", detail: "'\(folder)' is a symbolic link or a file")
            }
        }
        return true
    }

    private func isSubmodule(_ path: String, _ index: OpaquePointer) -> Bool {
        git.call.git_index_get_bypath(index, path, 0)?.pointee.mode == UInt32(GIT_FILEMODE_COMMIT.rawValue)
    }

    private func contains(_ path: String, _ index: OpaquePointer) -> Bool {
        if path.isEmpty { return git.call.git_index_entrycount(index) > 0 }
        return git.call.git_index_find(nil, index, path) == 0
            || git.call.git_index_find_prefix(nil, index, path + "/") == 0
    }

    /// Runs a body with the index as it is on disk now.
    func withIndex<Result: Sendable>(
        _ body: (_ index: OpaquePointer, _ repository: OpaquePointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        try withHandle { (repository) throws(GitError) in
            var found: OpaquePointer?
            try git.check(git.call.git_repository_index(&found, repository), "open the Git index")
            guard let index = found else { throw GitError(.bareRepository) }
            defer { git.call.git_index_free(index) }
            try git.check(git.call.git_index_read(index, 0), "read the Git index")
            return try body(index, repository)
        }
    }
}

extension Library {
    /// Whether a path is tracked but kept out of the work tree by a sparse checkout; libgit2 takes it for deleted.
    func isOutsideSparseCheckout(_ path: UnsafePointer<CChar>, _ index: OpaquePointer) -> Bool {
        guard let entry = call.git_index_get_bypath(index, path, 0) else { return false }
        return UInt32(entry.pointee.flags_extended) & GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue != 0
    }
}
