import FileSystem
import Storage
import TestSupport
import Testing

/// A project whose default remote is a folder in the bucket of a real S3 server, behind a proxy that makes trouble.
struct S3Project {
    let repository: TemporaryRepository
    let server: S3Server
    let proxy: FaultProxy
    let folder: String

    init(rule: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault? = { _ in nil }) async throws {
        server = try S3Server.shared()
        try await server.makeBucket()
        proxy = try FaultProxy(to: server.port, rule: rule)
        folder = "project-\(UInt64.random(in: 0...UInt64.max))"
        repository = try TemporaryRepository()
        try addRemote(to: repository, endpoint: proxy.url)
    }

    /// Names the remote in the local settings of a project.
    func addRemote(to repository: TemporaryRepository, endpoint: String) throws {
        let settings = """
            [core]
                remote = store
            ['remote "store"']
                url = s3://\(S3Server.bucket)/\(folder)
                endpointurl = \(endpoint)
                region = us-east-1
                access_key_id = \(S3Server.keys.accessKey)
                secret_access_key = \(S3Server.keys.secretKey)
                read_timeout = 5

            """
        try Files.write(Array(settings.utf8), to: repository.path + "/.dvc/config.local", sync: false)
    }

    /// Another person's clone, whose remote is the server itself.
    func clone() throws -> TemporaryRepository {
        try repository.commitAll()
        let other = try TemporaryRepository(.empty)
        try other.git("clone", "--quiet", repository.path, other.path)
        try addRemote(to: other, endpoint: server.endpoint)
        return other
    }

    /// Writes so many files of random bytes into a folder, the same in every run.
    @discardableResult
    static func fill(_ path: String, files: Int, size: Int, seed: UInt64) throws -> Int64 {
        var generator = SeededGenerator(seed: seed)
        try Files.makeDirectory(path)
        for number in 0..<files {
            let words = (0..<(size + 7) / 8).map { _ in generator.next() }
            let bytes = words.withUnsafeBytes { Array($0.prefix(size)) }
            try Files.write(bytes, to: "\(path)/\(number)", sync: false)
        }
        return Int64(files * size)
    }

    /// Whether a fresh clone that pulls has the same data.
    func isWholeInRemote(_ names: [String]) throws -> Bool {
        let other = try clone()
        let run = try other.varve("pull", "-q")
        guard run.status == 0 else {
            Issue.record("\(run)")
            return false
        }
        return try names.allSatisfy { name in
            try TreeSnapshot(of: other.path + "/" + name).contents
                == TreeSnapshot(of: repository.path + "/" + name).contents
        }
    }
}
