import CGit2

/// The repositories of other users that this user trusts: Git's setting `safe.directory`.
///
/// Git and libgit2 refuse such a repository, because its settings could run programs. libgit2 1.5 knows only exact
/// paths with a slash at their end; containers usually say `*`.
struct SafeDirectories {
    private let patterns: [String]

    /// Reads the setting from where a repository cannot write it.
    init(_ git: Library) throws(GitError) {
        var configuration: OpaquePointer?
        try git.check(git.call.git_config_open_default(&configuration), "read the Git configuration")
        defer { git.call.git_config_free(configuration) }
        let values = Values()
        let status = git.call.git_config_get_multivar_foreach(
            configuration, "safe.directory", nil,
            { entry, payload in
                guard let value = entry?.pointee.value, let payload else { return 0 }
                Unmanaged<Values>.fromOpaque(payload).takeUnretainedValue().add(String(cString: value))
                return 0
            }, Unmanaged.passUnretained(values).toOpaque())
        _ = try git.checkFound(status, "read the Git setting 'safe.directory'")
        patterns = withExtendedLifetime(values) { values.list }
    }

    init(patterns: [String]) { self.patterns = patterns }

    /// Whether the folder is listed, by name, by `*`, or by `/folder/*` above it.
    func contain(_ folder: String) -> Bool {
        patterns.contains { pattern in
            if pattern == "*" { return true }
            if pattern.hasSuffix("/*") { return folder.utf8.starts(with: pattern.utf8.dropLast()) }
            return RepositoryPath.trimmed(pattern).utf8.elementsEqual(folder.utf8)
        }
    }

    /// Whether libgit2 refused a repository for its owner; without any `safe.directory` it says so in another way.
    static func isRefusal(_ error: GitError) -> Bool {
        error.code == GIT_EOWNER.rawValue
            || error.code == GIT_ENOTFOUND.rawValue && error.libraryClass == Int32(GIT_ERROR_CONFIG.rawValue)
    }

    /// The folder that has to be listed: the work tree that `folder` is in, or itself where it is bare.
    static func top(of folder: String) -> String {
        let start = RepositoryPath.resolved(folder)
        var top = Substring(start)
        while !top.isEmpty {
            if PathKind(at: "\(top)/.git") != .missing { return String(top) }
            top = top.prefix(upTo: top.lastIndex(of: "/") ?? top.startIndex)
        }
        return start
    }

    private final class Values {
        private(set) var list: [String] = []

        /// An empty value takes back those before it.
        func add(_ value: String) {
            if value.isEmpty { list = [] } else { list.append(value) }
        }
    }
}
