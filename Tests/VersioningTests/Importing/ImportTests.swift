import Basics
import FileSystem
import Git
import ProjectFiles
import Testing

@testable import Versioning

@Suite("import and get") struct ImportTests {
    /// A project beside another repository that has tracked data, plain files, and a tag for its first state.
    private static func with(_ body: (SharingFixture) async throws -> Void) async throws {
        try await SharingFixture.with { fixture in
            try fixture.outsideShell(
                "git init -q -b main .; mkdir .dvc code; touch .dvc/config; echo hello > code/main")
            try fixture.writeOutside(".gitignore", "/data\n")
            try fixture.writeOutside("data/a", "1\n")
            try fixture.writeOutside("data/sub/b", "2\n")
            try fixture.addOutside("data")
            try fixture.outsideShell("git add -A; git commit -qm one; git tag v1")
            try fixture.writeOutside("data/a", "changed\n")
            try fixture.addOutside("data")
            try fixture.outsideShell("echo more >> code/main; git add -A; git commit -qm two")
            try await body(fixture)
        }
    }

    @Test("tracked data comes with the commit that it was taken from")
    func importsTrackedData() async throws {
        try await Self.with { fixture in
            try await fixture.importData("data") { $0.revision = "v1" }
            #expect(try fixture.read("data/a") == "1\n")
            let stage = try #require(try fixture.repository().workspace().stages.first)
            let commit = try GitRepository.open(at: fixture.outside(".")).resolve("v1")
            #expect(stage.dependencies[0].repository?.lockedRevision == commit.name.hex)
            #expect(stage.isFrozen)
            #expect(try await fixture.repository().status(StatusRequest()).changed.map(\.address) == [])
        }
    }

    @Test("files that Git keeps and parts of tracked data come as well")
    func importsPlainFiles() async throws {
        try await Self.with { fixture in
            try await fixture.importData("code")
            try await fixture.importData("data/sub/b") { $0.output = "b" }
            #expect(try fixture.read("code/main") == "hello\nmore\n")
            #expect(try fixture.read("b") == "2\n")
            await #expect(throws: MissingSourcePath.self) { try await fixture.importData("nothing") }
            #expect(try fixture.read("nothing.dvc") == nil)
        }
    }

    @Test("a new commit of the source is an update, which brings the new state")
    func updates() async throws {
        try await Self.with { fixture in
            try await fixture.importData("data") { $0.revision = "v1" }
            try await fixture.importData("code")
            try fixture.outsideShell("echo last >> code/main; git commit -qam three")
            let states = try await fixture.repository().status(StatusRequest()).changed.flatMap(\.dependencies)
            #expect(states.map(\.state) == [.updateAvailable])
            try await fixture.update("code.dvc")
            #expect(try fixture.read("code/main") == "hello\nmore\nlast\n")
            try await fixture.update("data.dvc") { $0.revision = "main" }
            #expect(try fixture.read("data/a") == "changed\n")
        }
    }

    @Test("a pull brings imports from their repository, and a push leaves them out")
    func pulls() async throws {
        try await Self.with { fixture in
            try await fixture.importData("data")
            try await fixture.importData("code")
            #expect(try await fixture.push() == 0)
            for name in ["data", "code", ".dvc/cache"] { try Files.removeTree(Paths.join(fixture.root, name)) }
            let pulled = try await fixture.pull()
            #expect(pulled.checkout.added == ["code/", "data/"])
            #expect(try fixture.read("data/sub/b") == "2\n")
            #expect(try await fixture.fetch() == 0)
        }
    }

    @Test("an import of an import comes from where the first one came")
    func importsChain() async throws {
        try await Self.with { fixture in
            let middle = Paths.join(fixture.folder, "middle")
            try fixture.outsideShell("mkdir '\(middle)'; cd '\(middle)'; git init -q .; mkdir .dvc; touch .dvc/config")
            var request = ImportRequest(url: "../outside", path: "data")
            request.revision = "v1"
            _ = try await fixture.repository(at: middle).importData(request)
            try fixture.outsideShell("cd '\(middle)'; git add *.dvc; git commit -qm import; rm -rf data .dvc/cache")
            try await fixture.importData("data", from: "../middle")
            #expect(try fixture.read("data/sub/b") == "2\n")
            try await fixture.importData("data/a", from: "../middle") { $0.output = "single" }
            #expect(try fixture.read("single") == "1\n")
        }
    }

    @Test("a repository that has to be cloned gives what Git keeps, and leaves no clone behind")
    func clones() async throws {
        try await Self.with { fixture in
            let temporary = Paths.join(fixture.folder, "tmp")
            try Files.makeDirectory(temporary)
            var environment = try fixture.repository().environment
            environment.variables["TMPDIR"] = temporary
            environment.variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
            var source = RepositorySource(url: "file://" + fixture.outside("."))
            source.revision = "v1"
            try await GetRequest(source, path: "code/main").run(environment, progress: SilentProgress())
            #expect(try fixture.read("main") == "hello\n")
            #expect(try Files.names(in: temporary) == [])
        }
    }

    @Test("URLs that Git would take for options or commands are refused")
    func refusesHostileURLs() async throws {
        try await Self.with { fixture in
            for url in ["--upload-pack=touch ran", "ext::sh -c 'touch ran'", "-u"] {
                await #expect(throws: (any Error).self, "\(url)") { try await fixture.importData("x", from: url) }
            }
            #expect(!Files.exists(Paths.join(fixture.root, "ran")))
        }
    }

    @Test("a link of the source that leads out of it gives nothing away")
    func refusesLinksOut() async throws {
        try await Self.with { fixture in
            try fixture.outsideShell(
                "echo secret > ../secret; ln -s ../secret leak; mkdir d; ln -s ../../secret d/leak")
            await #expect(throws: LinkOutOfSource.self) { try await fixture.importData("leak") }
            await #expect(throws: LinkOutOfSource.self) { try await fixture.importData("d") }
            #expect(try fixture.read("leak") == nil)
            // Of a commit, a link is its text, as in DVC.
            try fixture.outsideShell("git add -A; git commit -qm links")
            try await fixture.importData("leak") { $0.revision = "HEAD" }
            #expect(try fixture.read("leak") == "../secret")
        }
    }

    @Test("outputs and listings of the source that climb out of it are refused")
    func refusesClimbing() async throws {
        try await Self.with { fixture in
            for path in ["../secret", "/etc/hostname", ".git/config", ".dvc/config"] {
                try fixture.writeOutside(
                    "bad.dvc", "outs:\n- md5: \(String(repeating: "a", count: 32))\n  path: \(path)\n")
                await #expect(throws: (any Error).self, "\(path)") {
                    try await fixture.importData(path) { $0.output = "taken" }
                }
                #expect(!Files.exists(Paths.join(fixture.root, "taken")), "\(path)")
            }
        }
    }

    @Test("repositories that import from each other end in an error")
    func refusesCircles() async throws {
        try await Self.with { fixture in
            let hash = String(repeating: "a", count: 32)
            try fixture.writeOutside(
                "loop.dvc",
                "frozen: true\ndeps:\n- path: loop\n  repo:\n    url: .\nouts:\n- md5: \(hash)\n  hash: md5\n  path: loop\n"
            )
            await #expect(throws: (any Error).self) { try await fixture.importData("loop") }
        }
    }
}

extension SharingFixture {
    fileprivate func repository(at root: String) throws -> Repository {
        var environment = try repository().environment
        environment.workingDirectory = Paths.resolvingLinks(root)
        return try Repository(root: root, environment: environment)
    }

    fileprivate func addOutside(_ name: String) throws {
        _ = try repository(at: outside(".")).add(AddRequest(targets: [name]))
    }
}
