import Documents
import FileSystem
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Studies whose trials train in the process of the study.
@Suite("varve run tune --train") struct TuneTrainingTests {
    private static func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository()
        try repository.write("train.csv", TrainingTables.mixed(300))
        return repository
    }

    private static let folder = ".dvc/tmp/tune/study.trials"
    private static let space = ["-s", "eta=tag(log,interval(0.01,0.5))", "-s", "max_depth=range(1,5)"]

    private static func tune(_ repository: TemporaryRepository, _ words: [String]) throws -> ProcessRun {
        try repository.run([BuiltProgram.varve, "run", "tune"] + words)
    }

    private static func trials(_ repository: TemporaryRepository, _ study: String = "study") throws -> [[Value]] {
        let text = try repository.varve("run", "tune", "export", "--json", "--study", study).succeeds().output
        return (try JSON.parse(text).array ?? []).map { trial in
            ["number", "state", "values", "params", "reports", "failure"].map { trial.mapping?[$0] ?? .null }
        }
    }

    @Test("the best parameters go into params.yaml, and `varve run train` makes the very model of the best trial")
    func apply() throws {
        let repository = try Self.project()
        try repository.write(
            "params.yaml",
            """
            # what we train
            train:
              data: train.csv
              target: sold  # yes or no
              ignore: [id, price, kind, visits, query, relevance]
              valid-fraction: 0.3
              rounds: 20
              seed: 4
              model: out.json
              params:
                learning_rate: 0.3
                subsample: 0.7
            other: 1

            """)
        let run = try Self.tune(
            repository,
            [
                "--train", "-s", "eta=tag(log,interval(0.01,0.5))", "-s", "train.params.max_depth=range(1,5)", "-s",
                "train.rounds=range(5,40)", "-s", "colsample_bytree=interval(0.5,1)", "--maximize", "valid.auc", "-n",
                "8", "-j", "2", "--order", "strict", "--best-file", "best.yaml",
            ]
        ).succeeds()
        #expect(run.errors.contains("8 of 8 trials: 8 complete"), "\(run)")
        let best = try #require(
            JSON.parse(try repository.varve("run", "tune", "best", "--json").succeeds().output).array?.first?.mapping)
        let number = try #require(best["number"]?.int)
        let model = try repository.read("\(Self.folder)/\(number)/model.json")
        let card = try repository.read("\(Self.folder)/\(number)/model.json.varve.json")
        try repository.varve("run", "tune", "apply").succeeds()
        let text = try repository.read("params.yaml")
        #expect(text.hasPrefix("# what we train\ntrain:\n  data: train.csv\n  target: sold  # yes or no\n"), "\(text)")
        #expect(!text.contains("learning_rate") && text.contains("eval_metric") && text.hasSuffix("other: 1\n"))
        #expect(!text.contains("valid_fraction"))
        try repository.varve("run", "train").succeeds()
        #expect(try repository.read("out.json") == model)
        #expect(try repository.read("out.json.varve.json") == card)
        // The objective is that of the model.
        let metrics = try JSON.parse(card).mapping?["metrics"]?.mapping
        #expect(metrics?["valid/auc"] == best["values"]?.array?.first)
        // The same as a parameter file.
        try repository.varve("run", "train", "--params", "best.yaml", "--model", "again.json").succeeds()
        #expect(try repository.read("again.json") == model)
        // Only the best model was kept, but the numbers of all.
        for trial in 0..<8 {
            #expect(repository.exists("\(Self.folder)/\(trial)/model.json") == (trial == number))
            #expect(repository.exists("\(Self.folder)/\(trial)/metrics.json"))
            #expect(repository.exists("\(Self.folder)/\(trial)/dvclive/plots/metrics/valid/auc.tsv"))
            #expect(try repository.read("\(Self.folder)/\(trial)/output.log").contains("binary by xgboost"))
        }
    }

    @Test("the study is the same with one slot, with two, and with another number of threads")
    func slots() throws {
        let repository = try Self.project()
        for (study, words) in [("one", ["-j", "1"]), ("two", ["-j", "2"]), ("three", ["-j", "3"])] {
            try Self.tune(
                repository,
                ["--train", "--study", study] + Self.space + ["--minimize", "valid.rmse", "-n", "9"]
                    + ["--order", "strict", "--window", "3", "--models", "all"] + words
                    + ["--", "--data", "train.csv", "--valid-fraction", "0.3", "--rounds", "15", "-p", "subsample=0.6"]
                    + (study == "three" ? ["--threads", "2"] : []) + TrainingTables.only("price")
            ).succeeds()
        }
        let expected = try Self.trials(repository, "one")
        #expect(expected.count == 9)
        for study in ["two", "three"] {
            #expect(try Self.trials(repository, study) == expected)
            for trial in 0..<9 {
                #expect(
                    try Files.read(repository.path(".dvc/tmp/tune/\(study).trials/\(trial)/model.ubj"))
                        == Files.read(repository.path(".dvc/tmp/tune/one.trials/\(trial)/model.ubj")))
            }
        }
    }

    @Test(
        "killed again and again and resumed, it is the study of an undisturbed run",
        arguments: [["-j", "1"], ["-j", "2", "--order", "strict", "--window", "3"]])
    func killed(_ mode: [String]) throws {
        let repository = try Self.project()
        func words(_ study: String) -> [String] {
            ["--train", "--study", study] + Self.space + [
                "--minimize", "valid.rmse", "--pruner", "{median: {startup: 3}}",
            ]
                + ["-n", "12"] + mode
                + ["--", "--data", "train.csv", "--valid-fraction", "0.3", "--rounds", "60", "-p", "subsample=0.6"]
                + TrainingTables.only("price")
        }
        try Self.tune(repository, words("calm")).succeeds()
        var running = try repository.start([BuiltProgram.varve, "run", "tune"] + words("killed"))
        let journal = repository.path(".dvc/tmp/tune/killed.jsonl")
        var seen = 0
        for _ in 0..<5 {
            // Until something more has been written.
            for _ in 0..<3000 {
                let size = (try? Files.read(journal))?.count { $0 == 0x0A } ?? 0
                if size > seen + 10 || running.hasEnded(within: 0.002) {
                    seen = size
                    break
                }
            }
            running.stop()
            _ = running.wait()
            running = try repository.start([BuiltProgram.varve, "run", "tune", "resume", "--study", "killed"])
        }
        running.wait().succeeds()
        let expected = try Self.trials(repository, "calm")
        #expect(expected.count == 12 && expected.contains { $0[1] == "pruned" })
        #expect(try Self.trials(repository, "killed") == expected)
        try repository.varve("run", "tune", "replay", "--study", "killed").succeeds()
    }

    @Test("a trial that is pruned, takes too long or fails ends alone, with its reason")
    func endings() throws {
        let repository = try Self.project()
        let data = ["--", "--data", "train.csv", "--valid-fraction", "0.3", "--rounds", "100000"]
        let run = try Self.tune(
            repository,
            ["--train", "-s", "eta=0.1,0.2", "--minimize", "valid.rmse", "--sampler", "grid", "--timeout", "0.4"]
                + data + TrainingTables.only("price")
        ).fails(status: 1)
        #expect(run.errors.contains("trial 0 failed: it took longer than it may"), "\(run)")
        #expect(run.errors.contains("trial 1 failed"))
        // A value that XGBoost refuses; the others go on.
        let failing = try Self.tune(
            repository,
            ["--train", "--study", "bad", "-s", "eta=-1,0.3", "-s", "rounds=5", "--sampler", "grid"]
                + ["--minimize", "valid.rmse"] + data.dropLast(2) + TrainingTables.only("price")
        ).succeeds()
        #expect(failing.errors.contains(" failed: XGBoost could not "), "\(failing)")
        #expect(failing.errors.contains("1 complete, 1 failed"), "\(failing)")
        let pruned = try Self.tune(
            repository,
            ["--train", "--study", "cut", "-s", "eta=0.5,0.000001", "--sampler", "grid", "--minimize", "valid.rmse"]
                + ["--pruner", "{threshold: {upper: 5, warmup: 20}}"] + data.dropLast() + ["2000"]
                + TrainingTables.only("price")
        ).succeeds()
        #expect(pruned.errors.contains("1 complete, 1 pruned"), "\(pruned)")
    }

    @Test("Ctrl-C ends it between two rounds, and it goes on")
    func interrupted() throws {
        let repository = try Self.project()
        let running = try repository.start(
            [BuiltProgram.varve, "run", "tune", "--train", "-s", "eta=0.1,0.2", "--minimize", "valid.rmse"]
                + ["--sampler", "grid", "--", "--data", "train.csv", "--valid-fraction", "0.3", "--rounds", "1000000"]
                + TrainingTables.only("price"))
        for _ in 0..<3000 {
            if repository.exists("\(Self.folder)/0/dvclive/plots/metrics/valid/rmse.tsv") { break }
            usleep(2000)
        }
        kill(running.id, SIGINT)
        let run = running.wait()
        #expect(run.status != 0 && run.signal != SIGKILL, "\(run)")
        #expect(try Self.trials(repository).first?[1] == "running")
        try repository.varve("run", "tune", "resume", "--timeout", "0.2").fails(status: 1)
        #expect(try Self.trials(repository).first?[1] == "failed")
    }

    @Test("the training may stand in another section of another file, and the best parameters go there")
    func otherSection() throws {
        let repository = try Self.project()
        try repository.write(
            "conf.yaml",
            "models:\n  boost: {data: train.csv, target: price, ignore: [id, kind, sold, visits, query, relevance]}\n")
        try Self.tune(
            repository,
            ["--train", "-s", "models.boost.eta=0.1,0.3", "-s", "train.rounds=3,6", "--minimize", "train.mae"]
                + ["--sampler", "grid", "--", "--params", "conf.yaml", "--section", "models.boost"]
        ).succeeds()
        #expect(try repository.varve("run", "tune", "apply").succeeds().output.contains(" to conf.yaml: "))
        let section = try YAML.parse(repository.read("conf.yaml")).mapping?["models"]?.mapping?["boost"]?.mapping
        #expect(section?["rounds"] == 6 && section?["params"] == ["eta": 0.3] && section?["eval_metric"] == ["mae"])
        #expect(!repository.exists("params.yaml"))
    }

    @Test("a study whose table has changed does not go on as if it had not")
    func changedTable() throws {
        let repository = try Self.project()
        func tune(_ words: [String]) throws -> ProcessRun {
            try Self.tune(
                repository,
                ["--train"] + Self.space + ["--minimize", "valid.rmse"] + words
                    + ["--", "--data", "train.csv", "--valid-fraction", "0.3", "--rounds", "5"]
                    + TrainingTables.only("price"))
        }
        try tune(["-n", "2"]).succeeds()
        try tune(["-n", "3", "--existing", "resume"]).succeeds()
        try repository.write("train.csv", TrainingTables.mixed(301))
        let resumed = try repository.varve("run", "tune", "resume", "-n", "4").fails(status: 1)
        #expect(resumed.errors.contains("'train.csv' has changed since the study was begun"), "\(resumed)")
        let existing = try tune(["-n", "4", "--existing", "resume"]).fails(status: 254)
        #expect(existing.errors.contains("was begun with other settings or data"), "\(existing)")
        #expect(try Self.trials(repository).count == 3)
        try tune(["-n", "2", "--existing", "restart"]).succeeds()
    }

    @Test("a study in varve.yaml, with an engine that needs no library, sizes as constraints, and conditions")
    func section() throws {
        let repository = try Self.project()
        try repository.write(
            "varve.yaml",
            """
            tune:
              plain:
                objective: {metric: cv.logloss}
                train:
                  engine: logistic
                  data: train.csv
                  target: sold
                  ignore: [id, price, kind, visits, query, relevance]
                  cv: 3
                space:
                  penalty: {choice: [l2, elasticnet]}
                  C: {float: [0.01, 100], log: true}
                  l1_ratio: {float: [0, 1], when: "penalty == 'elasticnet'"}
                constraints: ["model_bytes <= 100000"]
                trials: 8
                models: none
            """)
        let run = try Self.tune(repository, []).succeeds()
        #expect(run.errors.contains("8 of 8 trials: 8 complete"), "\(run)")
        #expect(!repository.exists(".dvc/tmp/tune/plain.trials/0/model.json"))
        try repository.varve("run", "tune", "apply").succeeds()
        let train = try repository.varve("run", "train").succeeds()
        let best = try repository.varve("run", "tune", "best", "--json").succeeds().output
        let value = try #require(JSON.parse(best).array?.first?.mapping?["values"]?.array?.first)
        let card = try JSON.parse(try repository.read("model.json.varve.json")).mapping
        #expect(card?["metrics"]?.mapping?["cv/logloss"] == value, "\(train)")
    }

    @Test("what no trial could use is refused, and no study is begun")
    func refused() throws {
        let repository = try Self.project()
        func fails(_ words: [String], _ more: [String] = [], because reason: String) throws {
            let result = try Self.tune(
                repository,
                ["--train"] + words + ["--", "--data", "train.csv", "--valid-fraction", "0.3"]
                    + TrainingTables.only("price") + more
            ).fails(status: 254)
            #expect(result.errors.contains(reason), "\(result.errors)")
            #expect(!repository.exists(".dvc/tmp/tune/study.jsonl"))
        }
        let goal = ["--minimize", "valid.rmse"]
        try fails(["-s", "etaa=0.1,0.2"] + goal, because: "did you mean 'eta'?")
        try fails(["-s", "train.round=5,6"] + goal, because: "did you mean 'rounds'?")
        try fails(["-s", "params.etaa=0.1,0.2"] + goal, because: "XGBoost has no parameter 'etaa'")
        try fails(["-s", "model=a,b"] + goal, because: "'model' is no parameter that can be tuned")
        try fails(["-s", "eta=0.1,0.2", "-s", "params.eta=0.1,0.3"] + goal, because: "is in the space twice")
        try fails(["-s", "eta=0.1,0.2"] + goal, ["--rounds", "x"], because: "'--rounds' must be a number")
        try fails(["-s", "eta=0.1,0.2"] + goal, ["-p", "max_depth=deep"], because: "XGBoost could not")
        try fails(["-s", "eta=0.1,0.2"] + goal, ["--ruonds", "5"], because: "--ruonds")
        try fails(["-s", "eta=0.1,0.2", "--minimize", "rmse"], because: "did you mean 'valid.rmse'?")
        try fails(["-s", "eta=0.1,0.2", "--minimize", "cv.rmse"], because: "there are no folds")
        try fails(["-s", "eta=0.1,0.2", "--minimize", "valid.wrong"], because: "XGBoost has no metric 'wrong'")
        try fails(["-s", "eta=0.1,0.2", "--gpus", "0"] + goal, because: "'--gpus' is for programs")
        try fails(["-s", "eta=0.1,0.2", "--models", "some"] + goal, because: "must be 'best', 'all' or 'none'")
        let missing = try Self.tune(
            repository, ["--train", "-s", "eta=0.1,0.2"] + goal + ["--", "--target", "price"]
        ).fails(status: 254)
        #expect(missing.errors.contains("no data to train on"), "\(missing.errors)")
        let other = try Self.tune(
            repository, ["-s", "x=1,2", "--minimize", "y", "--models", "all", "--", "true"]
        ).fails(status: 254)
        #expect(other.errors.contains("add --train"), "\(other.errors)")
    }
}
