import Basics
import Documents
import FileSystem
import Indexing
import Testing

@testable import Versioning

@Suite("import-url and update") struct ImportURLTests {
    /// A project beside a folder `outside` with data.
    private static func with(_ body: (SharingFixture) async throws -> Void) async throws {
        try await SharingFixture.with { fixture in
            try fixture.writeOutside("file", "one\n")
            try fixture.writeOutside("folder/a", "1\n")
            try fixture.writeOutside("folder/sub/b", "2\n")
            try await body(fixture)
        }
    }

    @Test("data and its source are recorded as DVC records them")
    func records() async throws {
        try await Self.with { fixture in
            let result = try await fixture.importURL("../outside/file")
            #expect(result.filesToStage.sorted() == [".gitignore", "file.dvc"])
            #expect(try fixture.read("file") == "one\n")
            #expect(
                try fixture.read("file.dvc") == """
                    md5: 4795cd329aef2fa8e7365fd1e9786656
                    frozen: true
                    deps:
                    - md5: 5bbf5a52328e7439ae6e719dfe712200
                      size: 4
                      hash: md5
                      path: ../outside/file
                    outs:
                    - md5: 5bbf5a52328e7439ae6e719dfe712200
                      size: 4
                      hash: md5
                      path: file

                    """)
        }
    }

    @Test("a path is written as seen from the folder of the pointer file, wherever the user stands")
    func recordsPathFromPointerFile() async throws {
        try await Self.with { fixture in
            try fixture.write("deep/keep", "")
            _ = try await fixture.importURL("../outside/folder", to: "deep")
            #expect(try fixture.read("deep/folder.dvc")?.contains("path: ../../outside/folder\n") == true)
            #expect(try fixture.read("deep/folder/sub/b") == "2\n")
        }
    }

    @Test("a file URL is recorded as the path, which DVC reads, too")
    func recordsFileURLAsPath() async throws {
        try await Self.with { fixture in
            _ = try await fixture.importURL("file://" + fixture.outside("file"))
            #expect(try fixture.read("file.dvc")?.contains("path: \(fixture.outside("file"))\n") == true)
        }
    }

    @Test("an update takes what changed, and says where nothing did")
    func updates() async throws {
        try await Self.with { fixture in
            _ = try await fixture.importURL("../outside/folder")
            try await fixture.update("folder.dvc")
            #expect(fixture.messages.messages.contains("'folder.dvc' didn't change, skipping"))
            try fixture.writeOutside("folder/c", "3\n")
            try Files.remove(fixture.outside("folder/a"))
            try await fixture.update("folder.dvc")
            #expect(try fixture.read("folder/c") == "3\n")
            #expect(try fixture.read("folder/a") == nil)
            #expect(try await fixture.repository().status(StatusRequest()).changed.isEmpty)
        }
    }

    @Test("an update whose source is gone leaves the data as it is")
    func keepsDataOfLostSource() async throws {
        try await Self.with { fixture in
            _ = try await fixture.importURL("../outside/file")
            try Files.remove(fixture.outside("file"))
            await #expect(throws: MissingDependency.self) { try await fixture.update("file.dvc") }
            #expect(try fixture.read("file") == "one\n")
        }
    }

    @Test("without a download only the source is recorded, and a pull brings the data as long as it is the same")
    func pullsPartialImport() async throws {
        try await Self.with { fixture in
            _ = try await fixture.importURL("../outside/folder") { $0.extent = .record }
            #expect(try fixture.read("folder/a") == nil)
            let pulled = try await fixture.pull()
            #expect(pulled.checkout.added == ["folder/"])
            #expect(try fixture.read("folder/sub/b") == "2\n")
            #expect(!fixture.cached.contains { $0.hasPrefix("files/") })
            try Files.removeTree(Paths.join(fixture.root, "folder"))
            try Files.removeTree(Paths.join(fixture.root, ".dvc/cache"))
            try fixture.writeOutside("folder/a", "changed\n")
            let again = try await fixture.pull()
            #expect(again.checkout.failed?.paths == ["folder"])
            #expect(try fixture.read("folder/a") == nil)
        }
    }

    @Test("data that neither cache nor remote has comes from its source, if that still has it")
    func fetchesFromSource() async throws {
        try await Self.with { fixture in
            _ = try await fixture.importURL("../outside/file")
            _ = try await fixture.importURL("../outside/folder")
            for name in ["file", "folder", ".dvc/cache"] { try Files.removeTree(Paths.join(fixture.root, name)) }
            try fixture.writeOutside("file", "other\n")
            let pulled = try await fixture.pull()
            #expect(try fixture.read("folder/sub/b") == "2\n")
            #expect(pulled.checkout.failed?.paths == ["file"])
        }
    }

    @Test("data sent to the remote is not kept here, and a pull brings it")
    func sendsToRemote() async throws {
        try await Self.with { fixture in
            _ = try await fixture.importURL("../outside/folder") { $0.extent = .remote }
            #expect(fixture.cached.isEmpty)
            #expect(try fixture.read("folder/a") == nil)
            #expect(fixture.stored.count == 3)
            _ = try await fixture.pull()
            #expect(try fixture.read("folder/a") == "1\n")
            #expect(try await fixture.repository().status(StatusRequest()).changed.isEmpty)
        }
    }

    @Test("a place that is taken, or unfit, is refused before anything is read")
    func refusesPlaces() async throws {
        try await Self.with { fixture in
            try fixture.add(["tracked/x": "x\n", "file": "mine\n"], tracking: ["tracked"])
            await #expect(throws: ExistsLocally.self) { try await fixture.importURL("../outside/file") }
            for place in ["../elsewhere", "x.dvc", "tracked/new", "missing/x", ".git/x", ".dvc/x"] {
                await #expect(throws: (any Error).self, "\(place)") {
                    try await fixture.importURL("../outside/file", to: place)
                }
            }
            await #expect(throws: Failure.self) { try await fixture.importURL("..", to: "circle") }
            #expect(try fixture.read("file") == "mine\n")
        }
    }

    @Test("a link that is in the way of the data's folder is not followed")
    func refusesLinkedFolder() async throws {
        try await Self.with { fixture in
            try fixture.writeOutside("target/keep", "")
            try fixture.link("../outside/target", at: "linked")
            await #expect(throws: (any Error).self) {
                try await fixture.importURL("../outside/file", to: "linked/new")
            }
            #expect(!Files.exists(fixture.outside("target/new")))
        }
    }

    @Test("Git's and DVC's own folders in the data are refused whole")
    func refusesReservedNames() async throws {
        try await Self.with { fixture in
            try fixture.writeOutside("bad/.git/hooks/post-checkout", "#!/bin/sh\n")
            await #expect(throws: UnsafePath.self) { try await fixture.importURL("../outside/bad") }
            await #expect(throws: UnsafePath.self) { try await fixture.getURL("../outside/bad", to: "copied") }
            #expect(!Files.exists(Paths.join(fixture.root, "copied/.git")))
        }
    }

    @Test("unknown options of a store, remotes and kinds of stores are settings errors")
    func refusesUnknownStores() async throws {
        try await Self.with { fixture in
            await #expect(throws: SettingsError.self) {
                try await fixture.importURL("../outside/file") { $0.fsConfig["nonsense"] = "1" }
            }
            await #expect(throws: SettingsError.self) { try await fixture.importURL("remote://nowhere/x") }
            await #expect(throws: SettingsError.self) { try await fixture.importURL("foo://host/x") }
        }
    }

    @Test("a listing shows files, then folders; below a depth, folders stand for what is in them")
    func lists() async throws {
        try await Self.with { fixture in
            let environment = try fixture.repository().environment
            let browser = try URLBrowser("../outside", fsConfig: Mapping(), environment)
            #expect(try await browser.list(isRecursive: false, depth: nil).map(\.path) == ["file", "folder"])
            #expect(
                try await browser.list(isRecursive: true, depth: nil).map(\.path) == [
                    "file", "folder/a", "folder/sub/b",
                ])
            #expect(
                try await browser.list(isRecursive: true, depth: 2).map(\.path) == ["file", "folder/a", "folder/sub"])
            let missing = try URLBrowser("../nothing", fsConfig: Mapping(), environment)
            await #expect(throws: MissingSource.self) { try await missing.list(isRecursive: false, depth: nil) }
        }
    }

    @Test("getting a folder again replaces its files and keeps what else is there")
    func getsFolder() async throws {
        try await Self.with { fixture in
            try await fixture.getURL("../outside/folder")
            try fixture.write("folder/a", "old\n")
            try fixture.write("folder/own", "own\n")
            await #expect(throws: ExistsLocally.self) { try await fixture.getURL("../outside/folder") }
            try await fixture.getURL("../outside/folder", force: true)
            #expect(try fixture.read("folder/a") == "1\n")
            #expect(try fixture.read("folder/own") == "own\n")
        }
    }
}
