import Documents
import FileSystem
import TestSupport
import Testing

@Suite(
    "MLflow and the folder that varve makes for it",
    .enabled(if: BuiltProgram.variable("VARVE_TEST_MLFLOW") != nil, "VARVE_TEST_MLFLOW names no Python with MLflow"))
struct MLflowTests {
    /// Prints how MLflow's loaders and XGBoost see the model: its flavours and what it predicts, by each.
    private static let program = """
        import json, sys
        import mlflow.pyfunc, mlflow.xgboost, pandas, xgboost
        from mlflow.models import Model
        folder, table = sys.argv[1:]
        data = pandas.read_csv(table)[['x', 'z']]
        booster = mlflow.xgboost.load_model(folder)
        known = Model.load(folder)
        print(json.dumps({
            'flavors': sorted(known.flavors), 'metadata': known.metadata,
            'xgboost': booster.predict(xgboost.DMatrix(data)).tolist(),
            'pyfunc': mlflow.pyfunc.load_model(folder).predict(data).tolist(),
        }))
        """

    @Test("a model that varve trained is loaded by MLflow, and predicts what varve predicts")
    func predictions() throws {
        let python = try #require(BuiltProgram.variable("VARVE_TEST_MLFLOW"))
        let repository = try TemporaryRepository(.empty)
        var rows = "x,z,y\n"
        for number in 0..<200 {
            let (x, z) = (Double(number * 37 % 200) / 200, Double(number * 91 % 200) / 200)
            rows += "\(x),\(z),\(x * x + z)\n"
        }
        try repository.write("data/train.csv", rows)
        try repository.write("predict.py", Self.program)
        try repository.varve(
            "run", "train", "--data", "data/train.csv", "--target", "y", "--engine", "xgboost", "--rounds", "10",
            "--model", "models/deep/model.ubj"
        ).succeeds()
        try repository.varve("predict", "models/deep/model.ubj", "data/train.csv", "-o", "predictions.csv").succeeds()
        let expected = try repository.read("predictions.csv").split(separator: "\n").dropFirst().compactMap {
            Double($0)
        }
        #expect(expected.count == 200)
        try repository.varve(
            "run", "package", "models/deep", "--data", "data/train.csv", "--as", "mlflow", "-o", "mlflow",
            "--package-version", "1.2"
        ).succeeds()
        let run = try repository.run(
            [python, "predict.py", repository.path("mlflow"), "data/train.csv"],
            with: ["MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"]
        ).succeeds()
        let seen = try JSON.parse(#require(run.output.split(separator: "\n").last.map(String.init))).mapping
        #expect(seen?["flavors"]?.array == ["python_function", "xgboost"])
        #expect(seen?["metadata"]?.mapping?["version"] == "1.2")
        for loader in ["xgboost", "pyfunc"] {
            let found: [Double] =
                seen?[loader]?.array?.compactMap { if case .float(let number) = $0 { number } else { nil } } ?? []
            #expect(found.count == 200)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(loader)")
        }
    }
}
