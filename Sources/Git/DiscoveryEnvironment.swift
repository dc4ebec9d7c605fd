import CGit2

/// The environment variables that say where a repository's parts are.
///
/// libgit2 can read some of them by itself, but it refuses to start where `GIT_WORK_TREE` is set.
struct DiscoveryEnvironment {
    let folder: String
    let gitDirectory: String?
    let workTree: String?
    let indexFile: String?
    let ceilings: String?
    let crossesFileSystems: Bool

    init(_ variables: [String: String], folder: String) {
        func value(_ name: String) -> String? {
            guard let value = variables[name], !value.isEmpty else { return nil }
            return value
        }
        self.folder = folder
        gitDirectory = value("GIT_DIR").map { RepositoryPath.absolute($0, from: folder) }
        workTree = value("GIT_WORK_TREE").map { RepositoryPath.absolute($0, from: folder) }
        indexFile = value("GIT_INDEX_FILE")
        ceilings = value("GIT_CEILING_DIRECTORIES")
        crossesFileSystems =
            ["1", "true", "yes", "on"].contains(value("GIT_DISCOVERY_ACROSS_FILESYSTEM")?.lowercased())
    }

    /// Sets up what an opened repository cannot know: its work tree and its index.
    func apply(to repository: OpaquePointer, _ git: Library) throws(GitError) {
        if let workTree = try workTree(of: repository, git) {
            try git.check(
                git.call.git_repository_set_workdir(repository, workTree, 0), "use the Git work tree '\(workTree)'")
        }
        guard let indexFile else { return }
        // Git itself is at the top of the work tree when it looks at the variable.
        let base = git.call.git_repository_workdir(repository).map { String(cString: $0) } ?? folder
        var index: OpaquePointer?
        try git.check(
            git.call.git_index_open(&index, RepositoryPath.absolute(indexFile, from: base)),
            "open the Git index '\(indexFile)'")
        defer { git.call.git_index_free(index) }
        try git.check(git.call.git_repository_set_index(repository, index), "use the Git index '\(indexFile)'")
    }

    /// With `GIT_DIR` alone, the folder that Git is started in is the top of the work tree.
    private func workTree(of repository: OpaquePointer, _ git: Library) throws(GitError) -> String? {
        if let workTree { return workTree }
        guard gitDirectory != nil, git.call.git_repository_is_bare(repository) == 0 else { return nil }
        var configuration: OpaquePointer?
        try git.check(
            git.call.git_repository_config_snapshot(&configuration, repository), "read the Git configuration")
        defer { git.call.git_config_free(configuration) }
        var value: UnsafePointer<CChar>?
        return git.call.git_config_get_string(&value, configuration, "core.worktree") == 0 ? nil : folder
    }
}
