import Documents
import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("varve run train -- program") struct ProgramTrainingTests {
    private func waits(for condition: () -> Bool) -> Bool {
        for _ in 0..<3000 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }

    private func isGone(_ id: Int32) -> Bool {
        let state = (try? Files.read("/proc/\(id)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return kill(id, 0) != 0 || state.contains(") Z ")
    }

    private func runs(_ repository: TemporaryRepository) throws -> [Mapping] {
        let run = try repository.varve("runs", "--json").succeeds()
        return try #require(try JSON.parse(run.output).array).compactMap(\.mapping)
    }

    private func verdicts(_ record: Mapping?) -> [String] {
        record?["attempts"]?.array?.compactMap { $0.mapping?["result"]?.string } ?? []
    }

    // MARK: Passing on

    @Test("shows what the program prints and nothing else, and ends as it does")
    func passesOn() throws {
        let repository = try TemporaryRepository(.empty)
        let run = try repository.varve("run", "train", "--", "sh", "-c", "printf 'a\\r\\033[1mb'; printf c >&2; exit 0")
        #expect(run.status == 0 && run.output == "a\r\u{1B}[1mb" && run.errors == "c", "\(run)")
        for (script, status) in [("exit 7", 7), ("kill -9 $$", 137), ("exit 75", 75)] as [(String, Int32)] {
            try repository.varve("run", "train", "--", "sh", "-c", script).fails(
                status: status, saying: "program failed")
        }
        let pruned = try repository.varve("run", "train", "--", "sh", "-c", "exit 99")
        #expect(pruned.status == 99 && pruned.errors.isEmpty, "\(pruned)")
        try repository.varve("run", "train", "--timeout", "0.3s", "--", "sleep", "600").fails(status: 124)
        #expect(!repository.exists(".dvc"))
    }

    @Test("takes options from run: of the section, below those of the command line, and leaves the rest to the program")
    func section() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write(
            "params.yaml", "train:\n  lr: 0.1\n  epochs: 3\n  seed: 5\n  run: {metrics-dir: live, retry: 1}\n")
        let script = "echo $VARVE_SEED $VARVE_METRICS_DIR; cat $VARVE_PARAMS; exit 1"
        let run = try repository.varve("run", "train", "--retry", "0", "--", "sh", "-c", script)
        let live = Paths.resolvingLinks(repository.path("live"))
        #expect(
            run.output == "5 \(live)\n"
                + #"{"train": {"lr": 0.1, "epochs": 3, "seed": 5, "run": {"metrics-dir": "live", "retry": 1}}}"# + "\n",
            "\(run)")
        try repository.write("params.yaml", "train:\n  run: {tiemout: 3s}\n")
        try repository.varve("run", "train", "--", "true").fails(status: 254, saying: "did you mean 'timeout'?")
        try repository.write("params.yaml", "other: {lr: 1}\n")
        try repository.varve("run", "train", "--section", "other", "--", "sh", "-c", "cat $VARVE_PARAMS")
            .prints("{\"lr\": 1}\n")
    }

    @Test(
        "refuses what it cannot use, and starts nothing",
        arguments: [
            ["--timeout", "soon"], ["--retry-on", "signal"], ["--retry", "2", "--retry-on", "cold"],
            ["--keep-checkpoints", "0"], ["--env", "=x"], ["--env", "x"], ["--heartbeat", "-1s"],
        ])
    func usage(_ words: [String]) throws {
        let repository = try TemporaryRepository(.empty)
        let run = try repository.run([BuiltProgram.varve, "run", "train"] + words + ["--", "touch", "ran"])
        #expect(run.status == 254 && !repository.exists("ran"), "\(run)")
        if let option = words.first(where: { $0.hasPrefix("--") && $0 != "--retry" }) {
            #expect(run.errors.contains(option), "\(run)")
        }
    }

    // MARK: Kills

    @Test("varve itself killed twice, with its program, is one record of three attempts in the end")
    func supervisorKilled() throws {
        let repository = try TemporaryRepository()
        let script = """
            n=$(ls ckpt | wc -l); echo "$VARVE_ATTEMPT $VARVE_RESUME $n" >> seen; touch ckpt/epoch-$n
            echo $$ > program; test $n -ge 2 || { touch ready-$n; sleep 600; }
            """
        let words = [BuiltProgram.varve, "run", "train", "--checkpoint-dir", "ckpt", "--", "sh", "-c", script]
        for number in 0..<2 {
            let running = try repository.start(words)
            #expect(waits { repository.exists("ready-\(number)") })
            kill(running.id, SIGKILL)
            _ = running.wait()
            #expect(verdicts(try runs(repository).first).last == "lost")
        }
        let orphan = try #require(Int32(repository.read("program").split(separator: "\n")[0]))
        try repository.run(words).succeeds()
        #expect(isGone(orphan))
        #expect(try repository.read("seen") == "1 0 0\n2 1 1\n3 1 2\n")
        let records = try runs(repository)
        #expect(records.count == 1)
        #expect(verdicts(records.first) == ["lost", "lost", "ok"])
    }

    @Test("Ctrl-C ends the program and all it started", arguments: [SIGINT, SIGTERM])
    func interruption(_ signal: Int32) throws {
        let repository = try TemporaryRepository()
        let running = try repository.start([
            BuiltProgram.varve, "run", "train", "--", "sh", "-c", "sleep 600 & echo $! > child; wait",
        ])
        #expect(waits { (try? repository.read("child").hasSuffix("\n")) == true })
        kill(running.id, signal)
        running.wait().fails(status: 252)
        let child = try #require(Int32(repository.read("child").split(separator: "\n")[0]))
        #expect(isGone(child))
        let record = try runs(repository).first
        #expect(record?["result"] == "interrupted", "\(String(describing: record))")
    }

    // MARK: Within a stage

    @Test("as a stage's command it tries again itself, and the stage has one record with all attempts")
    func stageRetries() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "train.sh",
            "echo $VARVE_STAGE $VARVE_ATTEMPT >> seen; echo x > model; mkdir -p dvclive\n"
                + "echo '{\"acc\": 0.5, \"step\": 2}' > dvclive/metrics.json\ntest $VARVE_ATTEMPT = 3 || kill -9 $$\n")
        try repository.write(
            "dvc.yaml",
            "stages:\n  fit:\n    cmd: \(BuiltProgram.varve) run train --retry 5 -- sh train.sh\n"
                + "    deps: [train.sh]\n    outs: [model]\n")
        try repository.varve("repro").succeeds()
        #expect(try repository.read("seen") == "fit 1\nfit 2\nfit 3\n")
        let records = try runs(repository)
        #expect(records.count == 1)
        #expect(verdicts(records.first) == ["signal 9", "signal 9", "ok"])
        #expect(records.first?["stage"] == "fit" && records.first?["step"] == 2)
        #expect(records.first?["metrics"]?.mapping?["acc"] == 0.5)
        #expect(records.first?["git"]?.mapping?["branch"] == "main")
        try repository.varve("status").prints("Data and pipelines are up to date.\n")
    }

    @Test("in a stage that is tried again, the attempts do not multiply")
    func retriesDoNotMultiply() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "dvc.yaml",
            "stages:\n  fit:\n    cmd: \(BuiltProgram.varve) run train --retry 5 -- sh -c 'echo $VARVE_ATTEMPT >> seen; exit 1'\n"
                + "    outs: [model]\n    meta: {varve: {retry: 2}}\n")
        try repository.varve("repro").fails()
        #expect(try repository.read("seen") == "1\n2\n3\n")
        #expect(verdicts(try runs(repository).first) == ["exit 1", "exit 1", "exit 1"])
    }

    @Test("a stage whose time is over leaves nothing of its program behind")
    func stageTimeout() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "dvc.yaml",
            "stages:\n  fit:\n    cmd: \(BuiltProgram.varve) run train -- sh -c 'sleep 600 & echo $! > child; wait'\n"
                + "    outs: [model]\n    meta: {varve: {timeout: 2s}}\n")
        try repository.varve("repro").fails()
        let child = try #require(Int32(repository.read("child").split(separator: "\n")[0]))
        #expect(isGone(child))
        #expect(verdicts(try runs(repository).first) == ["timeout"])
    }

    @Test("goes on in a stage that was killed, unless its data have changed")
    func stageGoesOn() throws {
        let repository = try TemporaryRepository()
        try repository.write("data", "1\n")
        try repository.write(
            "train.sh",
            "echo $VARVE_ATTEMPT $VARVE_RESUME >> seen; touch ckpt/epoch-1; touch ready; test -e go || sleep 600; "
                + "echo x > model\n")
        try repository.write(
            "dvc.yaml",
            "stages:\n  fit:\n    cmd: \(BuiltProgram.varve) run train --checkpoint-dir ckpt -- sh train.sh\n"
                + "    deps: [train.sh, data]\n    outs: [model]\n")
        func killOnce() throws {
            try? repository.remove("ready")
            let running = try repository.start([BuiltProgram.varve, "repro"])
            #expect(waits { repository.exists("ready") })
            kill(running.id, SIGINT)
            _ = running.wait()
        }
        try killOnce()
        try killOnce()
        try repository.write("data", "2\n")
        try repository.write("go", "")
        try repository.varve("repro").succeeds()
        #expect(try repository.read("seen") == "1 0\n2 1\n1 0\n")
        let records = try runs(repository)
        #expect(records.map { $0["result"]?.string } == ["ok", "interrupted"])
        #expect(verdicts(records.last) == ["stopped", "stopped"])
    }

    // MARK: DVCLive

    @Test(
        "a script that uses DVCLive is followed unchanged, and goes on where it was killed",
        .enabled(if: TestPrograms.areProvided))
    func realDVCLive() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "train.py",
            """
            import os, signal
            from dvclive import Live

            folder = os.environ["VARVE_CKPT_DIR"]
            with Live(save_dvc_exp=False, dvcyaml=None) as live:
                for step in range(live.step, 6):
                    live.log_metric("train/loss", 1 / (step + 1))
                    live.next_step()
                    open(f"{folder}/epoch-{step}.pt", "w").close()
                    if step in (1, 3) and len(os.listdir(folder)) == step + 1 and not os.path.exists(f"was{step}"):
                        open(f"was{step}", "w").close()
                        os.kill(os.getpid(), signal.SIGKILL)
            """)
        try repository.varve(
            "run", "train", "--retry", "4", "--checkpoint-dir", "ckpt", "--", try TestPrograms.path("python"),
            "train.py"
        ).succeeds()
        #expect(
            try repository.read("dvclive/plots/metrics/train/loss.tsv")
                == "step\tloss\n0\t1.0\n1\t0.5\n2\t0.3333333333333333\n3\t0.25\n4\t0.2\n5\t0.16666666666666666\n")
        let record = try #require(try runs(repository).first)
        #expect(verdicts(record) == ["signal 9", "signal 9", "ok"])
        #expect(record["step"] == 5)
        #expect(record["python"]?.mapping?["packages"]?.mapping?["dvclive"] != nil)
    }
}
