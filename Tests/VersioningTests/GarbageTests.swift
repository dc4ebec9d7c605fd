import Basics
import FileSystem
import Objects
import Storage
import Testing

@testable import Versioning

@Suite("gc") struct GarbageTests {
    /// A project with one version on each of: the branch `old`, the tag `v1`, the workspace.
    private static func withVersions(_ body: (SharingFixture, [String: ObjectID]) async throws -> Void) async throws {
        try await SharingFixture.with { fixture in
            var versions: [String: ObjectID] = [:]
            for (version, place) in [("old", "branch"), ("v1", "tag"), ("now", "")] {
                try fixture.add(["data/f": version + "\n"], tracking: ["data"])
                try fixture.commit(version)
                if !place.isEmpty { try fixture.git("\(place) \(version)") }
                versions[version] = try fixture.object("data.dvc")
            }
            try await body(fixture, versions)
        }
    }

    private static func collect(
        _ fixture: SharingFixture, _ change: (inout GarbageRequest) -> Void = { _ in }
    ) async throws -> [Int] {
        var request = GarbageRequest()
        change(&request)
        return try await fixture.repository().collectGarbage(request).parts.map(\.count)
    }

    private static func kept(_ fixture: SharingFixture, _ versions: [String: ObjectID]) -> [String] {
        versions.filter { fixture.cached.contains($0.value.key.path) }.keys.sorted()
    }

    @Test("only what the workspace uses stays, and the run cache does too")
    func workspace() async throws {
        try await Self.withVersions { fixture, versions in
            let run = "runs/ab/\(String(repeating: "ab", count: 32))/\(String(repeating: "ab", count: 32))"
            try fixture.write(".dvc/cache/" + run, "cmd: x\n")
            #expect(try await Self.collect(fixture) == [4, 0])
            #expect(Self.kept(fixture, versions) == ["now"])
            #expect(fixture.cached.contains(run))
            #expect(fixture.cached.count == 3)
        }
    }

    @Test("what branches, tags, revisions and all commits use stays where they are selected")
    func revisions() async throws {
        try await Self.withVersions { fixture, versions in
            let all = try await Self.collect(fixture) { $0.revisions.allCommits = true }
            #expect(all == [0, 0])
            #expect(
                try await Self.collect(fixture) {
                    $0.revisions.revisions = ["HEAD"]
                    $0.revisions.depth = -1
                } == [0, 0])
            #expect(
                try await Self.collect(fixture) {
                    $0.revisions.allTags = true
                    $0.isDry = true
                } == [2, 0])
            #expect(Self.kept(fixture, versions).count == 3)
            #expect(try await Self.collect(fixture) { $0.revisions.allBranches = true } == [2, 0])
            #expect(Self.kept(fixture, versions) == ["now", "old"])
        }
    }

    @Test("nothing goes while a project file can't be read, and the workspace's is never passed over")
    func brokenProjectFiles() async throws {
        try await Self.withVersions { fixture, versions in
            try fixture.write("x.dvc", "outs: [\n")
            for skips in [false, true] {
                await #expect(throws: UnreadableState.self) {
                    try await Self.collect(fixture) { $0.skipsFailed = skips }
                }
            }
            try fixture.commit("broken")
            try fixture.git("branch broken")
            try Files.remove(Paths.join(fixture.root, "x.dvc"))
            await #expect(throws: UnreadableState.self) {
                try await Self.collect(fixture) { $0.revisions.allBranches = true }
            }
            #expect(Self.kept(fixture, versions).count == 3)
            #expect(
                try await Self.collect(fixture) {
                    $0.revisions.allBranches = true
                    $0.skipsFailed = true
                } == [2, 0])
        }
    }

    @Test("a directory whose list is nowhere stops the collection, and with force the workspace's files stay")
    func unknownFiles() async throws {
        try await Self.withVersions { fixture, versions in
            let now = try #require(versions["now"])
            try Files.remove(fixture.cachePath(now))
            await #expect(throws: Failure.self) { try await Self.collect(fixture) }
            #expect(try await Self.collect(fixture) { $0.force = true } == [4, 0])
            #expect(fixture.cached.count == 1)
        }
    }

    @Test("from the remote goes what is not used, and from the cache what the remote has")
    func remote() async throws {
        try await Self.withVersions { fixture, versions in
            _ = try await fixture.push { $0.revisions.allCommits = true }
            #expect(fixture.stored.count == 6)
            #expect(
                try await Self.collect(fixture) {
                    $0.fromRemote = true
                    $0.revisions.allTags = true
                } == [2, 0, 2, 0])
            #expect(fixture.stored == fixture.cached)
            try fixture.add(["g": "local\n"], tracking: ["g"])
            #expect(try await Self.collect(fixture) { $0.onlyKeepsUnpushed = true } == [4, 0])
            #expect(try fixture.cached == [fixture.object("g.dvc").key.path])
            #expect(fixture.stored.count == 4)
        }
    }

    @Test("what experiments use stays where they are selected")
    func experiments() async throws {
        try await Self.withVersions { fixture, versions in
            try fixture.git("update-ref refs/exps/aa/\(String(repeating: "b", count: 38))/quick-fox old")
            try fixture.git("branch -D old")
            #expect(try await Self.collect(fixture) { $0.revisions.allExperiments = true } == [2, 0])
            #expect(Self.kept(fixture, versions) == ["now", "old"])
        }
    }

    @Test("another project that uses the cache keeps its data")
    func projects() async throws {
        try await Self.withVersions { fixture, versions in
            let cache = Paths.join(fixture.root, ".dvc/cache")
            let other = Paths.join(fixture.folder, "other")
            try Files.makeDirectory(Paths.join(other, ".dvc"))
            try Files.write(
                Array("[core]\nno_scm = true\n[cache]\ndir = \(cache)\n".utf8), to: Paths.join(other, ".dvc/config"),
                sync: false)
            let old = try #require(versions["old"])
            try Files.write(
                Array("outs:\n- md5: \(old)\n  hash: md5\n  path: d\n".utf8), to: Paths.join(other, "d.dvc"),
                sync: false)
            #expect(try await Self.collect(fixture) { $0.projects = [other, "."] } == [2, 0])
            #expect(Self.kept(fixture, versions) == ["now", "old"])
        }
    }

    @Test(
        "a day is read as one, and nothing else is",
        arguments: ["2024-13-01", "2023-02-29", "24-1-1", "x", "2024-01-01-"])
    func days(text: String) throws {
        #expect(throws: Failure.self) { try CalendarDay(text) }
        #expect(try CalendarDay("2024-02-29").start > 1_700_000_000)
    }
}
