import FileSystem
import HTTP
import Storage
import TestSupport
import Testing

/// A project whose default remote is a `version_aware` folder in a bucket of a real S3 server, behind a proxy that makes
/// trouble.
struct CloudProject {
    static let bucket = "cloud-versions"

    let repository: TemporaryRepository
    let server: S3Server
    let proxy: FaultProxy
    let folder: String
    let backend: S3Backend
    private let bucket: String
    private let option: String

    init(
        keepsVersions: Bool = true, option: String = "version_aware",
        rule: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault? = { _ in nil }
    ) async throws {
        server = try S3Server.shared()
        bucket = keepsVersions ? Self.bucket : S3Server.bucket
        self.option = option
        if keepsVersions { try await server.makeVersionedBucket(bucket) } else { try await server.makeBucket() }
        proxy = try FaultProxy(to: server.port, rule: rule)
        folder = "project-\(UInt64.random(in: 0...UInt64.max))"
        backend = try await server.backend(folder: folder, options: ["url": "s3://\(bucket)/\(folder)"])
        repository = try TemporaryRepository()
        try addRemote(to: repository, endpoint: proxy.url)
    }

    func addRemote(to repository: TemporaryRepository, endpoint: String) throws {
        let settings = """
            [core]
                remote = store
            ['remote "store"']
                url = s3://\(bucket)/\(folder)
                endpointurl = \(endpoint)
                region = us-east-1
                access_key_id = \(S3Server.keys.accessKey)
                secret_access_key = \(S3Server.keys.secretKey)
                \(option) = true

            """
        try Files.write(Array(settings.utf8), to: repository.path + "/.dvc/config.local", sync: false)
    }

    /// Leaves the proxy out, which does not know all that DVC's client says.
    func goesStraightToServer() throws { try addRemote(to: repository, endpoint: server.endpoint) }

    /// Another person's clone, whose remote is the server itself.
    func clone() throws -> TemporaryRepository {
        try repository.commitAll()
        let other = try TemporaryRepository(.empty)
        try other.git("clone", "--quiet", repository.path, other.path)
        try addRemote(to: other, endpoint: server.endpoint)
        return other
    }

    /// The names in the remote of which a current version is there.
    func names() async throws -> [String] {
        var names: [String] = []
        for try await entry in backend.listVersions(under: Key("")) { names.append(entry.key.path) }
        return names
    }

    /// How many versions there are, those that were overwritten included.
    func versions() async throws -> Int {
        let query: CanonicalQuery = [("versions", ""), ("prefix", folder + "/")]
        let response = try await backend.client.send(S3Request(.get, nil, query: query))
        return String(decoding: response.body, as: UTF8.self).ranges(of: "<Version>").count
    }

    /// Deletes one version for good.
    func delete(_ name: String, version: String) async throws {
        _ = try await backend.client.send(
            S3Request(.delete, folder + "/" + name, query: [("versionId", version)]), expecting: [204])
    }
}

extension String {
    private static var mark: String { "version_id: " }

    /// The same, with every version ID replaced by `V`: two pushes never have the same ones.
    var withoutVersionIDs: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let parts = line.split(separator: Self.mark, maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? parts[0] + Self.mark + "V" : line
        }.joined(separator: "\n")
    }

    /// The version IDs in the order in which they appear.
    var versionIDs: [String] {
        split(separator: "\n").compactMap { line in
            let parts = line.split(separator: Self.mark, maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? String(parts[1]) : nil
        }
    }
}
