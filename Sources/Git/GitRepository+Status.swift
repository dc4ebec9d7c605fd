import CGit2

extension GitRepository {
    /// Whether anything is staged, changed, or new and not ignored; stops at the first such path.
    ///
    /// - Parameters:
    ///   - excluded: paths relative to the work tree that do not count, nor does what is below them.
    ///   - countsUntracked: whether new files are changes.
    package func hasChanges(
        excluding excluded: Set<String> = [], countsUntracked: Bool = true
    ) throws(GitError) -> Bool {
        guard workTree != nil else { return false }
        let rules = try sharedIgnoreRules()
        return try withIndex { (index, repository) throws(GitError) in
            let excluded = Set(excluded.map { Array($0.utf8) })
            let search = DeltaSearch { [git] status, path in
                if status == GIT_DELTA_UNMODIFIED || Self.covers(excluded, Array(String(cString: path).utf8)[...]) {
                    return .goOn
                }
                if status == GIT_DELTA_DELETED, git.isOutsideSparseCheckout(path, index) { return .goOn }
                return .stop
            }
            try withHeadTree(repository) { (tree) throws(GitError) in
                try search.run(git) { git.call.git_diff_tree_to_index(&$0, repository, tree, index, &$1) }
            }
            if search.isStopped { return true }
            try search.run(git) { git.call.git_diff_index_to_workdir(&$0, repository, index, &$1) }
            if search.isStopped { return true }
            var hasNew = false
            try forEachUntracked(under: "", index, rules) { path in
                hasNew = !Self.covers(excluded, path[...])
                return hasNew ? .stop : .goOn
            }
            return hasNew
        }
    }

    /// Files that are neither tracked nor ignored, relative to the work tree, in byte order.
    ///
    /// Untracked folders are gone into, ignored ones are not. A repository inside of this one that is no submodule
    /// is one path with a slash at its end, as `git status` shows it.
    package func untrackedFiles() throws(GitError) -> [String] {
        let rules = try sharedIgnoreRules()
        return try withIndex { (index, _) throws(GitError) in try untrackedFiles(under: "", index, rules) }
    }

    /// Whether the set has the path or a folder above it.
    private static func covers(_ excluded: Set<[UInt8]>, _ path: ArraySlice<UInt8>) -> Bool {
        if excluded.isEmpty { return false }
        return excluded.contains(Array(path))
            || path.indices.contains { path[$0] == UInt8(ascii: "/") && excluded.contains(Array(path[..<$0])) }
    }

    /// Runs a body with the tree of HEAD, nil while there is no commit.
    func withHeadTree(
        _ repository: OpaquePointer, _ body: (OpaquePointer?) throws(GitError) -> Void
    ) throws(GitError) {
        var id = git_oid()
        let status = git.call.git_reference_name_to_id(&id, repository, "HEAD")
        guard try git.checkFound(status, "read HEAD") else { return try body(nil) }
        var treeID = try commit(id, repository).tree.id
        var tree: OpaquePointer?
        try git.check(git.call.git_tree_lookup(&tree, repository, &treeID), "read the Git tree of HEAD")
        defer { git.call.git_tree_free(tree) }
        try body(tree)
    }
}

/// Goes through the differences that libgit2 finds, as it finds them, and keeps none of them in its list.
private final class DeltaSearch {
    private let visit: (_ status: git_delta_t, _ path: UnsafePointer<CChar>) -> SearchStep
    private(set) var isStopped = false

    init(_ visit: @escaping (_ status: git_delta_t, _ path: UnsafePointer<CChar>) -> SearchStep) { self.visit = visit }

    func run(
        _ git: Library, _ compare: (inout OpaquePointer?, inout git_diff_options) -> Int32
    ) throws(GitError) {
        var options = git_diff_options()
        try git.check(
            git.call.git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "compare the Git work tree")
        options.payload = Unmanaged.passUnretained(self).toOpaque()
        options.notify_cb = { _, delta, _, payload in
            guard let delta = delta?.pointee, let payload else { return 1 }
            return Unmanaged<DeltaSearch>.fromOpaque(payload).takeUnretainedValue().consider(delta)
        }
        var diff: OpaquePointer?
        let status = compare(&diff, &options)
        defer { git.call.git_diff_free(diff) }
        if isStopped { return }
        try git.check(status, "compare the Git work tree")
    }

    /// The answers that libgit2 knows: -1 ends the comparison, 1 leaves the difference out of the list.
    private func consider(_ delta: git_diff_delta) -> Int32 {
        guard let path = delta.new_file.path ?? delta.old_file.path else { return 1 }
        let step = visit(delta.status, path)
        if step == .stop { isStopped = true }
        return isStopped ? -1 : 1
    }
}
