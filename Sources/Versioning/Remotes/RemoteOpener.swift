import Basics
import Documents
import FileSystem
import HTTP
import Storage

/// How a remote is to be used, beyond its settings.
package struct RemoteUse: Sendable, Hashable {
    /// Requests at once, in place of what the settings say.
    package var jobs: Int?
    /// Bytes per second in each direction.
    package var bandwidth: Int64?

    package init(jobs: Int? = nil, bandwidth: Int64? = nil) {
        self.jobs = jobs.flatMap { $0 > 0 ? $0 : nil }
        self.bandwidth = bandwidth.flatMap { $0 > 0 ? $0 : nil }
    }
}

/// Opens the kind of store that a remote's URL names. Nothing is sent before the first request.
struct RemoteOpener {
    let remote: RemoteSettings
    let use: RemoteUse
    let environment: HostEnvironment
    let progress: any ProgressReporter
    /// The project's root, and the folder for what varve may lose.
    let root: String
    let scratch: String?
    /// Whether failures that pass are waited out.
    var isPatient = true

    /// The schemes that can be used, for messages.
    static let supported =
        "folders (a path or file:// URL), s3://, http://, https://, webdav://, webdavs://, ssh:// and sftp://"

    func open() throws -> any Backend {
        switch remote.scheme {
        case "", "file", "local": return folder()
        case "s3": return try s3()
        case "http", "https": return try web()
        case "webdav", "webdavs": return try webDAV()
        case "ssh", "sftp": return try ssh()
        default:
            throw Failure(
                "remote '\(remote.name)' is at '\(RemoteURL.withoutSecrets(remote.url))', and varve can't use "
                    + "\(remote.scheme):// remotes",
                remedy: "supported are \(Self.supported)", category: .configuration)
        }
    }

    private var jobs: Int? { use.jobs ?? remote.jobs }

    private func folder() -> any Backend {
        DirectoryBackend(
            root: remote.folderPath, isShared: remote.isSharedWithGroup, concurrency: jobs ?? environment.processors)
    }

    // MARK: - Over the network

    /// Repeats what fails and passes, and tells whoever waits.
    private func retrying(_ backend: some Backend, _ notices: RemoteNotices) -> any Backend {
        if !isPatient { return backend }
        let schedule = RetrySchedule()
        return RetryingBackend(
            backend, schedule: schedule,
            notice: { notices.note($0, waiting: $1, attempt: $2, of: schedule.attempts) })
    }

    private func s3() throws -> any Backend {
        let notices = RemoteNotices(remote.name, progress)
        let configuration = try S3Configuration(
            options: remote.texts, environment: environment.variables, home: home, jobs: jobs,
            trustsNamedFiles: !comesFromProject("configpath") && !comesFromProject("credentialpath"))
        if let server = remote.server {
            // Whoever says how a server's name is checked says in the end who answers.
            for option in ["endpointurl", "ssl_verify", "use_ssl"] {
                switch configuration.login {
                case .anonymous: break
                case .ambient: try requireTrust(server, addressOption: option, credentials: .environment)
                case .keys: try requireTrust(server, addressOption: option, credentials: .option("access_key_id"))
                }
            }
        }
        var http = configuration.http
        http.bandwidth = use.bandwidth
        http.events = { notices.note($0) }
        let journal = scratch.map { FileUploadJournal(folder: Paths.join($0, "uploads")) }
        let schedule = isPatient ? RetrySchedule() : RetrySchedule(attempts: 1)
        let patience = RequestPatience(
            schedule, notice: { notices.note($0, waiting: $1, attempt: $2, of: schedule.attempts) })
        return retrying(
            S3Backend(configuration, http: HTTPClient(http), journal: journal, patience: patience), notices)
    }

    private func client(_ notices: RemoteNotices, connections: Int) -> HTTPClient {
        var configuration = HTTPConfiguration()
        configuration.connections = connections
        configuration.proxies = HTTPProxies(environment: environment.variables)
        configuration.bandwidth = use.bandwidth
        configuration.events = { notices.note($0) }
        if let seconds = remote.number("connect_timeout") { configuration.connectTimeout = .seconds(seconds) }
        if let seconds = remote.number("read_timeout") ?? remote.number("timeout") {
            configuration.idleTimeout = .seconds(max(1, seconds))
        }
        configuration.trust = trust
        if let certificate = remote["cert_path"] { configuration.clientCertificate = (certificate, remote["key_path"]) }
        return HTTPClient(configuration)
    }

    /// `ssl_verify`, else the bundle that Python's requests would take, else the system's.
    private var trust: HTTPConfiguration.Trust {
        switch remote.options["ssl_verify"] {
        case .bool(false): return .anyone
        case .string(let path) where path.lowercased() == "false": return .anyone
        case .string(let path) where path.lowercased() != "true":
            return .authorities(path.hasPrefix("~/") ? home + path.dropFirst() : path)
        default:
            let bundle =
                environment["REQUESTS_CA_BUNDLE"] ?? environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"]
            return bundle.map { .authorities($0) } ?? .system
        }
    }

    private func web() throws -> any Backend {
        let address = try WebAddress(remote.url)
        let credentials = try WebCredentials.http(
            auth: remote["auth"]?.lowercased(), user: remote["user"] ?? address.login?.user,
            password: try password(address.login?.password), customHeader: remote["custom_auth_header"],
            address: address)
        if remote["password"] != nil || remote["user"] != nil {
            try requireTrust(address.base.origin, addressOption: "url", credentials: .option("password"))
        }
        let notices = RemoteNotices(remote.name, progress)
        let connections = jobs ?? Self.defaultConnections
        return retrying(
            HTTPBackend(
                address, client: client(notices, connections: connections), credentials: credentials,
                method: HTTPMethod(remote["method"]?.uppercased() ?? "POST"), concurrency: connections), notices)
    }

    private func webDAV() throws -> any Backend {
        let address = try WebDAVBackend.address(remote.url)
        let token = try bearerToken()
        let credentials = try WebCredentials.webDAV(
            tokenSource: token, token: remote["token"], user: remote["user"], password: try password(nil),
            customHeader: remote["custom_auth_header"], address: address)
        for option in ["password", "token", "bearer_token_command"] where remote[option] != nil {
            try requireTrust(address.base.origin, addressOption: "url", credentials: .option(option))
        }
        let notices = RemoteNotices(remote.name, progress)
        let connections = jobs ?? Self.defaultConnections
        return retrying(
            WebDAVBackend(
                address, client: client(notices, connections: connections), credentials: credentials,
                concurrency: connections), notices)
    }

    private func ssh() throws -> any Backend {
        var options = SSHOptions()
        options.user = remote["user"]
        options.port = remote.integer("port")
        options.password = try password(nil)
        options.keyFile = remote["keyfile"]
        options.passphrase = try secret("passphrase", asked: "ask_passphrase", "passphrase of the key")
        options.usesAgent = remote.options["allow_agent"]?.bool ?? true
        options.usesGSSAPI = remote.flag("gss_auth")
        let home = home
        let config = SSHConfig(Self.text(Paths.join(home, ".ssh/config")))
        let address = try SSHAddress(
            remote.url, options: options, config: config, home: home,
            localUser: environment["USER"] ?? environment["LOGNAME"] ?? "root")
        if remote["password"] != nil {
            try requireTrust(address.server.origin, addressOption: "url", credentials: .option("password"))
        }
        let notices = RemoteNotices(remote.name, progress)
        // DVC keeps two of the sessions for its shells.
        let connections = jobs ?? remote.integer("max_sessions").map { max(1, $0 - 2) } ?? 8
        return retrying(
            SSHBackend(address, client: client(notices, connections: connections), concurrency: connections), notices)
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? Files.readIfPresent(path, limit: 1 << 20)) ?? [], as: UTF8.self)
    }

    private static let defaultConnections = 16

    // MARK: - Secrets

    private var home: String { environment["HOME"] ?? "/" }

    private func password(_ known: String?) throws -> String? {
        try secret("password", asked: "ask_password", "password") ?? known
    }

    private func secret(_ option: String, asked: String, _ what: String) throws -> String? {
        if let value = remote[option] { return value }
        guard remote.flag(asked) else { return nil }
        guard let answer = environment.askSecret?("\(what) for \(RemoteURL.withoutSecrets(remote.url)): ") else {
            throw Failure(
                "remote '\(remote.name)' asks for its \(what), and there is nobody to ask",
                remedy: "run this in a terminal, or set it with `varve remote modify --local \(remote.name) \(option)`",
                category: .configuration)
        }
        return answer
    }

    /// The output of `bearer_token_command`, which only the user's own settings may give.
    private func bearerToken() throws -> BearerToken? {
        guard let command = remote["bearer_token_command"] else { return nil }
        guard !comesFromProject("bearer_token_command") else {
            throw Failure(
                "the repository's settings want to run a command for the token of remote '\(remote.name)'",
                remedy: "if you trust it, set it yourself: `varve remote modify --local \(remote.name) "
                    + "bearer_token_command '\(command)'`",
                category: .configuration)
        }
        return BearerToken { () async throws(StorageError) in try await TokenCommand(command).run() }
    }

    // MARK: - Trust

    private enum Credentials {
        /// Whatever the environment has.
        case environment
        /// The option that holds the secret.
        case option(String)
    }

    private func comesFromProject(_ option: String) -> Bool {
        remote[option] != nil && remote.levels[option] == .project
    }

    /// Throws where a server that the repository chose would get what was not meant for it.
    private func requireTrust(_ origin: String, addressOption: String, credentials: Credentials) throws {
        guard comesFromProject(addressOption) else { return }
        let trust = ServerTrust(environment: environment)
        switch credentials {
        case .environment:
            if trust.isAccepted(origin) { return }
            throw UntrustedServer(
                remote: remote.name, server: origin, credentials: "the AWS credentials of your environment")
        case .option(let name):
            // What the repository gives away itself is nobody's secret.
            if comesFromProject(name) { return }
            guard let known = trust.server(of: remote.name, in: root) else {
                trust.remember(origin, of: remote.name, in: root)
                return
            }
            if known == origin || trust.isAccepted(origin) { return }
            throw UntrustedServer(
                remote: remote.name, server: origin, credentials: "the credentials that you set for \(known)")
        }
    }
}

extension URLParts {
    /// `scheme://host[:port]`
    var origin: String { scheme + "://" + authority }
}

extension RemoteSettings {
    /// The server of a URL, as `scheme://host[:port]`; `nil` for anything else.
    package static func server(ofURL text: String) -> String? {
        RemoteURL.hasScheme(text) ? URLParts(text)?.origin : nil
    }

    /// The server that the remote's settings choose, as `scheme://host[:port]`; `nil` for folders.
    package var server: String? {
        let address = scheme == "s3" ? self["endpointurl"] ?? "https://s3.amazonaws.com" : url
        return URLParts(address)?.origin
    }

    /// The folder of a remote that is one.
    var folderPath: String {
        guard scheme == "file" || scheme == "local", let mark = url.utf8.firstRange(of: Array("://".utf8)) else {
            return url
        }
        return String(Substring(url.utf8[mark.upperBound...]))
    }

    /// All options as the settings files would say them.
    var texts: [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in options.entries {
            switch value {
            case .string(let text): texts[key] = text
            case .bool(let flag): texts[key] = flag ? "true" : "false"
            case .int(let number): texts[key] = String(number)
            case .float(let number): texts[key] = String(number)
            default: break
            }
        }
        return texts
    }
}
