import FileSystem
import Storage
import TestSupport
import Testing

@Suite("A remote that keeps versions", .enabled(if: TestPrograms.areProvided))
struct CloudVersioningTests {
    /// Files at the top, in folders, empty and executable; a stage that reads one directory and makes another.
    private func fill(_ repository: TemporaryRepository) throws {
        try repository.write("a", "1\n")
        try repository.write("data/in", "in\n")
        try repository.write("d/x", "x\n")
        try repository.write("d/sub/y", "y\n")
        try repository.write("d/empty", "")
        for number in 0..<12 { try repository.write("d/n\(number)", "\(number)\n") }
        try repository.write(
            "dvc.yaml",
            """
            stages:
              make:
                cmd: mkdir -p o && cp d/x o/x && cp a o/a && cp a b
                deps: [d, a]
                outs: [o, b]

            """)
        try repository.varve("add", "-q", "a", "d", "data/in").succeeds()
        try repository.varve("repro", "-q").succeeds()
    }

    private static let projectFiles = ["a.dvc", "d.dvc", "data/in.dvc", "dvc.lock"]

    private func text(_ repository: TemporaryRepository, _ name: String) throws -> String {
        String(decoding: try Files.read(repository.path(name)), as: UTF8.self)
    }

    // MARK: With DVC

    @Test(
        "varve writes the project files that DVC writes, but for the version IDs", .enabled(if: BuiltProgram.dvc != nil)
    )
    func sameProjectFiles() async throws {
        let ours = try await CloudProject()
        let theirs = try await CloudProject()
        try theirs.goesStraightToServer()
        for project in [ours, theirs] { try fill(project.repository) }
        try ours.repository.varve("push").succeeds().prints("Updating lock file 'dvc.lock'\n20 files pushed\n")
        try theirs.repository.dvc("push").succeeds()
        for name in Self.projectFiles {
            #expect(
                try text(ours.repository, name).withoutVersionIDs == text(theirs.repository, name).withoutVersionIDs)
        }
        #expect(try await ours.names() == theirs.names())
        // After a change, what stayed the same keeps its version, and the rest has none until it is pushed.
        for (repository, add) in [
            (ours.repository, { try ours.repository.varve("add", "-q", "a", "d") }),
            (theirs.repository, { try theirs.repository.dvc("add", "-q", "a", "d") }),
        ] {
            try repository.write("d/x", "xx\n")
            try repository.write("d/new", "new\n")
            try repository.remove("d/n3")
            try repository.write("a", "2\n")
            try add().succeeds()
        }
        for name in ["a.dvc", "d.dvc"] {
            #expect(
                try text(ours.repository, name).withoutVersionIDs == text(theirs.repository, name).withoutVersionIDs)
        }
        try ours.repository.varve("repro", "-q").succeeds()
        try ours.repository.varve("push", "-q").succeeds()
        try theirs.repository.dvc("repro", "-q").succeeds()
        try theirs.repository.dvc("push", "-q").succeeds()
        for name in Self.projectFiles {
            #expect(
                try text(ours.repository, name).withoutVersionIDs == text(theirs.repository, name).withoutVersionIDs)
        }
    }

    @Test("DVC pulls what varve pushed and finds nothing to do", .enabled(if: BuiltProgram.dvc != nil))
    func readByDVC() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try fill(repository)
        try repository.varve("push", "-q").succeeds()
        let other = try project.clone()
        try other.dvc("pull", "-q").succeeds()
        for name in ["d", "o", "data"] {
            #expect(
                try TreeSnapshot(of: other.path(name)).contents == TreeSnapshot(of: repository.path(name)).contents)
        }
        try other.dvc("status").prints("Data and pipelines are up to date.\n")
        try other.dvc("push").prints("Everything is up to date.\n")
        #expect(try other.git("status", "--porcelain") == "")
        #expect(try await project.versions() == 20)
    }

    @Test("varve pulls what DVC pushed and finds nothing to do", .enabled(if: BuiltProgram.dvc != nil))
    func readFromDVC() async throws {
        let project = try await CloudProject(option: "worktree")
        let repository = project.repository
        try project.goesStraightToServer()
        try fill(repository)
        try repository.dvc("push", "-q").succeeds()
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        for name in ["d", "o", "data"] {
            #expect(
                try TreeSnapshot(of: other.path(name)).contents == TreeSnapshot(of: repository.path(name)).contents)
        }
        try other.varve("status").prints("Data and pipelines are up to date.\n")
        try other.varve("status", "-c").prints("Cache and remote 'store' are in sync.\n")
        try other.varve("push").prints("Everything is up to date.\n")
        #expect(try other.git("status", "--porcelain") == "")
    }

    // MARK: Pushing

    @Test("only what changed is sent, nothing is sent twice, and a push with nothing to do asks little")
    func incremental() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try S3Project.fill(repository.path("d"), files: 200, size: 500, seed: 41)
        try repository.write("a", "1\n")
        try repository.varve("add", "-q", "d", "a").succeeds()
        try repository.varve("push").prints("201 files pushed\n")
        var before = project.proxy.requests
        try repository.varve("push").prints("Everything is up to date.\n")
        #expect(project.proxy.requests - before <= 4)
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
        try repository.write("d/7", "changed")
        try repository.varve("add", "-q", "d").succeeds()
        try repository.varve("status", "-c").prints("\tnew:                d/7\n")
        before = project.proxy.requests
        try repository.varve("push").prints("1 file pushed\n")
        #expect(project.proxy.requests - before <= 6)
        #expect(try await project.versions() == 202)
    }

    @Test("a version that was recorded and lost again in Git is found, not sent anew")
    func foundAgain() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try S3Project.fill(repository.path("d"), files: 12, size: 500, seed: 42)
        try repository.write("a", "1\n")
        try repository.varve("add", "-q", "d", "a").succeeds()
        try repository.commitAll()
        try repository.varve("push", "-q").succeeds()
        let pushed = try text(repository, "d.dvc")
        try repository.git("checkout", "-q", "--", ".")
        #expect(try text(repository, "d.dvc") != pushed)
        try repository.varve("push").prints("Everything is up to date.\n")
        #expect(try text(repository, "d.dvc") == pushed)
        #expect(try await project.versions() == 13)
    }

    @Test("pushing a part of a directory records its versions and leaves the other files listed")
    func part() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        for name in ["1", "2", "3"] { try repository.write("d/\(name)", name) }
        try repository.varve("add", "-q", "d").succeeds()
        try repository.varve("push", "d/2").prints("1 file pushed\n")
        #expect(try text(repository, "d.dvc").ranges(of: "relpath:").count == 3)
        #expect(try text(repository, "d.dvc").versionIDs.count == 1)
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
        let missing = try repository.varve("data", "status", "--not-in-remote", "--granular").succeeds()
        let section = String(missing.output.split(separator: "DVC committed").first ?? "")
        #expect(section.contains("d/1") && section.contains("d/3"))
        #expect(!section.contains("d/2"))
        let other = try project.clone()
        let failed = try other.varve("pull").fails(status: 1)
        #expect(failed.errors.contains("'d/1': no version of it in remote 'store' is recorded"))
        try repository.varve("push").prints("2 files pushed\n")
        #expect(try text(repository, "d.dvc").versionIDs.count == 3)
    }

    @Test("moved data is sent under its new name, and an executable stays one")
    func moveAndExecutable() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try repository.write("tool.sh", "#!/bin/sh\n")
        try Files.setMode(repository.path("tool.sh"), 0o755)
        try repository.varve("add", "-q", "tool.sh").succeeds()
        try repository.varve("push", "-q").succeeds()
        #expect(try text(repository, "tool.sh.dvc").contains("isexec: true"))
        try repository.varve("move", "tool.sh", "run.sh").succeeds()
        #expect(try text(repository, "run.sh.dvc").versionIDs == [])
        try repository.varve("push").prints("1 file pushed\n")
        #expect(try await project.names() == ["run.sh", "tool.sh"])
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        #expect(try Files.status(other.path("run.sh"))?.isExecutable == true)
    }

    @Test("imports and empty directories come back in a clone")
    func importsAndEmptyDirectories() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try Files.makeDirectory(repository.path("nothing"))
        try Files.makeDirectory(repository.folder + "/source")
        try Files.write(Array("s\n".utf8), to: repository.folder + "/source/s", sync: false)
        try repository.varve("add", "-q", "nothing").succeeds()
        try repository.varve("import-url", "-q", repository.folder + "/source", "taken").succeeds()
        try repository.varve("push", "-q").succeeds()
        try Files.removeTree(repository.folder + "/source")
        let status = try repository.varve("status", "-q")
        #expect(!status.output.contains("changed checksum"))
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        #expect(try Files.read(other.path("taken/s")) == Array("s\n".utf8))
        #expect(Files.isDirectory(other.path("nothing")))
    }

    // MARK: Old versions

    @Test("each Git commit gives back its own versions, in the workspace, in status, in diff and to other repositories")
    func history() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        for (version, text) in [("one", "1\n"), ("two", "2\n")] {
            try repository.write("d/x", text)
            try repository.write("d/same", "same\n")
            try repository.varve("add", "-q", "d").succeeds()
            try repository.varve("push", "-q").succeeds()
            try repository.commitAll()
            try repository.git("tag", version)
        }
        let other = try project.clone()
        try other.varve("fetch", "-T").prints("3 files fetched\n")
        try other.git("checkout", "-q", "one")
        try other.varve("checkout", "-q").succeeds()
        #expect(try Files.read(other.path("d/x")) == Array("1\n".utf8))
        try other.varve("status").prints("Data and pipelines are up to date.\n")
        let difference = try other.varve("diff", "one", "two").succeeds()
        #expect(difference.output.contains("Modified:\n    d/\n    d/x\n"))
        let third = try project.clone()
        try third.git("checkout", "-q", "two")
        try Files.makeDirectory(third.folder + "/elsewhere")
        for (revision, text) in [("one", "1\n"), ("two", "2\n")] {
            let target = third.folder + "/elsewhere/" + revision
            try third.varve("get", ".", "d/x", "--rev", revision, "-o", target).succeeds()
            #expect(try Files.read(target) == Array(text.utf8))
        }
        let listed = try third.varve("list", "-R", ".", "d").succeeds()
        #expect(listed.output == "same\nx\n")
    }

    // MARK: Errors

    @Test("a bucket without versions is refused before anything is sent, and doctor says so")
    func withoutVersions() async throws {
        let project = try await CloudProject(keepsVersions: false)
        let repository = project.repository
        try repository.write("a", "1\n")
        try repository.varve("add", "-q", "a").succeeds()
        let before = try text(repository, "a.dvc")
        let run = try repository.varve("push").fails(status: 1)
        #expect(run.errors.contains("is version_aware, and 's3://varve/\(project.folder)' keeps no versions"))
        #expect(try text(repository, "a.dvc") == before)
        #expect(try await project.backend.stat(Key("a")) == nil)
        let doctor = try repository.varve("doctor", "-r", "store")
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("problem: versions: the bucket keeps no versions"))
        let versioned = try await CloudProject()
        let healthy = try versioned.repository.varve("doctor", "-r", "store").succeeds()
        #expect(healthy.output.contains("ok: versions: the bucket keeps versions"))
    }

    @Test("where nobody may ask whether the bucket keeps versions, the first file shows it")
    func withoutQuestion() async throws {
        for keepsVersions in [true, false] {
            let project = try await CloudProject(keepsVersions: keepsVersions) { request in
                request.target.contains("?versioning") ? .status(403, code: "AccessDenied") : nil
            }
            let repository = project.repository
            for name in ["a", "b", "c"] { try repository.write(name, name) }
            try repository.varve("add", "-q", "a", "b", "c").succeeds()
            if keepsVersions {
                try repository.varve("push").succeeds().prints("3 files pushed\n")
            } else {
                let run = try repository.varve("push").fails(status: 1)
                #expect(run.errors.contains("keeps no versions"))
                for name in ["a", "b", "c"] { #expect(try text(repository, name + ".dvc").versionIDs == []) }
            }
        }
    }

    @Test("a version that was deleted is named, the other files come, and a push from a good clone heals it")
    func deletedVersion() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        for name in ["1", "2", "3"] { try repository.write("d/\(name)", name) }
        try repository.varve("add", "-q", "d").succeeds()
        try repository.varve("push", "-q").succeeds()
        let ids = try text(repository, "d.dvc").versionIDs
        try await project.delete("d/2", version: ids[1])
        let other = try project.clone()
        try other.varve("status", "-c").prints(
            "\tdeleted:            d/1\n\tmissing:            d/2\n\tdeleted:            d/3\n")
        let run = try other.varve("pull").fails(status: 1)
        #expect(run.errors.contains("version \(ids[1]) is not there any more"))
        #expect(run.errors.contains("'d/2' in 's3://"))
        try repository.varve("push").prints("1 file pushed\n")
        let healed = try text(repository, "d.dvc").versionIDs
        #expect(healed[0] == ids[0] && healed[1] != ids[1] && healed[2] == ids[2])
        try repository.commitAll()
        try other.git("pull", "-q")
        try other.varve("pull", "-q").succeeds()
        #expect(try Files.read(other.path("d/2")) == Array("2".utf8))
    }

    @Test("bytes that are not those of the project file are refused")
    func wrongBytes() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try repository.write("a", "good")
        try repository.varve("add", "-q", "a").succeeds()
        try repository.varve("push", "-q").succeeds()
        let evil = try await project.backend.writeVersion(BytesSource("evil"), to: Key("a"))
        let id = try #require(evil.versionID)
        let recorded = try #require(try text(repository, "a.dvc").versionIDs.first)
        try repository.write("a.dvc", try text(repository, "a.dvc").replacing(recorded, with: id))
        let other = try project.clone()
        let run = try other.varve("pull").fails(status: 1)
        #expect(run.errors.contains("the bytes have the MD5"))
        #expect(!Files.exists(other.path("a")))
    }

    @Test("what such a remote cannot do is refused with a reason, and nothing is deleted")
    func refusals() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try repository.write("a", "1\n")
        try repository.varve("add", "-q", "a").succeeds()
        try repository.varve("push", "-q").succeeds()
        try repository.commitAll()
        let push = try repository.varve("push", "--all-branches").fails(status: 1)
        #expect(push.errors.contains("Multiple rev push is unsupported for cloud versioned remotes"))
        for option in ["-c", "--not-in-remote"] {
            let collected = try repository.varve("gc", "-w", "-f", option).fails(status: 251)
            #expect(collected.errors.contains("is unsupported for cloud versioned remotes"))
        }
        let update = try repository.varve("update", "a.dvc").fails(status: 1)
        #expect(update.errors.contains("update is not supported for 'a.dvc' that is not an import."))
        let added = try repository.varve("add", "--to-remote", repository.path("a"), "-o", "b").fails(status: 251)
        #expect(added.errors.contains("keeps versions of files under their own names"))
        let runs = try repository.varve("push", "--run-cache").succeeds()
        #expect(runs.errors.contains("the run cache is left out"))
        try repository.varve("remote", "add", "folder", repository.folder + "/folder").succeeds()
        try repository.varve("remote", "modify", "folder", "worktree", "true").succeeds()
        let folder = try repository.varve("push", "-r", "folder").fails(status: 1)
        #expect(folder.errors.contains("is no store that keeps versions"))
        #expect(try await project.names() == ["a"])
    }

    @Test("data that was pushed there can be pushed to a remote of objects, and comes from it")
    func otherKind() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        try fill(repository)
        try repository.varve("push", "-q").succeeds()
        let folder = repository.folder + "/objects"
        try repository.varve("remote", "add", "objects", folder).succeeds()
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        try other.varve("push", "-q", "-r", "objects").succeeds()
        #expect(try other.git("status", "--porcelain") == "")
        try other.remove(".dvc/cache")
        try other.remove("d")
        try other.varve("pull", "-q", "-r", "objects").succeeds()
        #expect(try TreeSnapshot(of: other.path("d")).contents == TreeSnapshot(of: repository.path("d")).contents)
    }

    // MARK: Killed

    @Test("a push that is killed again and again sends almost nothing twice and records no wrong version")
    func killedPush() async throws {
        let project = try await CloudProject()
        let repository = project.repository
        let total = try S3Project.fill(repository.path("d"), files: 1000, size: 1000, seed: 43)
        try repository.varve("add", "-q", "d").succeeds()
        var kills = 0
        for share in [0.1, 0.35, 0.5, 0.8] {
            let mark = Int64(Double(total) * share)
            let process = try repository.start([BuiltProgram.varve, "push", "-q"])
            while !process.hasEnded(within: 0.001) {
                guard project.proxy.bytesSent > mark else { continue }
                process.stop()
                _ = process.wait()
                kills += 1
                break
            }
        }
        #expect(kills >= 2)
        try repository.varve("push").succeeds()
        #expect(project.proxy.bytesSent < Int64(Double(total) * 1.05) + 64_000)
        #expect(try text(repository, "d.dvc").versionIDs.count == 1000)
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        #expect(try TreeSnapshot(of: other.path("d")).contents == TreeSnapshot(of: repository.path("d")).contents)
        try repository.varve("push").prints("Everything is up to date.\n")
    }

    @Test("a large file that a killed push has sent is not sent again, though its mark tells nothing")
    func killedAfterLargeFile() async throws {
        let project = try await CloudProject { request in
            request.method == "PUT" && request.target.contains("/slow") ? .hang(seconds: 100) : nil
        }
        let repository = project.repository
        try S3Project.fill(repository.path("big"), files: 1, size: 20 << 20, seed: 44)
        try repository.write("slow", "slow")
        try repository.varve("add", "-q", "big/0", "slow").succeeds()
        let process = try repository.start([BuiltProgram.varve, "push", "-q"])
        let scratch = repository.path(".dvc/tmp/varve")
        while try !Files.names(in: scratch).contains(where: { $0.hasPrefix("cloud-") }) {
            if process.hasEnded(within: 0.01) {
                Issue.record("the push has ended: \(process.wait())")
                return
            }
        }
        process.stop()
        _ = process.wait()
        #expect(try text(repository, "big/0.dvc").versionIDs == [])
        try project.goesStraightToServer()
        try repository.varve("push").prints("1 file pushed\n")
        #expect(try await project.versions() == 2)
        #expect(try text(repository, "big/0.dvc").versionIDs.count == 1)
        #expect(try !Files.names(in: scratch).contains { $0.hasPrefix("cloud-") })
        let other = try project.clone()
        try other.varve("pull", "-q").succeeds()
        #expect(try TreeSnapshot(of: other.path("big")).contents == TreeSnapshot(of: repository.path("big")).contents)
    }

    @Test("what was sent before the server failed is recorded, and the next push sends the rest")
    func halfwayFailure() async throws {
        let project = try await CloudProject { request in
            request.method == "PUT" && request.target.contains("/bad") ? .status(403, code: "AccessDenied") : nil
        }
        let repository = project.repository
        for name in ["bad", "good"] { try repository.write(name, name) }
        try repository.varve("add", "-q", "bad", "good").succeeds()
        let run = try repository.varve("push").fails(status: 1)
        #expect(run.errors.contains("1 files failed to upload"))
        #expect(try text(repository, "good.dvc").versionIDs.count == 1)
        #expect(try text(repository, "bad.dvc").versionIDs == [])
        try project.goesStraightToServer()
        try repository.varve("push").prints("1 file pushed\n")
        #expect(try await project.versions() == 2)
    }
}
