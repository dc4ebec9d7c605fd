package import HTTP

/// Where credentials are looked for, in the order of the AWS tools.
///
/// Each place is a topic of its own in `CredentialChain+….swift`. A place that has nothing is passed over; one that has
/// something broken ends the search, since other credentials than those meant may belong to another account.
package struct CredentialChain: Sendable {
    let profiles: AWSProfiles
    let environment: [String: String]
    let home: String
    let region: String?
    let http: HTTPClient
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - region: of the remote, where it is known.
    ///   - http: for the services that hand out credentials.
    package init(
        _ profiles: AWSProfiles, environment: [String: String], home: String, region: String?, http: HTTPClient,
        now: @escaping @Sendable () -> Int64 = AWSTime.now
    ) {
        self.profiles = profiles
        self.environment = environment
        self.home = home
        self.region = region
        self.http = http
        self.now = now
    }

    /// The first credentials that there are.
    package func find() async throws(StorageError) -> AWSCredentials {
        if !profiles.isChosen, let keys = try environmentKeys() { return keys }
        let profile = profiles.current
        if profile["role_arn"] != nil, profile["web_identity_token_file"] == nil {
            return try await assumedRole(profiles.name, visited: [])
        }
        if let keys = try await webIdentity(profile) { return keys }
        if let keys = try await signedOn(profile) { return keys }
        if let keys = try profiles.credentials.profiles[profiles.name].map(Self.keys) ?? nil { return keys }
        if let keys = try await processKeys(profile) { return keys }
        if let keys = try profiles.config.profiles[profiles.name].map(Self.keys) ?? nil { return keys }
        if let keys = try await containerKeys() { return keys }
        if let keys = try await instanceKeys() { return keys }
        throw StorageError(
            .permission, "no AWS credentials are found", isRetryable: false,
            remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run `aws configure`, or name a `profile`")
    }

    /// Keys in the environment.
    func environmentKeys() throws(StorageError) -> AWSCredentials? {
        guard let key = variable("AWS_ACCESS_KEY_ID") else { return nil }
        guard let secret = variable("AWS_SECRET_ACCESS_KEY") else {
            throw Self.broken("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
        }
        return AWSCredentials(
            accessKey: key, secretKey: secret,
            sessionToken: variable("AWS_SESSION_TOKEN") ?? variable("AWS_SECURITY_TOKEN"),
            expiry: variable("AWS_CREDENTIAL_EXPIRATION").flatMap(AWSTime.seconds))
    }

    /// Keys that a profile holds itself.
    static func keys(_ profile: AWSSection) throws(StorageError) -> AWSCredentials? {
        guard let key = profile["aws_access_key_id"] else { return nil }
        guard let secret = profile["aws_secret_access_key"] else {
            throw broken("a profile has an aws_access_key_id, but no aws_secret_access_key")
        }
        return AWSCredentials(
            accessKey: key, secretKey: secret,
            sessionToken: profile["aws_session_token"] ?? profile["aws_security_token"])
    }

    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    func expanded(_ path: String) -> String { path.hasPrefix("~/") ? home + path.dropFirst() : path }

    /// Something is set, but wrong: nothing else is tried.
    static func broken(_ text: String, remedy: String? = nil) -> StorageError {
        StorageError(.permission, text, isRetryable: false, remedy: remedy)
    }

    /// Sends a request to a service that hands out credentials; says whose answer it is when it fails.
    func ask(_ request: HTTPRequest, _ service: String) async throws(StorageError) -> HTTPResponse {
        do {
            return try await http.send(request, limit: 1 << 20)
        } catch {
            throw StorageError(error, place: service)
        }
    }
}
