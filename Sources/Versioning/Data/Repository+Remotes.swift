package import Basics
package import FileSystem
package import Storage

extension Repository {
    /// The store of a remote.
    ///
    /// - Parameters:
    ///   - name: `nil` for the default remote.
    ///   - jobs: requests at once, in place of what the remote's settings say.
    package func backend(of name: String?, jobs: Int? = nil) throws -> any Backend {
        let remote = try settings.remote(name, root: root)
        guard remote.scheme.isEmpty || remote.scheme == "file" || remote.scheme == "local" else {
            throw Failure(
                "remote '\(remote.name)' is at '\(RemoteURL.withoutSecrets(remote.url))', and varve can't use "
                    + "\(remote.scheme):// remotes",
                remedy: "supported are folders (a path or file:// URL)", category: .configuration)
        }
        let asked = jobs.flatMap { $0 > 0 ? $0 : nil }
        return DirectoryBackend(
            root: remote.url, isShared: remote.isSharedWithGroup,
            concurrency: asked ?? remote.jobs ?? environment.processors)
    }
}
