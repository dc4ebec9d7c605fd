/// How a client connects; the same for all of its requests.
package struct HTTPConfiguration: Sendable {
    /// Whom to believe about a server's name.
    package enum Trust: Sendable, Equatable {
        /// The authorities of the system.
        case system
        /// The authorities in a file, or in a folder of hashed names.
        case authorities(String)
        /// Anybody: the connection is encrypted, but with whom is not checked.
        case anyone
    }

    package var trust: Trust = .system
    /// A certificate of our own and its key, as PEM files, for servers that ask for one.
    package var clientCertificate: (certificate: String, key: String?)?
    /// Connections at once to one host.
    package var connections = 16
    /// How long a connection may take to come about.
    package var connectTimeout: Duration = .seconds(30)
    /// How long a request may make no progress at all before it fails as stalled.
    package var idleTimeout: Duration = .seconds(60)
    /// Bytes per second in each direction, over all requests; `nil` for no limit.
    package var bandwidth: Int64?
    /// The name that the client gives itself.
    package var userAgent = "varve"
    /// The proxies, as curl reads them from the environment; the client reads no environment by itself.
    package var proxies = HTTPProxies()
    /// What happens that a person may want to know while they wait.
    package var events: @Sendable (HTTPEvent) -> Void = { _ in }

    package init() {}
}

/// Proxies as the environment names them.
package struct HTTPProxies: Sendable, Equatable {
    /// For `http://`: `http_proxy`, in lower case only, as curl does.
    package var http: String?
    /// For `https://`.
    package var https: String?
    /// For both, where they are not set.
    package var all: String?
    /// Hosts to reach directly, comma-separated.
    package var none: String?

    package init(http: String? = nil, https: String? = nil, all: String? = nil, none: String? = nil) {
        self.http = http
        self.https = https
        self.all = all
        self.none = none
    }

    /// - Parameter environment: variables of the process.
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
        self.init(
            http: value("http_proxy"), https: value("https_proxy", "HTTPS_PROXY"),
            all: value("all_proxy", "ALL_PROXY"), none: value("no_proxy", "NO_PROXY"))
    }
}

/// Something that a waiting person should be told.
package enum HTTPEvent: Sendable, Equatable {
    /// Nothing has come from or gone to the host for so many seconds, while requests are under way.
    case silence(host: String, seconds: Int, limit: Int)
    /// So many bytes of bodies have gone out or come in since the last such event, a few of which come every second.
    case moved(bytes: Int64)
}
