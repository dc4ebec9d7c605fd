import Basics
import Documents
import FileSystem
import Tables
import Testing
import TestSupport

@testable import Models

@Suite("Predicting")
struct PredictorTests {
    /// The library that the tests run with.
    static var version: XGBoostVersion {
        get throws { try XGBoostLibrary.open(BuiltProgram.variable(XGBoostLibrary.pathVariable)).version }
    }

    private static func table(_ columns: [[Double]], names: [String]) -> ColumnTable {
        ColumnTable(
            name: "t.csv", rows: columns.count,
            columns: names.indices.map { place in
                .init(
                    name: names[place], content: .numbers(columns.map { $0[place] }, areIntegers: false),
                    missing: columns.count { $0[place].isNaN })
            }, lines: columns.indices.map { Int32($0 + 2) })
    }

    @Test("models of Python's XGBoost 1.7 and 3.2 say what they say there", arguments: ["1.7.6", "3.2.0"])
    func python(version: String) throws {
        let golden = try Golden.json("predictions-\(version).json")
        let columns = try #require(golden["columns"]).table
        let table = Self.table(columns, names: ["delta", "gamma", "beta", "alpha"].reversed())
        for (name, expected) in try #require(golden["predictions"]?.mapping).entries {
            for ending in ["ubj", "json"] {
                let path = Golden.path("\(name)-\(version).\(ending)")
                guard Files.exists(path) else { continue }
                if name == "classes", version == "3.2.0", try Self.version < XGBoostVersion(3, 1) {
                    #expect(throws: Failure.self) { try Predictor.load(path) }
                    continue
                }
                let predictor = try Predictor.load(path)
                let predictions = try predictor.predict(table)
                let wanted = expected.table
                let outputs = predictions.outputs
                for row in 0..<predictions.rows {
                    let found = Array(predictions.scores[row * outputs..<(row + 1) * outputs])
                    let own = predictor.task == .binary ? [1 - wanted[row][0], wanted[row][0]] : wanted[row]
                    #expect(distance(found, own) < 1e-5 * max(1, own[0].magnitude), "\(path), row \(row)")
                }
            }
        }
    }

    @Test("a model and a card that do not belong together are refused")
    func foreignCard() throws {
        let folder = TemporaryFolder("predict")
        let path = folder.path("m.ubj")
        try Files.write(try Golden.bytes("regression-1.7.6.ubj"), to: path)
        var card = ModelCard()
        card.modelMD5 = "0"
        card.modelSHA256 = "0"
        try Files.write(card.bytes, to: ModelCard.path(of: path))
        let error = #expect(throws: Failure.self) { try Predictor.load(path, name: "m.ubj") }
        #expect(error?.summary.contains("is not the model that 'm.ubj.varve.json' was written for") == true)
    }

    @Test("more rounds than a model has are refused; fewer are taken")
    func rounds() throws {
        var options = Predictor.Options()
        options.rounds = 7
        #expect(throws: Failure.self) { try Predictor.load(Golden.path("binary-1.7.6.ubj"), options: options) }
        options.rounds = 1
        let table = Self.table([[1, 0, 3, 0.5]], names: ["alpha", "beta", "gamma", "delta"])
        let one = try Predictor.load(Golden.path("binary-1.7.6.ubj"), options: options).predict(table)
        let all = try Predictor.load(Golden.path("binary-1.7.6.ubj")).predict(table)
        #expect(one.scores != all.scores)
    }

    @Test("of equal classes the first is predicted, of two the second from the threshold on")
    func labels() {
        let two = Predictions(task: .binary, classes: ["a", "b"], rows: 2, scores: [0.5, 0.5, 0.7, 0.3])
        #expect(two.label(of: 0) == 1)
        #expect(two.label(of: 1) == 0)
        #expect(two.label(of: 1, threshold: 0.3) == 1)
        let three = Predictions(task: .multiclass, classes: ["a", "b", "c"], rows: 1, scores: [0.2, 0.4, 0.4])
        #expect(three.label(of: 0) == 1)
    }
}
