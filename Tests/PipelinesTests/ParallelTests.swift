import Basics
import Documents
import FileSystem
import Pipelines
import TestSupport
import Testing

@Suite("Stages side by side") struct ParallelTests {
    /// When stages began and ended, by name.
    private func times(_ project: PipelineFixture) throws -> [String: ClosedRange<Double>] {
        var times: [String: ClosedRange<Double>] = [:]
        for record in try RunRecords(project.repository()).all() {
            guard let stage = record["stage"]?.string, case .float(let began)? = record["began"],
                case .float(let ended)? = record["ended"]
            else { continue }
            times[stage] = began...max(began, ended)
        }
        return times
    }

    /// Each of `a` and `b` waits for the other: one at a time they would never end.
    private let pair = """
        stages:
          a:
            cmd: touch a-is-up; while ! test -e b-is-up; do sleep 0.01; done; echo from a; echo 1 > a
            outs: [a]
          b:
            cmd: touch b-is-up; while ! test -e a-is-up; do sleep 0.01; done; echo from b; echo 1 > b
            outs: [b]
          end:
            cmd: cat a b > end
            deps: [a, b]
            outs: [end]
        """

    @Test("independent stages run at once, and what needs both after them")
    func independent() async throws {
        let project = try PipelineFixture(pair)
        try await project.repro { $0.jobs = 2 }
        let times = try times(project)
        let (a, b, end) = try (#require(times["a"]), #require(times["b"]), #require(times["end"]))
        #expect(a.overlaps(b))
        #expect(end.lowerBound >= max(a.upperBound, b.upperBound))
        #expect(project.log.output == ["a": "from a\n", "b": "from b\n"])
    }

    @Test("stages that share a mutex never run at once")
    func mutex() async throws {
        var text = "stages:\n"
        for number in 0..<4 {
            text += """
                  s\(number):
                    cmd: mkdir held && sleep 0.05 && rmdir held && echo 1 > o\(number)
                    outs: [o\(number)]
                    meta: {varve: {resources: {mutex: disk}}}

                """
        }
        let project = try PipelineFixture(text)
        #expect(try await project.repro { $0.jobs = 4 }.outcomes.count == 4)
    }

    @Test("a stage that fails does not stop what runs beside it, and nothing new begins")
    func failure() async throws {
        let project = try PipelineFixture(
            """
            stages:
              bad:
                cmd: echo $$ > pid; while ! test -e up; do sleep 0.01; done; exit 3
                outs: [x]
              good:
                cmd: touch up; while test ! -s pid || kill -0 $(cat pid) 2>&-; do sleep 0.01; done; sleep 1; echo 1 > good
                outs: [good]
              late:
                cmd: cp good late
                deps: [good]
                outs: [late]
            """)
        let error = await #expect(throws: ReproductionFailed.self) { try await project.repro { $0.jobs = 2 } }
        #expect(error?.result.outcomes.sorted() == ["bad: failed", "good: ran"])
        #expect(try project.read("dvc.lock").contains("good:"))
    }

    @Test("random graphs give the same lock file one at a time and side by side", arguments: 0..<50)
    func randomGraphs(_ seed: UInt64) async throws {
        let pipeline = RandomPipeline(seed: seed)
        let (one, many) = (try PipelineFixture(pipeline.text), try PipelineFixture(pipeline.text))
        for project in [one, many] { try project.write("in", "in\n") }
        try await one.repro()
        try await many.repro { $0.jobs = 8 }
        #expect(try one.read("dvc.lock") == many.read("dvc.lock"))
    }
}
