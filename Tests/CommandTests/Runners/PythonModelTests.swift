import Documents
import FileSystem
import TestSupport
import Testing

@Suite("Models of varve and of Python's XGBoost")
struct PythonModelTests {
    private static let script = Paths.normalized(
        Paths.join(Paths.parent(#filePath), "../../../fixtures/models/interop.py"))

    /// The Python that the tests' own packages are in.
    private static var python: String {
        get throws {
            try #require(BuiltProgram.variable("VARVE_TEST_TOOLS"), "VARVE_TEST_TOOLS is not set") + "/python"
        }
    }

    private func python(_ words: String..., in repository: TemporaryRepository) throws -> Double {
        let run = try repository.run([try Self.python, Self.script] + words).succeeds()
        return try #require(Double(run.output.split(separator: "\n").last ?? ""), "\(run)")
    }

    @Test(
        "a model of varve predicts in Python what it predicts here",
        arguments: [
            ("price", "model.ubj", []), ("price", "model.json", ["--words", "ordinal", "-p", "booster=dart"]),
            ("kind", "model.ubj", ["-p", "subsample=0.7"]), ("sold", "model.json", ["-p", "num_parallel_tree=2"]),
            ("visits", "model.ubj", ["--task", "count", "-p", "tree_method=exact"]),
        ])
    func predictions(target: String, model: String, more: [String]) throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("train.csv", TrainingTables.mixed(300))
        try repository.write("test.csv", TrainingTables.mixed(100, from: 300))
        try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--valid-fraction", "0.2", "--rounds", "25"]
                + ["--early-stopping", "5", "--checkpoint-every", "10", "--model", model]
                + TrainingTables.only(target) + more
        ).succeeds()
        let isClass = target == "kind" || target == "sold"
        try repository.run(
            [BuiltProgram.varve, "predict", model, "test.csv", "-o", "out.csv"] + (isClass ? ["--proba"] : [])
        ).succeeds()
        let difference = try python("predict", model, "test.csv", "out.csv", in: repository)
        #expect(difference < 1e-6)
    }

    @Test(
        "with the same parameters Python's XGBoost scores as varve does",
        arguments: ["price", "kind", "sold", "visits"])
    func scores(target: String) throws {
        let repository = try TemporaryRepository(.empty)
        try repository.write("train.csv", TrainingTables.mixed(1500))
        try repository.write("valid.csv", TrainingTables.mixed(500, from: 1500))
        try repository.run(
            [BuiltProgram.varve, "run", "train", "--data", "train.csv", "--valid", "valid.csv", "--rounds", "60"]
                + ["-p", "eta=0.2", "-p", "max_depth=4"] + TrainingTables.only(target)
                + (target == "visits" ? ["--task", "count"] : [])
        ).succeeds()
        let card = try #require(try JSON.parse(try repository.read("model.ubj.varve.json")).mapping)
        guard case .float(let mine)? = card["metrics"]?.mapping?.entries.last?.value else {
            Issue.record("the card has no metrics")
            return
        }
        let theirs = try python("train", "model.ubj", "train.csv", "valid.csv", in: repository)
        #expect((mine - theirs).magnitude < 0.03 * theirs.magnitude, "\(mine) here, \(theirs) there")
    }
}
