import Basics
package import HTTP

/// A remote's `s3` options, with what the environment and the files in `~/.aws` add: all that a client needs to know.
package struct S3Configuration: Sendable {
    package let site: S3Site
    /// The part of each key that the remote's URL gives; without slashes at its ends, empty for none.
    package let prefix: String
    /// `nil` where nobody names one: AWS's own endpoint tells it then.
    package let region: String?
    package let headers: S3ObjectHeaders
    package let transfer: S3TransferSettings
    /// May be changed before the client is made.
    package var http: HTTPConfiguration
    package let login: Login
    /// Whether listings are asked for in the first form of the request, for servers that know no other.
    package let usesFirstListing: Bool
    package let isVersionAware: Bool

    /// How requests are signed.
    package enum Login: Sendable {
        /// They are not: the bucket is open to anybody.
        case anonymous
        /// The remote's own keys.
        case keys(AWSCredentials)
        /// What the environment, the user's files or the machine give. A server that a repository's own settings name
        /// must not be spoken to with these unless the user agrees (`endpointComesFromOptions`).
        case ambient(CredentialChain)
    }

    /// Whether the server's address is from the remote's options rather than from the user's own AWS settings.
    package let endpointComesFromOptions: Bool

    /// - Parameters:
    ///   - options: of the remote, as DVC names them, `url` among them; from whichever level of the settings.
    ///   - home: the user's home folder.
    ///   - jobs: requests at once, where the user says how many.
    ///   - trustsNamedFiles: whether `configpath` and `credentialpath` come from the user's own settings.
    package init(
        options: [String: String], environment: [String: String], home: String, jobs: Int? = nil,
        trustsNamedFiles: Bool = true
    ) throws {
        func option(_ name: String) -> String? { options[name].flatMap { $0.isEmpty ? nil : $0 } }
        func variable(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let (bucket, prefix) = try Self.place(option("url") ?? "")
        let profiles = try AWSProfiles(
            options: options, environment: environment, home: home, trustsNamedFiles: trustsNamedFiles)
        let profile = profiles.current
        let s3 = profile.nested["s3"] ?? [:]
        let service = profile["services"].flatMap { profiles.config.services[$0]?.nested["s3"] } ?? [:]
        let usesTLS = try Self.flag(options, "use_ssl") ?? true
        let ownEndpoint = option("endpointurl")
        let ignoresEndpoints =
            (variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? profile["ignore_configured_endpoint_urls"])?
            .lowercased() == "true"
        let userEndpoint =
            ignoresEndpoints
            ? nil
            : variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") ?? service["endpoint_url"] ?? s3["endpoint_url"]
                ?? profile["endpoint_url"]
        let endpoint = try (ownEndpoint ?? userEndpoint).map(Self.endpoint)
        endpointComesFromOptions = ownEndpoint != nil
        site = S3Site(
            bucket: bucket, endpoint: endpoint, style: S3Site.Style(rawValue: s3["addressing_style"] ?? "auto"),
            isEncrypted: usesTLS)
        self.prefix = prefix
        region = option("region") ?? variable("AWS_REGION", "AWS_DEFAULT_REGION") ?? profile["region"]
        if let region, !S3Site.isRegion(region) { throw Self.failure("'\(region)' is no name of a region") }
        headers = try S3ObjectHeaders(options: options)
        var transfer = try S3TransferSettings(profile: s3)
        if let jobs { transfer.concurrency = max(1, jobs) }
        self.transfer = transfer
        usesFirstListing = ["true", "v1"].contains(option("listobjects")?.lowercased())
        isVersionAware = try Self.flag(options, "version_aware") ?? false

        var http = HTTPConfiguration()
        http.connections = transfer.concurrency
        http.proxies = HTTPProxies(environment: environment)
        http.trust = Self.trust(option("ssl_verify"), variable("AWS_CA_BUNDLE") ?? profile["ca_bundle"], home)
        http.connectTimeout = try Self.seconds(options, "connect_timeout") ?? http.connectTimeout
        http.idleTimeout = try Self.seconds(options, "read_timeout") ?? http.idleTimeout
        self.http = http

        if try Self.flag(options, "allow_anonymous_login") == true {
            login = .anonymous
        } else if let key = option("access_key_id") {
            guard let secret = option("secret_access_key") else {
                throw Self.failure("`access_key_id` is set, but `secret_access_key` is not")
            }
            login = .keys(AWSCredentials(accessKey: key, secretKey: secret, sessionToken: option("session_token")))
        } else {
            login = .ambient(
                CredentialChain(
                    profiles, environment: environment, home: home, region: region,
                    http: Self.credentialClient(http, environment)))
        }
    }

    /// A client for the services that hand out credentials. The certificates of a remote's options are not for them.
    private static func credentialClient(
        _ base: HTTPConfiguration, _ environment: [String: String]
    ) -> HTTPClient {
        var configuration = HTTPConfiguration()
        configuration.connectTimeout = .seconds(10)
        configuration.idleTimeout = .seconds(30)
        configuration.proxies = base.proxies
        // The addresses of metadata services are never behind a proxy.
        let near = "169.254.169.254,169.254.170.2,169.254.170.23,localhost,127.0.0.1"
        configuration.proxies.none = [base.proxies.none, near].compactMap { $0 }.joined(separator: ",")
        if let bundle = environment["AWS_CA_BUNDLE"], !bundle.isEmpty { configuration.trust = .authorities(bundle) }
        return HTTPClient(configuration)
    }

    /// The bucket and the prefix of `s3://bucket/prefix`.
    private static func place(_ url: String) throws(Failure) -> (bucket: String, prefix: String) {
        guard let mark = url.utf8.firstRange(of: Array("://".utf8)) else {
            throw failure("'\(url)' is no URL of an S3 bucket, such as s3://bucket/path")
        }
        let parts = url[mark.upperBound...].utf8.split(
            separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        let bucket = String(Substring(parts[0]))
        guard !bucket.isEmpty, bucket.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !bucket.contains("@") else {
            throw failure("the URL of the remote names no bucket; it is written s3://bucket/path")
        }
        var prefix = parts.count > 1 ? Substring(parts[1]) : ""
        while prefix.utf8.last == UInt8(ascii: "/") { prefix = prefix.dropLast() }
        while prefix.utf8.first == UInt8(ascii: "/") { prefix = prefix.dropFirst() }
        guard prefix.isEmpty || Key(String(prefix)).isSafe else {
            throw failure("the path '\(prefix)' of the remote has empty parts, '.' or '..'")
        }
        return (bucket, String(prefix))
    }

    private static func endpoint(_ text: String) throws(Failure) -> URLParts {
        guard let url = URLParts(text), url.scheme == "http" || url.scheme == "https", url.userInfo == nil else {
            throw failure("the endpoint is no URL such as https://host:port")
        }
        return url
    }

    private static func trust(_ verify: String?, _ bundle: String?, _ home: String) -> HTTPConfiguration.Trust {
        switch verify?.lowercased() {
        case "false": return .anyone
        case nil, "true": return bundle.map { .authorities($0) } ?? .system
        default:
            // Cannot be nil, because that case is above.
            let path = verify!
            return .authorities(path.hasPrefix("~/") ? home + path.dropFirst() : path)
        }
    }

    private static func flag(_ options: [String: String], _ name: String) throws(Failure) -> Bool? {
        switch options[name]?.lowercased() {
        case nil, "": return nil
        case "true": return true
        case "false": return false
        default: throw failure("`\(name)` is neither true nor false")
        }
    }

    private static func seconds(_ options: [String: String], _ name: String) throws(Failure) -> Duration? {
        guard let text = options[name], !text.isEmpty else { return nil }
        guard let number = Int64(text), (1...86400).contains(number) else {
            throw failure("`\(name)` is no number of seconds")
        }
        return .seconds(number)
    }

    private static func failure(_ text: String) -> Failure {
        Failure(
            text, remedy: "look at the remote with `varve remote list` and `varve config -l`", category: .configuration)
    }
}
