import Testing
import Versioning

@Suite("Status of data") struct DataStatusTests {
    @Test("what is committed to Git, to the project files and to neither is told apart")
    func stations() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1", "d/a": "2", "d/b": "3"], tracking: ["f", "d"])
            try project.commit()
            try project.add(["f": "changed", "new": "4"], tracking: ["f", "new"])
            try project.write("d/c", "5")
            try project.remove("d/b")
            let status = try await project.repository().dataStatus(DataStatusRequest())
            #expect(status.committed.modified == ["f"])
            #expect(status.committed.added == ["new"])
            #expect(status.uncommitted.modified == ["d/"])
            #expect(status.uncommitted.added.isEmpty && status.uncommitted.deleted.isEmpty)
            #expect(status.notInCache.isEmpty)
            #expect(status.git == .repository(isUnborn: false, isDirty: true))

            var request = DataStatusRequest()
            request.isGranular = true
            request.findsUnchanged = true
            let granular = try await project.repository().dataStatus(request)
            #expect(granular.uncommitted.added == ["d/c"])
            #expect(granular.uncommitted.deleted == ["d/b"])
            #expect(granular.unchanged == ["d/a"])
        }
    }

    @Test("without a cache the recorded listing is lost, though the workspace still has the files")
    func lostCache() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1", "d/s/a": "2"], tracking: ["f", "d"])
            try project.commit()
            try project.remove(".dvc/cache")
            var request = DataStatusRequest()
            request.isGranular = true
            let status = try await project.repository().dataStatus(request)
            #expect(status.notInCache == ["d/", "f"])
            #expect(status.uncommitted.unknown == ["d/s/", "d/s/a"])
        }
    }

    @Test("before the first Git commit everything is added")
    func unborn() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1"], tracking: ["f"])
            var request = DataStatusRequest()
            request.findsUntracked = true
            let status = try await project.repository().dataStatus(request)
            #expect(status.committed.added == ["f"])
            #expect(status.untracked == [".dvc/.gitignore", ".dvc/config", ".gitignore", "f.dvc"])
            #expect(status.git == .repository(isUnborn: true, isDirty: true))
        }
    }

    @Test("without Git only the workspace is compared")
    func withoutGit() async throws {
        try await StatusFixture.with(usesGit: false) { project in
            try project.add(["f": "1", "g": "2"], tracking: ["f", "g"])
            try project.write("g", "other")
            var request = DataStatusRequest()
            request.findsUnchanged = true
            let status = try await project.repository().dataStatus(request)
            #expect(status.committed.isEmpty)
            #expect(status.uncommitted.modified == ["g"])
            #expect(status.unchanged == ["f"])
            #expect(status.git == .none)
        }
    }

    @Test("targets limit everything to what is at or below them")
    func targets() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1", "d/a": "2", "d/s/b": "3"], tracking: ["f", "d"])
            try project.commit()
            for name in ["f", "d/a", "d/s/b"] { try project.write(name, "other") }
            var request = DataStatusRequest()
            request.isGranular = true
            request.targets = ["d/s"]
            let status = try await project.repository().dataStatus(request)
            #expect(status.uncommitted.modified == ["d/s/b"])
            request.targets = ["nothing"]
            let none = try await project.repository().dataStatus(request)
            #expect(none.uncommitted.isEmpty)
        }
    }

    @Test("only what the remote lacks is not in the remote")
    func remote() async throws {
        try await StatusFixture.with { project in
            try project.write(".dvc/config", "[core]\nremote = s\n['remote \"s\"']\nurl = ../../store\n")
            try project.add(["f": "1", "d/a": "2"], tracking: ["f", "d"])
            // The object of f.
            try project.write("../store/files/md5/c4/ca4238a0b923820dcc509a6f75849b", "1")
            var request = DataStatusRequest()
            request.asksRemote = true
            #expect(try await project.repository().dataStatus(request).notInRemote == ["d/"])
            request.isGranular = true
            #expect(try await project.repository().dataStatus(request).notInRemote == ["d/", "d/a"])
        }
    }
}
