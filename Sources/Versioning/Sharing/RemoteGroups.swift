import Basics
package import Objects
import Storage

/// Outputs by the remote that they go to and come from.
struct RemoteGroups: Sendable {
    struct Group: Sendable {
        /// `nil` for the default remote.
        let remote: String?
        var outputs: [UsedOutput] = []
    }

    private(set) var groups: [Group] = []

    /// - Parameter remote: the remote that the user names; outputs that belong to another one are left out.
    init(_ outputs: [UsedOutput], remote: String?) {
        for output in outputs {
            if let remote, let own = output.remote, own != remote { continue }
            let name = remote ?? output.remote
            if let place = groups.firstIndex(where: { $0.remote == name }) {
                groups[place].outputs.append(output)
            } else {
                groups.append(Group(remote: name, outputs: [output]))
            }
        }
    }
}

extension Repository {
    /// The objects of a remote that keeps objects; one that keeps versions of files is a `CloudRemote`.
    ///
    /// - Parameters:
    ///   - name: `nil` for the default remote.
    ///   - use: how, beyond the remote's settings.
    package func store(of name: String?, use: RemoteUse = RemoteUse()) throws -> ObjectStore {
        let remote = try settings.remote(name, root: root)
        guard !remote.isVersionAware else {
            throw Failure(
                "remote '\(remote.name)' keeps versions of files under their own names, and this is for remotes that keep "
                    + "objects",
                remedy: "use a remote without version_aware and worktree", category: .configuration)
        }
        return ObjectStore(backend: try backend(of: name, use: use))
    }
}
