import FileSystem
import HTTP
package import Storage
import Synchronization

/// A real S3 server for tests: SeaweedFS, which checks signatures, or rclone, which ignores conditions.
///
/// Started once for a test process and ended with it. Each test takes a folder of its own in the bucket.
package final class S3Server: Sendable {
    package enum Program: Sendable { case seaweed, seaweedTLS, rclone }

    package static let bucket = "varve"
    package static let keys = AWSCredentials(accessKey: "varvekey", secretKey: "varvesecret12345")
    /// May read and list, and no more.
    package static let readOnlyKeys = AWSCredentials(accessKey: "rokey", secretKey: "rosecret12345678")

    private static let sharedSeaweed = Result { try start(.seaweed) }
    private static let sharedSeaweedTLS = Result { try start(.seaweedTLS) }
    private static let sharedRclone = Result { try start(.rclone) }

    /// The server of this process.
    package static func shared(_ program: Program = .seaweed) throws -> S3Server {
        switch program {
        case .seaweed: try sharedSeaweed.get()
        case .seaweedTLS: try sharedSeaweedTLS.get()
        case .rclone: try sharedRclone.get()
        }
    }

    package let port: Int
    package let endpoint: String
    /// The file of the authority that vouches for the server, where it speaks TLS.
    package let authority: String?
    package let process: ServerProcess
    private let buckets = Mutex<[String: Task<Void, any Error>]>([:])

    private init(port: Int, endpoint: String, authority: String?, process: ServerProcess) {
        self.port = port
        self.endpoint = endpoint
        self.authority = authority
        self.process = process
    }

    /// Starts the server, with other ports where somebody took one of the first in between.
    private static func start(_ program: Program) throws -> S3Server {
        for _ in 0..<2 {
            if let server = try? startOnce(program) { return server }
        }
        return try startOnce(program)
    }

    private static func startOnce(_ program: Program) throws -> S3Server {
        let folder = TemporaryFolder("s3")
        let ports = try Loopback.freePorts(10)
        switch program {
        case .seaweed:
            let server = S3Server(
                port: ports[0], endpoint: "http://127.0.0.1:\(ports[0])", authority: nil,
                process: try seaweed(ports, folder, []))
            try server.process.waitUntilReady { Loopback.speaksHTTP(port: ports[0]) }
            return server
        case .seaweedTLS:
            let authority = try TestAuthority(in: folder.path)
            try authority.certify(
                "server", "subjectAltName=DNS:localhost,DNS:s3.localhost,DNS:*.s3.localhost,IP:127.0.0.1",
                "extendedKeyUsage=serverAuth")
            let files = ["-s3.key.file=\(folder.path("server.key"))", "-s3.cert.file=\(folder.path("server.pem"))"]
            let server = S3Server(
                port: ports[0], endpoint: "https://localhost:\(ports[0])", authority: authority.path,
                process: try seaweed(ports, folder, files))
            try server.process.waitUntilReady { Loopback.accepts(port: ports[0]) }
            return server
        case .rclone:
            let server = S3Server(
                port: ports[0], endpoint: "http://127.0.0.1:\(ports[0])", authority: nil,
                process: try rclone(ports[0], folder))
            try server.process.waitUntilReady { Loopback.speaksHTTP(port: ports[0]) }
            return server
        }
    }

    private static func seaweed(
        _ ports: [Int], _ folder: TemporaryFolder, _ more: [String]
    ) throws -> ServerProcess {
        try Files.makeDirectory(folder.path("data"))
        try Files.write(Array(identities.utf8), to: folder.path("s3.json"))
        let fixed = [
            try TestPrograms.path("weed"), "mini", "-dir=\(folder.path("data"))", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-master.telemetry=false", "-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-s3.config=\(folder.path("s3.json"))", "-s3.domainName=s3.localhost", "-s3.autoCreateBucket=false",
        ]
        let names = ["s3", "master", "volume", "filer", "admin"]
        let portsOf = names.enumerated().flatMap { index, name in
            ["-\(name).port=\(ports[index * 2])", "-\(name).port.grpc=\(ports[index * 2 + 1])"]
        }
        return try ServerProcess(fixed + portsOf + more, folder: folder)
    }

    private static func rclone(_ port: Int, _ folder: TemporaryFolder) throws -> ServerProcess {
        try Files.makeDirectory(folder.path("data/\(bucket)"))
        return try ServerProcess(
            [
                try TestPrograms.path("rclone"), "--config", "/dev/null", "serve", "s3", "--addr", "127.0.0.1:\(port)",
                "--auth-key", "\(keys.accessKey),\(keys.secretKey)", folder.path("data"),
            ], folder: folder, environment: ["HOME": folder.path])
    }

    private static let identities = """
        {"identities":[
         {"name":"varve","credentials":[{"accessKey":"\(keys.accessKey)","secretKey":"\(keys.secretKey)"}],
          "actions":["Admin","Read","Write","List","Tagging"]},
         {"name":"ro","credentials":[{"accessKey":"\(readOnlyKeys.accessKey)",
          "secretKey":"\(readOnlyKeys.secretKey)"}],"actions":["Read","List"]}]}
        """

    /// The options of a remote at a folder of the bucket that no other test uses.
    package func options(folder: String, keys: AWSCredentials? = S3Server.keys) -> [String: String] {
        var options = ["url": "s3://\(Self.bucket)/\(folder)", "endpointurl": endpoint, "region": "us-east-1"]
        if let keys {
            options["access_key_id"] = keys.accessKey
            options["secret_access_key"] = keys.secretKey
        } else {
            options["allow_anonymous_login"] = "true"
        }
        if let authority { options["ssl_verify"] = authority }
        return options
    }

    /// A backend at a folder of the bucket, which is made if need be.
    package func backend(
        folder: String, keys: AWSCredentials? = S3Server.keys, options more: [String: String] = [:],
        environment: [String: String] = [:], home: String = "/nowhere", journal: (any UploadJournal)? = nil
    ) async throws -> S3Backend {
        try await makeBucket()
        let options = options(folder: folder, keys: keys).merging(more) { _, new in new }
        let configuration = try S3Configuration(options: options, environment: environment, home: home)
        return S3Backend(configuration, journal: journal)
    }

    /// The same for a bucket that keeps versions.
    package func makeVersionedBucket(_ name: String) async throws {
        try await makeBucket(name)
        let backend = try await backend(folder: "", options: ["url": "s3://\(name)"])
        let setting = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        _ = try await backend.client.send(
            S3Request(
                .put, nil, query: [("versioning", "")], headers: [HTTPHeader("Content-Type", "application/xml")],
                body: .bytes(Array(setting.utf8))))
    }

    /// Makes the bucket where it is not there yet; of many who ask at once one does it.
    package func makeBucket(_ name: String = S3Server.bucket) async throws {
        let making = buckets.withLock { buckets in
            if let making = buckets[name] { return making }
            let making = Task { try await makeBucketNow(name) }
            buckets[name] = making
            return making
        }
        try await making.value
    }

    /// While it starts, a server may accept connections and have no place for data yet: it is asked again after any error.
    private func makeBucketNow(_ name: String) async throws {
        var options = options(folder: "")
        options["url"] = "s3://\(name)"
        let client = S3Backend(try S3Configuration(options: options, environment: [:], home: "/nowhere")).client
        var last = ""
        for _ in 0..<100 {
            do {
                _ = try await client.send(S3Request(.put, nil), expecting: [409])
                _ = try await client.send(S3Request(.get, nil, query: [("list-type", "2"), ("max-keys", "1")]))
                return
            } catch {
                last = "\(error)"
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw ServerProcess.Failure(description: "no bucket can be made: \(last)\n\(process.log)")
    }
}
