import Documents
import FileSystem
import HTTP
import Hashing

extension CredentialChain {
    /// The credentials of the role that a profile names, got with those of its source.
    func assumedRole(_ name: String, visited: Set<String>) async throws(StorageError) -> AWSCredentials {
        guard let profile = profiles.profile(name), let role = profile["role_arn"] else {
            throw Self.broken("the AWS profile '\(name)' names no role")
        }
        guard !visited.contains(name) else {
            throw Self.broken("the AWS profile '\(name)' has itself as its source, by way of others")
        }
        if profile["mfa_serial"] != nil {
            throw Self.broken(
                "the AWS profile '\(name)' asks for a code of a device (mfa_serial)",
                remedy: "get a session with `aws sts get-session-token` and put its keys into the environment")
        }
        let source: AWSCredentials
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let parent?, nil): source = try await sourceProfile(parent, of: name, visited.union([name]))
        case (nil, let place?): source = try await sourcePlace(place)
        case (nil, nil):
            throw Self.broken("the AWS profile '\(name)' has a role_arn, but no source_profile or credential_source")
        case (_?, _?):
            throw Self.broken("the AWS profile '\(name)' has both a source_profile and a credential_source")
        }
        var form: CanonicalQuery = [("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role)]
        form.append("RoleSessionName", profile["role_session_name"] ?? "varve-\(now())")
        if let id = profile["external_id"] { form.append("ExternalId", id) }
        if let seconds = profile["duration_seconds"] { form.append("DurationSeconds", seconds) }
        return try await securityToken(form, "AssumeRole", signedWith: source, profile)
    }

    private func sourceProfile(
        _ parent: String, of name: String, _ visited: Set<String>
    ) async throws(StorageError) -> AWSCredentials {
        guard let profile = profiles.profile(parent) else {
            throw Self.broken("the AWS profile '\(name)' has a source_profile '\(parent)', which is not there")
        }
        // A profile with a role may be its own source, if it has keys.
        if profile["role_arn"] == nil || parent == name || visited.contains(parent),
            let keys = try Self.keys(profile)
        {
            return keys
        }
        if let keys = try await webIdentity(profile, isAmbient: false) { return keys }
        if profile["role_arn"] != nil { return try await assumedRole(parent, visited: visited) }
        if let keys = try await signedOn(profile) { return keys }
        if let keys = try await processKeys(profile) { return keys }
        throw Self.broken("the AWS profile '\(parent)' has no credentials")
    }

    private func sourcePlace(_ place: String) async throws(StorageError) -> AWSCredentials {
        let keys: AWSCredentials? =
            switch place {
            case "Environment": try environmentKeys()
            case "EcsContainer": try await containerKeys()
            case "Ec2InstanceMetadata": try await instanceKeys()
            default: throw Self.broken("'\(place)' is no credential_source")
            }
        guard let keys else { throw Self.broken("there are no AWS credentials in the credential_source \(place)") }
        return keys
    }

    /// The credentials of a role that a token in a file stands for, as in a Kubernetes pod; `nil` where none is named.
    ///
    /// - Parameter isAmbient: whether the environment may name role and file.
    func webIdentity(_ profile: AWSSection, isAmbient: Bool = true) async throws(StorageError) -> AWSCredentials? {
        let usesEnvironment = isAmbient && !profiles.isChosen
        func setting(_ name: String, _ variableName: String) -> String? {
            profile[name] ?? (usesEnvironment ? variable(variableName) : nil)
        }
        guard let path = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE"),
            let role = setting("role_arn", "AWS_ROLE_ARN")
        else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try Files.read(expanded(path), limit: 1 << 20)
        } catch {
            throw Self.broken("the web identity token cannot be read: \(error.summary)")
        }
        let token = String(decoding: bytes, as: UTF8.self).trimmingLineEnd()
        var form: CanonicalQuery = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("WebIdentityToken", token),
        ]
        form.append(
            "RoleSessionName", setting("role_session_name", "AWS_ROLE_SESSION_NAME") ?? "varve-\(now())")
        return try await securityToken(form, "AssumeRoleWithWebIdentity", signedWith: nil, profile)
    }

    /// Asks the token service (STS), signed or not, and reads its answer.
    private func securityToken(
        _ form: CanonicalQuery, _ action: String, signedWith source: AWSCredentials?, _ profile: AWSSection
    ) async throws(StorageError) -> AWSCredentials {
        let service = profiles.current["services"].flatMap { profiles.config.services[$0]?.nested["sts"] } ?? [:]
        let region = region ?? "us-east-1"
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let endpoint =
            variable("AWS_ENDPOINT_URL_STS") ?? service["endpoint_url"] ?? "https://sts.\(region).\(domain)"
        guard var url = URLParts(endpoint) else { throw Self.broken("the endpoint of STS is no URL") }
        if url.path.isEmpty { url.path = "/" }
        let body = Array(form.text.utf8)
        var headers = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        if let source {
            let signer = RequestSigner(source, region: region, service: "sts")
            headers += signer.headers(
                signing: .post, url, headers, payload: .sha256(SHA256.hex(of: body)), at: now())
        }
        let response = try await ask(
            HTTPRequest(.post, url.text, headers: headers, body: .bytes(body), deadline: .seconds(60)), "AWS STS")
        guard response.isSuccess else {
            throw S3Failure(response).error(key: nil, place: "AWS STS", hiding: source)
        }
        guard let document = try? XML.parse(response.body, limits: S3Client.limits),
            let fields = document["\(action)Result"]?["Credentials"], let key = fields.text(of: "AccessKeyId"),
            let secret = fields.text(of: "SecretAccessKey")
        else {
            throw StorageError(.corrupt, "the answer of AWS STS cannot be read", place: "AWS STS")
        }
        return AWSCredentials(
            accessKey: key, secretKey: secret, sessionToken: fields.text(of: "SessionToken"),
            expiry: fields.text(of: "Expiration").flatMap(AWSTime.seconds))
    }
}

extension String {
    func trimmingLineEnd() -> String {
        var text = self[...]
        while let last = text.unicodeScalars.last, last == "\n" || last == "\r" || last == " " {
            text.unicodeScalars.removeLast()
        }
        return String(text)
    }
}
