import Documents
import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("varve log") struct LogCommandTests {
    @Test("a shell script logs steps as DVCLive would")
    func steps() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.shell(
            """
            $varve log params lr=0.1 'layers=[64, 32]' && $varve log param name plain
            for loss in 0.5 -0.25 nan; do
                $varve log metric train/loss $loss && $varve log metrics acc=1 'state=all well' && $varve log next-step
            done
            $varve log metric test/acc 0.75
            """
        ).prints("1\n2\n3\n")
        #expect(
            try repository.read("dvclive/plots/metrics/train/loss.tsv") == "step\tloss\n0\t0.5\n1\t-0.25\n2\tnan\n")
        #expect(try repository.read("dvclive/plots/metrics/test/acc.tsv") == "step\tacc\n3\t0.75\n")
        #expect(
            try repository.read("dvclive/metrics.json") == """
                {
                    "train": {
                        "loss": "nan"
                    },
                    "acc": 1,
                    "state": "all well",
                    "step": 2,
                    "test": {
                        "acc": 0.75
                    }
                }

                """)
        #expect(try repository.read("dvclive/params.yaml") == "lr: 0.1\nlayers:\n- 64\n- 32\nname: plain\n")
    }

    @Test("steps may be named, and a late value does not take the count back")
    func namedSteps() throws {
        let repository = try TemporaryRepository(.empty)
        for step in ["0", "10", "5"] {
            try repository.varve("log", "metric", "loss", "0.5", "--step", step, "--dir", "m").succeeds()
        }
        #expect(try repository.read("m/plots/metrics/loss.tsv") == "step\tloss\n0\t0.5\n10\t0.5\n5\t0.5\n")
        #expect(try JSON.parse(repository.read("m/metrics.json")).mapping?["step"] == 10)
        let variables = ["VARVE_METRICS_DIR": repository.path("m")]
        try repository.varve("log", "metric", "best", "1", "--no-plot", with: variables).succeeds()
        #expect(!repository.exists("m/plots/metrics/best.tsv") && !repository.exists("dvclive"))
    }

    @Test("callers at once lose nothing of one another")
    func concurrency() throws {
        let repository = try TemporaryRepository(.empty)
        let callers = try (1...8).map { number in
            try repository.start([
                "sh", "-c",
                "for j in 1 2 3 4 5; do \(BuiltProgram.varve) log metrics shared=$j m\(number)=$j --step $j || exit 1; done",
            ])
        }
        for caller in callers { caller.wait().succeeds() }
        let lines = try repository.read("dvclive/plots/metrics/shared.tsv").split(separator: "\n")
        #expect(lines.count == 41)
        let latest = try #require(JSON.parse(repository.read("dvclive/metrics.json")).mapping)
        for number in 1...8 {
            #expect(latest["m\(number)"] == 5)
            #expect(try repository.read("dvclive/plots/metrics/m\(number).tsv").split(separator: "\n").count == 6)
        }
        // Nothing but logs lies in the folder.
        #expect(try Files.names(in: repository.path("dvclive")).sorted() == ["metrics.json", "plots"])
    }

    @Test("killed at any moment, what is logged is whole, and the next call goes on")
    func kills() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.varve("log", "metric", "loss", "0").succeeds()
        var generator = SeededGenerator(seed: 3)
        for number in 0..<20 {
            let running = try repository.start([
                "sh", "-c",
                "while :; do \(BuiltProgram.varve) log metric loss \(number) || exit; "
                    + "\(BuiltProgram.varve) log next-step || exit; done",
            ])
            usleep(UInt32.random(in: 10_000...200_000, using: &generator))
            try repository.shell("pkill -9 -P \(running.id)")
            running.stop()
            _ = running.wait()
            let lines = try repository.read("dvclive/plots/metrics/loss.tsv").split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(
                lines.last?.isEmpty == true
                    && lines.dropFirst().dropLast().allSatisfy { $0.split(separator: "\t").count == 2 })
            _ = try JSON.parse(repository.read("dvclive/metrics.json"))
        }
        try repository.varve("log", "metric", "loss", "1").succeeds()
    }

    @Test("images are copied, alone or as a series")
    func images() throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("out/a.png", [0x89, 0x50, 0x4E, 0x47])
        try repository.varve("log", "image", "confusion", "out/a.png").succeeds()
        try repository.varve("log", "image", "samples.png", "out/a.png", "--step", "3").succeeds()
        #expect(try repository.read("dvclive/plots/images/confusion.png") == repository.read("out/a.png"))
        #expect(repository.exists("dvclive/plots/images/samples/3.png"))
        try repository.write("a.txt", "x")
        try repository.varve("log", "image", "a", "a.txt").fails(status: 254, saying: ".png")
        try repository.varve("log", "image", "../../a", "out/a.png").fails(status: 254)
    }

    @Test("--dvcyaml lists the folder so that it is shown, once, and keeps what is there")
    func pipelineFile() throws {
        let repository = try TemporaryRepository()
        try repository.write("dvc.yaml", "# mine\nmetrics:\n- other.json\n")
        try repository.varve("log", "metric", "acc", "0.5", "--dvcyaml").succeeds()
        try repository.varve("log", "param", "lr", "0.1", "--dvcyaml").succeeds()
        try repository.varve("log", "next-step", "--dvcyaml", "dvc.yaml").succeeds()
        #expect(
            try repository.read("dvc.yaml") == """
                # mine
                metrics:
                - other.json
                - dvclive/metrics.json
                plots:
                - dvclive/plots/metrics:
                    x: step
                params:
                - dvclive/params.yaml

                """)
        try repository.write("other.json", "{\"n\": 1}")
        let shown = try repository.varve("metrics", "show").succeeds().output
        #expect(shown.contains("0.5") && shown.contains("acc"), "\(shown)")
        try repository.write("model.ubj", "x")
        try repository.varve("log", "artifact", "model.ubj", "--type", "model", "--label", "tabular").succeeds()
        #expect(
            try repository.read("dvc.yaml").hasSuffix(
                "artifacts:\n  model:\n    path: model.ubj\n    type: model\n    labels:\n    - tabular\n"))
        try repository.varve("log", "metric", "acc", "1", "--dvcyaml", "pipeline.yaml").fails(status: 254)
    }

    @Test(
        "tells what it cannot log, and leaves what there is",
        arguments: [
            ["metric", "../x", "1"], ["metric", "step", "1"], ["metric", "loss/a", "1"], ["metrics", "loss"],
            ["param", "a", "[1"], ["metric", "loss", "1", "--step", "-1"], ["image", "x", "missing.png"],
            ["artifact", "missing"],
        ])
    func refusals(_ words: [String]) throws {
        let repository = try TemporaryRepository(.empty)
        try repository.varve("log", "metric", "loss", "0.5").succeeds()
        let before = try repository.read("dvclive/metrics.json")
        try repository.run([BuiltProgram.varve, "log"] + words).fails()
        #expect(try repository.read("dvclive/metrics.json") == before)
        #expect(try repository.read("dvclive/plots/metrics/loss.tsv") == "step\tloss\n0\t0.5\n")
    }
}
