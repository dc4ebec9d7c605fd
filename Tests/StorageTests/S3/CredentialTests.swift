import HTTP
import Hashing
import Storage
import TestSupport
import Testing

@Suite("AWS credentials are found where the AWS tools find them") struct CredentialTests {
    private static let moment: Int64 = 1_800_000_000
    private static let past = "2020-01-01T00:00:00Z"
    private static let future = "2099-01-01T00:00:00Z"

    private func find(
        _ environment: [String: String] = [:], profile: String? = nil, config: String? = nil,
        credentials: String? = nil, files: [String: String] = [:], region: String? = nil
    ) async throws -> AWSCredentials {
        let home = TemporaryFolder("home")
        defer { withExtendedLifetime(home) {} }
        try home.write(".aws/config", config?.replacing("$HOME", with: home.path))
        try home.write(".aws/credentials", credentials)
        for (name, text) in files { try home.write(name, text) }
        var environment = environment.mapValues { $0.replacing("$HOME", with: home.path) }
        // Nobody answers there: the test's machine may be one of a cloud.
        environment["AWS_EC2_METADATA_DISABLED"] = environment["AWS_EC2_METADATA_DISABLED"] ?? "true"
        let profiles = try AWSProfiles(
            options: profile.map { ["profile": $0] } ?? [:], environment: environment, home: home.path,
            trustsNamedFiles: true)
        let chain = CredentialChain(
            profiles, environment: environment, home: home.path, region: region, http: HTTPClient(),
            now: { Self.moment })
        return try await chain.find()
    }

    private static func token(_ action: String) -> ScriptedServer.Answer {
        ScriptedServer.Answer(
            200,
            body: """
                <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>
                <AccessKeyId>ASIArole</AccessKeyId><SecretAccessKey>s&amp;cret</SecretAccessKey>
                <SessionToken>tok</SessionToken><Expiration>\(future)</Expiration>
                </Credentials></\(action)Result></\(action)Response>
                """)
    }

    private static let role = AWSCredentials(
        accessKey: "ASIArole", secretKey: "s&cret", sessionToken: "tok", expiry: AWSTime.seconds(future))

    @Test("the environment comes first, then the credentials file, then the config file")
    func order() async throws {
        let environment = ["AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "e", "AWS_SESSION_TOKEN": "t"]
        let config = "[default]\naws_access_key_id = config\naws_secret_access_key = c\n"
        let shared = "[default]\naws_access_key_id = shared\naws_secret_access_key = s\n"
        let found = try await find(environment, config: config, credentials: shared)
        #expect(found == AWSCredentials(accessKey: "env", secretKey: "e", sessionToken: "t"))
        #expect(try await find(config: config, credentials: shared).accessKey == "shared")
        #expect(try await find(config: config).accessKey == "config")
    }

    @Test("a profile that the remote names beats keys in the environment; one of the environment does not")
    func chosenProfile() async throws {
        let keys = ["AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "e"]
        let shared = "[other]\naws_access_key_id = other\naws_secret_access_key = o\n"
        #expect(try await find(keys, profile: "other", credentials: shared).accessKey == "other")
        let both = keys.merging(["AWS_PROFILE": "other"]) { old, _ in old }
        #expect(try await find(both, credentials: shared).accessKey == "env")
        #expect(try await find(["AWS_DEFAULT_PROFILE": "other"], credentials: shared).accessKey == "other")
    }

    @Test("half a pair of keys is an error, not a reason to look further")
    func halves() async {
        let shared = "[default]\naws_access_key_id = shared\naws_secret_access_key = s\n"
        await #expect(throws: StorageError.self) {
            try await find(["AWS_ACCESS_KEY_ID": "env"], credentials: shared)
        }
        await #expect(throws: StorageError.self) { try await find(credentials: "[default]\naws_access_key_id = x\n") }
    }

    @Test("nothing anywhere says what to do")
    func nothing() async throws {
        let error = await #expect(throws: StorageError.self) { try await find() }
        #expect(error?.kind == .permission && error?.isRetryable == false)
        #expect(error?.remedy?.contains("AWS_ACCESS_KEY_ID") == true)
    }

    @Test("a role is assumed with the keys of its source profile, and the request is signed by them")
    func assumedRole() async throws {
        let server = try ScriptedServer { _ in Self.token("AssumeRole") }
        let config = """
            [profile work]
            role_arn = arn:aws:iam::1:role/x
            source_profile = base
            external_id = e/1
            role_session_name = me
            duration_seconds = 1200
            """
        let found = try await find(
            ["AWS_ENDPOINT_URL_STS": server.url], profile: "work", config: config,
            credentials: "[base]\naws_access_key_id = AKIAbase\naws_secret_access_key = b\n", region: "eu-west-1")
        #expect(found == Self.role)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRole&DurationSeconds=1200&ExternalId=e%2F1&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"
                + "&RoleSessionName=me&Version=2011-06-15")
        #expect(
            request["authorization"]?.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAbase/20270115/eu-west-1/sts/aws4_request") == true)
    }

    @Test("roles may have roles as their source, but not in a circle")
    func chainedRoles() async throws {
        let server = try ScriptedServer { _ in Self.token("AssumeRole") }
        let config = """
            [profile a]
            role_arn = arn:a
            source_profile = b
            [profile b]
            role_arn = arn:b
            source_profile = c
            [profile c]
            aws_access_key_id = AKIAc
            aws_secret_access_key = c
            [profile x]
            role_arn = arn:x
            source_profile = y
            [profile y]
            role_arn = arn:y
            source_profile = x
            """
        _ = try await find(["AWS_ENDPOINT_URL_STS": server.url], profile: "a", config: config)
        #expect(server.requests.map { $0["authorization"]?.contains("AKIAc") } == [true, false])
        #expect(server.requests.last?["x-amz-security-token"] == "tok")
        let error = await #expect(throws: StorageError.self) {
            try await find(["AWS_ENDPOINT_URL_STS": server.url], profile: "x", config: config)
        }
        #expect(error?.isRetryable == false)
        #expect(server.requests.count == 2)
    }

    @Test("a role's source may be the environment")
    func credentialSource() async throws {
        let server = try ScriptedServer { _ in Self.token("AssumeRole") }
        let keys = [
            "AWS_ACCESS_KEY_ID": "AKIAenv", "AWS_SECRET_ACCESS_KEY": "e", "AWS_ENDPOINT_URL_STS": server.url,
        ]
        let config = "[profile p]\nrole_arn = arn:x\ncredential_source = Environment\n"
        #expect(try await find(keys, profile: "p", config: config) == Self.role)
        #expect(server.requests.first?["authorization"]?.contains("AKIAenv") == true)
    }

    @Test("what STS refuses is told in its words, without the keys")
    func refusedRole() async throws {
        let server = try ScriptedServer { _ in
            ScriptedServer.Answer(
                403,
                body: """
                    <ErrorResponse xmlns="x"><Error><Type>Sender</Type><Code>AccessDenied</Code>
                    <Message>User AKIAsecretive may not</Message></Error></ErrorResponse>
                    """)
        }
        let keys = [
            "AWS_ACCESS_KEY_ID": "AKIAsecretive", "AWS_SECRET_ACCESS_KEY": "e", "AWS_ENDPOINT_URL_STS": server.url,
        ]
        let config = "[profile p]\nrole_arn = arn:x\ncredential_source = Environment\n"
        let error = await #expect(throws: StorageError.self) { try await find(keys, profile: "p", config: config) }
        #expect(error?.kind == .permission)
        #expect(error?.detail == "User … may not (AccessDenied)")
    }

    @Test("a token in a file stands for a role, unsigned")
    func webIdentity() async throws {
        let server = try ScriptedServer { _ in Self.token("AssumeRoleWithWebIdentity") }
        let environment = [
            "AWS_ENDPOINT_URL_STS": server.url, "AWS_WEB_IDENTITY_TOKEN_FILE": "$HOME/token",
            "AWS_ROLE_ARN": "arn:w", "AWS_ROLE_SESSION_NAME": "pod",
        ]
        #expect(try await find(environment, files: ["token": "ey.J\n"]) == Self.role)
        let request = try #require(server.requests.first)
        #expect(request["authorization"] == nil)
        #expect(String(decoding: request.body, as: UTF8.self).contains("&WebIdentityToken=ey.J"))
        await #expect(throws: StorageError.self) { try await find(environment) }
    }

    @Test("who signed on with `aws sso login` gets the role's keys; whose session has ended is told what to run")
    func signOn() async throws {
        let server = try ScriptedServer { _ in
            ScriptedServer.Answer(
                200,
                body: """
                    {"roleCredentials": {"accessKeyId": "ASIAsso", "secretAccessKey": "s", "sessionToken": "t",
                     "expiration": 4070908800000}}
                    """)
        }
        let config = """
            [profile p]
            sso_session = work
            sso_account_id = 123
            sso_role_name = Reader
            [sso-session work]
            sso_start_url = https://example.awsapps.com/start
            sso_region = eu-central-1
            """
        let name = ".aws/sso/cache/\(SHA1.hex(of: Array("work".utf8))).json"
        func token(_ expiry: String) -> [String: String] {
            [name: "{\"accessToken\": \"bearer\", \"expiresAt\": \"\(expiry)\"}"]
        }
        let found = try await find(
            ["AWS_ENDPOINT_URL_SSO": server.url], profile: "p", config: config, files: token(Self.future))
        #expect(
            found
                == AWSCredentials(accessKey: "ASIAsso", secretKey: "s", sessionToken: "t", expiry: 4_070_908_800))
        #expect(server.requests.first?.target == "/federation/credentials?account_id=123&role_name=Reader")
        #expect(server.requests.first?["x-amz-sso_bearer_token"] == "bearer")
        for files in [token(Self.past), [:]] {
            let error = await #expect(throws: StorageError.self) {
                try await find(["AWS_ENDPOINT_URL_SSO": server.url], profile: "p", config: config, files: files)
            }
            #expect(error?.remedy?.contains("aws sso login") == true)
        }
        #expect(server.requests.count == 1)
    }

    @Test("a program of the user's own settings may print the keys")
    func process() async throws {
        let script = """
            #!/bin/sh
            echo '{"Version": 1, "AccessKeyId": "'"$1"'", "SecretAccessKey": "s", "Expiration": "\(Self.future)"}'
            """
        let config = "[default]\ncredential_process = /bin/sh \"$HOME/a program\" 'AK IA'\n"
        let found = try await find(["PATH": "/usr/bin:/bin"], config: config, files: ["a program": script])
        #expect(found.accessKey == "AK IA")
        #expect(found.expiry == AWSTime.seconds(Self.future))
        for bad in ["exit 3", "echo '{\"Version\": 2}'", "echo no", "echo '{}'; kill -9 $$"] {
            await #expect(throws: StorageError.self) {
                try await find(config: config, files: ["a program": "#!/bin/sh\n" + bad])
            }
        }
    }

    @Test("a container is given keys by a service, with a token if it has one")
    func container() async throws {
        let server = try ScriptedServer { _ in
            ScriptedServer.Answer(
                200,
                body: """
                    {"AccessKeyId": "ASIAecs", "SecretAccessKey": "s", "Token": "t", "Expiration": "\(Self.future)"}
                    """)
        }
        let found = try await find([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/keys", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a b",
        ])
        #expect(found.accessKey == "ASIAecs" && found.sessionToken == "t")
        #expect(server.requests.first?["authorization"] == "a b")
        _ = try await find(
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url,
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "$HOME/token",
            ], files: ["token": "from-file\n"])
        #expect(server.requests.last?["authorization"] == "from-file")
    }

    @Test(
        "keys of a container are taken from this machine or over https, not from any host",
        arguments: ["http://example.com/x", "http://127.0.0.1.example.com", "http://10.0.0.1/", "nonsense"])
    func farContainer(url: String) async {
        let error = await #expect(throws: StorageError.self) {
            try await find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        }
        #expect(error?.detail.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
    }

    @Test("a machine of AWS is asked for its role with a token; one without is no machine of AWS")
    func instance() async throws {
        let server = try ScriptedServer { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"): ScriptedServer.Answer(200, body: "imds-token")
            case ("GET", "/latest/meta-data/iam/security-credentials/"): ScriptedServer.Answer(200, body: "web\n")
            case ("GET", "/latest/meta-data/iam/security-credentials/web"):
                ScriptedServer.Answer(
                    200,
                    body: """
                        {"Code": "Success", "AccessKeyId": "ASIAec2", "SecretAccessKey": "s", "Token": "t",
                         "Expiration": "\(Self.future)"}
                        """)
            default: ScriptedServer.Answer(404)
            }
        }
        let environment = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/", "AWS_EC2_METADATA_DISABLED": "no"]
        #expect(try await find(environment).accessKey == "ASIAec2")
        #expect(server.requests.dropFirst().allSatisfy { $0["x-aws-ec2-metadata-token"] == "imds-token" })
        #expect(server.requests.first?["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
        let stranger = try ScriptedServer { _ in ScriptedServer.Answer(404, body: "<html>") }
        await #expect(throws: StorageError.self) {
            try await find(["AWS_EC2_METADATA_SERVICE_ENDPOINT": stranger.url, "AWS_EC2_METADATA_DISABLED": "no"])
        }
        #expect(stranger.requests.count == 1)
    }
}
