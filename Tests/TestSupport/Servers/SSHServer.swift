import FileSystem
import HTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// OpenSSH's server, for the user who runs the tests, let in by a key.
///
/// One process serves all tests; each takes a folder of its own below `data`.
package final class SSHServer: Sendable {
    package let port: Int
    /// Who may log in.
    package let user: String
    private let process: ServerProcess

    private static let running = Result { try SSHServer() }

    /// The server that all tests of this process share.
    package static func shared() throws -> SSHServer { try running.get() }

    package var url: String { "ssh://\(user)@127.0.0.1:\(port)\(data)" }
    /// A folder that tests may use through the server.
    package var data: String { process.folder.path("data") }
    /// The private key that is let in.
    package var keyFile: String { process.folder.path("id") }
    /// Another that is let in, locked with `WebServer.password`.
    package var lockedKeyFile: String { process.folder.path("locked") }
    /// A key that the server does not know.
    package var strangerKeyFile: String { process.folder.path("stranger") }
    /// Holds the server's host key.
    package var knownHosts: String { process.folder.path("known_hosts") }
    /// Holds another key for the server's name.
    package var changedHosts: String { process.folder.path("changed_hosts") }
    package var log: String { process.log }

    private init() throws {
        let folder = TemporaryFolder("sshd")
        let port = try Loopback.freePorts(1)[0]
        self.port = port
        guard let entry = getpwuid(geteuid()) else { throw ServerProcess.Failure(description: "no user") }
        user = String(cString: entry.pointee.pw_name)
        // Where sshd runs as root it wants this folder for those who are not let in yet.
        if geteuid() == 0 { try Files.makeDirectory("/run/sshd", mode: 0o755) }
        try Files.makeDirectory(folder.path("data"))
        for name in ["host", "id", "stranger", "locked"] {
            let passphrase = name == "locked" ? WebServer.password : ""
            try TestPrograms.run("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", name, in: folder.path)
        }
        func publicKey(_ name: String) throws -> String {
            let text = String(decoding: try Files.read(folder.path("\(name).pub")), as: UTF8.self)
            return text.split(separator: " ").prefix(2).joined(separator: " ")
        }
        let name = "[127.0.0.1]:\(port)"
        try TestPrograms.write("\(name) \(try publicKey("host"))\n", to: folder.path("known_hosts"))
        try TestPrograms.write("\(name) \(try publicKey("stranger"))\n", to: folder.path("changed_hosts"))
        try TestPrograms.write(
            "\(try publicKey("id"))\n\(try publicKey("locked"))\n", to: folder.path("authorized_keys"))
        try TestPrograms.write(
            """
            ListenAddress 127.0.0.1
            Port \(port)
            HostKey \(folder.path("host"))
            PidFile \(folder.path("pid"))
            AuthorizedKeysFile \(folder.path("authorized_keys"))
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            Subsystem sftp internal-sftp
            MaxStartups 100

            """, to: folder.path("sshd_config"))
        process = try ServerProcess(
            [try TestPrograms.path("sshd"), "-D", "-e", "-f", folder.path("sshd_config")], folder: folder)
        try process.waitUntilReady { Loopback.accepts(port: port) }
    }
}

/// rclone's SFTP server, which lets people in by a password and replaces when it renames.
package final class PasswordSSHServer: Sendable {
    package let port: Int
    private let process: ServerProcess

    private static let running = Result { try PasswordSSHServer() }

    /// The server that all tests of this process share.
    package static func shared() throws -> PasswordSSHServer { try running.get() }

    /// Without the password, which is that of `WebServer`.
    package var url: String { "sftp://\(WebServer.user)@127.0.0.1:\(port)" }
    package var knownHosts: String { process.folder.path("known_hosts") }

    private init() throws {
        let folder = TemporaryFolder("rclone-sftp")
        let port = try Loopback.freePorts(1)[0]
        self.port = port
        try Files.makeDirectory(folder.path("data"))
        try TestPrograms.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "host", in: folder.path)
        let key = String(decoding: try Files.read(folder.path("host.pub")), as: UTF8.self)
        let words = key.split(separator: " ").prefix(2).joined(separator: " ")
        try TestPrograms.write("[127.0.0.1]:\(port) \(words)\n", to: folder.path("known_hosts"))
        process = try ServerProcess(
            [
                try TestPrograms.path("rclone"), "--config", "/dev/null", "serve", "sftp", "--addr",
                "127.0.0.1:\(port)", "--user", WebServer.user, "--pass", WebServer.password, "--key",
                folder.path("host"), "--no-checksum", folder.path("data"),
            ], folder: folder, environment: ["HOME": folder.path])
        try process.waitUntilReady { Loopback.accepts(port: port) }
    }
}
