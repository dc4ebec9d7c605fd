import Documents
import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("varve run tune") struct TuneCommandTests {
    /// A program that reports three values and leaves its result in its trial's folder.
    private static let program = """
        set -e
        mkdir -p "$VARVE_TRIAL_DIR/plots/metrics"
        table="$VARVE_TRIAL_DIR/plots/metrics/loss.tsv"
        loss=$(awk "BEGIN { print ($1 - 7) * ($1 - 7) / 100 + $2 }")
        printf 'step\\tloss\\n' > "$table"
        for step in 0 1 2; do
            sleep 0.02
            awk "BEGIN { printf \\"%d\\\\t%s\\\\n\\", $step, $loss + 1 / ($step + 1) }" >> "$table"
        done
        sleep 0.2
        echo "{\\"loss\\": $loss}" > "$VARVE_TRIAL_DIR/metrics.json"
        """

    private static let words = [
        "run", "tune", "-s", "n=range(1,20)", "-s", "x=interval(0,1)", "--minimize", "loss", "--pruner",
        "{median: {startup: 3}}", "-n", "14",
    ]

    private static func trials(_ repository: TemporaryRepository, _ study: String) throws -> [[Value]] {
        let text = try repository.varve("run", "tune", "export", "--json", "--study", study).succeeds().output
        return (try JSON.parse(text).array ?? []).map { trial in
            ["number", "state", "values", "params", "reports"].map { trial.mapping?[$0] ?? .null }
        }
    }

    @Test("a study runs its trials, and its best values go into the parameter file, whose comments stay")
    func study() throws {
        let repository = try TemporaryRepository()
        try repository.write("params.yaml", "train:\n  lr: 0.1  # rate\nother: 3\n")
        let result = try repository.varve(
            "run", "tune", "-s", "train.lr=0.01,0.02,0.03", "--minimize", "loss", "--sampler", "grid", "--seed", "1",
            "--best-file", "best.yaml", "--trials-file", "trials.csv", "--", "sh", "-c", "echo loss={train.lr}"
        ).succeeds()
        #expect(result.output.hasSuffix(": 0.01  train.lr=0.01\n"))
        #expect(try repository.read("best.yaml") == "train:\n  lr: 0.01\n")
        #expect(try repository.read("trials.csv").split(separator: "\n").count == 4)
        try repository.varve("run", "tune", "apply").succeeds()
        let lines = try repository.read("params.yaml").split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("  lr: 0.01 ") && lines[1].hasSuffix("# rate"))
        try repository.varve("run", "tune", "replay").prints("All 3 trials come out the same.\n")
        try repository.varve("run", "tune", "importance").succeeds()
        #expect(repository.exists(".dvc/tmp/tune/study.jsonl"))
    }

    @Test("charts are chosen by name, in a page or in the terminal, and what is not there is told")
    func charts() throws {
        let repository = try TemporaryRepository()
        try repository.varve(
            "run", "tune", "-s", "x=interval(0,1)", "-s", "y=interval(0,1)", "--minimize", "loss", "-n", "8",
            "--report",
            "report.html", "--", "sh", "-c", "echo loss={x}"
        ).succeeds()
        let report = try repository.read("report.html")
        for title in ["History", "Parallel coordinates", "Contour", "Slices", "Distribution of values", "Timeline"] {
            #expect(report.contains("<h2>\(title)</h2>"), "\(title)")
        }
        let plot = ["run", "tune", "plot"]
        try repository.run([BuiltProgram.varve] + plot + ["--only", "contour,history", "--params", "y,x"]).succeeds()
        let page = try repository.read("tune.html")
        #expect(page.split(separator: "<section class=\"chart\"").count == 3 && !page.contains("Timeline"))
        let drawn = try repository.run([BuiltProgram.varve] + plot + ["--terminal", "--only", "front,timeline"])
            .succeeds()
        #expect(drawn.output.hasPrefix("Timeline\n") && drawn.errors.contains("a study with one objective"))
        let wrong = try repository.run([BuiltProgram.varve] + plot + ["--only", "pie"])
        #expect(wrong.status != 0 && wrong.errors.contains("there are history, hypervolume, front"))
        let none = try repository.run([BuiltProgram.varve] + plot + ["--params", "z"])
        #expect(none.status != 0 && none.errors.contains("there are x, y"))
    }

    @Test(
        "killed again and again and resumed, it is the study of an undisturbed run",
        arguments: [["-j", "1"], ["-j", "3", "--order", "strict", "--window", "4"]])
    func killed(_ mode: [String]) throws {
        let repository = try TemporaryRepository()
        try repository.write("train.sh", Self.program)
        let end = ["--", "sh", "train.sh", "{n}", "{x}"]
        try repository.run([BuiltProgram.varve] + Self.words + mode + ["--study", "calm"] + end).succeeds()
        var running = try repository.start([BuiltProgram.varve] + Self.words + mode + ["--study", "killed"] + end)
        for _ in 0..<1000 where !repository.exists(".dvc/tmp/tune/killed.trials/0") { usleep(10_000) }
        for round in 0..<5 {
            usleep(useconds_t(300_000 + 90_000 * round))
            kill(running.id, SIGKILL)
            _ = running.wait()
            running = try repository.start([BuiltProgram.varve, "run", "tune", "resume", "--study", "killed"])
        }
        running.wait().succeeds()
        let expected = try Self.trials(repository, "calm")
        #expect(expected.count == 14)
        #expect(try Self.trials(repository, "killed") == expected)
        try repository.varve("run", "tune", "replay", "--study", "killed").succeeds()
    }

    @Test("another program asks for trials and tells their results")
    func askAndTell() throws {
        let repository = try TemporaryRepository()
        let tune = ["run", "tune"]
        try repository.run(
            [BuiltProgram.varve] + tune + [
                "create", "-s", "x=interval(0,1)", "--maximize", "y", "-n", "3", "--first", "x=0.25", "--constraint",
                "size <= 5",
            ]
        ).succeeds()
        try repository.varve("run", "tune", "ask").prints("{\"trial\": 0, \"params\": {\"x\": 0.25}}\n")
        try repository.varve("run", "tune", "tell", "0", "--step", "0", "--value", "0.5").prints("keep\n")
        try repository.varve("run", "tune", "tell", "0", "--value", "9", "--metric", "size=6").prints("complete\n")
        try repository.varve("run", "tune", "ask").succeeds()
        try repository.varve("run", "tune", "tell", "1", "--value", "3", "--metric", "size=2").prints("complete\n")
        try repository.varve("run", "tune", "ask").succeeds()
        try repository.varve("run", "tune", "tell", "2", "--failed", "out of memory").prints("failed\n")
        try repository.varve("run", "tune", "ask").prints("{\"done\": \"all trials are done\"}\n")
        #expect(try repository.varve("run", "tune", "best").succeeds().output.hasPrefix("trial 1: 3.0\n"))
        try repository.varve("run", "tune", "add", "x=0.75").succeeds()
        try repository.varve("run", "tune", "ask").prints("{\"trial\": 3, \"params\": {\"x\": 0.75}}\n")
        try repository.varve("run", "tune", "resume").fails(status: 1)
    }

    @Test("what goes wrong is said: words, ranges, programs, places that trials would share")
    func mistakes() throws {
        let repository = try TemporaryRepository()
        func fails(_ words: String..., status: Int32, because reason: String) throws {
            let result = try repository.run([BuiltProgram.varve, "run", "tune"] + words).fails(status: status)
            #expect(result.errors.contains(reason), "\(result.errors)")
        }
        try fails("bset", status: 254, because: "invalid choice: 'bset'")
        try fails("status", status: 254, because: "there is no study yet")
        try fails("-s", "x=1,2", "--minimize", "y", status: 254, because: "there is no program to run")
        try fails(
            "-s", "x=interval(2,1)", "--minimize", "y", "--", "true", status: 254, because: "low 2.0 is above high 1.0")
        try fails(
            "-s", "x=1,2", "--minimize", "y", "--", "echo", "{z}", status: 254, because: "'{z}' in the program's words")
        try fails(
            "-s", "x=1,2", "--minimize", "m.json:y", "-j", "2", "--", "true", status: 254,
            because: "would write over 'm.json'")
        try fails(
            "-s", "x=1,2", "--minimize", "y", "--sampler", "grid", "--", "sh", "-c", "echo no >&2; exit 3", status: 1,
            because: "trial 0 failed: exit status 3: no")
    }

    @Test("a study that is there is refused, resumed or begun anew, as one wishes")
    func existing() throws {
        let repository = try TemporaryRepository()
        func tune(_ words: [String], range: String = "1,2,3") throws -> ProcessRun {
            try repository.run(
                [BuiltProgram.varve, "run", "tune", "-s", "x=\(range)", "--minimize", "y", "--sampler", "random"]
                    + words
                    + ["--", "sh", "-c", "echo y={x}"])
        }
        try tune(["-n", "3"]).succeeds()
        #expect(try tune(["-n", "3"]).fails(status: 254).errors.contains("is already there"))
        try tune(["-n", "5", "--existing", "resume"]).succeeds()
        #expect(try Self.trials(repository, "study").count == 5)
        #expect(
            try tune(["-n", "5", "--existing", "resume"], range: "1,2").fails(status: 254).errors
                .contains("with other settings"))
        try tune(["-n", "2", "--existing", "restart"], range: "1,2").succeeds()
        #expect(try Self.trials(repository, "study").count == 2)
    }

    @Test("as a stage a study runs again when its space or its code does, and not otherwise; DVC agrees")
    func stage() throws {
        let repository = try TemporaryRepository()
        func space(_ choices: String) -> String {
            """
            tune:
              small:
                objective: {metric: loss, direction: minimize}
                space:
                  x: {choice: [\(choices)]}
                sampler: grid
                command: [sh, train.sh, '{x}']

            """
        }
        try repository.write("varve.yaml", space("3, 1, 2"))
        try repository.write("train.sh", "echo loss=$1\n")
        try repository.write(
            "dvc.yaml",
            """
            stages:
              tune:
                cmd: \(BuiltProgram.varve) run tune --study small --existing restart --best-file best.yaml
                  --trials-file trials.csv --report tune.html
                deps: [train.sh, varve.yaml]
                outs: [best.yaml, trials.csv, tune.html]

            """)
        try repository.varve("repro").succeeds()
        #expect(try repository.read("best.yaml") == "x: 1\n")
        #expect(try repository.read("trials.csv").split(separator: "\n").count == 4)
        #expect(try repository.read("tune.html").hasPrefix("<!DOCTYPE html>"))
        if BuiltProgram.dvc != nil {
            #expect(try repository.dvc("status").succeeds().output.contains("up to date"))
        }
        #expect(try repository.varve("repro").succeeds().output.contains("didn't change"))
        try repository.write("varve.yaml", space("3, 2"))
        try repository.varve("repro").succeeds()
        #expect(try repository.read("best.yaml") == "x: 2\n")
    }

    @Test("varve.yaml names studies with spaces, conditions and commands")
    func varveFile() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "varve.yaml",
            """
            tune:
              small:
                objective: {metric: loss, direction: minimize}
                space:
                  opt: {choice: [adam, sgd]}
                  mom: {float: [0.5, 0.9], step: 0.4, when: "opt == 'sgd'"}
                sampler: grid
                command: [sh, -c, 'echo "loss=$#"', sh, --opt, '{opt}', --mom, '{mom}']

            """)
        let result = try repository.varve("run", "tune", "--study", "small").succeeds()
        #expect(result.output == "trial \(result.output.split(separator: ":")[0].dropFirst(6)): 2.0  opt=adam\n")
        #expect(try Self.trials(repository, "small").count == 3)
    }
}
