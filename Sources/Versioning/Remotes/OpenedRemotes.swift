import Storage
import Synchronization

/// The remotes that a command has opened, so that all of its parts share their connections.
final class OpenedRemotes: Sendable {
    private struct Name: Hashable {
        let remote: String
        let use: RemoteUse
    }

    private let backends = Mutex<[Name: any Backend]>([:])

    func backend(_ remote: String, _ use: RemoteUse, open: () throws -> any Backend) throws -> any Backend {
        let name = Name(remote: remote, use: use)
        if let known = backends.withLock({ $0[name] }) { return known }
        let backend = try open()
        return backends.withLock { backends in
            if let known = backends[name] { return known }
            backends[name] = backend
            return backend
        }
    }
}
