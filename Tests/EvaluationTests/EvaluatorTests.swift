import Basics
import Documents
import Testing

@testable import Evaluation

@Suite("judging predictions") struct EvaluatorTests {
    private static func data(rows: Int = 200, seed: UInt64 = 3, noise: Double = 1) -> EvaluationData {
        var source = RandomSource(seed: 1)
        var other = RandomSource(seed: seed)
        var data = EvaluationData(name: "p.csv", task: .binary, rows: rows)
        data.classes = ["0", "1"]
        data.lines = (0..<Int32(rows)).map { $0 + 2 }
        data.truth = (0..<rows).map { _ in source.below(2) }
        data.scores = data.truth.map { truth in
            min(1, max(0, 0.5 + 0.3 * (Double(truth) - 0.5) + 0.25 * noise * (other.uniform() - 0.5)))
        }
        data.keys = (0..<rows).map(String.init)
        data.columns = [
            ("sex", EvaluationData.SliceColumn(codes: (0..<Int32(rows)).map { $0 % 2 }, levels: ["f", "m"]))
        ]
        return data
    }

    private func options(_ change: (inout EvaluationOptions) -> Void = { _ in }) -> EvaluationOptions {
        var options = EvaluationOptions()
        options.replicates = 200
        options.columns.target = ["y"]
        change(&options)
        return options
    }

    private func evaluate(
        _ data: EvaluationData, _ options: EvaluationOptions, baseline: EvaluationData? = nil, processors: Int = 2
    ) throws -> EvaluationResult {
        let evaluator = Evaluator(options, processors: processors)
        let threshold = try evaluator.threshold(for: data, validation: nil)
        return try evaluator.evaluate(
            data, threshold: threshold,
            baseline: baseline.map { Evaluator.Baseline(data: $0, name: "main", threshold: threshold) })
    }

    @Test("the whole result is the same for any number of threads, and differs by the seed")
    func deterministic() throws {
        let data = Self.data()
        let options = options {
            $0.slices = [SliceWish("sex")]
            $0.fairness = ["sex"]
            $0.intervalMethod = .bca
        }
        let one = IndentedJSON.text(try evaluate(data, options, processors: 1).document)
        #expect(one == IndentedJSON.text(try evaluate(data, options, processors: 4).document))
        var other = options
        other.seed = 9
        #expect(one != IndentedJSON.text(try evaluate(data, other).document))
    }

    @Test("intervals hold the value they are around, in slices as well")
    func intervals() throws {
        let result = try evaluate(Self.data(noise: 4), options { $0.slices = [SliceWish("sex")] })
        let scopes = [result.overall] + result.slices[0].groups.compactMap(\.scope)
        #expect(scopes.count == 3 && scopes.map(\.rows) == [200, 100, 100])
        for metric in scopes.flatMap(\.metrics) where metric.name != "expected_calibration_error" {
            let interval = try #require(metric.interval)
            #expect(interval.low <= metric.value && metric.value <= interval.high, "\(metric.name)")
        }
    }

    @Test("a baseline is compared row by row: itself shows no difference, a better model a sure one")
    func paired() throws {
        let data = Self.data(noise: 5)
        let same = try evaluate(data, options(), baseline: data)
        for metric in same.overall.metrics {
            #expect(metric.difference?.difference == 0 && metric.difference?.pValue == 1, "\(metric.name)")
        }
        let better = try evaluate(Self.data(noise: 0.1), options(), baseline: data)
        let difference = try #require(better.overall.metric("roc_auc")?.difference)
        #expect(difference.difference > 0.02)
        let interval = try #require(difference.interval)
        let pValue = try #require(difference.pValue)
        #expect(interval.low > 0 && pValue < 0.02)
    }

    @Test("rows are found by their key in whatever order, and those of one side only are left out and counted")
    func keys() throws {
        let data = Self.data(noise: 5)
        let order: [Int32] = (20..<200).reversed()
        let result = try evaluate(data, options(), baseline: data.subset(order))
        #expect(result.baseline?.rows == 180 && result.baseline?.onlyNew == 20 && result.baseline?.onlyOld == 0)
        #expect(result.overall.metric("roc_auc")?.difference?.difference == 0)
        #expect(result.notes.contains { $0.contains("180 rows that both sides have") })
        // The value itself is that of all rows.
        #expect(result.overall.metric("roc_auc")?.value != result.overall.metric("roc_auc")?.difference?.new)
    }

    @Test("a baseline of other rows is refused")
    func otherRows() throws {
        var data = Self.data()
        data.keys = nil
        #expect {
            try evaluate(data, options(), baseline: data.subset([1, 2, 3]))
        } throws: { ($0 as? InputError)?.remedy?.contains("--key") == true }
        var turned = data
        turned.truth[5] = 1 - turned.truth[5]
        #expect {
            try evaluate(data, options(), baseline: turned)
        } throws: { ($0 as? InputError)?.summary.contains("line 7") == true }
        var doubled = Self.data()
        doubled.keys?[3] = "2"
        #expect {
            try evaluate(doubled, options(), baseline: Self.data())
        } throws: { ($0 as? InputError)?.summary.contains("'2' occurs in more than one row") == true }
    }

    @Test("gates on slices and on fairness are held against what was measured, with their columns alone")
    func gates() throws {
        let gates = try GateFile.gates(
            in: try YAML.parse(
                Array(
                    """
                    - {metric: roc_auc, min: 0.5}
                    - {metric: recall, slice: "sex=*", min: 0.1, min_n: 10}
                    - {fairness: demographic_parity_difference, group: sex, max: 0.0001}
                    """.utf8)), of: "g", at: "gates")
        let result = try evaluate(Self.data(), options { $0.gates = gates })
        #expect(result.gates.map(\.word) == ["passed", "passed", "passed", "failed"])
        #expect(result.gates.map(\.group) == [nil, "sex=f", "sex=m", nil])
        #expect(GateStatus(result.gates) == .failed)
    }

    @Test("groups of too few rows are not judged")
    func fewRows() throws {
        let result = try evaluate(Self.data(rows: 40), options { $0.slices = [SliceWish("sex")] })
        #expect(result.slices[0].groups.map(\.rows) == [20, 20])
        #expect(result.slices[0].groups.allSatisfy { $0.scope == nil })
    }

    @Test("a threshold that is chosen on the judged rows is told to flatter, one of other rows is not")
    func threshold() throws {
        let options = options { $0.threshold = .chosen(.f1) }
        let evaluator = Evaluator(options, processors: 1)
        let data = Self.data()
        var other = Self.data(seed: 8)
        other.name = "valid.csv"
        let own = try #require(try evaluator.threshold(for: data, validation: nil))
        let chosen = try #require(try evaluator.threshold(for: data, validation: other))
        #expect(chosen.source == "valid.csv" && chosen.rule == .f1 && chosen.rows == 200)
        #expect(try evaluator.evaluate(data, threshold: own, baseline: nil).notes.contains { $0.contains("flatters") })
        #expect(
            try !evaluator.evaluate(data, threshold: chosen, baseline: nil).notes.contains { $0.contains("flatters") })
    }

    @Test("Brier's parts add up, and calibration knows the bins")
    func calibration() throws {
        let result = try evaluate(Self.data(), options { $0.calibrationBins = 5 })
        let calibration = try #require(result.calibration)
        let brier = calibration.brier
        let score = try #require(result.overall.metric("brier_score")?.value)
        #expect(abs(brier.score - score) < 1e-14)
        #expect(abs(brier.reliability - brier.resolution + brier.uncertainty + brier.remainder - score) < 1e-15)
        #expect(calibration.curve.sizes.reduce(0, +) == 200)
    }

    @Test("long curves are thinned from end to end and say so")
    func thinned() throws {
        var data = Self.data(rows: 5000)
        var source = RandomSource(seed: 4)
        data.scores = data.truth.map { min(1, max(0, 0.1 * Double($0) + 0.9 * source.uniform())) }
        let result = try evaluate(data, options { $0.replicates = 0 })
        let curve = try #require(result.curves.first)
        #expect(curve.isThinned && curve.roc.count <= ClassCurves.mostPoints && curve.roc.count > 500)
        #expect(curve.roc.first?.x == 0 && curve.roc.last?.x == 1 && curve.roc.last?.y == 1)
        #expect(result.plotNotes.contains { $0.contains("at most 1000") })
        #expect(curve.auc == result.overall.metric("roc_auc")?.value)
    }

    @Test("numbers for programs: metrics lie flat, and what has no value is there as NaN")
    func metricsDocument() throws {
        var data = Self.data()
        data.truth = data.truth.map { _ in 1 }
        let document = try #require(try evaluate(data, options()).metricsDocument.mapping)
        #expect(document["roc_auc"] == .string("NaN"))
        if case .float? = document["accuracy"] {} else { Issue.record("\(String(describing: document["accuracy"]))") }
    }
}
