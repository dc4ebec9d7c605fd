import Storage
import TestSupport
import Testing

/// Stages that read from and write to a store.
@Suite("pipelines with data in a store", .enabled(if: TestPrograms.areProvided)) struct StorePipelineTests {
    private func put(_ text: String, _ key: String, of project: S3Project) async throws {
        try await project.server.backend(folder: project.folder).write(BytesSource(Array(text.utf8)), to: Key(key))
    }

    private func exists(_ key: String, of project: S3Project) async throws -> Bool {
        try await project.server.backend(folder: project.folder).stat(Key(key)) != nil
    }

    @Test("a stage follows what lies in a bucket, a file or a folder, and records it as DVC does")
    func dependencies() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try await put("hello", "in.csv", of: project)
        try await put("aaa", "dir/a", of: project)
        try await put("bbb", "dir/b", of: project)
        try repository.write(
            "dvc.yaml",
            "stages:\n  a:\n    cmd: echo x >> log; echo made > out\n"
                + "    deps: [remote://store/in.csv, remote://store/dir]\n    outs: [out]\n")
        try repository.varve("repro").succeeds()
        let lock = try repository.read("dvc.lock")
        #expect(lock.contains("etag: 5d41402abc4b2a76b9719d911017c592\n      size: 5\n"))
        #expect(lock.contains("md5: b9ed9d30d961fe2796fe7fc2f50a10c9.dir\n      size: 6\n      nfiles: 2\n"))
        if BuiltProgram.dvc != nil {
            #expect(try repository.dvc("status").succeeds().output == "Data and pipelines are up to date.\n")
        }
        try repository.varve("repro").prints(
            "Stage 'a' didn't change, skipping\nData and pipelines are up to date.\n")
        try await put("other", "dir/b", of: project)
        try repository.varve("status").prints(
            "a:\n\tchanged deps:\n\t\tmodified:           remote://store/dir\n")
        let why = try repository.varve("why", "a").succeeds().output.split(separator: "\n")
        #expect(why.contains { $0.contains("dependency  modified") && $0.contains("remote://store/dir") })
        #expect(why.contains { $0.contains("dependency  unchanged") && $0.contains("5d41402a") })
        try repository.varve("repro").succeeds()
        #expect(try repository.read("log") == "x\nx\n")
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
    }

    @Test("a dependency that is not in the bucket is named, and the command does not run")
    func missing() async throws {
        let project = try await S3Project()
        try project.repository.write(
            "dvc.yaml", "stages:\n  a:\n    cmd: echo made > out\n    deps: [remote://store/nope]\n    outs: [out]\n")
        let run = try project.repository.varve("repro")
        run.fails(status: 255)
        #expect(run.errors.contains("remote://store/nope"))
        #expect(!project.repository.exists("out"))
    }

    @Test("an output in a bucket is deleted before the command makes it anew, and its loss is seen")
    func outputs() async throws {
        let project = try await S3Project()
        let repository = project.repository
        let copy =
            "\(try TestPrograms.path("s5cmd")) --endpoint-url \(project.server.endpoint) cp in "
            + "s3://\(S3Server.bucket)/\(project.folder)/made/b"
        try repository.write("in", "1")
        try repository.write(
            "dvc.yaml",
            "stages:\n  a:\n    cmd: \(copy)\n    deps: [in]\n    outs:\n    - remote://store/made:\n        cache: false\n"
        )
        try await put("old", "made/a", of: project)
        let keys = [
            "AWS_ACCESS_KEY_ID": S3Server.keys.accessKey, "AWS_SECRET_ACCESS_KEY": S3Server.keys.secretKey,
        ]
        try repository.varve("repro", with: keys).succeeds()
        #expect(try await !exists("made/a", of: project))
        #expect(try await exists("made/b", of: project))
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
        try await project.server.backend(folder: project.folder).delete([Key("made/b")])
        try repository.varve("status").prints(
            "a:\n\tchanged outs:\n\t\tdeleted:            remote://store/made\n")
    }

    @Test("an import without its data, and one whose source has changed, are brought by a run")
    func imports() async throws {
        let project = try await S3Project()
        let repository = project.repository
        try await put("hello", "in.csv", of: project)
        try repository.varve("import-url", "-q", "remote://store/in.csv", "here.csv").succeeds()
        try repository.write("here.csv.dvc", repository.read("here.csv.dvc").replacing("frozen: true\n", with: ""))
        try await put("changed", "in.csv", of: project)
        try repository.varve("repro", "here.csv.dvc").succeeds()
        #expect(try repository.read("here.csv") == "changed")
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
        let source = try TemporaryRepository()
        try source.write("data", "of another")
        try source.varve("add", "-q", "data").succeeds()
        try source.commitAll()
        try repository.varve("import", "-q", "--no-download", source.path, "data").succeeds()
        try repository.varve("repro", "data.dvc").succeeds()
        #expect(try repository.read("data") == "of another")
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
    }
}
