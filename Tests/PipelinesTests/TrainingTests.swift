import Basics
import Documents
import FileSystem
import Pipelines
import Processes
import Synchronization
import TestSupport
import Testing
import Tracking
import Versioning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A training by a program") struct TrainingTests {
    let project: PipelineFixture

    init() throws { project = try PipelineFixture("stages: {}\n") }

    /// Runs a shell script as the program.
    private func train(
        _ script: String, variables: [String: String] = [:], observer: TrainingLog = TrainingLog(),
        _ change: (inout TrainingRequest) -> Void = { _ in }
    ) async throws -> TrainingResult {
        let repository = try project.repository(variables: variables)
        var request = TrainingRequest(
            words: ["sh", "-c", script], directory: project.root, metricsFolder: Paths.join(project.root, "dvclive"))
        change(&request)
        return try await Training(
            request, environment: repository.environment, repository: repository, observer: observer
        ).run()
    }

    private var checkpoints: String { Paths.join(project.root, "ckpt") }
    private func records() throws -> [Mapping] { try RunRecords(project.repository()).all() }
    private func verdicts(_ record: Mapping?) -> [String] {
        record?["attempts"]?.array?.compactMap { $0.mapping?["result"]?.string } ?? []
    }

    // MARK: Contract

    @Test("gets the variables of the contract, and its parameters as one document")
    func contract() async throws {
        let result = try await train(
            "env | grep -E '^(VARVE|DVC|PYTHONHASH|MINE)' | sort > seen; cp $VARVE_PARAMS given",
            variables: ["MINE": "0"]
        ) { request in
            request.seed = 7
            request.checkpointFolder = checkpoints
            request.parameters = .mapping(Mapping([("train", .mapping(Mapping([("lr", 0.5)])))]))
            request.variables = [("MINE", "1")]
            request.retry = RetryPolicy(limit: 2)
        }
        #expect(result.status == 0)
        let seen = try project.read("seen").split(separator: "\n").map(String.init)
        for line in [
            "MINE=1", "PYTHONHASHSEED=7", "VARVE_ATTEMPT=1", "VARVE_ATTEMPTS=3", "VARVE_CKPT_DIR=\(checkpoints)",
            "VARVE_METRICS_DIR=\(project.root)/dvclive", "VARVE_RESUME=0", "VARVE_SEED=7",
            "VARVE_RUN_ID=\(result.record.id.text)",
        ] { #expect(seen.contains(line), "\(line) in \(seen)") }
        #expect(!seen.contains { $0.hasPrefix("VARVE_STAGE") || $0.hasPrefix("DVCLIVE") })
        #expect(try project.read("given") == "{\"train\": {\"lr\": 0.5}}\n")
        // Parameters are not left behind.
        #expect(try Files.names(in: Paths.join(project.root, ".dvc/tmp/varve/runs")).count == 1)
    }

    @Test("that is killed twice goes on from its checkpoints, and is one record of three attempts")
    func killedTwice() async throws {
        let script = """
            n=$(ls ckpt | wc -l)
            echo "$VARVE_ATTEMPT $VARVE_RESUME ${DVCLIVE_RESUME:-0} $n" >> seen
            touch ckpt/epoch-$n
            test $n -lt 2 && kill -9 $$
            true
            """
        let result = try await train(script) { request in
            request.retry = RetryPolicy(limit: 5)
            request.checkpointFolder = checkpoints
        }
        #expect(result.status == 0)
        #expect(try project.read("seen") == "1 0 0 0\n2 1 1 1\n3 1 1 2\n")
        let records = try records()
        #expect(records.count == 1)
        #expect(verdicts(records.first) == ["signal 9", "signal 9", "ok"])
        #expect(records.first?["result"] == "ok")
    }

    @Test("is ended after its time with all that it started")
    func timeout() async throws {
        let result = try await train("sleep 600 & echo $! > child; (sleep 600 & echo $! > grandchild; wait) & wait") {
            $0.timeout = .milliseconds(700)
        }
        #expect(result.status == 124)
        for name in ["child", "grandchild"] {
            let id = try #require(Int32(project.read(name).split(separator: "\n")[0]))
            let state = (try? Files.read("/proc/\(id)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            #expect(kill(id, 0) != 0 || state.contains(") Z "), "\(name)")
        }
        #expect(verdicts(try records().first) == ["timeout"])
    }

    @Test(
        "passes on how its program ended",
        arguments: [("exit 7", 7), ("kill -9 $$", 137), ("exit 99", 99)] as [(String, Int32)])
    func status(_ script: String, _ status: Int32) async throws {
        let result = try await train(script)
        #expect(result.status == status)
        #expect(try records().first?["result"] == (status == 99 ? "pruned" : "failed"))
    }

    @Test("is not tried again once it was pruned, nor for causes that were not named")
    func noRetry() async throws {
        _ = try await train("echo x >> ran; exit 99") { $0.retry = RetryPolicy(limit: 3) }
        #expect(try project.read("ran") == "x\n")
        _ = try await train("echo x >> ran; exit 3") { request in
            request.retry = RetryPolicy(limit: 3)
            request.retry?.causes = [.exit(75), .signal]
        }
        #expect(try project.read("ran") == "x\nx\n")
        _ = try await train("echo x >> ran; exit 75") { request in
            request.retry = RetryPolicy(limit: 1)
            request.retry?.causes = [.exit(75)]
        }
        #expect(try project.read("ran") == "x\nx\nx\nx\n")
    }

    // MARK: Checkpoints and going on

    private static let epoch = """
        echo "$VARVE_ATTEMPT $VARVE_RESUME $(ls ckpt | tr '\\n' ' ')" >> seen
        touch ckpt/epoch-$VARVE_ATTEMPT
        test -e stop || exit 1
        """

    private func epoch(_ change: (inout TrainingRequest) -> Void = { _ in }) async throws -> TrainingResult {
        try await train(Self.epoch) { request in
            request.checkpointFolder = checkpoints
            change(&request)
        }
    }

    @Test("goes on after a failure where nothing has changed, as the same run; after success it begins anew")
    func goesOn() async throws {
        let first = try await epoch()
        let second = try await epoch()
        #expect(first.record.id == second.record.id)
        try project.write("stop", "")
        let third = try await epoch()
        #expect(verdicts(try records().first) == ["exit 1", "exit 1", "ok"])
        #expect(try records().count == 1 && third.record.attemptCount == 3)
        _ = try await epoch()
        #expect(try project.read("seen") == "1 0 \n2 1 epoch-1 \n3 1 epoch-1 epoch-2 \n1 0 \n")
        #expect(try records().count == 2)
    }

    @Test("forgets checkpoints of other parameters, unless it is told to go on")
    func changedParameters() async throws {
        _ = try await epoch { $0.parameters = .mapping(Mapping([("lr", 1)])) }
        _ = try await epoch { $0.parameters = .mapping(Mapping([("lr", 2)])) }
        _ = try await epoch { request in
            request.parameters = .mapping(Mapping([("lr", 3)]))
            request.resumption = .always
        }
        _ = try await epoch { request in
            request.parameters = .mapping(Mapping([("lr", 3)]))
            request.resumption = .never
        }
        #expect(try project.read("seen") == "1 0 \n1 0 \n1 1 epoch-1 \n1 0 \n")
    }

    @Test("forgets checkpoints when a file that the command names has changed")
    func changedCode() async throws {
        try project.write("train.sh", Self.epoch)
        func run() async throws {
            _ = try await train("") { request in
                request.words = ["sh", "train.sh"]
                request.checkpointFolder = checkpoints
            }
        }
        try await run()
        try await run()
        try project.write("train.sh", Self.epoch + "\n# other\n")
        try await run()
        #expect(try project.read("seen") == "1 0 \n2 1 epoch-1 \n1 0 \n")
    }

    @Test("does not touch a folder of checkpoints that it knows nothing of")
    func unknownCheckpoints() async throws {
        try project.write("ckpt/mine", "precious")
        let error = await #expect(throws: Failure.self) { try await epoch() }
        #expect(error?.remedy?.contains("--resume") == true)
        #expect(try project.read("ckpt/mine") == "precious")
        await #expect(throws: Failure.self) {
            try await epoch { request in
                request.checkpointFolder = project.root
                request.resumption = .never
            }
        }
        #expect(project.exists("dvc.yaml"))
    }

    @Test("keeps the newest generations of checkpoints, and whatever has no number")
    func keepsNewest() async throws {
        let script = """
            for n in 1 2 3 10; do touch ckpt/epoch-$n.pt ckpt/opt-$n.pt; mkdir ckpt/step_$n; done
            touch ckpt/last.pt ckpt/.epoch-0.pt ckpt/epoch-0.pt.tmp
            """
        _ = try await train(script) { request in
            request.checkpointFolder = checkpoints
            request.keptCheckpoints = 2
        }
        let names = try Files.names(in: checkpoints).sorted()
        #expect(
            names == [
                ".epoch-0.pt", "epoch-0.pt.tmp", "epoch-10.pt", "epoch-3.pt", "last.pt", "opt-10.pt", "opt-3.pt",
                "step_10", "step_3",
            ])
    }

    @Test("leaves generations alone that have changed a moment ago")
    func leavesFresh() throws {
        for name in ["a-1", "a-2", "b-3/part"] { try project.write("ckpt/" + name, "x") }
        let now = try #require(try Files.status(Paths.join(checkpoints, "a-1"))).modified
        let folder = CheckpointFolder(checkpoints)
        #expect(folder.prune(keeping: 1, rest: 10_000_000_000, now: now + 5_000_000_000).isEmpty)
        #expect(folder.prune(keeping: 1, rest: 10_000_000_000, now: now + 60_000_000_000) == ["a-1", "a-2"])
    }

    @Test(
        "a checkpoint's generation is the last number in its name",
        arguments: [
            ("epoch-7.pt", 7), ("model_00012.safetensors", 12), ("e1-step200.ckpt", 200), ("step_5", 5), ("v2.10", 10),
            ("model.h5", nil), ("last.pt", nil), (".epoch-3", nil), ("epoch-3.tmp", nil), ("7", 7),
            ("epoch-99999999999999999999.pt", nil),
        ] as [(String, Int?)])
    func generations(_ name: String, _ number: Int?) { #expect(CheckpointFolder.generation(of: name) == number) }

    @Test("is known as interrupted when its task is cancelled, ends all, and goes on next time")
    func cancelled() async throws {
        let running = Task { [self] in
            try await train("touch ckpt/epoch-1; sleep 600 & echo $! > child; touch ready; wait") {
                $0.checkpointFolder = checkpoints
            }
        }
        while !project.exists("ready") { try await Task.sleep(for: .milliseconds(10)) }
        let live = try #require(try records().first)
        #expect(live["result"] == "running")
        // Another one would write to the same folders.
        await #expect(throws: Failure.self) { try await epoch() }
        running.cancel()
        let result = try await running.value
        #expect(result.wasInterrupted)
        #expect(try records().first?["result"] == "interrupted")
        let child = try #require(Int32(project.read("child").split(separator: "\n")[0]))
        let state = (try? Files.read("/proc/\(child)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        #expect(kill(child, 0) != 0 || state.contains(") Z "))
    }

    // MARK: Metrics

    @Test("begins without the metrics of an earlier run, and goes on with them where it goes on")
    func metrics() async throws {
        let script = """
            mkdir -p dvclive/plots/metrics
            test -e dvclive/plots/metrics/loss.tsv || printf 'step\\tloss\\n' > dvclive/plots/metrics/loss.tsv
            echo "$VARVE_ATTEMPT	0.5" >> dvclive/plots/metrics/loss.tsv
            echo '{"loss": 0.5, "step": '$VARVE_ATTEMPT'}' > dvclive/metrics.json
            touch ckpt/epoch-1
            test $VARVE_ATTEMPT = 2
            """
        for _ in 0..<2 {
            let result = try await train(script) { request in
                request.checkpointFolder = checkpoints
                request.retry = RetryPolicy(limit: 1)
            }
            #expect(try project.read("dvclive/plots/metrics/loss.tsv") == "step\tloss\n1\t0.5\n2\t0.5\n")
            #expect(result.progress.stepsDone == 3)
            #expect(result.progress.latest.map(\.name) == ["loss"])
        }
        let record = try #require(try records().first)
        #expect(record["step"] == 2)
        #expect(record["metrics"]?.mapping?["loss"] == 0.5)
        #expect(record["heartbeat"] != nil)
    }

    @Test("shows its progress while it runs, with the time that is left")
    func progress() async throws {
        let log = TrainingLog(interval: .milliseconds(20))
        let script = """
            mkdir -p dvclive/plots/metrics; printf 'step\\tloss\\n' > dvclive/plots/metrics/loss.tsv
            for i in 0 1 2 3 4 5 6 7; do
                echo "$i	0.$i" >> dvclive/plots/metrics/loss.tsv; sleep 0.1
            done
            """
        _ = try await train(script, observer: log) { $0.totalSteps = 20 }
        let seen = log.progress
        #expect(seen.contains { $0.series.first?.name == "loss" && $0.totalSteps == 20 })
        #expect(seen.contains { ($0.secondsLeft ?? 0) > 0 })
    }

    // MARK: Within a stage

    @Test("within a supervised stage it keeps the stage's decisions and leaves the record to it")
    func enclosed() async throws {
        let id = "01900000-0000-7000-8000-000000000001"
        let variables = [
            "VARVE_RUN_ID": id, "VARVE_STAGE": "train", "VARVE_ATTEMPT": "2", "VARVE_ATTEMPTS": "3",
            "VARVE_CKPT_DIR": checkpoints, "VARVE_RESUME": "1", "VARVE_SEED": "5", "VARVE_PARAMS": "/p.json",
        ]
        try project.write("ckpt/epoch-1", "")
        let result = try await train(
            "echo $VARVE_RUN_ID $VARVE_STAGE $VARVE_ATTEMPT $VARVE_RESUME $VARVE_SEED $VARVE_PARAMS >> seen; exit 1",
            variables: variables
        ) { $0.retry = RetryPolicy(limit: 5) }
        #expect(result.status == 1)
        #expect(try project.read("seen") == "\(id) train 2 1 5 /p.json\n")
        #expect(try records().isEmpty)
        await #expect(throws: Failure.self) {
            _ = try await train("true", variables: variables) { $0.checkpointFolder = "/elsewhere" }
        }
    }

    @Test("a stage that is not tried again leaves that to it, under the stage's name")
    func enclosedRetries() async throws {
        let variables = [
            "VARVE_RUN_ID": "01900000-0000-7000-8000-000000000001", "VARVE_STAGE": "train", "VARVE_ATTEMPT": "1",
        ]
        _ = try await train("echo $VARVE_ATTEMPT >> seen; exit 1", variables: variables) {
            $0.retry = RetryPolicy(limit: 2)
        }
        #expect(try project.read("seen") == "1\n2\n3\n")
    }
}

/// Keeps what a training tells.
final class TrainingLog: TrainingObserver {
    let interval: Duration?
    private let kept = Mutex<(lines: [String], progress: [TrainingProgress])>(([], []))

    init(interval: Duration? = nil) { self.interval = interval }

    var relay: (@Sendable (ProgramRequest.OutputStream, [UInt8]) -> Void)? { { _, _ in } }
    var lines: [String] { kept.withLock { $0.lines } }
    var progress: [TrainingProgress] { kept.withLock { $0.progress } }

    func show(_ progress: TrainingProgress) { kept.withLock { $0.progress.append(progress) } }
    func say(_ line: String) { kept.withLock { $0.lines.append(line) } }
}
