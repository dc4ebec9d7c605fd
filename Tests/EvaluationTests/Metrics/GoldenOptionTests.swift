import Documents
import Evaluation
import Testing

@Suite struct GoldenOptionTests {
    let options: GoldenFile

    init() throws { options = try GoldenFile("options.json") }

    @Test("ratios of nothing, for chosen labels and every average, are what zero_division says")
    func zeroDivision() throws {
        let absent = try GoldenFile("multiclass.json").data("absent class")
        let pairs = [
            "never": ([0, 0, 1, 1], [0, 0, 0, 0]), "nothing": ([0, 0, 0], [0, 0, 0]),
            "several": (absent.codes("truth"), absent.codes("predicted")),
        ]
        var differences: [String] = []
        for one in options["zero_division"] {
            let parts = try #require(one.array)
            let (truth, predicted) = try #require(pairs[parts[1].string ?? ""])
            let division = Self.division(parts[3])
            let metric = try #require(parts[0].string)
            let counts = try LabelCounts(
                truth: truth, predicted: predicted, classCount: 4, labels: parts[2].isNull ? nil : parts[2].codes)
            let (value, expected): ([Double], [Double])
            if let averaging = Averaging(rawValue: try #require(parts[4].string)) {
                value = [Self.average(counts, metric, averaging, division)]
                expected = [try #require(parts[5].number)]
            } else {
                value = Self.each(counts, metric, division)
                expected = parts[5].numbers
            }
            if !agrees(value, expected, within: 1e-12) { differences.append("\(parts): \(value)") }
        }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        #expect(options["zero_division"].count > 250)
    }

    @Test("ratios of rows without labels are what zero_division says")
    func emptyRows() throws {
        let data = try GoldenFile("multilabel.json").data("empty and full rows")
        let counts = try LabelCounts(
            rowsOf: try data.labels("truth"), predicted: try data.labels("predicted"),
            weights: data.weights("fractions"))
        #expect(options["samples"].count == 14)
        for one in options["samples"] {
            let parts = try #require(one.array)
            let value = Self.average(counts, try #require(parts[0].string), .macro, Self.division(parts[1]))
            #expect(agrees(value, try #require(parts[2].number), within: 1e-9), "\(parts)")
        }
    }

    @Test("confusion matrices are scikit-learn's, for chosen labels, normalised, and weighted")
    func confusion() throws {
        let multiclass = try GoldenFile("multiclass.json")
        #expect(options["confusion"].count > 90)
        for one in options["confusion"] {
            let parts = try #require(one.array)
            let data = try multiclass.data(try #require(parts[0].string))
            var rows: [[Double]]?
            do {
                var matrix = try ConfusionMatrix(
                    truth: data.codes("truth"), predicted: data.codes("predicted"), classCount: 4,
                    labels: parts[1].isNull ? nil : parts[1].codes, weights: data.weights(parts[3]))
                if let name = parts[2].string {
                    matrix = matrix.normalised(by: try #require(ConfusionMatrix.Normalisation(rawValue: name)))
                }
                rows = matrix.rows
            } catch is MetricUndefined {}
            let expected = parts[4].array?.map(\.numbers)
            #expect(rows?.count == expected?.count, "\(parts)")
            #expect(zip(rows ?? [], expected ?? []).allSatisfy { agrees($0, $1, within: 1e-12) }, "\(parts)")
        }
    }

    @Test("Cohen's kappa looks at the chosen labels in their order")
    func kappa() throws {
        let data = try GoldenFile("multiclass.json").data("spread")
        #expect(options["kappa"].count == 9)
        for one in options["kappa"] {
            let parts = try #require(one.array)
            let distance = try #require(ClassificationMetrics.KappaWeights(rawValue: parts[1].string ?? ""))
            let value = try ClassificationMetrics.cohenKappa(
                truth: data.codes("truth"), predicted: data.codes("predicted"), classCount: 4, labels: parts[0].codes,
                distance: distance)
            #expect(agrees(value, try #require(parts[2].number), within: 1e-12), "\(parts)")
        }
    }

    @Test("explained shares of a constant target are NaN or infinite where finiteness is not forced")
    func notFinite() throws {
        let regression = try GoldenFile("regression.json")
        #expect(options["force_finite"].count > 10)
        for one in options["force_finite"] {
            let parts = try #require(one.array)
            let data = try regression.data(try #require(parts[0].string))
            let (truth, predicted) = (data.numbers("truth"), data.numbers("predicted"))
            let r2 = try RegressionMetrics.r2(truth: truth, predicted: predicted, forceFinite: false)
            let variance = try RegressionMetrics.explainedVariance(
                truth: truth, predicted: predicted, forceFinite: false)
            #expect(agrees([r2, variance], parts[1...2].compactMap(\.number), within: 1e-12), "\(parts)")
        }
    }

    @Test("likelihood ratios without a denominator are NaN")
    func likelihoodRatios() throws {
        let binary = try GoldenFile("binary.json")
        for one in options["likelihood"] {
            let parts = try #require(one.array)
            let data = try binary.data(try #require(parts[0].string))
            let ratios = try ClassificationMetrics.likelihoodRatios(
                truth: data.codes("truth"), predicted: data.codes("predicted"))
            #expect(agrees([ratios.positive, ratios.negative], parts[1].numbers, within: 1e-12), "\(parts)")
        }
    }

    @Test("gains that ignore ties take the last document first, and any base of the logarithm")
    func ignoredTies() throws {
        let ranking = try GoldenFile("ranking.json")
        for one in options["ignore_ties"] {
            let parts = try #require(one.array)
            let data = try ranking.data(try #require(parts[0].string))
            let lists = try RankedLists(relevance: try data.matrix("relevance"), scores: try data.matrix("scores"))
            let k = parts[1].int
            let normalised = number { () throws(MetricUndefined) in
                try RankingMetrics.normalisedGain(lists, k: k, ignoreTies: true)
            }
            #expect(difference(normalised, parts[2], within: 1e-12, "\(parts)") == nil)
            let gain = try RankingMetrics.discountedGain(lists, k: k, logBase: 2.718281828459045, ignoreTies: true)
            #expect(agrees(gain, try #require(parts[3].number), within: 1e-12), "\(parts)")
        }
    }

    @Test("Brier scores are halved, or not, as asked")
    func halvedBrierScores() throws {
        let (binary, multiclass) = (try GoldenFile("binary.json"), try GoldenFile("multiclass.json"))
        for one in options["brier_halved"] {
            let parts = try #require(one.array)
            let data = try multiclass.data(try #require(parts[0].string))
            let scores = try data.matrix("scores")
            let value = number { () throws(MetricUndefined) in
                try ProbabilityMetrics.brierScore(truth: data.codes("truth"), probabilities: scores, halved: true)
            }
            #expect(difference(value, parts[1], within: 1e-12, "\(parts)") == nil)
        }
        for one in options["brier_whole"] {
            let parts = try #require(one.array)
            let data = try binary.data(try #require(parts[0].string))
            let value = number { () throws(MetricUndefined) in
                try ProbabilityMetrics.brierScore(
                    truth: data.codes("truth"), probabilities: data.numbers("scores"), halved: false)
            }
            #expect(difference(value, parts[1], within: 1e-12, "\(parts)") == nil)
        }
    }

    @Test("log loss of single-precision probabilities clips by the epsilon of single precision")
    func singlePrecision() throws {
        let binary = try GoldenFile("binary.json")
        for one in options["single_precision"] {
            let parts = try #require(one.array)
            let data = try binary.data(try #require(parts[0].string))
            let value = number { () throws(MetricUndefined) in
                try ProbabilityMetrics.logLoss(
                    truth: data.codes("truth"), probabilities: data.numbers("scores"), precision: .single)
            }
            #expect(difference(value, parts[1], within: 1e-6, "\(parts)") == nil)
        }
    }

    @Test("several outputs have a root error each, and their mean")
    func outputs() throws {
        let outputs = try #require(options.content["outputs"]?.mapping)
        let each = try RegressionMetrics.ofOutputs(
            truth: try outputs.matrix("truth"), predicted: try outputs.matrix("predicted"),
            RegressionMetrics.rootMeanSquaredError)
        #expect(agrees(each, outputs.numbers("rmse"), within: 1e-12))
        let uniform = try RegressionMetrics.average(each, .uniform)
        #expect(agrees(uniform, try #require(outputs["uniform"]?.number), within: 1e-12))
        let weighted = try RegressionMetrics.average(each, .weighted([0.5, 0.2, 0.3]))
        #expect(agrees(weighted, try #require(outputs["weighted"]?.number), within: 1e-12))
    }

    private static func division(_ value: Value) -> ZeroDivision {
        switch value.int {
        case 0: .zero
        case 1: .one
        default: .nan
        }
    }

    private static func average(
        _ counts: LabelCounts, _ metric: String, _ averaging: Averaging, _ division: ZeroDivision
    ) -> Double {
        switch metric {
        case "precision": counts.precision(averaging, zeroDivision: division)
        case "recall": counts.recall(averaging, zeroDivision: division)
        case "f1": counts.fScore(averaging, zeroDivision: division)
        case "fbeta": counts.fScore(averaging, beta: 3, zeroDivision: division)
        default: counts.jaccard(averaging, zeroDivision: division)
        }
    }

    private static func each(_ counts: LabelCounts, _ metric: String, _ division: ZeroDivision) -> [Double] {
        switch metric {
        case "precision": counts.precisions(zeroDivision: division)
        case "recall": counts.recalls(zeroDivision: division)
        case "f1": counts.fScores(zeroDivision: division)
        case "fbeta": counts.fScores(beta: 3, zeroDivision: division)
        default: counts.jaccards(zeroDivision: division)
        }
    }
}
