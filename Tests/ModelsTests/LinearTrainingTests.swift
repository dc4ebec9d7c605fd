import Basics
import Documents
import Testing

@testable import Models

@Suite("Linear and logistic regression")
struct LinearTrainingTests {
    @Test("come to what scikit-learn comes to, with every penalty")
    func scikitLearn() throws {
        let golden = try Golden.json("linear.json")
        let columns = try #require(golden["columns"]).table
        let names = ["a", "b", "c", "d"]
        for item in try #require(golden["cases"]?.array) {
            let expected = try #require(item.mapping)
            let name = try #require(expected["name"]?.string)
            let engine = try #require(ModelEngine(rawValue: expected["engine"]?.string ?? ""))
            let parameters = try #require(expected["parameters"]?.mapping).entries.map {
                TrainingOptions.Parameter($0.key, $0.value.string ?? "")
            }
            let target = try #require(golden[expected["target"]?.string ?? ""]).numbers
            let rows = TrainingRows<Double>(
                width: 4, values: columns.flatMap { $0 }, target: target,
                weights: expected["weighted"]?.bool == true ? golden["weights"]?.numbers : nil, groups: nil)
            let count = engine == .linear ? 0 : Int(target.max() ?? 0) + 1
            let (model, notes) = try LinearTraining(engine, parameters).run(
                rows,
                target: Target(
                    task: count == 0 ? .regression : count == 2 ? .binary : .multiclass,
                    classes: (0..<count).map(String.init)), features: names)
            #expect(notes == [], "\(name)")
            let coefficients = try #require(expected["coefficients"]).table
            #expect(model.coefficients.count == coefficients.count, "\(name)")
            for (found, wanted) in zip(model.coefficients, coefficients) {
                #expect(distance(found, wanted) < 1e-6, "\(name): \(found) is not \(wanted)")
            }
            #expect(distance(model.intercepts, try #require(expected["intercepts"]).numbers) < 1e-6, "\(name)")
            let predictions = try #require(expected["predictions"]).table.flatMap { $0 }
            #expect(distance(model.predict(rows.values, rows: rows.count), predictions) < 1e-6, "\(name)")
        }
    }

    private static func rows(_ values: [[Double]], _ target: [Double]) -> TrainingRows<Double> {
        TrainingRows(
            width: values[0].count, values: values.flatMap { $0 }, target: target, weights: nil, groups: nil)
    }

    @Test("a column that follows from others is told of and counts nothing")
    func dependent() throws {
        let values = (0..<20).map { row -> [Double] in
            let x = Double(row)
            return [x, 3 - 2 * x, Double(row % 3), 5]
        }
        let target = values.map { 2 * $0[0] - $0[2] + 1 }
        let (model, notes) = try LinearTraining(.linear, []).run(
            Self.rows(values, target), target: Target(task: .regression, classes: []),
            features: ["a", "b", "c", "d"])
        #expect(notes.count == 1)
        #expect(notes.first?.contains("'d'") == true)
        #expect(distance(model.predict(values.flatMap { $0 }, rows: 20), target) < 1e-9)
        #expect(model.coefficients[0][3] == 0)
    }

    @Test("classes that a line parts end with a note, not with numbers beyond measure")
    func separable() throws {
        let values = (0..<10).map { [Double($0)] }
        let target = values.map { $0[0] < 5 ? 0.0 : 1.0 }
        let (model, notes) = try LinearTraining(.logistic, [.init("penalty", "none")]).run(
            Self.rows(values, target), target: Target(task: .binary, classes: ["0", "1"]), features: ["a"])
        #expect(model.coefficients[0][0].isFinite)
        #expect(notes.count == 1 || model.coefficients[0][0] > 10)
    }

    @Test("missing numbers count as the mean of their column")
    func missing() throws {
        let values: [[Double]] = [[1], [2], [.nan], [4], [5]]
        let (model, _) = try LinearTraining(.linear, []).run(
            Self.rows(values, [1, 2, 3, 4, 5]), target: Target(task: .regression, classes: []), features: ["a"])
        #expect(distance(model.predict([.nan, 3], rows: 2), [3, 3]) < 1e-12)
    }

    @Test(
        "parameters that no engine knows, or that say nothing together, are refused",
        arguments: [
            ("eta", "0.1", "has no parameter 'eta'"), ("alpha", "1", "there is none"), ("C", "1", "no parameter 'C'"),
            ("penalty", "l3", "one of none, l2"), ("standardize", "perhaps", "true or false"),
        ])
    func refused(name: String, value: String, message: String) {
        let error = #expect(throws: Failure.self) { try LinearTraining(.linear, [.init(name, value)]) }
        #expect(error?.summary.contains(message) == true, "\(error?.summary ?? "")")
        #expect(error?.category == .usage)
    }

    @Test("a model's file is read as it was written, and lists of other lengths are refused")
    func document() throws {
        let model = LinearModel(
            task: .multiclass, classes: ["a", "b", "c"], features: ["x", "y"], means: [1, 2], intercepts: [0, 1, 2],
            coefficients: [[1, 2], [3, 4], [5, 0.1]])
        #expect(try LinearModel(model.value) == model)
        for (key, value) in [
            ("means", Value.array([.float(1)])), ("classes", ["a", "b"]), ("intercepts", [.float(0)]),
            ("coefficients", [[.float(1), .float(2)]]), ("task", "ranking"), ("schema", "varve.linear/v2"),
            ("means", [.string("x"), .float(1)]), ("means", [.float(.infinity), .float(1)]),
        ] {
            var broken = try #require(model.value.mapping)
            broken[key] = value
            #expect(throws: Failure.self, "\(key)") { try LinearModel(.mapping(broken)) }
        }
    }
}
