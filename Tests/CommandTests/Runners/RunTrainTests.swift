import Documents
import FileSystem
import Hashing
import TestSupport
import Testing

@Suite("varve run train, and varve predict")
struct RunTrainTests {
    private func project() throws -> TemporaryRepository {
        let repository = try TemporaryRepository(.empty)
        try repository.write("train.csv", TrainingTables.mixed(300))
        try repository.write("test.csv", TrainingTables.mixed(60, from: 300))
        return repository
    }

    private func card(_ repository: TemporaryRepository, _ path: String = "model.ubj") throws -> Mapping {
        try #require(try JSON.parse(try Files.read(repository.path(path + ".varve.json"))).mapping)
    }

    /// A column of a table that was predicted.
    private func column(_ name: String, of path: String, in repository: TemporaryRepository) throws -> [String] {
        let lines = try repository.read(path).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        let place = try #require(lines.first?.firstIndex(of: name))
        return lines.dropFirst().map { $0[place] }
    }

    // MARK: Tasks

    @Test(
        "learns every task and predicts it better than chance",
        arguments: [
            ("price", "regression", []), ("kind", "multiclass", []), ("sold", "binary", []),
            ("visits", "count", ["--task", "count"]),
            ("relevance", "ranking", ["--group", "query"]),
        ])
    func tasks(target: String, task: String, more: [String]) throws {
        let repository = try project()
        let run = try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--valid", "test.csv", "--rounds", "40"]
                + ["--early-stopping", "10"] + TrainingTables.only(target) + more
        ).succeeds()
        #expect(run.output.contains("\(task) by xgboost: 300 rows, 5 columns"), "\(run)")
        let card = try card(repository)
        #expect(card["task"]?.string == task)
        #expect(card["columns"]?.array?.count == 3)
        #expect(repository.exists("dvclive/metrics.json"))
        let isClass = task == "multiclass" || task == "binary"
        try repository.run(
            [BuiltProgram.varve, "predict", "model.ubj", "test.csv", "-o", "out.csv", "--keep", "id,\(target)"]
                + (isClass ? ["--proba"] : [])
        ).prints("wrote 60 predictions to out.csv\n")
        let predictions = try column("prediction", of: "out.csv", in: repository)
        let truth = try column(target, of: "out.csv", in: repository)
        #expect(try column("id", of: "out.csv", in: repository).first == "r300")
        if isClass {
            let right = zip(predictions, truth).count { $0 == $1 }
            #expect(right > 40, "\(right) of 60")
            #expect(
                try repository.read("out.csv").hasPrefix(
                    "id,\(target),prediction," + (task == "binary" ? "p_no,p_yes" : "p_large,p_middle,p_small") + "\n"))
        } else {
            // Large ones are predicted large.
            let pairs = zip(predictions, truth).compactMap { a, b in
                Double(a).flatMap { a in Double(b).map { (a, $0) } }
            }
            #expect(pairs.count == 60)
            var agreeing = 0
            var differing = 0
            for (one, other) in zip(pairs, pairs.dropFirst()) where one.1 != other.1 {
                if (one.0 < other.0) == (one.1 < other.1) { agreeing += 1 } else { differing += 1 }
            }
            #expect(agreeing > 3 * differing, "\(agreeing) to \(differing)")
        }
    }

    @Test("logs the curve in DVCLive's layout, a line for each round")
    func curve() throws {
        let repository = try project()
        try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--valid-fraction", "0.2", "--rounds", "12"]
                + ["--metrics-dir", "live"] + TrainingTables.only("price")
        ).succeeds()
        let table = try repository.read("live/plots/metrics/valid/rmse.tsv").split(separator: "\n")
        #expect(table.count == 13)
        #expect(table[0] == "step\trmse")
        let metrics = try #require(try JSON.parse(try repository.read("live/metrics.json")).mapping)
        #expect(metrics["step"]?.int == 11)
        #expect(metrics["valid"]?.mapping?["rmse"] != nil)
        #expect(!repository.exists("dvclive"))
    }

    @Test("reads its options from params.yaml, and the command line goes before them")
    func parameters() throws {
        let repository = try project()
        try repository.write(
            "params.yaml",
            """
            train:
              data: train.csv
              target: price
              ignore: [id, kind, sold, visits, query, relevance]
              rounds: 9
              seed: 7
              eval-metric: [mae, rmse]
              params:
                eta: 0.2
                max_depth: 3
                monotone_constraints: [1, 0, 0, 0, 0]
            """)
        try repository.varve("run", "train", "--rounds", "5", "-p", "max_depth=2").succeeds()
        let card = try card(repository)
        #expect(card["rounds"]?.int == 5)
        #expect(card["seed"]?.int == 7)
        #expect(card["parameters"]?.mapping?["eta"]?.string == "0.2")
        #expect(card["parameters"]?.mapping?["max_depth"]?.string == "2")
        #expect(card["parameters"]?.mapping?["monotone_constraints"]?.string == "(1,0,0,0,0)")
        #expect(card["metrics"]?.mapping?.keys == ["train/mae", "train/rmse"])
    }

    @Test("refuses parameters that XGBoost does not know, and names the nearest")
    func unknownParameter() throws {
        let repository = try project()
        let words = ["run", "train", "--data", "train.csv", "--rounds", "2"] + TrainingTables.only("price")
        for (parameter, text) in [
            ("max_dept=3", "XGBoost has no parameter 'max_dept'"), ("num_class=3", "varve sets the parameter"),
            ("seed=3", "is an option of its own"), ("rate_drop=0.5", "does not use the parameter 'rate_drop'"),
            ("eta=much", "learning_rate expect float"),
        ] {
            let run = try repository.run([BuiltProgram.varve] + words + ["-p", parameter])
            run.fails(saying: text)
            #expect(run.status == (parameter == "eta=much" ? 1 : 254), "\(run)")
        }
        let run = try repository.run([BuiltProgram.varve] + words + ["-p", "max_dept=3"])
        #expect(run.errors.contains("did you mean 'max_depth'?"))
        try repository.write("params.yaml", "train:\n  max_depth: 3\n")
        try repository.run([BuiltProgram.varve] + words).fails(status: 254, saying: "'train.max_depth' is not known")
        #expect(!repository.exists("model.ubj"))
        #expect(!repository.exists("dvclive/metrics.json"))
    }

    @Test("says what to install where the library is missing, and linear models do without")
    func missingLibrary() throws {
        let repository = try project()
        let missing = ["VARVE_XGBOOST_LIBRARY": "/nowhere/libxgboost.so"]
        let words = ["run", "train", "--data", "train.csv"]
        let run = try repository.run(
            [BuiltProgram.varve] + words + TrainingTables.only("price"), with: missing)
        run.fails(status: 1, saying: "XGBoost's library cannot be opened")
        #expect(run.errors.contains("apt-get install libxgboost0"))
        try repository.run(
            [BuiltProgram.varve] + words + ["--engine", "linear", "--importance", "importance.json"]
                + TrainingTables.only("price"), with: missing
        ).succeeds()
        try repository.varve("predict", "model.json", "test.csv", "-o", "out.csv", with: missing).succeeds()
        let importance = try #require(
            try JSON.parse(try repository.read("importance.json")).mapping?["importance"]?.array)
        #expect(importance.first?.mapping?["feature"]?.string == "size")
    }

    @Test("cross-validates, and learns from all rows with the folds' mean of rounds")
    func crossValidation() throws {
        let repository = try project()
        let run = try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--cv", "3", "--cv-stratified"]
                + ["--early-stopping", "5", "--rounds", "60", "-p", "eta=0.5"] + TrainingTables.only("kind")
        ).succeeds()
        #expect(run.output.contains("fold 3 of 3"))
        let card = try card(repository)
        let metrics = try #require(card["metrics"]?.mapping)
        #expect(metrics.keys == ["train/mlogloss", "cv/mlogloss", "cv/mlogloss_sd"])
        #expect((card["rounds"]?.int ?? 60) < 60)
        #expect(repository.exists("dvclive/plots/metrics/cv/mlogloss.tsv"))
        try repository.run(
            [BuiltProgram.varve, "run", "train", "--engine", "logistic", "--data", "train.csv", "--cv", "3"]
                + TrainingTables.only("sold")
        ).succeeds()
        #expect(try self.card(repository, "model.json")["metrics"]?.mapping?["cv/logloss"] != nil)
    }

    @Test("a stage that trains is clean after repro, and nothing is left untracked")
    func stage() throws {
        let repository = try TemporaryRepository()
        try repository.write("train.csv", TrainingTables.mixed(100))
        try repository.write(
            "params.yaml",
            "train:\n  data: train.csv\n  target: price\n  ignore: [id, kind, sold, visits, query, relevance]\n"
                + "  rounds: 4\n  checkpoint_every: 2\n")
        try repository.run(
            [BuiltProgram.varve, "stage", "add", "-q", "-n", "train", "-d", "train.csv", "-p", "train"]
                + ["-o", "model.ubj", "-O", "model.ubj.varve.json", "-M", "dvclive/metrics.json"]
                + ["--plots-no-cache", "dvclive/plots", "'\(BuiltProgram.varve)' run train"]
        ).succeeds()
        try repository.varve("repro").succeeds()
        try repository.commitAll()
        #expect(try repository.varve("status").output == "Data and pipelines are up to date.\n")
        #expect(try repository.git("status", "--porcelain").isEmpty)
        try repository.varve("repro", "--force").succeeds()
        #expect(try repository.git("status", "--porcelain").isEmpty, "the same bytes come out")
    }

    // MARK: Bad models and data at prediction

    @Test("damaged and hostile models end with a message, never with a crash, and write nothing")
    func hostile() throws {
        let repository = try project()
        try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--rounds", "3"] + TrainingTables.only("price")
        ).succeeds()
        let bytes = try Files.read(repository.path("model.ubj"))
        try repository.write("short.ubj", Array(bytes.prefix(bytes.count / 2)))
        try repository.write("empty.ubj", "")
        try repository.write("text.json", "{\"learner\": ")
        try repository.write("zeros.ubj", [UInt8](repeating: 0, count: 1000))
        try repository.write("old.model", Array("binf".utf8) + [UInt8](repeating: 7, count: 500))
        for name in ["short.ubj", "empty.ubj", "text.json", "zeros.ubj", "old.model"] {
            try repository.varve("predict", name, "test.csv", "-o", "out.csv").fails(status: 1, saying: "'\(name)'")
        }
        try repository.write("model.ubj", Array(bytes.dropLast()))
        try repository.varve("predict", "model.ubj", "test.csv", "-o", "out.csv")
            .fails(status: 1, saying: "is not the model that 'model.ubj.varve.json' was written for")
        #expect(!repository.exists("out.csv"))
    }

    @Test("data that do not fit a model are refused, and words that are new are counted")
    func foreignData() throws {
        let repository = try project()
        try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--rounds", "3"] + TrainingTables.only("price")
        ).succeeds()
        try repository.write("a.csv", "size,shape\n1,2\n")
        try repository.varve("predict", "model.ubj", "a.csv", "-o", "out.csv").fails(
            status: 1, saying: "no column 'colour'")
        try repository.write("b.csv", "size,shape,colour\n1,x,red\n")
        try repository.varve("predict", "model.ubj", "b.csv", "-o", "out.csv").fails(
            status: 1, saying: "column 'shape' of 'b.csv' holds words")
        try repository.write("c.csv", "size,shape,colour\n1,2,violet\n1,2,red\n")
        let run = try repository.varve("predict", "model.ubj", "c.csv", "-o", "out.csv", "--unknown", "error")
        run.fails(status: 1, saying: "the training data had no 'violet' in column 'colour'")
        #expect(!repository.exists("out.csv"))
        let warned = try repository.varve("predict", "model.ubj", "c.csv", "-o", "out.csv").succeeds()
        #expect(warned.errors.contains("such as 'violet'; it is taken as missing"))
        try repository.varve("predict", "model.ubj", "c.csv", "-o", "out.csv", "--proba").fails(status: 254)
        try repository.varve("predict", "model.ubj", "c.csv", "-o", "out.csv", "--iterations", "9").fails(
            status: 254, saying: "has 3 rounds, and 9 were asked for")
    }
}
