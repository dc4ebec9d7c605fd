package import Basics
package import HTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the settings of an ssh remote say besides its URL.
package struct SSHOptions: Sendable {
    package var user: String?
    package var port: Int?
    package var password: String?
    package var keyFile: String?
    package var passphrase: String?
    package var usesAgent = true
    /// `gss_auth`, which libcurl cannot do.
    package var usesGSSAPI = false
    /// In place of `~/.ssh/known_hosts`.
    package var knownHosts: String?

    package init() {}
}

/// Where a store on an SSH server is, and how to be let in there.
package struct SSHAddress: Sendable {
    /// For messages: the URL without user and password.
    package let name: String
    /// Scheme sftp, the real host name, and the port.
    package let server: URLParts
    /// Absolute, without a slash at its end; empty for the server's root.
    package let root: String
    package let login: SSHLogin

    /// - Parameters:
    ///   - url: `ssh://[user@]host[:port]/path`, also with `sftp`. The host may be a name out of `config`.
    ///   - config: of `~/.ssh/config`; the URL and the options come before it.
    ///   - home: the user's home folder.
    ///   - localUser: who runs the program, and whose name is taken where none is given.
    package init(
        _ url: String, options: SSHOptions = SSHOptions(), config: SSHConfig, home: String, localUser: String
    ) throws(Failure) {
        guard let address = try? WebAddress(url, scheme: "sftp"), let path = PercentEncoding.decode(address.base.path)
        else { throw Failure("'\(Redaction.redact(url))' is no URL of an SSH server", category: .configuration) }
        guard !options.usesGSSAPI else {
            throw Failure(
                "\(address.name): logging in by GSSAPI (`gss_auth`) is not possible",
                remedy: "use a key or an agent, and unset `gss_auth`", category: .configuration)
        }
        let user = options.user ?? address.login?.user
        let host = config.host(address.base.host, user: user, home: home, localUser: localUser)
        if let detour = host.detour {
            throw Failure(
                "\(address.name) is reached by \(detour) of ~/.ssh/config, which only ssh itself can do",
                remedy: "open a tunnel with `ssh -N -L 2222:localhost:22 \(address.base.host)`, and use its port on "
                    + "localhost in the remote's URL",
                category: .configuration)
        }
        name = address.name
        root = path
        server = URLParts(
            scheme: "sftp", host: (host.hostName ?? address.base.host).lowercased(),
            port: options.port ?? address.base.port ?? host.port)
        var login = SSHLogin(knownHosts: options.knownHosts ?? host.knownHosts ?? home + "/.ssh/known_hosts")
        login.user = user ?? host.user ?? localUser
        login.password = options.password ?? address.login.flatMap { $0.password.isEmpty ? nil : $0.password }
        login.passphrase = options.passphrase
        login.usesAgent = options.usesAgent
        login.keyFile = options.keyFile.map { Self.expand($0, home: home) } ?? Self.keyFile(host, home: home)
        self.login = login
    }

    /// The first key that is there, out of those that the settings name, else of those that `ssh` tries by itself.
    private static func keyFile(_ host: SSHConfig.Host, home: String) -> String? {
        let standard = ["id_ed25519", "id_ecdsa", "id_rsa"].map { home + "/.ssh/" + $0 }
        return (host.identityFiles.isEmpty ? standard : host.identityFiles).first { access($0, R_OK) == 0 }
    }

    private static func expand(_ path: String, home: String) -> String {
        path.utf8.starts(with: "~/".utf8) ? home + path.dropFirst() : path
    }

    /// The absolute path of an object.
    func path(of key: Key) -> String { root + "/" + key.path }

    /// The absolute path of a folder of the store; the store's own for "".
    func path(ofFolder folder: String) -> String { folder.isEmpty ? root : root + "/" + folder }

    /// The URL of an absolute path; of a folder with a slash at its end.
    func url(path: String) -> String {
        var parts = server
        parts.path = PercentEncoding.encode(path, keepsSlash: true)
        return parts.text
    }
}
