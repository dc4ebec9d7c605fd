import Testing
import Versioning

@Suite("Status of stages") struct StatusTests {
    @Test("data just added is unchanged")
    func clean() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1", "d/a": "2"], tracking: ["f", "d"])
            #expect(try await project.status() == [])
            let status = try await project.repository().status(StatusRequest())
            #expect(!status.hasNoStages)
        }
    }

    @Test("a project without project files has no stages")
    func empty() async throws {
        try await StatusFixture.with { project in
            let status = try await project.repository().status(StatusRequest())
            #expect(status.hasNoStages)
        }
    }

    @Test("changed, deleted and uncached outputs are told apart")
    func outputs() async throws {
        try await StatusFixture.with { project in
            try project.add(["m": "1", "x": "2", "d/a": "3", "d/b": "4"], tracking: ["m", "x", "d"])
            try project.write("m", "other")
            try project.remove("x")
            // The object of d/b: one lost file makes the directory incomplete, though the listing is there.
            try project.remove(".dvc/cache/files/md5/a8/7ff679a2f3e71d9181a67b7542122c")
            #expect(
                try await project.status() == [
                    "d.dvc: d notInCache", "m.dvc: m modified", "x.dvc: x deleted",
                ])
        }
    }

    @Test("names are shown from where the user stands, and a path selects its stage alone")
    func subfolder() async throws {
        try await StatusFixture.with { project in
            try project.add(["s/f": "1", "g": "2"], tracking: ["s/f", "g"])
            try project.write("s/f", "other")
            try project.write("g", "other")
            var request = StatusRequest()
            request.targets = ["f"]
            let changed = try await project.repository(in: "s").status(request).changed
            #expect(changed.map(\.address) == ["f.dvc"])
            #expect(changed.first?.outputs == [ItemStatus(name: "f", state: .modified)])
            let all = try await project.repository(in: "s").status(StatusRequest()).changed.map(\.address)
            #expect(all == ["../g.dvc", "f.dvc"])
        }
    }

    @Test("a stage is told by its dependencies, its values, its outputs and its command")
    func pipeline() async throws {
        try await StatusFixture.with { project in
            try project.write("in", "1")
            try project.write("out", "2")
            try project.write("params.yaml", "lr: 0.2\nnew: 1\n")
            try project.write("dvc.yaml", pipeline)
            try project.write("dvc.lock", lock)
            #expect(
                try await project.status() == [
                    "train: in modified",
                    "train: params.yaml values([\(key("lr", "modified")), \(key("new", "new")), \(key("old", "deleted"))])",
                    "train: out notInCache",
                    "train: command",
                    "never: in modified",
                    "never: nv deleted",
                    "callback: always",
                ])
            try project.remove("params.yaml")
            let train = try await project.status { $0.targets = ["train"] }
            #expect(train.contains("train: params.yaml deleted"))
        }
    }

    @Test("a frozen stage tells nothing of its dependencies, and says so")
    func frozen() async throws {
        try await StatusFixture.with { project in
            try project.write("in", "1")
            try project.write("dvc.yaml", "stages:\n  f:\n    cmd: x\n    deps: [in]\n    frozen: true\n")
            #expect(try await project.status() == [])
            #expect(
                project.warnings.all == [
                    "stage: 'f' is frozen. Its dependencies are not going to be shown in the status output."
                ])
        }
    }

    @Test("an import has an update once the other repository has another commit, unless nobody asks")
    func imports() async throws {
        try await StatusFixture.with { project in
            try project.add(["f": "1"], tracking: ["f"])
            try project.commit()
            let pointer = """
                frozen: true
                deps:
                - path: f
                  repo:
                    url: .
                    rev_lock: '0000000000000000000000000000000000000000'
                outs:
                - path: g
                  md5: c4ca4238a0b923820dcc509a6f75849b
                  hash: md5
                """
            try project.write("g.dvc", pointer)
            try project.write("g", "1")
            let asked = try await project.status { $0.targets = ["g.dvc"] }
            #expect(asked.first == "g.dvc: f (.) updateAvailable")
            let quiet = try await project.status { $0.checksUpdates = false }
            #expect(!quiet.contains("g.dvc: f (.) updateAvailable"))
        }
    }

    private func key(_ name: String, _ change: String) -> String {
        "ProjectFiles.ParamsStatus.KeyChange(key: \"\(name)\", change: ProjectFiles.ParamsStatus.Change.\(change))"
    }

    private let pipeline = """
        stages:
          train:
            cmd: new words
            deps: [in]
            params: [lr, new, old]
            outs: [out]
          never:
            cmd: x
            deps: [in]
            outs: [nv]
          callback:
            cmd: date

        """

    private let lock = """
        schema: '2.0'
        stages:
          train:
            cmd: old words
            deps:
            - path: in
              hash: md5
              md5: c81e728d9d4c2f636f067f89cc14862c
            params:
              params.yaml:
                lr: 0.1
                old: 3
            outs:
            - path: out
              hash: md5
              md5: c81e728d9d4c2f636f067f89cc14862c

        """
}
