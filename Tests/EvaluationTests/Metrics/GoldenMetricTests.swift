import Documents
import Evaluation
import Testing

@Suite struct GoldenMetricTests {
    @Test(
        "every metric has scikit-learn's value on every data set, with weights and without, or fails where it does",
        arguments: ["binary", "multiclass", "multilabel", "regression", "ranking"])
    func values(task: String) throws {
        let file = try GoldenFile("\(task).json")
        let metrics = try file["metrics"].map { try MetricCatalogue.metric(named: try #require($0.string)) }
        var differences: [String] = []
        var compared = 0
        for one in file["cases"] {
            let parts = try #require(one.array)
            let name = try #require(parts[0].string)
            let input = try Self.input(task, try file.data(name), weights: parts[1])
            let expected = try #require(parts[2].array)
            #expect(expected.count == metrics.count)
            for (metric, wanted) in zip(metrics, expected) where !Self.isNoise(metric.name, name) {
                compared += 1
                let value = number { () throws(MetricUndefined) in try metric.value(of: input) }
                let tolerance = input.weights == nil ? 1e-12 : 1e-9
                if let text = difference(
                    value, wanted, within: tolerance, "\(metric.name) of \(name), \(parts[1].string ?? "unweighted")")
                {
                    differences.append(text)
                }
            }
        }
        #expect(differences.isEmpty, "\(differences.count) of \(compared):\n\(differences.joined(separator: "\n"))")
        #expect(compared > 100)
    }

    @Test(
        "every metric of the catalogue has golden values",
        arguments: ["binary", "multiclass", "multilabel", "regression", "ranking"])
    func covered(task: String) throws {
        let golden = try Set(
            GoldenFile("\(task).json")["metrics"].map {
                try MetricCatalogue.metric(named: try #require($0.string)).description.name
            })
        let all = MetricCatalogue.metrics(of: try #require(MetricTask(rawValue: task))).map(\.name)
        #expect(all.filter { !golden.contains($0) } == [])
    }

    /// Deviances of values that are equal, or nearly so beside their size, are what rounding leaves of powers; a
    /// quotient of such remains says nothing.
    private static func isNoise(_ metric: String, _ data: String) -> Bool {
        (data.hasPrefix("constant") || data == "large offset") && metric.hasPrefix("d2_tweedie_score")
    }

    static func input(_ task: String, _ data: Mapping, weights kind: Value) throws -> MetricInput {
        let weights = data.weights(kind)
        switch task {
        case "binary":
            return .binary(
                BinaryPredictions(
                    truth: data.codes("truth"), predicted: data.codes("predicted"), scores: data.numbers("scores"),
                    weights: weights))
        case "multiclass":
            let scores = try data.matrix("scores")
            return .multiclass(
                MulticlassPredictions(
                    truth: data.codes("truth"), predicted: data.codes("predicted"), scores: scores,
                    classCount: scores.columns, weights: weights))
        case "multilabel":
            return .multilabel(
                MultilabelPredictions(
                    truth: try data.labels("truth"), predicted: try data.labels("predicted"),
                    scores: try data.matrix("scores"), weights: weights))
        case "regression":
            return .regression(
                RegressionPredictions(
                    truth: data.numbers("truth"), predicted: data.numbers("predicted"), weights: weights))
        default:
            return .ranking(
                RankingPredictions(
                    lists: try RankedLists(
                        relevance: try data.matrix("relevance"), scores: try data.matrix("scores")),
                    weights: weights))
        }
    }
}
