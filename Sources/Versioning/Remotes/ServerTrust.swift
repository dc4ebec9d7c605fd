package import Basics
import FileSystem

/// Which servers the user lets have the credentials of their environment, kept in a file of the user's own.
///
/// A repository's committed settings choose the server, and whoever wrote them may be a stranger; so the credentials of
/// the environment go only to servers that are AWS's own, that the user's own settings name, or that are accepted here
/// (docs/concepts/trust.md). For credentials that the user gave for one remote of one project, the server that they
/// first went to is remembered, and a change of it needs acceptance.
package struct ServerTrust: Sendable {
    /// `nil` where the user has no home: then nothing is remembered, and nothing counts as accepted.
    private let path: String?

    package init(environment: HostEnvironment) {
        path = environment.stateFolder.map { Paths.join($0, "accepted-servers") }
    }

    /// - Parameter server: `scheme://host[:port]`.
    package func isAccepted(_ server: String) -> Bool { lines().contains(server) }

    package func accept(_ server: String) throws { try add(server) }

    /// Forgets a server.
    ///
    /// - Returns: whether it was accepted.
    @discardableResult
    package func revoke(_ server: String) throws -> Bool {
        let old = lines()
        let new = old.filter { $0 != server }
        guard new.count < old.count else { return false }
        try write(new)
        return true
    }

    /// All accepted servers, in the order of acceptance.
    package var servers: [String] { lines().filter { !$0.contains("\t") } }

    /// The server that a remote's own credentials went to, where that is remembered.
    package func server(of remote: String, in root: String) -> String? {
        let start = Self.mark(remote, root)
        return lines().last { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// Remembers where a remote's own credentials go. That it cannot be written is no reason to stop.
    package func remember(_ server: String, of remote: String, in root: String) {
        let start = Self.mark(remote, root)
        try? write(lines().filter { !$0.hasPrefix(start) } + [start + server])
    }

    private static func mark(_ remote: String, _ root: String) -> String { "\(root)\t\(remote)\t" }

    private func lines() -> [String] {
        guard let path, let bytes = try? Files.readIfPresent(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func add(_ line: String) throws {
        let old = lines()
        if !old.contains(line) { try write(old + [line]) }
    }

    private func write(_ lines: [String]) throws {
        guard let path else {
            throw Failure("there is no home folder to remember the server in", remedy: "set HOME")
        }
        try Files.makeDirectory(Paths.parent(path))
        try Files.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path, mode: 0o600)
    }
}

/// A server that a repository's settings name would get credentials that the user did not mean for it.
package struct UntrustedServer: UserFacingError {
    package let remote: String
    package let server: String
    /// What would be sent, such as `the AWS credentials of your environment`.
    package let credentials: String

    package var summary: String {
        let sender = remote.isEmpty ? "a URL of the project" : "remote '\(remote)'"
        return "\(sender) would send requests with \(credentials) to \(server), which you have not accepted"
    }
    package var remedy: String? {
        "if you trust that server, run `varve remote trust \(remote.isEmpty ? server : remote)`; a file of the "
            + "repository chose it"
    }
    package var category: ErrorCategory { .configuration }
}
