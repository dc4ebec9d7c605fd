/// Where credentials are looked for, in the order of the AWS tools.
package struct CredentialChain: Sendable {
    let profiles: AWSProfiles
    let environment: [String: String]
    let home: String
    let region: String?

    package init(_ profiles: AWSProfiles, environment: [String: String], home: String, region: String?) {
        self.profiles = profiles
        self.environment = environment
        self.home = home
        self.region = region
    }

    /// The first credentials that there are.
    package func find() async throws(StorageError) -> AWSCredentials {
        if !profiles.isChosen, let keys = try environmentKeys() { return keys }
        if let keys = profiles.credentials.profiles[profiles.name].flatMap(Self.keys) { return keys }
        if let keys = profiles.config.profiles[profiles.name].flatMap(Self.keys) { return keys }
        throw StorageError(
            .permission, "no AWS credentials are found", isRetryable: false,
            remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run `aws configure`, or name a `profile`")
    }

    /// Keys in the environment.
    func environmentKeys() throws(StorageError) -> AWSCredentials? {
        guard let key = variable("AWS_ACCESS_KEY_ID") else { return nil }
        guard let secret = variable("AWS_SECRET_ACCESS_KEY") else {
            throw StorageError(
                .permission, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", isRetryable: false)
        }
        return AWSCredentials(
            accessKey: key, secretKey: secret,
            sessionToken: variable("AWS_SESSION_TOKEN") ?? variable("AWS_SECURITY_TOKEN"),
            expiry: variable("AWS_CREDENTIAL_EXPIRATION").flatMap(AWSTime.seconds))
    }

    /// Keys that a profile holds itself.
    static func keys(_ profile: AWSSection) -> AWSCredentials? {
        guard let key = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] else { return nil }
        return AWSCredentials(
            accessKey: key, secretKey: secret,
            sessionToken: profile["aws_session_token"] ?? profile["aws_security_token"])
    }

    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}
