import CGit2

/// The files of a commit, read from the object database without a checkout.
package struct GitTree: Sendable {
    package enum Kind: Sendable, Hashable {
        case file, executable, symlink, directory, submodule
    }

    package struct Entry: Sendable, Hashable {
        package let kind: Kind
        /// The blob, the tree, or the submodule's commit.
        package let object: GitObjectName
    }

    /// Whether a walk goes into the folder it has just shown.
    package enum Descent: Sendable {
        case enter, skip
    }

    let repository: GitRepository
    /// The name of the tree object.
    package let name: GitObjectName

    /// What is at a path relative to the tree; nil where nothing is. Symbolic links are not followed.
    package func entry(_ path: String) throws(GitError) -> Entry? {
        guard RepositoryPath.isPlain(path) else { return nil }
        let path = RepositoryPath.trimmed(path)
        var entry = Entry(kind: .directory, object: name)
        if path.isEmpty || path == "." { return entry }
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard entry.kind == .directory, let next = try self.entry(named: String(part), in: entry.object) else {
                return nil
            }
            entry = next
        }
        return entry
    }

    private func entry(named part: String, in tree: GitObjectName) throws(GitError) -> Entry? {
        let git = repository.git
        return try repository.withHandle { (handle) throws(GitError) in
            let tree = try lookUp(tree, handle)
            defer { git.call.git_tree_free(tree) }
            return git.call.git_tree_entry_byname(tree, part).flatMap { Entry($0, git) }
        }
    }

    /// The bytes of a file, or the target of a symbolic link; nil where there is neither.
    ///
    /// They are the recorded ones: line endings are not converted and no filter runs.
    package func read(_ path: String) throws(GitError) -> [UInt8]? {
        guard let entry = try entry(path) else { return nil }
        switch entry.kind {
        case .file, .executable, .symlink: return try blob(entry.object)
        case .directory, .submodule: return nil
        }
    }

    /// The bytes of a blob.
    package func blob(_ object: GitObjectName) throws(GitError) -> [UInt8] {
        let git = repository.git
        return try repository.withHandle { (handle) throws(GitError) in
            var id = object.id
            var blob: OpaquePointer?
            try git.check(git.call.git_blob_lookup(&blob, handle, &id), "read the Git object \(object.short)")
            defer { git.call.git_blob_free(blob) }
            guard let bytes = git.call.git_blob_rawcontent(blob) else { return [] }
            return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(git.call.git_blob_rawsize(blob))))
        }
    }

    /// Shows every entry below a folder, each folder before what is in it, in Git's order; no blob is read.
    ///
    /// Paths are relative to the tree, not to `folder`. Nothing is shown where there is no such folder. The visitor may
    /// use the repository, and ends the walk by throwing.
    package func walk(
        under folder: String = "", _ visit: (_ path: String, _ entry: Entry) throws -> Descent
    ) throws {
        guard let root = try entry(folder), root.kind == .directory else { return }
        let prefix = folder.isEmpty || folder == "." ? "" : RepositoryPath.trimmed(folder) + "/"
        var pending = try entries(of: root.object, prefix)
        while let (path, entry) = pending.popLast() {
            if try visit(path, entry) == .enter, entry.kind == .directory {
                pending += try entries(of: entry.object, path + "/")
            }
        }
    }

    /// What lies in one folder, by the name of the folder's object, in Git's order.
    ///
    /// Equal folders of many commits are one object, so whoever looks at many commits need look into each only once.
    package func children(of folder: GitObjectName) throws(GitError) -> [(name: String, entry: Entry)] {
        try entries(of: folder, "").reversed().map { (name: $0.0, entry: $0.1) }
    }

    /// The entries of one tree, last first.
    private func entries(of tree: GitObjectName, _ prefix: String) throws(GitError) -> [(String, Entry)] {
        let git = repository.git
        return try repository.withHandle { (handle) throws(GitError) in
            let tree = try lookUp(tree, handle)
            defer { git.call.git_tree_free(tree) }
            var entries: [(String, Entry)] = []
            for index in (0..<git.call.git_tree_entrycount(tree)).reversed() {
                guard
                    let pointer = git.call.git_tree_entry_byindex(tree, index),
                    let raw = git.call.git_tree_entry_name(pointer),
                    let entry = Entry(pointer, git)
                else { continue }
                let name = String(cString: raw)
                // Git makes no such names; a tree that has them was made to reach files elsewhere.
                if name.isEmpty || name == "." || name == ".." || name.utf8.contains(UInt8(ascii: "/")) {
                    throw GitError(.failure, doing: "read a Git tree", detail: "it has an entry named '\(name)'")
                }
                entries.append((prefix + name, entry))
            }
            return entries
        }
    }

    private func lookUp(_ tree: GitObjectName, _ handle: OpaquePointer) throws(GitError) -> OpaquePointer {
        let git = repository.git
        var id = tree.id
        var found: OpaquePointer?
        try git.check(git.call.git_tree_lookup(&found, handle, &id), "read the Git tree \(tree.short)")
        guard let pointer = found else {
            throw GitError(.failure, doing: "read the Git tree \(tree.short)", detail: "it is damaged")
        }
        return pointer
    }
}

extension GitTree.Entry {
    /// nil for a mode that Git does not know.
    fileprivate init?(_ entry: OpaquePointer, _ git: Library) {
        guard let object = GitObjectName(git.call.git_tree_entry_id(entry)) else { return nil }
        let mode = UInt32(git.call.git_tree_entry_filemode_raw(entry).rawValue)
        let kind: GitTree.Kind? =
            switch mode & 0o170000 {
            case 0o040000: .directory
            case 0o100000: mode & 0o100 != 0 ? .executable : .file
            case 0o120000: .symlink
            case 0o160000: .submodule
            default: nil
            }
        guard let kind else { return nil }
        self.init(kind: kind, object: object)
    }
}

extension GitRepository {
    /// The files of a commit.
    package func tree(of commit: GitCommit) -> GitTree {
        GitTree(repository: self, name: commit.tree)
    }
}
