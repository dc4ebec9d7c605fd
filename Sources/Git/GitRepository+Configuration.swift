import CGit2

extension GitRepository {
    /// A setting such as `user.name`, from wherever Git finds it; nil where it is not set.
    package func configValue(_ name: String) throws(GitError) -> String? {
        try withConfiguration { (configuration) throws(GitError) in
            var value: UnsafePointer<CChar>?
            let status = git.call.git_config_get_string(&value, configuration, name)
            guard try git.checkFound(status, "read the Git setting '\(name)'") else { return nil }
            return value.map { String(cString: $0) }
        }
    }

    /// Writes a setting to the repository's own file; nil takes it out.
    package func setConfigValue(_ name: String, _ value: String?) throws(GitError) {
        guard RepositoryPath.isPlain(value ?? "") else { throw GitError(.invalidName(name)) }
        try withHandle { (repository) throws(GitError) in
            var all: OpaquePointer?
            try git.check(git.call.git_repository_config(&all, repository), "open the Git configuration")
            defer { git.call.git_config_free(all) }
            var local: OpaquePointer?
            try git.check(
                git.call.git_config_open_level(&local, all, GIT_CONFIG_LEVEL_LOCAL), "open the Git configuration")
            defer { git.call.git_config_free(local) }
            if let value {
                try git.check(git.call.git_config_set_string(local, name, value), "write the Git setting '\(name)'")
            } else {
                _ = try git.checkFound(
                    git.call.git_config_delete_entry(local, name), "remove the Git setting '\(name)'")
            }
        }
    }

    /// Where Git looks for hooks: `core.hooksPath`, or the `hooks` folder that all work trees share.
    package func hooksDirectory() throws(GitError) -> String {
        let configured = try configPath("core.hooksPath")
        guard let configured, !configured.isEmpty else { return commonDirectory + "/hooks" }
        // Hooks run at the top of the work tree, or in the folder of a bare repository.
        return RepositoryPath.trimmed(RepositoryPath.absolute(configured, from: workTree ?? gitDirectory))
    }

    /// The name that commits are made with, where one is set.
    package func userName() throws(GitError) -> String? { try configValue("user.name") }

    /// The address that commits are made with, where one is set.
    package func userEmail() throws(GitError) -> String? { try configValue("user.email") }

    /// A setting that is a path, with `~` resolved.
    func configPath(_ name: String) throws(GitError) -> String? {
        try withConfiguration { (configuration) throws(GitError) in
            var buffer = git_buf()
            let status = git.call.git_config_get_path(&buffer, configuration, name)
            guard try git.checkFound(status, "read the Git setting '\(name)'") else { return nil }
            return git.string(consuming: &buffer)
        }
    }

    /// A setting that is true or false; false where it is not set.
    func configFlag(_ name: String) throws(GitError) -> Bool {
        try withConfiguration { (configuration) throws(GitError) in
            var value: Int32 = 0
            let status = git.call.git_config_get_bool(&value, configuration, name)
            return try git.checkFound(status, "read the Git setting '\(name)'") && value != 0
        }
    }

    private func withConfiguration<Result: Sendable>(
        _ body: (OpaquePointer?) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        try withHandle { (repository) throws(GitError) in
            var configuration: OpaquePointer?
            try git.check(
                git.call.git_repository_config_snapshot(&configuration, repository), "read the Git configuration")
            defer { git.call.git_config_free(configuration) }
            return try body(configuration)
        }
    }
}
