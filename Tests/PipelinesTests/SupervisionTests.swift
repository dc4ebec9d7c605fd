import Basics
import Documents
import FileSystem
import Pipelines
import Processes
import ProjectFiles
import TestSupport
import Testing
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Supervised stages") struct SupervisionTests {
    @Test("a stage is tried again until it succeeds, with clean outputs and the number of the attempt")
    func retry() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo $VARVE_ATTEMPT >> tries; test ! -e out; echo 1 > out; test $VARVE_ATTEMPT = 3
                outs: [out]
                meta: {varve: {retry: 4}}
            """)
        let result = try await project.repro()
        #expect(result.reports.first?.attempts == 3)
        #expect(try project.read("tries") == "1\n2\n3\n")
        let record = try #require(RunRecords(project.repository()).all().first)
        #expect(record["result"] == "ok")
        #expect(record["attempts"]?.array?.compactMap { $0.mapping?["result"]?.string } == ["exit 1", "exit 1", "ok"])
    }

    @Test("a stage that a program of another run starts does not take over that run's checkpoints and attempts")
    func runWithinRun() async throws {
        let project = try PipelineFixture(
            "stages:\n  a:\n    cmd: env | grep -E '^(VARVE|DVCLIVE)' | sort > seen\n    outs: [seen]\n")
        let outer = "01900000-0000-7000-8000-000000000001"
        _ = try await project.repro(variables: [
            "VARVE_RUN_ID": outer, "VARVE_CKPT_DIR": "/ckpt", "VARVE_RESUME": "1", "DVCLIVE_RESUME": "1",
            "VARVE_ATTEMPTS": "3", "VARVE_METRICS_DIR": "/m",
        ])
        let names = try project.read("seen").split(separator: "\n").map { $0.prefix { $0 != "=" } }
        #expect(names == ["VARVE_ATTEMPT", "VARVE_INPUTS", "VARVE_RUN_ID", "VARVE_STAGE"])
        #expect(try !project.read("seen").contains(outer))
    }

    @Test("only the failures that were named are tried again")
    func retryCauses() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo x >> tries; exit 3
                outs: [out]
                meta: {varve: {retry: {max: 5, on: [75, signal]}}}
            """)
        await #expect(throws: ReproductionFailed.self) { try await project.repro() }
        #expect(try project.read("tries") == "x\n")
    }

    @Test("a stage that takes too long is ended with all it started, and nothing of it is recorded")
    func timeout() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo 1 > out; sleep 600 & echo $! > child; wait
                outs: [out]
                meta: {varve: {timeout: 0.5s}}
            """)
        let error = await #expect(throws: ReproductionFailed.self) { try await project.repro() }
        #expect((error?.cause as? StageCommandFailed)?.outcome.cause == .timeout)
        let child = try #require(Int32(project.read("child").split(separator: "\n")[0]))
        #expect(kill(child, 0) != 0 || isZombie(child))
        #expect(!project.exists("dvc.lock") && !project.exists(".dvc/cache/files"))
    }

    private func isZombie(_ id: Int32) -> Bool {
        let status = (try? Files.read("/proc/\(id)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return status.contains(") Z ") || status.isEmpty
    }

    @Test("a cancelled run ends its command, records nothing and is known as interrupted next time")
    func interruption() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo partial > out; if test -e again; then echo whole > out; else sleep 600; fi
                outs: [out]
            """)
        let repository = try project.repository()
        let task = Task { try await repository.reproduce(ReproductionRequest(), project.log) }
        while !project.exists("out") { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!project.exists("dvc.lock") && !project.exists(".dvc/cache/files"))
        try project.write("again", "")
        project.log.clear()
        #expect(try await project.repro().outcomes == ["a: ran"])
        #expect(project.log.warnings.isEmpty, "the process that was interrupted is still alive here")
        #expect(try project.read("out") == "whole\n")
    }

    @Test("a note of a process that was killed makes its stage run anew")
    func killed() async throws {
        let project = try PipelineFixture(
            "stages:\n  a:\n    cmd: echo x >> ran; echo 1 > out\n    outs: [out]\n")
        try await project.repro()
        let repository = try project.repository()
        let stage = try #require(try repository.workspace().stages.first)
        var note = UnfinishedRun(
            owner: ProcessIdentity(id: 1, start: "another"), began: 0, attempt: 1, key: "")
        note.group = ProcessIdentity(id: 0, start: "")
        try note.write(stage, in: repository)
        #expect(try await project.repro { $0.usesRunCache = false }.outcomes == ["a: ran"])
        #expect(project.log.warnings.contains("stage 'a' was interrupted in its last run; it runs anew"))
        #expect(try await project.repro().outcomes == ["a: unchanged"])
    }

    @Test("a stage that was killed when all of it was recorded is restored once, and then is up to date")
    func killedAtTheEnd() async throws {
        let project = try PipelineFixture(
            "stages:\n  a:\n    cmd: echo x >> ran; cp in out\n    deps: [in]\n    outs: [out]\n")
        try project.write("in", "1")
        try await project.repro()
        let repository = try project.repository()
        let stage = try #require(try repository.workspace().stages.first)
        let note = UnfinishedRun(owner: ProcessIdentity(id: 1, start: "another"), began: 0, attempt: 1, key: "")
        try note.write(stage, in: repository)
        #expect(try await project.repro().outcomes == ["a: restored"])
        #expect(try await project.repro().outcomes == ["a: unchanged"])
        #expect(try project.read("ran") == "x\n")
    }

    @Test("checkpoints outlive an attempt and are gone when dependencies change")
    func checkpoints() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo $VARVE_RESUME >> resumed; echo $VARVE_ATTEMPT >> $VARVE_CKPT_DIR/log; test $VARVE_ATTEMPT = 2 && cp $VARVE_CKPT_DIR/log out
                deps: [in]
                outs: [out]
                meta: {varve: {retry: {max: 1}, resume: {dir: ckpt}}}
            """)
        try project.write("in", "1")
        try await project.repro()
        #expect(try project.read("out") == "1\n2\n")
        #expect(try project.read("resumed") == "0\n1\n")
        try project.write("in", "2")
        try await project.repro()
        #expect(try project.read("out") == "1\n2\n")
        #expect(try project.read("resumed") == "0\n1\n0\n1\n")
    }

    @Test("variables are set, passed or kept back as the stage says")
    func variables() async throws {
        let project = try PipelineFixture(
            """
            stages:
              a:
                cmd: echo $SET $PASSED $SECRET $VARVE_SEED $PYTHONHASHSEED > out
                outs: [out]
                meta: {varve: {env: {set: {SET: "1"}, pass: [PASSED]}, seed: 42}}
            """)
        try await project.repro(variables: ["PASSED": "2", "SECRET": "3"])
        #expect(try project.read("out") == "1 2 42 42\n")
    }

    @Test("resolved parameters are there as one document")
    func parameters() async throws {
        let project = try PipelineFixture(
            "stages:\n  a:\n    cmd: cat $VARVE_PARAMS > out\n    params: [t.lr, n]\n    outs: [out]\n")
        try project.write("params.yaml", "t: {lr: 0.5}\nn: [1]\n")
        try await project.repro()
        #expect(try project.read("out") == #"{"t": {"lr": 0.5}, "n": [1]}"#)
    }

    @Test(
        "wrong settings are refused with their place",
        arguments: [
            ("{timeout: soon}", "meta.varve.timeout of stage 'a' is no duration such as 90s, 15m, 4h or 2d"),
            ("{retry: {max: x}}", "meta.varve.retry.max of stage 'a' is no integer"),
            (
                "{retry: {max: 1, on: [never]}}",
                "meta.varve.retry.on of stage 'a' may hold exit statuses, signal, timeout and oom"
            ),
            (
                "{resources: {cpus: 1}}",
                "meta.varve.resources.cpus of stage 'a' is unknown; known are cpu, gpu, mem and mutex"
            ),
            ("{resources: {mem: much}}", "meta.varve.resources.mem of stage 'a' is no size such as 512M or 16G"),
            ("{env: {set: {A: [1]}}}", "meta.varve.env.set.A of stage 'a' is no variable with a plain value"),
            ("3", "meta.varve of stage 'a' is no mapping"),
        ])
    func wrongSettings(_ settings: String, _ message: String) throws {
        let meta = Value.mapping(Mapping([("varve", try YAML.parse(Array(settings.utf8)))]))
        let stage = Stage(definition: "dvc.yaml", name: "a", command: StageCommand("x"), meta: meta)
        let error = #expect(throws: SupervisionError.self) { try StageSupervision(stage) }
        #expect(error?.summary == message)
    }

    @Test("pauses between attempts grow by the factor and stay below a day")
    func pauses() {
        var policy = RetryPolicy(limit: 1000)
        policy.pause = .seconds(10)
        policy.factor = 2
        #expect(policy.pause(after: 1) == .seconds(10))
        #expect(policy.pause(after: 3) == .seconds(40))
        #expect(policy.pause(after: 1000) == .seconds(86400))
    }

    @Test("resources are given out once, and a wish beyond what there is counts as all of it")
    func resources() throws {
        var pool = ResourcePool(processors: 4, memory: 100, gpus: ["2", "5"])
        var wish = ResourceWish()
        wish.gpus = 1
        let first = try pool.take(wish)
        let second = try pool.take(wish)
        #expect(first?.gpus == ["2"] && second?.gpus == ["5"])
        #expect(try pool.take(wish) == nil)
        if let first { pool.giveBack(first) }
        #expect(try pool.take(wish)?.gpus == ["2"])
        var large = ResourceWish()
        large.processors = 100
        #expect(try pool.take(large) != nil)
        large.processors = 1
        #expect(try pool.take(large) == nil)
        var named = ResourceWish()
        named.mutexes = ["disk"]
        #expect(try pool.take(named) != nil)
        #expect(try pool.take(named) == nil)
    }

    @Test("what one process has, another does not get until it is given back")
    func resourcesOfTwo() throws {
        let folder = TemporaryFolder("slots")
        func pool() -> ResourcePool {
            let slots = ResourceSlots(devices: folder.path("devices"), mutexes: folder.path("mutexes"))
            return ResourcePool(processors: 4, memory: 100, gpus: ["0", "GPU-1/2"], slots: slots)
        }
        var (one, other) = (pool(), pool())
        var wish = ResourceWish()
        wish.gpus = 1
        let first = try #require(try one.take(wish))
        #expect(try other.take(wish)?.gpus == ["GPU-1/2"])
        #expect(throws: ResourceBusy.self) { try other.take(wish) }
        one.giveBack(first)
        #expect(try other.take(wish)?.gpus == ["0"])
        var named = ResourceWish()
        named.mutexes = ["../disk", "net"]
        let held = try #require(try one.take(named))
        var part = ResourceWish()
        part.mutexes = ["net"]
        #expect(throws: ResourceBusy.self) { try other.take(part) }
        one.giveBack(held)
        #expect(try other.take(part) != nil)
        #expect(!Files.exists(folder.path("disk")))
    }

    @Test("names of runs sort by time")
    func runIDs() {
        let names = [1.0, 2.0, 1_700_000_000.5, 4_000_000_000].map { RunID(at: $0).text }
        #expect(names == names.sorted())
        #expect(names.allSatisfy { $0.count == 36 && Array($0)[14] == "7" })
    }
}
