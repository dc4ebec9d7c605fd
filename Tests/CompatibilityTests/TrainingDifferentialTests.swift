import Documents
import FileSystem
import TestSupport
import Testing

@Suite("Training in pipelines that DVC runs, too", .enabled(if: BuiltProgram.dvc != nil && TestPrograms.areProvided))
struct TrainingDifferentialTests {
    private static let script = """
        import json, os
        from dvclive import Live

        params = json.load(open(os.environ["VARVE_PARAMS"]))["train"]
        with Live(save_dvc_exp=False, dvcyaml=None) as live:
            for step in range(params["epochs"]):
                live.log_metric("loss", params["lr"] / (step + 1))
                live.next_step()
        open("model", "w").write("m")
        """

    private func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("train.py", Self.script)
        try repository.write("params.yaml", "train: {lr: 0.5, epochs: 3}\nother: 1\n")
        try repository.write(
            "dvc.yaml",
            """
            stages:
              train:
                cmd: varve run train --seed 3 -- python train.py
                deps: [train.py]
                params: [train]
                outs: [model]
                metrics:
                - dvclive/metrics.json:
                    cache: false
                plots:
                - dvclive/plots/metrics:
                    cache: false
                    x: step
            """)
        try repository.commitAll()
        return repository
    }

    /// The two programs by the names that the stage calls them by.
    private func variables() throws -> [String: String] {
        let folders = [BuiltProgram.varve, try TestPrograms.path("python")].map(Paths.parent)
        return ["PATH": (folders + [BuiltProgram.variable("PATH") ?? "/usr/bin:/bin"]).joined(separator: ":")]
    }

    @Test("either tool runs the stage, and the other finds nothing to do")
    func changesPlaces() throws {
        let variables = try variables()
        let dvc = try #require(BuiltProgram.dvc)
        for tools in [(dvc, BuiltProgram.varve), (BuiltProgram.varve, dvc)] {
            let repository = try project()
            try repository.run([tools.0, "repro"], with: variables).succeeds()
            #expect(
                try repository.read("dvclive/plots/metrics/loss.tsv")
                    == "step\tloss\n0\t0.5\n1\t0.25\n2\t0.16666666666666666\n")
            let again = try repository.run([tools.1, "repro"], with: variables).succeeds()
            #expect(again.output.contains("Stage 'train' didn't change, skipping"), "\(again)")
            let records = try #require(JSON.parse(repository.varve("runs", "--json").succeeds().output).array)
            #expect(records.count == 1)
            #expect(records.first?.mapping?["stage"] == "train" && records.first?.mapping?["step"] == 2)
            let shown = try repository.run([tools.0, "metrics", "show", "--json"]).succeeds().output
            #expect(shown.contains("\"step\": 2"), "\(shown)")
        }
    }

    @Test("a folder that DVCLive began is gone on with by `varve log`, and the other way round")
    func takesTurns() throws {
        let repository = try TemporaryRepository()
        let python = try TestPrograms.path("python")
        let script = """
            from dvclive import Live

            live = Live(save_dvc_exp=False, dvcyaml=None, resume=True)
            for _ in range(2):
                live.log_metric("a/loss", 0.1)
                live.next_step()
            """
        try repository.write("live.py", script)
        for _ in 0..<2 {
            try repository.run([python, "live.py"]).succeeds()
            try repository.varve("log", "metric", "a/loss", "1e-5").succeeds()
            try repository.varve("log", "next-step").succeeds()
        }
        #expect(
            try repository.read("dvclive/plots/metrics/a/loss.tsv")
                == "step\tloss\n0\t0.1\n1\t0.1\n2\t1e-05\n3\t0.1\n4\t0.1\n5\t1e-05\n")
        #expect(try JSON.parse(repository.read("dvclive/metrics.json")).mapping?["step"] == 5)
    }

    @Test("--dvcyaml makes of a folder the dvc.yaml that DVCLive makes of it")
    func pipelineFile() throws {
        let repository = try TemporaryRepository()
        try repository.write(
            "live.py",
            """
            from dvclive import Live

            with Live(save_dvc_exp=False) as live:
                live.log_params({"lr": 0.1})
                live.log_metric("loss", 0.5)
            """)
        try repository.commitAll()
        try repository.run([try TestPrograms.path("python"), "live.py"]).succeeds()
        let theirs = try repository.read("dvc.yaml")
        try repository.remove("dvc.yaml")
        try repository.varve("log", "metric", "loss", "0.4", "--dvcyaml").succeeds()
        #expect(try repository.read("dvc.yaml") == theirs)
    }
}
