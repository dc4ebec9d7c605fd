import Testing

@testable import Evaluation

@Suite("fairness") struct FairnessTests {
    /// Group a: 4 true (3 found), 4 not (1 taken). Group b: 2 true (1 found), 2 not (none taken). Group c: one row.
    private static let rows: [(group: Int32, truth: Int, decision: Int)] =
        [(0, 1, 1), (0, 1, 1), (0, 1, 1), (0, 1, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0)]
        + [(1, 1, 1), (1, 1, 0), (1, 0, 0), (1, 0, 0), (2, 1, 1)]

    private func count(leastRows: Int, weights: [Double]? = nil) throws -> FairnessCount {
        var data = EvaluationData(name: "p.csv", task: .binary, rows: Self.rows.count)
        data.truth = Self.rows.map(\.truth)
        data.weights = weights
        data.columns = [
            (
                "sex",
                EvaluationData.SliceColumn(codes: Self.rows.map(\.group), levels: ["a", "b", "c"])
            )
        ]
        return FairnessCount(
            data, try data.groups(by: ["sex"]), decisions: Self.rows.map(\.decision), leastRows: leastRows)
    }

    @Test("rates and differences are those that Fairlearn defines, and small groups are left out")
    func differences() throws {
        let rates = try count(leastRows: 2).rates()
        #expect(rates.count == 2)
        #expect(
            rates[0]
                == FairnessGroup.Rates(selection: 0.5, truePositive: 0.75, falsePositive: 0.25, accuracy: 0.75))
        #expect(
            rates[1] == FairnessGroup.Rates(selection: 0.25, truePositive: 0.5, falsePositive: 0, accuracy: 0.75))
        // Parity .5 − .25 and .25 / .5; opportunity .75 − .5; odds max(.25, .25) and min(.5/.75, 0/.25).
        #expect(FairnessCount.measures(rates) == [0.25, 0.5, 0.25, 0.25, 0])
    }

    @Test("a group without negatives has no false positive rate, and so no odds, but parity")
    func undefined() throws {
        let measures = FairnessCount.measures(try count(leastRows: 1).rates())
        #expect(measures[0] == 0.75 && measures[2] == 0.5)
        #expect(measures[3].isNaN && measures[4].isNaN)
    }

    @Test("weights and draws count as rows do")
    func weights() throws {
        let counts = Self.rows.map { UInt32($0.group == 1 && $0.decision == 1 ? 3 : 1) }
        let drawn = try count(leastRows: 2).rates(counts)
        let weighted = try count(leastRows: 2, weights: counts.map { Double($0) }).rates()
        #expect(drawn == weighted)
        #expect(drawn[1].selection == 0.5 && drawn[1].truePositive == 0.75)
    }

    @Test("one group alone has nothing to differ from")
    func single() throws {
        #expect(FairnessCount.measures(try count(leastRows: 8).rates()).allSatisfy(\.isNaN))
    }
}
