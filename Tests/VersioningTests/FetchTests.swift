import Basics
import FileSystem
import Indexing
import Objects
import Storage
import TestSupport
import Testing
import Transfers

@testable import Versioning

@Suite("fetch and pull") struct FetchTests {
    private static let two = "26ab0db90d72e28ad0ba1e22ee510510"

    /// A project whose data is only in the remote.
    private static func withPushed(_ body: (SharingFixture) async throws -> Void) async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["data/a": "1\n", "data/b": "2\n", "f": "3\n"], tracking: ["data", "f"])
            _ = try await fixture.push()
            try fixture.removeCache()
            for name in ["data", "f", ".dvc/tmp"] { try Files.removeTree(Paths.join(fixture.root, name)) }
            try await body(fixture)
        }
    }

    @Test("everything comes back, and a second pull changes nothing")
    func roundTrip() async throws {
        try await Self.withPushed { fixture in
            let result = try await fixture.pull()
            #expect(result.fetch.fetched == 4)
            #expect(result.checkout.added == ["data/", "f"])
            #expect(try fixture.read("data/b") == "2\n")
            let again = try await fixture.pull()
            #expect(again.fetch.fetched == 0)
            #expect(again.checkout.added.isEmpty && again.checkout.modified.isEmpty)
        }
    }

    @Test("part of a directory brings its list and the named files only")
    func partOfDirectory() async throws {
        try await Self.withPushed { fixture in
            let fetched = try await fixture.fetch { $0.targets = ["data/a"] }
            #expect(fetched == 2)
            #expect(!fixture.cached.contains { $0.hasSuffix(String(Self.two.dropFirst(2))) })
        }
    }

    @Test("a remote need not be there when nothing is missing, and must be when something is")
    func withoutRemote() async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["f": "3\n"], tracking: ["f"])
            try fixture.write(".dvc/config", "")
            #expect(try await fixture.fetch() == 0)
            try fixture.removeCache()
            let error = await #expect(throws: SettingsError.self) { try await fixture.fetch() }
            #expect(error?.summary.contains("no remote specified in \(fixture.root)") == true)
        }
    }

    @Test("a file that the remote lost fails the pull, brings the rest, and leaves the workspace alone")
    func lostFile() async throws {
        try await Self.withPushed { fixture in
            try Files.remove(fixture.storePath(try #require(ObjectID(Self.two))))
            let error = await #expect(throws: TransferFailed.self) { try await fixture.pull() }
            #expect(error?.count == 2)
            #expect(fixture.cached.count == 2)
            #expect(!fixture.cached.contains { $0.hasSuffix(".dir") })
            #expect(try fixture.read("f") == nil)
        }
    }

    @Test("wrong bytes in the remote never reach cache or workspace", arguments: ["4\n", "", "22\n"])
    func bitRot(text: String) async throws {
        try await Self.withPushed { fixture in
            try fixture.damage(fixture.storePath(try #require(ObjectID(Self.two))), text)
            await #expect(throws: TransferFailed.self) { try await fixture.pull() }
            #expect(!fixture.cached.contains { $0.hasSuffix(String(Self.two.dropFirst(2))) })
            #expect(!fixture.cached.contains { $0.hasSuffix(".dir") })
            #expect(try fixture.read("data/b") == nil)
        }
    }

    @Test("a list of files with wrong bytes is not believed")
    func rottenListing() async throws {
        try await Self.withPushed { fixture in
            try fixture.damage(fixture.storePath(try fixture.object("data.dvc")), "[]")
            await #expect(throws: TransferFailed.self) { try await fixture.fetch() }
            #expect(try fixture.cached == [fixture.object("f.dvc").key.path])
        }
    }

    @Test("unsaved changes are not overwritten, unless they are given up")
    func unsaved() async throws {
        try await Self.withPushed { fixture in
            try fixture.write("f", "precious\n")
            await #expect(throws: UnsavedFiles.self) { try await fixture.pull() }
            #expect(try fixture.read("f") == "precious\n")
            _ = try await fixture.pull(force: true)
            #expect(try fixture.read("f") == "3\n")
        }
    }

    @Test("a read that breaks off leaves nothing behind, and the next fetch completes it")
    func halfWay() async throws {
        try await Self.withPushed { fixture in
            let repository = try fixture.repository()
            let outputs = try repository.usedOutputs(UsedOutputQuery())
            let memory = MemoryBackend()
            for key in fixture.stored {
                let bytes = try Files.read(Paths.join(fixture.remote, key))
                try await memory.write(BytesSource(bytes), to: Key(key))
            }
            let faulty = FaultyBackend(memory, failing: .read, after: 2, partialRead: 1)
            var names = ObjectNames()
            let outcome = try await repository.bring(
                outputs, from: ObjectStore(backend: faulty), jobs: 1, names: &names)
            #expect(outcome.fetched == 1)
            #expect(outcome.withheld == 1)
            #expect(fixture.cached.count == 1)
            let rest = try await repository.bring(outputs, from: ObjectStore(backend: memory), jobs: 1, names: &names)
            #expect(rest.fetched == 3)
            #expect(rest.failed.isEmpty)
        }
    }

    @Test("large outputs and those of another kind stay away on demand")
    func filters() async throws {
        try await Self.withPushed { fixture in
            #expect(try await fixture.fetch { $0.maximumSize = 3 } == 1)
            #expect(try await fixture.fetch { $0.kinds = [.metrics] } == 0)
            try fixture.write("dvc.yaml", "metrics:\n- data/a\n")
            #expect(try await fixture.fetch { $0.kinds = [.metrics] } == 3)
        }
    }

    @Test("the cache and the remote are compared object by object")
    func cloudStatus() async throws {
        try await Self.withPushed { fixture in
            try fixture.add(["g": "new\n"], tracking: ["g"])
            let lines = try await fixture.repository().cloudStatus(TransferRequest())
            #expect(
                lines.map { "\($0.state.rawValue) \($0.path)" } == [
                    "deleted data/a", "deleted data/b", "deleted f", "new g",
                ])
            #expect(try fixture.cached.contains(fixture.object("data.dvc").key.path))
        }
    }
}
