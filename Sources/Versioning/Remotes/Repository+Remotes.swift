import Basics
import FileSystem
package import Storage

extension Repository {
    /// The store of a remote; opened once, however often it is asked for.
    ///
    /// - Parameter name: `nil` for the default remote.
    package func backend(of name: String?, use: RemoteUse = RemoteUse()) throws -> any Backend {
        let remote = try settings.remote(name, root: root)
        return try opened.backend(remote.name, use) {
            let opener = RemoteOpener(
                remote: remote, use: use, environment: environment, progress: progress, root: root, scratch: scratch)
            return try opener.open()
        }
    }

    /// The same, but a failure shows at once instead of being tried again.
    func impatientBackend(of name: String?) throws -> any Backend {
        try RemoteOpener(
            remote: settings.remote(name, root: root), use: RemoteUse(), environment: environment, progress: progress,
            root: root, scratch: nil, isPatient: false
        ).open()
    }
}
