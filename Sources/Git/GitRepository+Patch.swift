import CGit2

extension GitRepository {
    /// What differs from the last commit in tracked files, staged or not, as a patch for `git apply`. Empty where
    /// nothing does.
    ///
    /// - Parameter fileLimit: of files larger than this many bytes the patch only says that they differ.
    package func patch(fileLimit: Int64 = 1 << 20) throws(GitError) -> [UInt8] {
        guard workTree != nil else { return [] }
        return try withHandle { (repository) throws(GitError) in
            var patch: [UInt8] = []
            try withHeadTree(repository) { (tree) throws(GitError) in
                var options = git_diff_options()
                try git.check(
                    git.call.git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "compare the work tree")
                options.max_size = git_off_t(fileLimit)
                var diff: OpaquePointer?
                try git.check(
                    git.call.git_diff_tree_to_workdir_with_index(&diff, repository, tree, &options),
                    "compare the work tree")
                defer { git.call.git_diff_free(diff) }
                var buffer = git_buf()
                try git.check(
                    git.call.git_diff_to_buf(&buffer, diff, GIT_DIFF_FORMAT_PATCH), "write the patch of the work tree")
                defer { git.call.git_buf_dispose(&buffer) }
                patch = Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
            }
            return patch
        }
    }
}
