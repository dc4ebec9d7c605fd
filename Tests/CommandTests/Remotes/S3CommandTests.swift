import FileSystem
import Hashing
import Storage
import TestSupport
import Testing

@Suite("Push and pull to S3", .enabled(if: TestPrograms.areProvided))
struct S3CommandTests {
    @Test("what is pushed is pulled by another person, and a second push has nothing to do")
    func roundTrip() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try S3Project.fill(repository.path("data"), files: 300, size: 4096, seed: 1)
        try repository.write("one.csv", "1\n")
        try repository.write("empty", "")
        try repository.varve("add", "-q", "data", "one.csv", "empty").succeeds()
        try repository.varve("push").succeeds().prints("303 files pushed\n")
        #expect(try project.isWholeInRemote(["data", "one.csv", "empty"]))
        let before = project.proxy.requests
        try repository.varve("push").prints("Everything is up to date.\n")
        // One question for the directory object and one for each single file.
        #expect(project.proxy.requests - before <= 4)
    }

    @Test("pushing a changed directory asks in proportion to the change")
    func incremental() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try S3Project.fill(repository.path("data"), files: 1500, size: 100, seed: 2)
        try repository.varve("add", "-q", "data").succeeds()
        try repository.varve("push", "-q").succeeds()
        try repository.write("data/new", "new")
        try repository.varve("add", "-q", "data").succeeds()
        let before = project.proxy.requests
        try repository.varve("push").prints("2 files pushed\n")
        #expect(project.proxy.requests - before < 40)
    }

    @Test("DVC reads what varve pushed, and varve what DVC pushed", .enabled(if: BuiltProgram.dvc != nil))
    func withDVC() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try S3Project.fill(repository.path("ours"), files: 20, size: 5000, seed: 3)
        try repository.varve("add", "-q", "ours").succeeds()
        try repository.varve("push", "-q").succeeds()
        let other = try project.clone()
        try other.dvc("pull", "-q").succeeds()
        #expect(
            try TreeSnapshot(of: other.path("ours")).contents == TreeSnapshot(of: repository.path("ours")).contents)
        try S3Project.fill(other.path("theirs"), files: 20, size: 5000, seed: 4)
        try other.dvc("add", "-q", "theirs").succeeds()
        try other.dvc("push", "-q").succeeds()
        try other.varve("push").prints("Everything is up to date.\n")
        try repository.write("theirs.dvc", String(decoding: Files.read(other.path("theirs.dvc")), as: UTF8.self))
        try repository.varve("pull", "-q").succeeds()
        #expect(
            try TreeSnapshot(of: other.path("theirs")).contents == TreeSnapshot(of: repository.path("theirs")).contents)
    }

    @Test("other tools read what varve pushed, small objects and those that went up in parts")
    func otherTools() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try S3Project.fill(repository.path("small"), files: 1, size: 5000, seed: 6)
        try S3Project.fill(repository.path("large"), files: 1, size: (20 << 20) + 3, seed: 7)
        try repository.varve("add", "-q", "small/0", "large/0").succeeds()
        try repository.varve("push", "-q").succeeds()
        let variables = [
            "AWS_ACCESS_KEY_ID": S3Server.keys.accessKey, "AWS_SECRET_ACCESS_KEY": S3Server.keys.secretKey,
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "RCLONE_CONFIG_B_TYPE": "s3",
            "RCLONE_CONFIG_B_PROVIDER": "Other", "RCLONE_CONFIG_B_ENV_AUTH": "true",
            "RCLONE_CONFIG_B_ENDPOINT": project.server.endpoint,
        ]
        var readers: [(String, (_ key: String, _ file: String) throws -> [String])] = [
            (
                "s5cmd",
                {
                    [
                        try TestPrograms.path("s5cmd"), "--endpoint-url", project.server.endpoint, "cp",
                        "s3://\(S3Server.bucket)/\($0)", $1,
                    ]
                }
            ),
            (
                "rclone",
                {
                    [
                        try TestPrograms.path("rclone"), "--config", "/dev/null", "copyto",
                        "b:\(S3Server.bucket)/\($0)", $1,
                    ]
                }
            ),
        ]
        // Not everywhere is there one; where there is, it has the last word.
        if let aws = try? TestPrograms.path("aws") {
            readers.append(
                (
                    "aws",
                    {
                        [
                            aws, "--endpoint-url", project.server.endpoint, "s3", "cp", "--quiet",
                            "s3://\(S3Server.bucket)/\($0)", $1,
                        ]
                    }
                ))
        }
        for name in ["small/0", "large/0"] {
            let bytes = try Files.read(repository.path(name))
            let digest = MD5.digest(of: bytes).hex
            let key = "\(project.folder)/files/md5/\(digest.prefix(2))/\(digest.dropFirst(2))"
            for (reader, command) in readers {
                let file = repository.folder + "/\(reader)-\(name.prefix(5))"
                try repository.run(try command(key, file), with: variables).succeeds()
                #expect(try MD5.digest(of: Files.read(file)).hex == digest, "\(reader) reads \(name)")
            }
        }
    }

    @Test("list-url asks for one level of a bucket, and -L for as many as it says")
    func listing() async throws {
        let project = try await S3Project()
        let repository = project.repository
        let backend = try await project.server.backend(folder: project.folder)
        for name in ["raw/a.csv", "raw/b.csv", "raw/2024/x", "raw/2024/05/y", "raw/2025/z"] {
            try await backend.write(BytesSource(name), to: Key(name))
        }
        try repository.varve("list-url", "remote://store/raw").prints("a.csv\nb.csv\n2024\n2025\n")
        // Whether it is a file, whether there is a bucket, and what is in the folder.
        #expect(project.proxy.requests == 3)
        try repository.varve("list-url", "-R", "-L", "2", "remote://store/raw")
            .prints("a.csv\nb.csv\n2024/x\n2024/05\n2025/z\n")
        try repository.varve("list-url", "-R", "remote://store/raw")
            .prints("a.csv\nb.csv\n2024/x\n2024/05/y\n2025/z\n")
        try repository.varve("list-url", "remote://store/raw/a.csv").succeeds()
        try repository.varve("list-url", "remote://store/nothing").fails(status: 255)
    }

    @Test("gc -c deletes from the bucket what nobody uses, and status -c tells what is missing")
    func garbage() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try repository.write("a", "a")
        try repository.write("b", "b")
        try repository.varve("add", "-q", "a", "b").succeeds()
        try repository.varve("push", "-q").succeeds()
        try repository.varve("remove", "b.dvc").succeeds()
        try repository.varve("gc", "-w", "-c", "-f").succeeds()
        try repository.write("c", "c")
        try repository.varve("add", "-q", "c").succeeds()
        let status = try repository.varve("status", "-c").succeeds()
        #expect(status.output.contains("new:"))
        #expect(status.output.contains("c"))
        let backend = try await project.server.backend(folder: project.folder)
        var keys: [String] = []
        for try await entry in backend.list(under: Key("")) { keys.append(entry.key.path) }
        #expect(keys == ["files/md5/0c/c175b9c0f1b6a831c399e269772661"])
    }

    @Test("add --to-remote sends only what the bucket lacks, and records nothing where something is refused")
    func addToRemote() async throws {
        let project = try await S3Project { request in
            // The MD5 of what is in `refused`.
            request.method == "PUT" && request.target.hasSuffix("/9d/d4e461268c8034f5c8564e155c67a6")
                ? .status(403, code: "AccessDenied") : nil
        }
        let repository = project.repository
        let source = repository.folder + "/source"
        try S3Project.fill(source, files: 100, size: 500, seed: 6)
        try repository.varve("add", "-q", "--to-remote", source, "-o", "data", "--remote-jobs", "3").succeeds()
        #expect(!Files.exists(repository.path("data")))
        #expect(!Files.exists(repository.path(".dvc/cache/files")))
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        #expect(try TreeSnapshot(of: other.path("data")).contents == TreeSnapshot(of: source).contents)
        let before = project.proxy.bytesSent
        try repository.varve("add", "-q", "--to-remote", source, "-o", "again").succeeds()
        #expect(project.proxy.bytesSent - before < 500)
        try Files.write(Array("x".utf8), to: source + "/refused", sync: false)
        let run = try repository.varve("add", "-q", "--to-remote", source, "-o", "third").fails()
        #expect(run.errors.contains("files failed to upload"))
        #expect(!Files.exists(repository.path("third.dvc")))
    }

    @Test("the rate that --bwlimit sets is kept")
    func bandwidth() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try S3Project.fill(repository.path("data"), files: 1, size: 3 << 20, seed: 5)
        try repository.varve("add", "-q", "data/0").succeeds()
        let start = ContinuousClock.now
        try repository.varve("push", "-q", "--bwlimit", "1M").succeeds()
        #expect(ContinuousClock.now - start > .seconds(2))
        try repository.varve("push", "--bwlimit", "fast").fails(status: 254)
    }

    @Test("doctor tries the remote out and leaves nothing there")
    func doctor() async throws {
        let project = try await S3Project()
        let run = try project.repository.varve("doctor", "-r", "store").succeeds()
        for subject in ["reach", "list", "write", "conditions"] {
            #expect(run.output.contains("ok: \(subject)"))
        }
        let backend = try await project.server.backend(folder: project.folder)
        for try await entry in backend.list(under: Key("")) { Issue.record("'\(entry.key)' is left") }
        try project.repository.varve("config", "--local", "remote.store.secret_access_key", "wrong").succeeds()
        let refused = try project.repository.varve("doctor", "-r", "store")
        #expect(refused.status == 1)
        #expect(refused.output.contains("problem: reach"))
    }
}
