import Evaluation
import Testing

/// Cases that a person can check, with values that scikit-learn 1.9.1 gave.
@Suite struct HandCheckedTests {
    let truth = [0, 0, 1, 1, 1, 0]
    let scores = [0.1, 0.4, 0.4, 0.8, 0.4, 0.2]
    var positives: [Bool] { truth.map { $0 == 1 } }

    @Test("a score with ties: area, average precision, and the points of both curves")
    func ties() throws {
        #expect(agrees(try RankingMetrics.rocAUC(positives: positives, scores: scores), 8.0 / 9, within: 1e-15))
        let average = try RankingMetrics.averagePrecision(positives: positives, scores: scores)
        #expect(agrees(average, 0.8333333333333333, within: 1e-15))
        let counts = try ThresholdCounts(positives: positives, scores: scores)
        let roc = Curves.roc(counts)
        #expect(roc.falsePositiveRates == [0, 0, 1.0 / 3, 1])
        #expect(roc.truePositiveRates == [0, 1.0 / 3, 1, 1])
        #expect(roc.thresholds == [.infinity, 0.8, 0.4, 0.1])
        let whole = Curves.roc(counts, dropIntermediate: false)
        #expect(whole.falsePositiveRates == [0, 0, 1.0 / 3, 2.0 / 3, 1])
        #expect(whole.thresholds == [.infinity, 0.8, 0.4, 0.2, 0.1])
        let curve = Curves.precisionRecall(counts)
        #expect(curve.precisions == [0.5, 0.6, 0.75, 1, 1])
        #expect(curve.recalls == [1, 1, 1, 1.0 / 3, 0])
        #expect(curve.thresholds == [0.1, 0.2, 0.4, 0.8])
    }

    @Test("rows of one class have no area, and an average precision of 0 or 1")
    func oneClass() throws {
        let none = [false, false, false]
        let all = [true, true, true]
        #expect(try RankingMetrics.rocAUC(positives: none, scores: [0.1, 0.5, 0.2]).isNaN)
        #expect(try RankingMetrics.rocAUC(positives: all, scores: [0.1, 0.5, 0.2]).isNaN)
        #expect(try RankingMetrics.averagePrecision(positives: none, scores: [0.1, 0.5, 0.2]) == 0)
        #expect(try RankingMetrics.averagePrecision(positives: all, scores: [0.1, 0.5, 0.2]) == 1)
        let curve = Curves.roc(try ThresholdCounts(positives: all, scores: [0.1, 0.5, 0.2]))
        #expect(curve.falsePositiveRates.allSatisfy { $0.isNaN })
        #expect(curve.truePositiveRates.last == 1)
    }

    @Test("class 2 that was only predicted leaves the mean of recalls alone")
    func predictedOnly() throws {
        let value = try ClassificationMetrics.balancedAccuracy(
            truth: [0, 0, 1, 1], predicted: [0, 2, 1, 1], classCount: 3)
        #expect(value == 0.75)
    }

    @Test("agreement of a constant prediction is 0 by Matthews and NaN by Cohen")
    func constants() throws {
        let matthews = try ClassificationMetrics.matthewsCorrelation(
            truth: [0, 0, 1, 1], predicted: [0, 0, 0, 0], classCount: 2)
        #expect(matthews == 0)
        let kappa = try ClassificationMetrics.cohenKappa(truth: [1, 1], predicted: [1, 1], classCount: 2)
        #expect(kappa.isNaN)
    }

    @Test("F is 0, not zero_division, where only precision has no denominator")
    func fWithItsOwnDenominator() throws {
        let counts = try LabelCounts(binary: [0, 0, 1, 1], predicted: [0, 0, 0, 0])
        #expect(counts.precisions(zeroDivision: .one) == [1])
        #expect(counts.recalls(zeroDivision: .one) == [0])
        #expect(counts.fScores(zeroDivision: .one) == [0])
        #expect(counts.precision(zeroDivision: .nan).isNaN)
    }

    @Test("log loss of a certain mistake depends on the precision of the probability")
    func clipping() throws {
        let double = try ProbabilityMetrics.logLoss(truth: [1, 0], probabilities: [0, 0.5])
        #expect(agrees(double, 18.36840028483855, within: 1e-15))
        let single = try ProbabilityMetrics.logLoss(truth: [1, 0], probabilities: [0, 0.5], precision: .single)
        #expect(single == 8.317766189575195)
        let plain = try ProbabilityMetrics.logLoss(truth: [0, 1, 1, 0], probabilities: [0.1, 0.9, 0.8, 0.35])
        #expect(agrees(plain, 0.21616187468057912, within: 1e-15))
    }

    @Test("a probability on the edge of a calibration bin belongs to the bin on its left")
    func calibration() throws {
        let positives = [false, false, false, false, true, true, true, true, true]
        let probabilities = [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1]
        let uniform = try CalibrationCurve(positives: positives, probabilities: probabilities, count: 3)
        #expect(agrees(uniform.positiveShares, [0, 0.5, 1], within: 1e-12))
        #expect(agrees(uniform.meanProbabilities, [0.2, 0.525, 0.85], within: 1e-12))
        let quantile = try CalibrationCurve(
            positives: positives, probabilities: probabilities, count: 3, bins: .quantile)
        #expect(agrees(quantile.meanProbabilities, [0.2, 0.5833333333333334, 0.9], within: 1e-12))
        let edge = try CalibrationCurve(positives: [false, true], probabilities: [0.5, 0.5], count: 2)
        #expect(edge.positiveShares == [0.5])
        #expect(edge.meanProbabilities == [0.5])
    }

    @Test("four predictions of a number, by every error")
    func regression() throws {
        let input = MetricInput.regression(
            RegressionPredictions(truth: [3, -0.5, 2, 7], predicted: [2.5, 0, 2, 8]))
        let expected = [
            "mae": 0.5, "mse": 0.375, "rmse": 0.6123724356957945, "r2": 0.9486081370449679,
            "explained_variance": 0.9571734475374732, "medae": 0.5, "mape": 0.3273809523809524, "max_error": 1,
            "d2_absolute_error_score": 0.7647058823529411,
        ]
        for (name, value) in expected {
            #expect(agrees(try MetricCatalogue.evaluate(name: name, input), value, within: 1e-14), "\(name)")
        }
        let percentage = try RegressionMetrics.meanAbsolutePercentageError(truth: [0, 1], predicted: [0.5, 1])
        #expect(percentage == 1125899906842624.0)
        let pinball = try RegressionMetrics.meanPinballLoss(truth: [1, 2, 3], predicted: [0, 2, 3], alpha: 0.1)
        #expect(agrees(pinball, 0.03333333333333333, within: 1e-15))
    }

    @Test("documents of one score share their gains")
    func sharedGains() throws {
        func lists(_ scores: [Double]) throws -> RankedLists {
            try RankedLists(relevance: [10, 0, 0, 1, 5], scores: scores, sizes: [5])
        }
        #expect(try RankingMetrics.normalisedGain(try lists([1, 0, 0, 0, 1]), k: 1) == 0.75)
        #expect(try RankingMetrics.normalisedGain(try lists([1, 0, 0, 0, 1]), k: 1, ignoreTies: true) == 0.5)
        let gain = try RankingMetrics.discountedGain(try lists([0.1, 0.2, 0.3, 4, 70]))
        #expect(agrees(gain, 9.499457825916874, within: 1e-14))
        let nothing = try RankedLists(relevance: [0, 0], scores: [1, 2], sizes: [2])
        #expect(try RankingMetrics.normalisedGain(nothing) == 0)
    }

    @Test("lists of different lengths count alike, as if each had been asked alone")
    func listsOfDifferentLengths() throws {
        let relevance = [3.0, 1, 0, 2, 0, 1, 4]
        let scores = [0.2, 0.9, 0.4, 0.4, 0.1, 0.8, 0.3]
        let together = try RankingMetrics.normalisedGain(
            try RankedLists(relevance: relevance, scores: scores, sizes: [3, 4]), k: 2)
        let first = try RankingMetrics.normalisedGain(
            try RankedLists(relevance: Array(relevance[..<3]), scores: Array(scores[..<3]), sizes: [3]), k: 2)
        let second = try RankingMetrics.normalisedGain(
            try RankedLists(relevance: Array(relevance[3...]), scores: Array(scores[3...]), sizes: [4]), k: 2)
        #expect(agrees(together, (first + second) / 2, within: 1e-15))
    }
}
