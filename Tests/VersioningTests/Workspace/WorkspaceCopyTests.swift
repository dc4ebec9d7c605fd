import Basics
import FileSystem
import Git
import Indexing
import Objects
import Testing
import Versioning

@Suite("Copies of a workspace") struct WorkspaceCopyTests {
    /// A project with code, a link, a program, ignored files and recorded data.
    private static func with(
        usesGit: Bool = true, _ body: (StatusFixture) async throws -> Void
    ) async throws {
        try await StatusFixture.with(usesGit: usesGit) { fixture in
            try fixture.write("train.py", "print(1)\n")
            try fixture.write("lib/run.sh", "#!/bin/sh\n")
            try Files.setMode(Paths.join(fixture.root, "lib/run.sh"), 0o755)
            try Linker.make(.symlink, from: "train.py", to: Paths.join(fixture.root, "link"), mode: 0)
            try fixture.write("data/a", "a\n")
            try fixture.write("data/b/c", "c\n")
            _ = try await fixture.repository().add(AddRequest(targets: ["data"]))
            if usesGit {
                try fixture.write(".gitignore", "/secret\n/data\n")
                try fixture.write("secret", "token\n")
                try fixture.commit()
            }
            try await body(fixture)
        }
    }

    private func copy(_ fixture: StatusFixture, extras: [String] = []) async throws -> WorkspaceCopy {
        let template = try await WorkspaceTemplate(
            at: Paths.join(fixture.root, ".dvc/tmp/tune/s.trials/workspace"), of: fixture.repository(), extras: extras)
        return WorkspaceCopy(of: template, at: Paths.join(fixture.root, ".dvc/tmp/tune/s.trials/copies/0"))
    }

    private func read(_ copy: WorkspaceCopy, _ name: String) -> String? {
        (try? Files.readIfPresent(Paths.join(copy.root, name))).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "a copy has files as they are now, data as it is recorded, and nothing that Git ignores",
        arguments: [true, false])
    func contents(usesGit: Bool) async throws {
        try await Self.with(usesGit: usesGit) { fixture in
            try fixture.write("train.py", "print(2)\n")
            try fixture.write("new.py", "print(3)\n")
            let copy = try await copy(fixture)
            let repository = try copy.refresh()
            #expect(read(copy, "train.py") == "print(2)\n")
            #expect(read(copy, "new.py") == "print(3)\n")
            #expect(read(copy, "data/b/c") == "c\n")
            #expect(try Files.status(Paths.join(copy.root, "lib/run.sh"))?.isExecutable == true)
            #expect(try Files.readLink(Paths.join(copy.root, "link")) == "train.py")
            #expect(read(copy, "secret") == nil)
            #expect(!Files.exists(Paths.join(copy.root, ".dvc/cache")))
            #expect(repository.cache.root == Paths.join(fixture.root, ".dvc/cache"))
            if usesGit {
                #expect(try repository.git?.workTree == copy.folder)
                #expect(try repository.git?.head() == fixture.repository().git?.head())
            }
            // What was seen first stays, whatever happens to the original.
            try fixture.write("train.py", "print(4)\n")
            _ = try await self.copy(fixture).refresh()
            #expect(read(copy, "train.py") == "print(2)\n")
        }
    }

    @Test("whatever ran in a copy, it is made as it was; what that left is known", arguments: [true, false])
    func refreshing(usesGit: Bool) async throws {
        try await Self.with(usesGit: usesGit) { fixture in
            let copy = try await copy(fixture)
            _ = try copy.refresh()
            #expect(try copy.changedFiles() == [])
            func write(_ name: String, _ text: String) throws {
                let path = Paths.join(copy.root, name)
                try Files.makeDirectory(Paths.parent(path))
                try? Files.remove(path)
                try Files.write(Array(text.utf8), to: path)
            }
            try write("train.py", "print(9)\n")
            try write("metrics.json", "{}")
            try write("out/deep/x", "x")
            try write("data/a", "changed\n")
            try write("data/more", "more\n")
            try write(".dvc/tmp/varve/runs/1.json", "{}")
            try Files.remove(Paths.join(copy.root, "link"))
            #expect(try copy.changedFiles() == ["metrics.json", "out/deep/x", "train.py"])
            var settled = 0
            _ = try copy.refresh { _ in settled += 1 }
            #expect(settled == 1)
            #expect(read(copy, "train.py") == "print(1)\n")
            #expect(read(copy, "data/a") == "a\n")
            for gone in ["metrics.json", "out", "data/more", ".dvc/tmp/varve/runs"] {
                #expect(!Files.exists(Paths.join(copy.root, gone)), "\(gone)")
            }
            #expect(try Files.readLink(Paths.join(copy.root, "link")) == "train.py")
            #expect(try copy.changedFiles() == [])
            #expect(try Files.read(Paths.join(fixture.root, "train.py")) == Array("print(1)\n".utf8))
            #expect(try Files.read(Paths.join(fixture.root, "data/a")) == Array("a\n".utf8))
        }
    }

    @Test("data that is not recorded, or not in the cache, is refused and named")
    func refusals() async throws {
        try await Self.with { fixture in
            let repository = try fixture.repository()
            try Files.removeTree(repository.cache.root)
            let error = await #expect(throws: Failure.self) { try await copy(fixture).refresh() }
            #expect(error?.summary == "data is not in the cache: data")
        }
        try await Self.with { fixture in
            try? Files.remove(Paths.join(fixture.root, "data/a"))
            try fixture.write("data/a", "other\n")
            let error = await #expect(throws: Failure.self) { try await copy(fixture) }
            #expect(error?.summary == "data in the workspace is not what is recorded: data")
            #expect(!Files.exists(Paths.join(fixture.root, ".dvc/tmp/tune/s.trials/workspace")))
        }
    }

    @Test("what Git ignores is copied when it is asked for; settings mean the same in a copy")
    func extras() async throws {
        try await Self.with { fixture in
            try fixture.write(
                ".dvc/config",
                "['remote \"theirs\"']\n    url = ../far\n['remote \"web\"']\n    url = s3://b\n"
                    + "    endpointurl = https://leaked.example.org\n")
            try fixture.write(
                ".dvc/config.local", "['remote \"r\"']\n    url = ../../storage\n")
            let copy = try await copy(fixture, extras: ["secret"])
            _ = try copy.refresh()
            #expect(read(copy, "secret") == "token\n")
            let settings = Paths.join(copy.root, ".dvc/config.local")
            #expect(
                read(copy, ".dvc/config.local")?.contains("url = \(Paths.join(fixture.folder, "storage"))\n") == true)
            #expect(try Files.status(settings)?.mode == 0o600)
            // What the project says has not become the user's own word.
            #expect(read(copy, ".dvc/config.local")?.contains("theirs") == false)
            #expect(read(copy, ".dvc/config.local")?.contains("leaked") == false)
            #expect(read(copy, ".dvc/config")?.contains("url = \(Paths.join(fixture.root, "far"))\n") == true)
            await #expect(throws: Failure.self) {
                _ = try await WorkspaceTemplate(
                    at: Paths.join(fixture.folder, "t"), of: fixture.repository(), extras: ["../outside"])
            }
        }
    }
}
