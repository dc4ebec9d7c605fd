import Basics
import FileSystem
import Objects
import Storage
import TestSupport
import Testing
import Transfers

@testable import Versioning

@Suite("push") struct PushTests {
    @Test("the second push sends nothing, and a changed directory only what is new in it")
    func incremental() async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["data/a": "1\n", "data/b": "2\n", "f": "3\n"], tracking: ["data", "f"])
            #expect(try await fixture.push() == 4)
            #expect(fixture.stored == fixture.cached)
            #expect(try await fixture.push() == 0)
            try fixture.add(["data/c": "4\n"], tracking: ["data"])
            #expect(try await fixture.push() == 2)
        }
    }

    @Test("data of other branches goes along on demand, and a revision that can't be read is passed over")
    func branches() async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["f": "old\n"], tracking: ["f"])
            try fixture.commit("old")
            try fixture.git("branch old")
            try fixture.write("f.dvc", "outs: [\n")
            try fixture.commit("broken")
            try fixture.git("branch broken")
            try fixture.write("f.dvc", "outs: []\n")
            try fixture.add(["g": "new\n"], tracking: ["g"])
            try fixture.commit("new")
            #expect(try await fixture.push() == 1)
            #expect(try await fixture.push { $0.revisions.allBranches = true } == 1)
            #expect(fixture.messages.warnings == ["failed to collect 'broken', skipping"])
        }
    }

    @Test("outputs go to their own remote, or nowhere with push: false")
    func remotes() async throws {
        try await SharingFixture.with { fixture in
            try fixture.write(
                ".dvc/config",
                """
                [core]
                remote = store
                [remote "store"]
                url = ../../store
                [remote "other"]
                url = ../../other
                """)
            try fixture.add(["a": "a\n", "b": "b\n", "c": "c\n"], tracking: ["a", "b", "c"])
            try fixture.write("a.dvc", try #require(try fixture.read("a.dvc")) + "  remote: other\n")
            try fixture.write("b.dvc", try #require(try fixture.read("b.dvc")) + "  push: false\n")
            let other = Paths.join(fixture.folder, "other")
            #expect(try await fixture.push() == 2)
            #expect(try fixture.objects(in: other) == [fixture.object("a.dvc").key.path])
            #expect(try fixture.stored == [fixture.object("c.dvc").key.path])
        }
    }

    @Test("a damaged object never reaches the remote, nor does the list that names it; the rest does")
    func damagedObject() async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["data/a": "1\n", "data/b": "2\n"], tracking: ["data"])
            try fixture.damage(fixture.cachePath(try #require(ObjectID("26ab0db90d72e28ad0ba1e22ee510510"))), "3\n")
            let error = await #expect(throws: TransferFailed.self) { try await fixture.push() }
            #expect(error?.count == 2)
            #expect(fixture.stored == ["files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1"])
        }
    }

    @Test("what is neither here nor there is told, and keeps its directory's list from the remote")
    func missingObject() async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["data/a": "1\n", "data/b": "2\n"], tracking: ["data"])
            try Files.remove(fixture.cachePath(try #require(ObjectID("26ab0db90d72e28ad0ba1e22ee510510"))))
            #expect(try await fixture.push() == 1)
            #expect(fixture.stored == ["files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1"])
            #expect(fixture.messages.warnings.count == 1)
            #expect(fixture.messages.warnings.first?.contains("name: data/b") == true)
        }
    }

    @Test("part of a directory goes with the list, which does not keep the rest from going later")
    func partOfDirectory() async throws {
        try await SharingFixture.with { fixture in
            try fixture.add(["data/a": "1\n", "data/b": "2\n"], tracking: ["data"])
            let listing = try fixture.object("data.dvc")
            #expect(try await fixture.push { $0.targets = ["data/a"] } == 2)
            #expect(fixture.stored.contains(listing.key.path))
            #expect(try await fixture.push() == 1)
        }
    }

    @Test("a push that fails half-way leaves no list without its files, and the next one completes it")
    func halfWay() async throws {
        try await SharingFixture.with { fixture in
            let files = Dictionary(uniqueKeysWithValues: (0..<12).map { ("data/\($0)", "\($0)\n") })
            try fixture.add(files, tracking: ["data"])
            let repository = try fixture.repository()
            let outputs = try repository.usedOutputs(UsedOutputQuery())
            let memory = MemoryBackend()
            let faulty = FaultyBackend(memory, failing: .write, after: 5)
            let report = try await repository.send(outputs, to: ObjectStore(backend: faulty), jobs: 2)
            #expect(!report.failed.isEmpty)
            #expect(report.withheld == [try fixture.object("data.dvc")])
            #expect(memory.keys.count == 5)
            #expect(!memory.keys.contains { $0.path.hasSuffix(".dir") })
            let second = FaultyBackend(memory)
            let rest = try await repository.send(outputs, to: ObjectStore(backend: second), jobs: 2)
            #expect(rest.transferred.count == 8)
            #expect(second.writes.last == (try fixture.object("data.dvc")).key)
        }
    }

    @Test("a push with nothing to do asks a far remote for the list of a directory and no more")
    func fewRequests() async throws {
        try await SharingFixture.with { fixture in
            let files = Dictionary(uniqueKeysWithValues: (0..<300).map { ("data/\($0)", "\($0)\n") })
            try fixture.add(files, tracking: ["data"])
            let repository = try fixture.repository()
            let outputs = try repository.usedOutputs(UsedOutputQuery())
            let store = FaultyBackend(MemoryBackend())
            _ = try await repository.send(outputs, to: ObjectStore(backend: store), jobs: nil)
            let before = FaultyBackend<MemoryBackend>.Verb.allCases.reduce(0) { $0 + store.count($1) }
            let report = try await repository.send(outputs, to: ObjectStore(backend: store), jobs: nil)
            let after = FaultyBackend<MemoryBackend>.Verb.allCases.reduce(0) { $0 + store.count($1) }
            #expect(report.transferred.isEmpty)
            #expect(after - before == 1)
        }
    }

    @Test("the run cache goes along on demand, as it is, and only what is new in it")
    func runCache() async throws {
        try await SharingFixture.with { fixture in
            let key = String(repeating: "ab", count: 32)
            try fixture.write(".dvc/cache/runs/ab/\(key)/\(key)", "cmd: x\n")
            #expect(try await fixture.push() == 0)
            #expect(try await fixture.push { $0.withRunCache = true } == 1)
            #expect(fixture.stored == ["runs/ab/\(key)/\(key)"])
            #expect(try await fixture.push { $0.withRunCache = true } == 0)
            try fixture.removeCache()
            #expect(try await fixture.fetch { $0.withRunCache = true } == 0)
            #expect(try fixture.read(".dvc/cache/runs/ab/\(key)/\(key)") == "cmd: x\n")
        }
    }
}
