import Basics
import Git
import Testing
import Versioning

@Suite("Difference of revisions") struct DiffTests {
    @Test("the last Git commit is compared with the workspace")
    func workspace() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1", "d/a": "2", "d/b": "3"], tracking: ["f", "d"])
            try project.commit()
            try project.write("d/a", "other")
            try project.write("d/n", "3")
            try project.remove("d/b")
            try project.remove("f")
            let diff = try await project.repository().diff(DiffRequest())
            #expect(diff.deleted.map(\.name) == ["f"])
            #expect(diff.modified.map(\.old.name) == ["d/", "d/a"])
            #expect(diff.renamed.map { [$0.old.name, $0.new.name] } == [["d/b", "d/n"]])
            #expect(diff.added.isEmpty && diff.notInCache.isEmpty)
        }
    }

    @Test("what the cache lacks is told only where the workspace is compared by default")
    func missing() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1"], tracking: ["f"])
            try project.commit()
            try project.remove(".dvc/cache")
            var request = DiffRequest()
            #expect(try await project.repository().diff(request).notInCache.map(\.name) == ["f"])
            request.to = "workspace"
            #expect(try await project.repository().diff(request).isEmpty)
        }
    }

    @Test("two Git commits are compared without looking at the workspace, and targets select in both")
    func revisions() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1", "g": "1"], tracking: ["f", "g"])
            try project.commit()
            try project.add(["f": "2", "g": "2"], tracking: ["f", "g"])
            try project.commit()
            try project.remove("f")
            var request = DiffRequest()
            request.from = "HEAD~1"
            request.to = "HEAD"
            #expect(try await project.repository().diff(request).modified.map(\.old.name) == ["f", "g"])
            request.targets = ["g"]
            #expect(try await project.repository().diff(request).modified.map(\.old.name) == ["g"])
            request.targets = ["neither"]
            await #expect(throws: Failure.self) { _ = try await project.repository().diff(request) }
        }
    }

    @Test("nothing differs before the first Git commit, and an unknown revision is an error after it")
    func unborn() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1"], tracking: ["f"])
            var request = DiffRequest()
            request.from = "nowhere"
            #expect(try await project.repository().diff(request).isEmpty)
            try project.commit()
            await #expect(throws: GitError.self) { _ = try await project.repository().diff(request) }
        }
    }

    @Test("without Git there is nothing to compare with")
    func withoutGit() async throws {
        try await StatusFixture.with(usesGit: false) { project in
            await #expect(throws: Failure.self) { _ = try await project.repository().diff(DiffRequest()) }
        }
    }
}
