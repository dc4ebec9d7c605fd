import Basics
import FileSystem
import Pipelines
import Testing

@Suite("Reproducing stages") struct ReproductionTests {
    private let chain = """
        stages:
          a:
            cmd: echo a >> ran; cat in > a
            deps: [in]
            outs: [a]
          b:
            cmd: echo b >> ran; cat a > b; cat params.yaml >> b
            deps: [a]
            params: [p]
            outs: [b]
          c:
            cmd: echo c >> ran; cp b c
            deps: [b]
            outs: [c]
        """

    private func project() throws -> PipelineFixture {
        let project = try PipelineFixture(chain)
        try project.write("in", "1\n")
        try project.write("params.yaml", "p: 1\nq: 1\n")
        return project
    }

    @Test("everything runs once, then nothing does")
    func noop() async throws {
        let project = try project()
        #expect(try await project.repro().outcomes == ["a: ran", "b: ran", "c: ran"])
        #expect(try await project.repro().outcomes == ["a: unchanged", "b: unchanged", "c: unchanged"])
        #expect(try project.read("ran") == "a\nb\nc\n")
    }

    @Test("the sentences are DVC's")
    func sentences() async throws {
        let project = try project()
        try await project.repro("b")
        #expect(
            project.log.lines == [
                "Running stage 'a':", "> echo a >> ran; cat in > a", "Generating lock file 'dvc.lock'",
                "Updating lock file 'dvc.lock'", "", "Running stage 'b':",
                "> echo b >> ran; cat a > b; cat params.yaml >> b", "Updating lock file 'dvc.lock'",
            ])
    }

    @Test("only what reads a changed parameter runs, and what follows from it")
    func parameter() async throws {
        let project = try project()
        try await project.repro()
        try project.write("params.yaml", "p: 1\nq: 2\n")
        #expect(try await project.repro().outcomes == ["a: unchanged", "b: unchanged", "c: unchanged"])
        try project.write("params.yaml", "p: 2\nq: 2\n")
        #expect(try await project.repro().outcomes == ["a: unchanged", "b: ran", "c: ran"])
    }

    @Test("an output that comes out the same stops the rest from running")
    func cutoff() async throws {
        let project = try project()
        try await project.repro()
        try project.write("dvc.yaml", chain.replacing("echo a >> ran; cat in > a", with: "cat in > a"))
        #expect(try await project.repro().outcomes == ["a: ran", "b: unchanged", "c: unchanged"])
    }

    @Test("an earlier run with the same dependencies is restored and not run again")
    func runCache() async throws {
        let project = try project()
        try await project.repro()
        try project.write("in", "2\n")
        try await project.repro()
        try project.write("in", "1\n")
        #expect(try await project.repro().outcomes == ["a: restored", "b: restored", "c: restored"])
        #expect(try project.read("a") == "1\n")
        #expect(project.count("a") == 2)
        #expect(
            try await project.repro { $0.force = true }.outcomes == ["a: ran", "b: ran", "c: ran"])
    }

    @Test("a damaged record of the run cache is not believed")
    func damagedRunCache() async throws {
        let project = try project()
        try await project.repro("a")
        let folder = Paths.join(project.root, ".dvc/cache/runs")
        for first in try Files.names(in: folder) {
            for key in try Files.names(in: Paths.join(folder, first)) {
                for value in try Files.names(in: Paths.join(folder, "\(first)/\(key)")) {
                    let path = "\(folder)/\(first)/\(key)/\(value)"
                    let text = try Files.read(path)
                    try Files.write(
                        Array(String(decoding: text, as: UTF8.self).replacing("cat in", with: "cat /x").utf8),
                        to: path, sync: false)
                }
            }
        }
        try project.remove("dvc.lock")
        try project.remove("a")
        #expect(try await project.repro("a").outcomes == ["a: ran"])
    }

    @Test("a stage that fails records nothing, and those before it stay recorded")
    func failure() async throws {
        let project = try project()
        try project.write("dvc.yaml", chain.replacing("cat a > b;", with: "cat a > b; exit 7;"))
        let error = await #expect(throws: ReproductionFailed.self) { try await project.repro() }
        #expect(
            error?.summary
                == "failed to reproduce 'b': failed to run: echo b >> ran; cat a > b; exit 7; "
                + "cat params.yaml >> b, exited with 7")
        let lock = try project.read("dvc.lock")
        #expect(lock.contains("  a:") && !lock.contains("  b:"))
        #expect(project.count("c") == 0)
    }

    @Test("with --keep-going what does not need the failed stage runs, and what needs it is skipped")
    func keepGoing() async throws {
        let project = try PipelineFixture(
            """
            stages:
              bad:
                cmd: "false"
                outs: [x]
              after:
                cmd: cp x y
                deps: [x]
                outs: [y]
              other:
                cmd: echo 1 > z
                outs: [z]
            """)
        let error = await #expect(throws: ReproductionFailed.self) {
            try await project.repro { $0.onFailure = .keepGoing }
        }
        #expect(error?.result.outcomes == ["bad: failed", "after: skipped", "other: ran"])
        #expect(project.log.warnings.contains("Stage 'after' will be skipped due to this failure"))
        #expect(project.exists("z"))
    }

    @Test("a missing output fails the stage")
    func missingOutput() async throws {
        let project = try PipelineFixture("stages:\n  a:\n    cmd: echo\n    outs: [never]\n")
        let error = await #expect(throws: ReproductionFailed.self) { try await project.repro() }
        #expect(error?.summary == "failed to reproduce 'a': output 'never' does not exist")
        #expect(!project.exists("dvc.lock"))
    }

    @Test("a dependency that changes while the command runs is recorded as it was before")
    func changedMeanwhile() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: cat in > out; echo 2 > in
                deps: [in]
                outs: [out]
            """)
        try project.write("in", "1\n")
        try await project.repro()
        #expect(try project.read("dvc.lock").contains("md5: b026324c6904b2a9cb4b88d6d61c81d1"))
        #expect(project.log.warnings.contains { $0.hasPrefix("'in' changed while stage 'a' ran") })
        let explanation = try #require(try await project.repository().explain(["a"]).first)
        #expect(explanation.isStale)
    }

    @Test("a stage whose definition changes while it runs is not recorded")
    func redefinedMeanwhile() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo 1 > out; sed 's/echo 1/echo 2/' dvc.yaml > new; cp new dvc.yaml
                outs: [out]
            """)
        await #expect(throws: ReproductionFailed.self) { try await project.repro() }
        #expect(!project.exists("dvc.lock"))
    }

    @Test("outputs are removed before a command runs, except those that persist")
    func persistence() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo x >> gone; echo x >> kept
                deps: [in]
                outs:
                - gone
                - kept: {persist: true}
            """)
        try project.write("in", "1")
        try await project.repro()
        try project.write("in", "2")
        try await project.repro()
        #expect(try project.read("gone") == "x\n")
        #expect(try project.read("kept") == "x\nx\n")
    }

    @Test("commands know their stage and the root")
    func environment() async throws {
        let project = try PipelineFixture("")
        try project.write("s/dvc.yaml", "stages:\n  a:\n    cmd: echo $DVC_STAGE $DVC_ROOT > out\n    outs: [out]\n")
        try await project.repro("s/dvc.yaml:a")
        #expect(try project.read("s/out") == "s/dvc.yaml:a \(project.root)\n")
    }

    @Test("a dry run tells and does nothing")
    func dry() async throws {
        let project = try project()
        try project.write("a", "old")
        try project.write("b", "old")
        let result = try await project.repro { $0.isDry = true }
        #expect(result.hasReproduced)
        #expect(!project.exists("dvc.lock") && !project.exists("ran"))
        #expect(try project.read("a") == "old")
    }

    @Test("nothing is stored with --no-commit, and commit makes up for it")
    func withoutCommit() async throws {
        let project = try project()
        try await project.repro("a") { $0.withoutCommit = true }
        #expect(!project.exists(".dvc/cache/files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1"))
        #expect(!project.exists(".dvc/cache/runs"))
    }
}

extension String {
    /// Every occurrence of a text replaced.
    fileprivate func replacing(_ old: String, with new: String) -> String {
        var result = ""
        var rest = self[...]
        while let found = rest.firstRange(of: old) {
            result += rest[..<found.lowerBound] + new
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}
