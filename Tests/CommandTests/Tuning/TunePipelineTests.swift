import Documents
import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("varve run tune over a pipeline") struct TunePipelineTests {
    /// A pipeline of two stages that writes down, outside, whenever it trains, and is as rude to its workspace as can be.
    private static func project(pause: String = "0") throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("data.txt", "1\n2\n3\n")
        try repository.varve("add", "-q", "data.txt").succeeds()
        try repository.write("params.yaml", "train:\n  x: 0.5  # where\n  n: 3\nother: 1\n")
        try repository.write(
            "train.sh",
            """
            set -e
            sleep \(pause)
            x=$(sed -n 's/^  x: *\\([^ ]*\\).*/\\1/p' params.yaml)
            n=$(sed -n 's/^  n: *\\([^ ]*\\).*/\\1/p' params.yaml)
            echo "$x $n" >> "$TRAINED"
            test ! -e leftover
            echo rude > leftover
            cat data.txt > model.txt
            echo "model $x $n" >> model.txt
            rm -f other.txt
            chmod u+w data.txt 2>/dev/null || true
            rm -f data.txt
            cp model.txt data.txt
            awk "BEGIN { print \\"{\\\\\\"loss\\\\\\": \\" ($x - 0.3) * ($x - 0.3) + $n \\"}\\" }" > loss.json

            """)
        try repository.write("other.txt", "tracked\n")
        try repository.write(
            "dvc.yaml",
            """
            stages:
              train:
                cmd: sh train.sh; cp model.txt data.txt; git checkout -q other.txt; printf '1\\n2\\n3\\n' > data.txt
                deps: [train.sh, data.txt]
                params: [train]
                outs: [model.txt]
                metrics:
                - loss.json:
                    cache: false
              count:
                cmd: wc -l < model.txt > lines.txt
                deps: [model.txt]
                outs: [lines.txt]

            """)
        try repository.commitAll()
        return repository
    }

    private static let space = [
        "-s", "train.x=interval(0,1)", "-s", "train.n=range(1,4)", "--minimize", "loss.json:loss",
    ]

    private static func tune(_ repository: TemporaryRepository, _ words: [String]) throws -> RunningProcess {
        try repository.start(
            [BuiltProgram.varve, "run", "tune"] + words, with: ["TRAINED": repository.folder + "/trained"])
    }

    private static func trained(_ repository: TemporaryRepository) throws -> [Substring] {
        String(decoding: try Files.readIfPresent(repository.folder + "/trained") ?? [], as: UTF8.self)
            .split(separator: "\n")
    }

    private static func trials(_ repository: TemporaryRepository, _ study: String) throws -> [[Value]] {
        let text = try repository.varve("run", "tune", "export", "--json", "--study", study).succeeds().output
        return (try JSON.parse(text).array ?? []).map { trial in
            ["number", "state", "values", "params"].map { trial.mapping?[$0] ?? .null }
        }
    }

    @Test("trials run in copies: the workspace stays, and the best model needs no second training")
    func study() throws {
        let repository = try Self.project()
        try Self.tune(repository, ["--stage", "count", "-n", "5", "-j", "2"] + Self.space).wait().succeeds()
        #expect(try repository.git("status", "--porcelain") == "")
        #expect(try repository.read("data.txt") == "1\n2\n3\n")
        #expect(!repository.exists("model.txt") && !repository.exists("leftover"))
        let trials = try Self.trials(repository, "study")
        #expect(trials.count == 5 && trials.allSatisfy { $0[1] == "complete" })
        #expect(try Self.trained(repository).count == 5)
        // What a trial made beside data is kept; the copies are not.
        let folder = ".dvc/tmp/tune/study.trials"
        #expect(try repository.read("\(folder)/0/files/dvc.lock").contains("path: model.txt"))
        #expect(repository.exists("\(folder)/0/files/loss.json"))
        #expect(!repository.exists("\(folder)/copies"))
        try repository.varve("run", "tune", "apply").succeeds()
        #expect(try repository.read("params.yaml").contains("# where\n"))
        try repository.varve("repro", "count").succeeds()
        #expect(try Self.trained(repository).count == 5)
        #expect(try repository.read("lines.txt").contains("4"))
        if BuiltProgram.dvc != nil { #expect(try repository.dvc("status").succeeds().output.contains("up to date")) }
    }

    @Test("killed and resumed, code changed meanwhile: the study of an undisturbed run, and nothing runs on")
    func killed() throws {
        let repository = try Self.project(pause: "0.3")
        let words = ["--stage", "train", "-n", "6", "-j", "2", "--order", "strict", "--sampler", "random"] + Self.space
        try Self.tune(repository, words + ["--study", "calm"]).wait().succeeds()
        var running = try Self.tune(repository, words + ["--study", "killed"])
        for _ in 0..<3000 where !repository.exists(".dvc/tmp/tune/killed.trials/0/output.log") { usleep(10_000) }
        for round in 0..<3 {
            usleep(useconds_t(200_000 + 250_000 * round))
            kill(running.id, SIGKILL)
            _ = running.wait()
            try repository.write("train.sh", "exit 1\n")
            running = try Self.tune(repository, ["resume", "--study", "killed"])
        }
        running.wait().succeeds()
        #expect(try Self.trials(repository, "killed") == Self.trials(repository, "calm"))
        #expect(try Self.trials(repository, "killed").count == 6)
    }

    @Test("what no trial could be run with is said before the first one")
    func mistakes() throws {
        let repository = try Self.project()
        func fails(_ words: [String], status: Int32 = 254, because reason: String) throws {
            let run = try Self.tune(repository, words + ["-n", "2"]).wait().fails(status: status)
            #expect(run.errors.contains(reason), "\(run)")
        }
        let metric = ["--minimize", "loss.json:loss"]
        try fails(["--stage", "train", "-s", "train.xx=1,2"] + metric, because: "did you mean 'train.x'?")
        try fails(["--stage", "train", "-s", "conf.json:x=1,2"] + metric, because: "there is no file 'conf.json'")
        try fails(["--stage", "train", "-s", "other=1,2"] + metric, because: "no stage of the targets reads 'other'")
        try fails(["--stage", "trian", "-s", "train.x=1,2"] + metric, status: 1, because: "'trian' not found")
        try fails(["--stage", "data.txt.dvc"] + Self.space, because: "no stage that runs a command")
        try fails(["--stage", "train"] + Self.space + ["--", "true"], because: "not a program and --stage")
        try repository.write("data.txt", "other\n")
        try fails(["--stage", "train"] + Self.space, status: 1, because: "run `varve commit` first")
        #expect(!repository.exists(".dvc/tmp/tune/study.trials/workspace"))
        try repository.varve("checkout", "-q", "--force").succeeds()
        try Self.tune(repository, ["--stage", "train", "-n", "1"] + Self.space).wait().succeeds()
    }

    @Test("a pruner follows the values that a stage reports in its copy")
    func pruning() throws {
        let repository = try TemporaryRepository()
        try repository.write("params.yaml", "x: 1\n")
        try repository.write(
            "train.sh",
            """
            x=$(sed -n 's/^x: *//p' params.yaml)
            mkdir -p dvclive/plots/metrics
            printf 'step\\tloss\\n' > dvclive/plots/metrics/loss.tsv
            for step in 0 1; do
                printf "$step\\t$x\\n" >> dvclive/plots/metrics/loss.tsv
            done
            test "$x" -lt 50 || sleep 600
            echo "{\\"loss\\": $x}" > dvclive/metrics.json

            """)
        try repository.write(
            "dvc.yaml",
            """
            stages:
              train:
                cmd: sh train.sh
                deps: [train.sh]
                params: [x]
                outs:
                - dvclive/plots
                metrics:
                - dvclive/metrics.json

            """)
        try repository.commitAll()
        let points = [1, 2, 3, 90].flatMap { ["--first", "x=\($0)"] }
        try Self.tune(
            repository,
            [
                "--stage", "train", "-s", "x=range(1,99)", "--minimize", "loss", "--pruner", "{median: {startup: 3}}",
                "-n", "4",
            ]
                + points
        ).wait().succeeds()
        #expect(try Self.trials(repository, "study").map { $0[1] } == ["complete", "complete", "complete", "pruned"])
    }
}
