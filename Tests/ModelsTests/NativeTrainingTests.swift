import Basics
import Documents
import FileSystem
import Tables
import Testing
import TestSupport

@testable import Models

/// Tables and trainings in a folder of their own.
private struct Bench {
    let folder = TemporaryFolder("train")

    func write(_ name: String, _ text: String) throws { try Files.write(Array(text.utf8), to: folder.path(name)) }

    func read(_ name: String) throws -> String {
        String(decoding: try Files.read(folder.path(name)), as: UTF8.self)
    }

    var names: [String] { get throws { try Files.names(in: folder.path).sorted() } }

    @discardableResult
    func train(_ change: (inout TrainingOptions) -> Void = { _ in }) throws -> TrainingReport {
        var options = TrainingOptions()
        options.engine = .linear
        options.data = "train.csv"
        options.target = "y"
        change(&options)
        let environment = HostEnvironment(
            variables: [:], workingDirectory: folder.path, processors: 1)
        return try NativeTraining(options, in: environment).run()
    }

    func predict(_ data: String, model: String = "model.json") throws -> Predictions {
        try Predictor.load(folder.path(model)).predict(folder.path(data), format: .csv, name: data)
    }
}

@Suite("Training on a table")
struct NativeTrainingTests {
    @Test(
        "data that cannot be learned from are refused, and nothing is written",
        arguments: [
            ("a,b\n1,2\n", "no column 'y', which `--target` names"),
            ("a,y\n", "has no rows"),
            ("", "empty"),
            ("a,y\n1,3\n2,3\n", "is always 3"),
            ("a,y\n1,3\n2,\n4,NA\n", "is missing in 2 rows, first in line 3"),
            ("a,y\n1,2\nx,3\n", "column 'a' of 'train.csv' has two types: a number in line 2 and a word in line 3"),
            ("a,y\n1,2\n2,x\n", "column 'y' of 'train.csv' has two types"),
            ("a,y\n1,red\n2,blue\n", "holds words, such as 'blue', and the task is regression"),
            ("y\n1\n2\n", "no columns to learn from"),
        ])
    func unusable(table: String, message: String) throws {
        let bench = Bench()
        try bench.write("train.csv", table)
        do {
            try bench.train()
            Issue.record("it was learned from")
        } catch let error as any UserFacingError {
            #expect(error.summary.contains(message), "\(error.summary)")
        }
        #expect(try bench.names == ["train.csv"])
    }

    @Test("one class only, and classes that training never saw, are refused by name")
    func classes() throws {
        let bench = Bench()
        try bench.write("train.csv", "a,y\n1,red\n2,red\n")
        let single = #expect(throws: Failure.self) { try bench.train { $0.engine = .logistic } }
        #expect(single?.summary.contains("has one class only, 'red'") == true)
        try bench.write("train.csv", "a,y\n1,red\n2,blue\n3,red\n")
        try bench.write("valid.csv", "a,y\n1,red\n2,green\n")
        let strange = #expect(throws: Failure.self) {
            try bench.train {
                $0.engine = .logistic
                $0.validation = "valid.csv"
            }
        }
        #expect(
            strange?.summary.contains("'valid.csv', line 3: the class 'green' of 'y' is not in the training data")
                == true)
        #expect(try bench.names == ["train.csv", "valid.csv"])
    }

    @Test("options that contradict each other are wrong usage")
    func contradictions() throws {
        let bench = Bench()
        try bench.write("train.csv", "a,y\n1,2\n2,3\n")
        func refuses(_ message: String, _ change: (inout TrainingOptions) -> Void) {
            let error = #expect(throws: Failure.self, "\(message)") { try bench.train(change) }
            #expect(error?.summary.contains(message) == true, "\(error?.summary ?? "")")
            #expect(error?.category == .usage)
        }
        refuses("`--valid` and `--valid-fraction`") {
            $0.validation = "v.csv"
            $0.validationFraction = 0.2
        }
        refuses("between 0 and 1") { $0.validationFraction = 1 }
        refuses("`--cv` needs at least 2") { $0.folds = 1 }
        refuses("`--rounds` is for `--engine xgboost`") { $0.rounds = 3 }
        refuses("needs data that the model does not learn") {
            $0.engine = .xgboost
            $0.earlyStopping = 3
        }
        refuses("must end in .ubj or .json") {
            $0.engine = .xgboost
            $0.model = "m.bin"
        }
        refuses("must end in .json") { $0.model = "m.ubj" }
        refuses("no column to predict") { $0.target = "" }
        refuses("no data to train on") { $0.data = "" }
        refuses("is for regression") { $0.task = .binary }
        refuses("names 'a' twice") { $0.features = ["a", "a"] }
    }

    private static let mixed = (0..<40).map { row in
        let colour = ["red", "green", "blue"][row % 3]
        return "\(row % 7),\(colour),\(Double(row % 7) * 2 + Double(row % 3))"
    }

    @Test("words become numbers by the card, and words that are new count as missing")
    func words() throws {
        let bench = Bench()
        try bench.write("train.csv", "a,colour,y\n" + Self.mixed.joined(separator: "\n") + "\n")
        let report = try bench.train()
        #expect(report.columns == 3)
        #expect(report.outputs == ["model.json", "model.json.varve.json"])
        try bench.write("new.csv", "colour,a\nblue,1\nred,2\nviolet,3\n")
        let predictions = try bench.predict("new.csv")
        #expect(distance(Array(predictions.scores[..<2]), [4, 4]) < 1e-9)
        #expect(predictions.unknown == [.init(column: "colour", example: "violet", rows: 1)])
    }

    @Test("a column named categorical is one though it looks like numbers")
    func categorical() throws {
        let bench = Bench()
        try bench.write("train.csv", "a,y\n1,5\n2,9\n3,1\n1,5\n2,9\n3,1\n")
        try bench.train { $0.categorical = ["a"] }
        try bench.write("new.csv", "a\n3\n1\n2\n")
        #expect(distance(try bench.predict("new.csv").scores, [1, 5, 9]) < 1e-9)
    }

    @Test("the rows kept back follow from the seed, and hold every class")
    func division() throws {
        let classes = (0..<100).map { $0 % 10 == 0 ? 1 : 0 }
        let first = try RowDivision(rows: 100, classes: classes, groups: nil, seed: 3).keptBack(0.2)
        #expect(first == (try RowDivision(rows: 100, classes: classes, groups: nil, seed: 3).keptBack(0.2)))
        #expect(first != (try RowDivision(rows: 100, classes: classes, groups: nil, seed: 4).keptBack(0.2)))
        #expect(first.indices.count { first[$0] && classes[$0] == 1 } == 2)
        #expect(first.count { $0 } == 20)
        let groups = (0..<100).map { $0 / 10 }
        let whole = try RowDivision(rows: 100, classes: nil, groups: groups, seed: 3).keptBack(0.2)
        for group in 0..<10 { #expect(Set(whole[group * 10..<group * 10 + 10]).count == 1) }
        let folds = try RowDivision(rows: 100, classes: classes, groups: nil, seed: 3).folds(5)
        for fold in 0..<5 {
            #expect(folds.count { $0 == fold } == 20)
            #expect(folds.indices.count { folds[$0] == fold && classes[$0] == 1 } == 2)
        }
        #expect(throws: Failure.self) { try RowDivision(rows: 3, classes: nil, groups: nil, seed: 0).folds(5) }
    }

    @Test("the best round is the first that no later one beats by more than the least gain")
    func stopping() throws {
        var curve = BoosterCurve()
        let rule = StoppingRule(isMaximised: false, patience: 3, minimumGain: 0.1)
        for (round, value) in [1.0, 0.5, 0.45, 0.42, .nan].enumerated() {
            curve.add([
                Measurement(data: "train", metric: "rmse", value: 0),
                Measurement(data: "valid", metric: "rmse", value: value),
            ])
            let verdict = try #require(rule.judge(curve))
            #expect(verdict.isOver == (round == 4))
            #expect(verdict.best == min(round, 1))
        }
        #expect(StoppingRule(isMaximised: true, patience: nil, minimumGain: 0).judge(curve)?.best == 0)
    }

    @Test("XGBoost's line of metrics is read with its names and numbers that are none")
    func measurements() {
        let line = "[0]\ttrain-ndcg@5-:0.5\tvalid-error@0.4:nan\tvalid-tweedie-nloglik@1.5:-1e-3"
        let found = Measurement.parse(line, data: ["train", "valid"])
        #expect(found.map(\.metric) == ["ndcg@5-", "error@0.4", "tweedie-nloglik@1.5"])
        #expect(found.map(\.data) == ["train", "valid", "valid"])
        #expect(found[1].value.isNaN)
        #expect(found[2].value == -0.001)
        #expect(BoosterObjective.isMaximised("ndcg@5-"))
        #expect(BoosterObjective.isMaximised("map"))
        #expect(!BoosterObjective.isMaximised("mape"))
    }

    @Test("a checkpoint is read as it was written, and one that is damaged is none")
    func checkpoints() throws {
        var curve = BoosterCurve()
        curve.add([Measurement(data: "train", metric: "rmse", value: 0.1 + 0.2)])
        let checkpoint = BoosterCheckpoint(
            key: "k", part: 1, finished: [curve], curve: curve, model: [1, 10, 0, 255])
        let bytes = checkpoint.bytes
        #expect(BoosterCheckpoint(parsing: bytes) == checkpoint)
        for count in 0..<bytes.count { #expect(BoosterCheckpoint(parsing: Array(bytes[..<count])) == nil) }
        #expect(BoosterCheckpoint(parsing: bytes + [0]) == nil)
    }

    @Test("names that XGBoost does not take are changed, and stay different")
    func names() {
        #expect(BoosterRun.xgboostNames(["a[1]", "a(1)", "b<2", "b_2", "c"]) == ["a(1)", "a(1)_", "b_2", "b_2_", "c"])
    }

    @Test("a card is read as it was written")
    func card() throws {
        var card = ModelCard()
        card.engine = .logistic
        card.task = .binary
        card.classes = ["no", "yes"]
        card.target = "y"
        card.schema = FeatureSchema(columns: [
            .init(name: "a", encoding: .number, levels: [], dropsFirst: false),
            .init(name: "b", encoding: .oneHot, levels: ["x", "y"], dropsFirst: true),
            .init(name: "c", encoding: .codes, levels: ["m", "n"], dropsFirst: false),
        ])
        card.metrics = [("valid/auc", .nan)]
        card.bestRound = 4
        card.transformer = ["steps": []]
        let read = try ModelCard(parsing: card.bytes, name: "c")
        #expect(read.schema == card.schema)
        #expect(read.classes == card.classes)
        #expect(read.bestRound == 4)
        #expect(read.transformer == card.transformer)
        #expect(throws: Failure.self) { try ModelCard(parsing: Array("{}".utf8), name: "c") }
        #expect(throws: Failure.self) { try ModelCard(parsing: Array(card.bytes.dropLast(5)), name: "c") }
    }
}
