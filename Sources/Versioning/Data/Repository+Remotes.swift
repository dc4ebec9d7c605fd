package import Basics
package import FileSystem
package import Storage

extension Repository {
    /// The store of a remote.
    ///
    /// - Parameter name: `nil` for the default remote.
    package func backend(of name: String?) throws -> any Backend {
        let remote = try settings.remote(name, root: root)
        guard remote.scheme.isEmpty || remote.scheme == "file" || remote.scheme == "local" else {
            throw Failure(
                "remote '\(remote.name)' is at '\(RemoteURL.withoutSecrets(remote.url))', and varve can't use "
                    + "\(remote.scheme):// remotes",
                remedy: "supported are folders (a path or file:// URL)", category: .configuration)
        }
        return DirectoryBackend(
            root: remote.url, isShared: remote.isSharedWithGroup, concurrency: remote.jobs ?? environment.processors)
    }
}
