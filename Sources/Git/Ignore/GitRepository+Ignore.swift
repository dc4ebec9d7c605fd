import CGit2
import Synchronization

extension GitRepository {
    /// Whether Git's ignore rules match the path or a folder above it; being tracked does not matter.
    ///
    /// Rules come from the `.gitignore` files as they are on disk now, `.git/info/exclude` and `core.excludesFile`.
    /// - Parameter isDirectory: whether the path is or will be a folder; nil to look.
    package func isIgnored(_ absolutePath: String, isDirectory: Bool? = nil) throws(GitError) -> Bool {
        let path = try relativePath(absolutePath)
        guard let workTree, !path.isEmpty else { return false }
        let isFolder = isDirectory ?? (PathKind(at: "\(workTree)/\(path)") == .folder)
        return try sharedIgnoreRules().isIgnored(path, isDirectory: isFolder)
    }

    /// The rules of this work tree; not to be asked for by who holds the repository's handle.
    func sharedIgnoreRules() throws(GitError) -> SharedIgnoreRules {
        if let rules = ignoreRules.withLock({ $0 }) { return rules }
        guard let workTree else { throw GitError(.bareRepository) }
        var files: [String] = []
        if let file = try configPath("core.excludesFile") {
            files.append(RepositoryPath.absolute(file, from: workTree))
        } else if let folder = git.userConfigurationFolder() {
            files.append(folder + "/ignore")
        }
        files.append(commonDirectory + "/info/exclude")
        let made = SharedIgnoreRules(
            GitIgnoreRules(
                workTree: workTree, outerFiles: files, ignoresCase: try configFlag("core.ignoreCase")))
        return ignoreRules.withLock { rules in
            if rules == nil { rules = made }
            return rules ?? made
        }
    }
}

/// The rules of one work tree, for all threads that ask.
final class SharedIgnoreRules: Sendable {
    private let rules: Mutex<GitIgnoreRules>

    init(_ rules: consuming GitIgnoreRules) { self.rules = Mutex(rules) }

    func isIgnored(_ path: String, isDirectory: Bool) -> Bool {
        withRules { $0.isIgnored(Array(path.utf8), isDirectory: isDirectory) }
    }

    func withRules<Result: Sendable>(_ body: (inout GitIgnoreRules) -> Result) -> Result {
        rules.withLock { body(&$0) }
    }
}
