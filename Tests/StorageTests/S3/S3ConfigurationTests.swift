import Basics
import HTTP
import Storage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("the options of an S3 remote") struct S3ConfigurationTests {
    private func configuration(
        _ options: [String: String], environment: [String: String] = [:], config: String? = nil,
        credentials: String? = nil, trustsNamedFiles: Bool = true
    ) throws -> S3Configuration {
        let home = TemporaryFolder("home")
        try home.write(".aws/config", config)
        try home.write(".aws/credentials", credentials)
        return try withExtendedLifetime(home) {
            try S3Configuration(
                options: ["url": "s3://bucket/a/b"].merging(options) { _, new in new }, environment: environment,
                home: home.path, trustsNamedFiles: trustsNamedFiles)
        }
    }

    @Test("AWS is asked at the bucket's own host, one's own server by path, as botocore does")
    func addressing() throws {
        #expect(try configuration([:]).site.root(region: nil).text == "https://bucket.s3.amazonaws.com")
        #expect(
            try configuration([:]).site.root(region: "eu-west-1").text
                == "https://bucket.s3.eu-west-1.amazonaws.com")
        #expect(
            try configuration([:]).site.root(region: "cn-north-1").text
                == "https://bucket.s3.cn-north-1.amazonaws.com.cn")
        let dotted = try configuration(["url": "s3://with.dots"])
        #expect(dotted.site.root(region: nil).text == "https://s3.amazonaws.com/with.dots")
        let own = try configuration(["endpointurl": "http://localhost:9000/"])
        #expect(own.site.root(region: "x").text == "http://localhost:9000/bucket")
        #expect(own.endpointComesFromOptions)
        let virtual = try configuration(
            ["endpointurl": "http://s3.localhost:9000"], config: "[default]\ns3 =\n  addressing_style = virtual\n")
        #expect(virtual.site.root(region: "x").text == "http://bucket.s3.localhost:9000")
        let path = try configuration([:], config: "[default]\ns3 =\n    addressing_style = path\n")
        #expect(path.site.root(region: nil).text == "https://s3.amazonaws.com/bucket")
        let plain = try configuration(["use_ssl": "False"])
        #expect(plain.site.root(region: nil).text == "http://bucket.s3.amazonaws.com")
        #expect(!plain.site.usesTLS)
    }

    @Test("the endpoint and the region may come from the user's own AWS settings, and the options win")
    func ambient() throws {
        let environment = ["AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_S3": "http://s3:2"]
        let ambient = try configuration([:], environment: environment)
        #expect(ambient.site.endpoint?.text == "http://s3:2")
        #expect(!ambient.endpointComesFromOptions)
        let chosen = try configuration(["endpointurl": "http://own:3"], environment: environment)
        #expect(chosen.site.endpoint?.text == "http://own:3")
        let profile = """
            [default]
            region = here
            [profile other]
            region = there
            services = lab
            [services lab]
            s3 =
              endpoint_url = http://lab:4
            """
        #expect(try configuration([:], config: profile).region == "here")
        let other = try configuration(["profile": "other"], config: profile)
        #expect(other.region == "there")
        #expect(other.site.endpoint?.text == "http://lab:4")
        #expect(try configuration([:], environment: ["AWS_PROFILE": "other"], config: profile).region == "there")
        #expect(try configuration([:], environment: ["AWS_DEFAULT_REGION": "env"], config: profile).region == "env")
        #expect(try configuration(["region": "mine"], environment: ["AWS_REGION": "env"]).region == "mine")
        #expect(throws: StorageError.self) { try configuration(["profile": "missing"]) }
    }

    @Test("encryption, grants and customers' keys become headers")
    func headers() throws {
        let headers = try configuration([
            "sse": "aws:kms", "sse_kms_key_id": "key", "grant_read": "id=1", "grant_write_acp": "id=2",
        ]).headers
        #expect(
            headers.creation.map { "\($0.name): \($0.value)" } == [
                "x-amz-server-side-encryption: aws:kms", "x-amz-server-side-encryption-aws-kms-key-id: key",
                "x-amz-grant-read: id=1", "x-amz-grant-write-acp: id=2",
            ])
        #expect(headers.access.isEmpty)
        let customer = try configuration(["sse_customer_key": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]).headers
        #expect(customer.access == customer.creation)
        #expect(customer.access.map(\.value).contains("AES256"))
        #expect(customer.access.map(\.value).contains("hRasmdxgYDKV3nvbahU1MA=="))
    }

    @Test(
        "options that contradict each other or make no sense are refused",
        arguments: [
            ["acl": "private", "grant_read": "id=1"], ["sse_kms_key_id": "k", "sse_customer_key": "MDEy"],
            ["sse_customer_key": "not base64"], ["use_ssl": "perhaps"], ["read_timeout": "soon"],
            ["endpointurl": "localhost:9000"], ["endpointurl": "ftp://x"], ["region": "eu west"],
            ["access_key_id": "only"], ["url": "s3://"], ["url": "s3:///key"], ["url": "s3://bucket/a//b"],
            ["url": "s3://bucket/../c"], ["acl": "a\r\nx-amz-evil: 1"],
        ])
    func nonsense(options: [String: String]) {
        #expect(throws: Failure.self) { try configuration(options) }
    }

    @Test("sizes and numbers of transfers are read as the AWS tools read them")
    func transfer() throws {
        let settings = """
            [default]
            s3 =
                multipart_threshold = 64MB
                multipart_chunksize = 16MiB
                max_concurrent_requests = 20
            """
        let transfer = try configuration([:], config: settings).transfer
        #expect(transfer.threshold == 64 << 20)
        #expect(transfer.chunk == 16 << 20)
        #expect(transfer.concurrency == 20)
        #expect(throws: Failure.self) {
            try configuration([:], config: "[default]\ns3 =\n  multipart_chunksize = 9999999999TB\n")
        }
        #expect(throws: Failure.self) {
            try configuration([:], config: "[default]\ns3 =\n  multipart_chunksize = many\n")
        }
    }

    @Test("parts grow so that ten thousand are enough")
    func partSizes() {
        let transfer = S3TransferSettings()
        #expect(transfer.partSize(for: 100 << 20) == 8 << 20)
        let large: Int64 = 5 << 40
        let size = transfer.partSize(for: large)
        #expect((large + size - 1) / size <= 10_000)
        #expect(size % (1 << 20) == 0)
    }

    @Test("timeouts, certificates and proxies reach the client")
    func connection() throws {
        let http = try configuration(
            ["read_timeout": "7", "connect_timeout": "3", "ssl_verify": "/ca.pem"],
            environment: ["https_proxy": "http://proxy"]
        ).http
        #expect(http.idleTimeout == .seconds(7))
        #expect(http.connectTimeout == .seconds(3))
        #expect(http.trust == .authorities("/ca.pem"))
        #expect(http.proxies.https == "http://proxy")
        #expect(try configuration(["ssl_verify": "False"]).http.trust == .anyone)
        #expect(try configuration([:], environment: ["AWS_CA_BUNDLE": "/b"]).http.trust == .authorities("/b"))
        #expect(try configuration([:]).http.trust == .system)
    }

    @Test("files of the AWS tools are read with comments, blanks and sections of every kind")
    func files() {
        let file = AWSFile(
            """
            # a comment
            [default]
            Region = eu-west-1   
            ; another
            aws_access_key_id=AKIA
            [profile "with blanks"]
            role_arn : arn:aws:iam::1:role/x
            s3 =
                addressing_style = path
                # inside
            output = json
            [sso-session work]
            sso_region = us-east-1
            [unknown thing]
            x = 1
            [profile
            [profile next]
            y = a = b
            """, kind: .config)
        #expect(file.profiles["default"]?["region"] == "eu-west-1")
        #expect(file.profiles["default"]?["aws_access_key_id"] == "AKIA")
        #expect(file.profiles["with blanks"]?["role_arn"] == "arn:aws:iam::1:role/x")
        #expect(file.profiles["with blanks"]?.nested["s3"] == ["addressing_style": "path"])
        #expect(file.profiles["with blanks"]?["output"] == "json")
        #expect(file.sessions["work"]?["sso_region"] == "us-east-1")
        #expect(file.profiles["next"]?["y"] == "a = b")
        #expect(file.profiles["unknown thing"] == nil)
        let keys = AWSFile("[profile x]\naws_access_key_id = a\n[y]\nregion=r\r\n", kind: .credentials)
        #expect(keys.profiles["profile x"]?["aws_access_key_id"] == "a")
        #expect(keys.profiles["y"]?["region"] == "r")
    }

    @Test("a file that a repository chose gives keys and nothing that runs or leads elsewhere")
    func untrustedFile() throws {
        let folder = TemporaryFolder()
        try folder.write(
            "planted",
            """
            [default]
            credential_process = touch /tmp/owned
            endpoint_url = http://evil
            role_arn = arn:evil
            web_identity_token_file = /etc/passwd
            region = r
            s3 =
              endpoint_url = http://evil
              addressing_style = virtual
            """)
        defer { withExtendedLifetime(folder) {} }
        let options = ["configpath": folder.path("planted")]
        let trusted = try configuration(options)
        #expect(trusted.site.endpoint?.host == "evil")
        let wary = try configuration(options, trustsNamedFiles: false)
        #expect(wary.site.endpoint == nil)
        #expect(wary.region == "r")
        let profiles = try AWSProfiles(
            options: options, environment: [:], home: folder.path, trustsNamedFiles: false)
        #expect(profiles.current.values == ["region": "r"])
    }
}

extension TemporaryFolder {
    /// Writes a file, with its folders; `nil` leaves it out.
    func write(_ name: String, _ text: String?) throws {
        guard let text else { return }
        let parts = name.split(separator: "/")
        for count in 0..<parts.count where count > 0 { mkdir(path(parts[..<count].joined(separator: "/")), 0o700) }
        try TestPrograms.write(text, to: path(name))
    }
}
