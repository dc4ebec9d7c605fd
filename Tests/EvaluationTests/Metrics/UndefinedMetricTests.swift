import Evaluation
import Testing

@Suite struct UndefinedMetricTests {
    private func reason(_ compute: () throws -> Void) -> MetricUndefined.Reason? {
        do {
            try compute()
            return nil
        } catch let error as MetricUndefined { return error.reason } catch { return nil }
    }

    @Test("no rows, arrays of two lengths, and useless weights are told apart")
    func rows() {
        func accuracy(_ truth: [Int], _ predicted: [Int], _ weights: [Double]? = nil) -> MetricUndefined.Reason? {
            reason { _ = try ClassificationMetrics.accuracy(truth: truth, predicted: predicted, weights: weights) }
        }
        #expect(accuracy([], []) == .noRows)
        #expect(accuracy([1, 0], [1]) == .unequalLengths(what: "predictions", count: 1, expected: 2))
        #expect(accuracy([1, 0], [1, 0], [1]) == .unequalLengths(what: "weights", count: 1, expected: 2))
        #expect(accuracy([1, 0], [1, 0], [0, 0]) == .noWeight)
        #expect(accuracy([1, 0], [1, 0], [1, -1]) == .negativeWeight(row: 1))
        #expect(accuracy([1, 0], [1, 0], [1, .nan]) == .notFinite(what: "the weight", row: 1))
    }

    @Test("scores that are NaN or infinite have no order")
    func scores() {
        for bad in [Double.nan, .infinity, -.infinity] {
            let found = reason {
                _ = try RankingMetrics.rocAUC(positives: [true, false, true], scores: [0.1, 0.2, bad])
            }
            #expect(found == .notFinite(what: "the score", row: 2))
        }
        #expect(
            reason { _ = try RegressionMetrics.r2(truth: [1, .nan], predicted: [1, 2]) }
                == .notFinite(what: "the true value", row: 1))
    }

    @Test("codes that are no class's, below zero or beyond the last, are refused by every metric of classes")
    func codes() throws {
        let scores = try #require(ScoreMatrix([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]))
        for bad in [-1, 3, Int.max, Int.min] {
            #expect(
                reason { _ = try LabelCounts(truth: [0, bad], predicted: [0, 1], classCount: 3) }
                    == .codeOutOfRange(code: bad, classes: 3))
            #expect(
                reason { _ = try ConfusionMatrix(truth: [0, 1], predicted: [0, bad], classCount: 3) }
                    == .codeOutOfRange(code: bad, classes: 3))
            let loss = reason { _ = try ProbabilityMetrics.logLoss(truth: [0, bad], probabilities: scores) }
            #expect(loss == .codeOutOfRange(code: bad, classes: 3))
        }
    }

    @Test("three classes are no binary task, and a positive class has to occur beside two others")
    func binary() {
        #expect(
            reason { _ = try LabelCounts(binary: [0, 1, 2], predicted: [0, 1, 1], classCount: 3) }
                == .notBinary(classes: 3))
        #expect(
            reason { _ = try LabelCounts(binary: [0, 2], predicted: [0, 2], positive: 1, classCount: 3) }
                == .positiveAbsent)
    }

    @Test("values that a formula cannot take name the first row that has one")
    func values() {
        #expect(
            reason { _ = try ProbabilityMetrics.brierScore(truth: [0, 1], probabilities: [0.5, 1.5]) }
                == .outside(what: "the probability", row: 1, allowed: "between 0 and 1"))
        #expect(
            reason { _ = try RegressionMetrics.meanSquaredLogError(truth: [1, 2], predicted: [1, -1]) }
                == .outside(what: "the prediction", row: 1, allowed: "above -1"))
        #expect(
            reason { _ = try RegressionMetrics.meanTweedieDeviance(truth: [1], predicted: [1], power: 0.5) }
                == .parameter(name: "the power", allowed: "at most 0 or at least 1"))
        #expect(
            reason { _ = try RankedLists(relevance: [1, 2], scores: [1, 2], sizes: [1, .max]) }
                == .parameter(name: "a size", allowed: "1 or more"))
        #expect(ScoreMatrix([[1, 2], [3]]) == nil)
        #expect(ScoreMatrix(rows: .max, columns: 2, values: []) == nil)
    }

    @Test("one row of documents has no order to judge")
    func singleDocuments() {
        #expect(
            reason {
                _ = try RankingMetrics.normalisedGain(
                    try RankedLists(relevance: [1, 2], scores: [1, 2], sizes: [1, 1]))
            } == .singleDocuments)
    }
}
