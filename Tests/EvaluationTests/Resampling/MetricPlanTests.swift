import Basics
import Testing

@testable import Evaluation

@Suite("metrics under other weights") struct MetricPlanTests {
    private static let rows = 60

    private static func data(_ task: EvaluationTask, weighted: Bool = false) -> EvaluationData {
        var source = RandomSource(seed: 11)
        var data = EvaluationData(name: "p.csv", task: task, rows: rows)
        data.lines = (0..<Int32(rows)).map { $0 + 2 }
        if weighted { data.weights = (0..<rows).map { _ in 0.5 + source.uniform() } }
        let share = { (source: inout RandomSource) in (source.uniform() * 20).rounded() / 20 }
        switch task {
        case .binary:
            data.classes = ["no", "yes"]
            data.truth = (0..<rows).map { _ in source.below(2) }
            data.scores = data.truth.map { min(1, max(0, 0.3 * Double($0) + 0.7 * share(&source))) }
            data.decisions = data.scores?.map { $0 >= 0.5 ? 1 : 0 }
        case .multiclass:
            data.classes = ["a", "b", "c"]
            data.truth = (0..<rows).map { _ in source.below(3) }
            data.scores = data.truth.flatMap { truth -> [Double] in
                let parts = (0..<3).map { source.uniform() + ($0 == truth ? 0.5 : 0) }
                let sum = parts.reduce(0, +)
                return parts.map { $0 / sum }
            }
            var notes: [String] = []
            data = data.decided(nil, notes: &notes, EvaluationOptions())
        case .multilabel:
            data.classes = ["a", "b"]
            data.truth = (0..<rows * 2).map { _ in source.below(2) }
            data.scores = data.truth.map { 0.3 * Double($0) + 0.7 * share(&source) }
            data.decisions = data.scores?.map { $0 >= 0.5 ? 1 : 0 }
        case .regression:
            data.targets = (0..<rows).map { _ in 1 + 3 * source.uniform() }
            data.estimates = data.targets.map { $0 + source.normal() * 0.3 }
        case .ranking:
            data.queries = (0..<Int32(rows)).map { $0 % 9 }
            data.targets = (0..<rows).map { _ in Double(source.below(4)) }
            data.estimates = (0..<rows).map { _ in share(&source) }
        }
        return data
    }

    @Test(
        "drawing rows by weights gives what the drawn rows give",
        arguments: EvaluationTask.allCases, [false, true])
    func drawn(_ task: EvaluationTask, _ isWeighted: Bool) throws {
        let data = Self.data(task, weighted: isWeighted)
        var options = EvaluationOptions()
        options.metrics = MetricCatalogue.metrics(of: data.metricTask).filter { metric in
            // Weights of rows and these two exclude each other; hinge loss takes decisions around zero.
            !(isWeighted && (metric.name.hasPrefix("roc_auc_ovo") || metric.name == "max_error"))
        }.map(\.name)
        let selection = try MetricSelection(options, data)
        let plan = try MetricPlan(selection, data)
        var source = RandomSource(seed: 5)
        var counts = [UInt32](repeating: 0, count: Self.rows)
        let units = Bootstrap.Units(rows: Self.rows, clusters: data.queries)
        var unitCounts = [UInt32](repeating: 0, count: units.count)
        for _ in 0..<units.count { unitCounts[source.below(units.count)] += 1 }
        counts = units.spread(unitCounts)
        // A query that is drawn twice is two lists.
        var repeated: [Int32] = []
        var queries: [Int32] = []
        if let lists = data.queries.map({ _ in data.queryLists }) {
            for (list, count) in zip(lists, unitCounts) {
                for _ in 0..<count {
                    let number = (queries.last ?? -1) + 1
                    repeated += list.map { Int32($0) }
                    queries += Array(repeating: number, count: list.count)
                }
            }
        } else {
            repeated = counts.indices.flatMap { Array(repeating: Int32($0), count: Int(counts[$0])) }
        }
        var rows = data.subset(repeated)
        if task == .ranking { rows.queries = queries }
        let expected = try MetricPlan(selection, rows).measured(refusing: [])
        let found = plan.values(counts)
        #expect(found.count == expected.count && found.count > 1)
        for (value, other) in zip(found, expected) {
            let isSame = value.isNaN ? other.value.isNaN : abs(value - other.value) <= 1e-12 * max(1, abs(value))
            #expect(isSame, "\(other.name): \(value) is not \(other.value)")
        }
    }

    @Test("rows of one class have no area under the curve, and it is said why")
    func oneClass() throws {
        var data = Self.data(.binary)
        data.truth = data.truth.map { _ in 1 }
        let selection = try MetricSelection(EvaluationOptions(), data)
        let found = try MetricPlan(selection, data).measured(refusing: [])
        let area = try #require(found.first { $0.name == "roc_auc" })
        #expect(area.value.isNaN && area.reason == "all rows are of one class")
        #expect(found.first { $0.name == "accuracy" }?.reason == nil)
    }

    @Test("scores that are no probabilities leave out what needs them, unless that was asked for")
    func margins() throws {
        var data = Self.data(.binary)
        data.scores?[7] = 1.7
        let usual = try MetricSelection(EvaluationOptions(), data)
        #expect(!usual.metrics.contains { $0.name == "log_loss" } && usual.metrics.contains { $0.name == "roc_auc" })
        #expect(usual.notes.first?.contains("1.7 on line 9") == true)
        var options = EvaluationOptions()
        options.metrics = ["log_loss"]
        let asked = try MetricSelection(options, data)
        #expect {
            try MetricPlan(asked, data).measured(refusing: options.metrics)
        } throws: { ($0 as? InputError)?.summary.contains("between 0 and 1") == true }
    }

    @Test("a metric of another task or without its columns is refused")
    func refused() throws {
        var options = EvaluationOptions()
        options.metrics = ["rmse"]
        #expect(throws: InputError.self) { try MetricSelection(options, Self.data(.binary)) }
        options.metrics = ["roc_auc"]
        var data = Self.data(.binary)
        data.scores = nil
        #expect(throws: InputError.self) { try MetricSelection(options, data) }
        options.metrics = ["nonesuch"]
        #expect(throws: UnknownMetric.self) { try MetricSelection(options, data) }
    }
}
