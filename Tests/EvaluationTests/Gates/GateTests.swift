import Basics
import Documents
import Testing

@testable import Evaluation

@Suite("gates") struct GateTests {
    private typealias Result = EvaluationResult

    private func measured(
        _ name: String, _ value: Double, old: Double? = nil, draws: [Double] = [],
        pairs: (old: [Double], new: [Double]) = ([], [])
    ) -> EvaluationResult.Measured {
        var metric = EvaluationResult.Measured(name: name, value: value, reason: nil, isGreaterBetter: true)
        metric.draws = draws
        metric.pairedDraws = pairs
        if let old { metric.difference = PairedDifference(old: old, new: value, interval: nil, pValue: nil) }
        return metric
    }

    private func scope(_ metrics: [EvaluationResult.Measured], rows: Int = 100) -> EvaluationResult.Scope {
        EvaluationResult.Scope(rows: rows, weight: nil, metrics: metrics)
    }

    private func outcomes(
        _ yaml: String, _ metrics: [EvaluationResult.Measured], slices: [EvaluationResult.Slice] = [],
        hasBaseline: Bool = true
    ) throws -> [GateOutcome] {
        let gates = try GateFile.gates(in: try YAML.parse(Array(yaml.utf8)), of: "gates.yaml", at: "gates")
        return GateCheck(
            overall: scope(metrics), slices: slices, fairness: [], hasBaseline: hasBaseline, leastRows: 30
        ).outcomes(gates)
    }

    private func words(_ yaml: String, _ metrics: [EvaluationResult.Measured]) throws -> [String] {
        try outcomes(yaml, metrics).map(\.word)
    }

    @Test(
        "a bound is kept up to its limit and broken beyond it",
        arguments: [
            ("min: 0.85", 0.85, 0.9, "passed"), ("min: 0.85", 0.8499, 0.9, "failed"),
            ("max: 0.85", 0.85, 0.9, "passed"), ("max: 0.85", 0.8501, 0.9, "failed"),
            ("max_increase: 0.25", 0.75, 0.5, "passed"), ("max_increase: 0.25", 0.76, 0.5, "failed"),
            ("max_decrease: 0.25", 0.5, 0.75, "passed"), ("max_drop: 0.25", 0.49, 0.75, "failed"),
            ("max_relative_decrease: 0.5", 0.25, 0.5, "passed"), ("max_relative_drop: 0.5", 0.24, 0.5, "failed"),
            ("max_relative_increase: 0.5", 0.75, 0.5, "passed"), ("max_relative_increase: 0.5", 0.76, 0.5, "failed"),
            // Of a negative value the size counts, and of zero nothing may be lost.
            ("max_relative_decrease: 0.5", -0.75, -0.5, "passed"),
            ("max_relative_decrease: 0.5", -0.76, -0.5, "failed"),
            ("max_relative_decrease: 0.5", 0, 0, "passed"), ("max_relative_decrease: 0.5", -0.01, 0, "failed"),
        ])
    func bounds(_ bound: String, _ new: Double, _ old: Double, _ word: String) throws {
        #expect(try words("[{metric: f1, \(bound)}]", [measured("f1", new, old: old)]) == [word])
    }

    @Test("no value on either side never counts as kept")
    func missing() throws {
        let nothing = Double.nan
        #expect(try words("[{metric: f1, min: 0.1}]", [measured("f1", nothing)]) == ["not evaluable"])
        #expect(try words("[{metric: f1, min: 0.1}]", [measured("accuracy", 1)]) == ["not evaluable"])
        #expect(try words("[{metric: f1, max_drop: 1}]", [measured("f1", 0.9)]) == ["not evaluable"])
        #expect(try words("[{metric: f1, max_drop: 1}]", [measured("f1", 0.9, old: nothing)]) == ["not evaluable"])
        #expect(try words("[{metric: f1, max_drop: 1}]", [measured("f1", nothing, old: 0.9)]) == ["not evaluable"])
    }

    @Test("a gate that asks for significance fails only where chance does not explain it")
    func significance() throws {
        let gate = "[{metric: f1, max_drop: 0.1, vs: baseline, significance: 0.05}]"
        let old = [Double](repeating: 0.9, count: 99)
        let clear = measured("f1", 0.7, old: 0.9, pairs: (old, [Double](repeating: 0.7, count: 99)))
        let sure = try outcomes(gate, [clear])[0]
        #expect(sure.word == "failed" && sure.pValue == 0.01)
        let mixed = measured("f1", 0.79, old: 0.9, pairs: (old, (0..<99).map { $0 < 20 ? 0.85 : 0.75 }))
        let unsure = try outcomes(gate, [mixed])[0]
        #expect(unsure.word == "passed (not significant)" && unsure.pValue == 0.21)
        #expect(try words(gate, [measured("f1", 0.7, old: 0.9)]) == ["not evaluable"])
    }

    @Test("the worst outcome decides the status: failed before not evaluable before kept")
    func status() throws {
        let metrics = [measured("f1", 0.9), measured("accuracy", .nan)]
        func status(_ yaml: String) throws -> GateStatus { GateStatus(try outcomes(yaml, metrics)) }
        #expect(try status("[]") == .kept)
        #expect(try status("[{metric: f1, min: 0.9}]") == .kept)
        #expect(try status("[{metric: f1, min: 0.9}, {metric: accuracy, min: 0}]") == .notEvaluable)
        #expect(try status("[{metric: f1, min: 0.91}, {metric: accuracy, min: 0}]") == .failed)
        #expect([GateStatus.kept, .failed, .error, .notEvaluable].map(\.rawValue) == [0, 1, 2, 3])
    }

    @Test("a gate on each group judges those with enough rows, and one on a single group needs them")
    func slices() throws {
        func group(_ value: String, _ rows: Int, _ f1: Double) -> EvaluationResult.Group {
            EvaluationResult.Group(
                values: [(column: "sex", value: value)], name: "sex=\(value)", rows: rows,
                scope: scope([measured("f1", f1)], rows: rows))
        }
        let slice = EvaluationResult.Slice(
            columns: ["sex"], groups: [group("f", 60, 0.8), group("m", 70, 0.6), group("x", 5, 0.1)])
        func words(_ gate: String) throws -> [String] {
            try outcomes("[\(gate)]", [measured("f1", 0.7)], slices: [slice]).map(\.word)
        }
        #expect(try words("{metric: f1, slice: \"sex=*\", min: 0.7}") == ["passed", "failed", "skipped"])
        #expect(try words("{metric: f1, slice: \"sex=*\", min: 0.5, min_n: 1}") == ["passed", "passed", "failed"])
        #expect(try words("{metric: f1, slice: {sex: f}, min: 0.7}") == ["passed"])
        #expect(try words("{metric: f1, slice: \"sex=x\", min: 0.7}") == ["not evaluable"])
        #expect(try words("{metric: f1, slice: \"sex=none\", min: 0.7}") == ["not evaluable"])
        #expect(
            try words("{metric: f1, slice: \"sex=*\", min: 0.7, min_n: 100}")
                == ["not evaluable", "not evaluable", "not evaluable"])
        #expect(try words("\"f1[sex=*]>=0.7\"") == ["passed", "failed", "skipped"])
    }

    @Test("short forms are read, and metrics have one name")
    func shortForms() throws {
        let gate = try Gate(shortForm: "f1_score >= 0.8")
        #expect(gate.subject == .metric("f1") && gate.bounds == [Gate.Bound(kind: .min, number: 0.8)])
        #expect(try Gate(shortForm: "log_loss<=1e-1").bounds == [Gate.Bound(kind: .max, number: 0.1)])
        for text in ["f1", "f1>0.8", "f1>=high", ">=1", "f1[sex]>=1", "nonesuch>=1", "f1>=inf"] {
            #expect(throws: Failure.self, "\(text)") { try Gate(shortForm: text) }
        }
    }

    @Test(
        "a gate that cannot be meant is refused with its place",
        arguments: [
            ("[{metric: f1}]", "has no bound"), ("[{min: 1}]", "either a 'metric' or a 'fairness'"),
            ("[{metric: f1, min: high}]", "must be a number"), ("[{metric: f1, minimum: 1}]", "unknown key 'minimum'"),
            ("[{metric: f1, min: 1, vs: baseline}]", "compares with the baseline"),
            ("[{metric: f1, max_drop: 1, vs: main}]", "must be 'baseline'"),
            ("[{metric: f1, min: 1, significance: 2}]", "between 0 and 1"),
            ("[{fairness: parity, group: sex, max: 1}]", "known are"),
            ("[{fairness: demographic_parity_difference, max: 1}]", "has no 'group'"),
            ("[3]", "must be a mapping"), ("{metric: f1}", "must be a list"),
        ])
    func refused(_ yaml: String, _ words: String) throws {
        #expect {
            try outcomes(yaml, [])
        } throws: { error in
            guard let failure = error as? Failure else { return false }
            let text = failure.summary + (failure.remedy ?? "")
            return text.contains(words) && text.contains("gates.yaml")
        }
    }
}
