import Evaluation
import Testing

/// The same numbers for the same seed (Knuth's linear congruential generator, its upper bits).
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let upper = state >> 32
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return upper << 32 | state >> 32
    }
}

@Suite struct MetricPropertyTests {
    static let seeds: [UInt64] = Array(1...12)

    /// Rows of two classes; every second seed has scores with many ties.
    private static func binary(_ seed: UInt64, rows: Int = 300) -> BinaryPredictions {
        var numbers = SeededNumbers(state: seed)
        let truth = (0..<rows).map { row in row < 2 ? row : Int.random(in: 0...1, using: &numbers) }
        let scores = truth.map { code in
            let score = 0.3 * Double(code) + Double.random(in: 0...0.7, using: &numbers)
            return seed % 2 == 0 ? (score * 20).rounded() / 20 : score
        }
        return BinaryPredictions(truth: truth, predicted: scores.map { $0 >= 0.5 ? 1 : 0 }, scores: scores)
    }

    private static func multiclass(_ seed: UInt64) -> MulticlassPredictions {
        var numbers = SeededNumbers(state: seed)
        let truth = (0..<200).map { row in row < 5 ? row : Int.random(in: 0..<5, using: &numbers) }
        let rows = truth.map { code -> [Double] in
            let parts = (0..<5).map { Double.random(in: 0...1, using: &numbers) + ($0 == code ? 0.4 : 0) }
            let whole = parts.reduce(0, +)
            return parts.map { $0 / whole }
        }
        let predicted = rows.map { row in row.indices.max { row[$0] < row[$1] } ?? 0 }
        return MulticlassPredictions(
            truth: truth, predicted: predicted, scores: ScoreMatrix(rows), classCount: 5)
    }

    @Test("the area under the ROC curve is Mann and Whitney's U over all pairs", arguments: seeds)
    func mannWhitney(seed: UInt64) throws {
        let rows = Self.binary(seed)
        let scores = try #require(rows.scores)
        var ahead = 0.0
        var pairs = 0.0
        for (row, code) in rows.truth.enumerated() where code == 1 {
            for (other, otherCode) in rows.truth.enumerated() where otherCode == 0 {
                pairs += 1
                ahead += scores[row] > scores[other] ? 1 : scores[row] == scores[other] ? 0.5 : 0
            }
        }
        let area = try RankingMetrics.rocAUC(positives: rows.positives, scores: scores)
        #expect(agrees(area, ahead / pairs, within: 1e-14))
        let curve = Curves.roc(try ThresholdCounts(positives: rows.positives, scores: scores))
        let drawn = try Curves.area(x: curve.falsePositiveRates, y: curve.truePositiveRates)
        #expect(agrees(area, drawn, within: 1e-13))
    }

    @Test("only the order of the scores counts, and turning it round turns the area round", arguments: seeds)
    func order(seed: UInt64) throws {
        let rows = Self.binary(seed)
        let scores = try #require(rows.scores)
        let positives = rows.positives
        let area = try RankingMetrics.rocAUC(positives: positives, scores: scores)
        let stretched = scores.map { $0 * $0 * $0 * 7 - 3 }
        #expect(try RankingMetrics.rocAUC(positives: positives, scores: stretched) == area)
        let average = try RankingMetrics.averagePrecision(positives: positives, scores: scores)
        #expect(try RankingMetrics.averagePrecision(positives: positives, scores: stretched) == average)
        let turned = try RankingMetrics.rocAUC(positives: positives, scores: scores.map { -$0 })
        #expect(agrees(turned, 1 - area, within: 1e-14))
        let swapped = try RankingMetrics.rocAUC(positives: positives.map { !$0 }, scores: scores.map { -$0 })
        #expect(agrees(swapped, area, within: 1e-14))
    }

    @Test("the order of scores is that of a stable sort, for negative, huge, tiny and zero ones", arguments: seeds)
    func radixSort(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        var scores: [Double] = [0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e308, -1e308, 1, 1]
        for _ in 0..<1000 {
            let size = Double(Int.random(in: -12...12, using: &numbers))
            let digits = Double.random(in: -1...1, using: &numbers)
            scores.append(seed % 2 == 0 ? digits * size * 1e10 : (digits * 8).rounded())
        }
        let sorted = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        let order = try ScoreOrder(scores)
        let counts = try ThresholdCounts(
            positives: scores.map { _ in true }, scores: scores, weights: scores.indices.map { Double($0 + 1) })
        #expect(order.count == scores.count)
        #expect(counts.thresholds == Array(Set(scores)).sorted(by: >))
        // Weights that tell the rows apart show in which order they were added.
        var expected: [Double] = []
        var sum = 0.0
        for (place, row) in sorted.enumerated() {
            sum += Double(row + 1)
            if place + 1 == sorted.count || scores[sorted[place + 1]] != scores[row] { expected.append(sum) }
        }
        #expect(counts.truePositives == expected)
    }

    @Test("a weight of two is the same row twice, a weight of none no row", arguments: seeds)
    func weightsAreCopies(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let inputs: [MetricInput] = [
            .binary(Self.binary(seed, rows: 60)), .multiclass(Self.multiclass(seed)), Self.labels(&numbers),
            Self.regression(&numbers), try Self.ranking(&numbers),
        ]
        for input in inputs {
            // The first rows keep their weight, so that all classes occur in both.
            let copies = (0..<input.count).map { row in row < 6 ? 2 : Int.random(in: 0...3, using: &numbers) }
            let weighted = try input.ordered().weighted(by: copies.map(Double.init))
            let repeated = try input.taking(
                copies.enumerated().flatMap { row, count in [Int](repeating: row, count: count) })
            for description in MetricCatalogue.metrics(of: input.task) {
                if ["max_error", "roc_auc_ovo", "roc_auc_ovo_weighted"].contains(description.name) { continue }
                let one = try MetricCatalogue.evaluate(name: description.name, weighted)
                let other = try MetricCatalogue.evaluate(name: description.name, repeated)
                #expect(agrees(one, other, within: 1e-12), "\(description.name) of \(input.task)")
            }
        }
    }

    @Test("values lie in the range that the catalogue gives", arguments: seeds)
    func ranges(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let inputs: [MetricInput] = [
            .binary(Self.binary(seed)), .multiclass(Self.multiclass(seed)), Self.labels(&numbers),
            Self.regression(&numbers), try Self.ranking(&numbers),
        ]
        for input in inputs {
            // Rows whose labels are all true, or none, have no area.
            for description in MetricCatalogue.metrics(of: input.task) where description.name != "roc_auc_samples" {
                let value = try MetricCatalogue.evaluate(name: description.name, input)
                #expect(description.range.contains(value), "\(description.name): \(value)")
            }
        }
    }

    @Test("a perfect prediction has the best value of every metric", arguments: seeds)
    func perfection(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        guard case .regression(var exact) = Self.regression(&numbers) else { return }
        exact.predicted = exact.truth
        var certain = Self.multiclass(seed)
        certain.predicted = certain.truth
        certain.scores = ScoreMatrix(
            certain.truth.map { code in (0..<certain.classCount).map { $0 == code ? 1 : 0 } })
        for input in [MetricInput.regression(exact), .multiclass(certain)] {
            for description in MetricCatalogue.metrics(of: input.task) where description.name != "top_k_accuracy" {
                let best = description.largerIsBetter ? description.range.upperBound : description.range.lowerBound
                let value = try MetricCatalogue.evaluate(name: description.name, input)
                #expect(agrees(value, best, within: 1e-12), "\(description.name): \(value)")
            }
        }
    }

    @Test("micro averages over all classes are the accuracy, and the weighted recall too", arguments: seeds)
    func microAverages(seed: UInt64) throws {
        let input = MetricInput.multiclass(Self.multiclass(seed))
        let accuracy = try MetricCatalogue.evaluate(name: "accuracy", input)
        for name in ["f1_micro", "precision_micro", "recall_micro", "recall_weighted"] {
            #expect(agrees(try MetricCatalogue.evaluate(name: name, input), accuracy, within: 1e-14), "\(name)")
        }
        let loss = try MetricCatalogue.evaluate(name: "zero_one_loss", input)
        #expect(agrees(loss, 1 - accuracy, within: 1e-15))
    }

    @Test("the names of classes do not matter where their distances do not", arguments: seeds)
    func renamedClasses(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let rows = Self.multiclass(seed)
        let names = (0..<rows.classCount).shuffled(using: &numbers)
        let renamed = MulticlassPredictions(
            truth: rows.truth.map { names[$0] }, predicted: rows.predicted?.map { names[$0] },
            classCount: rows.classCount)
        for name in ["f1_macro", "balanced_accuracy", "matthews_corrcoef", "cohen_kappa", "jaccard_weighted"] {
            let one = try MetricCatalogue.evaluate(name: name, .multiclass(rows))
            let other = try MetricCatalogue.evaluate(name: name, .multiclass(renamed))
            #expect(agrees(one, other, within: 1e-14), "\(name)")
        }
    }

    @Test("sorting by relevance gains all there is, and no order gains more", arguments: seeds)
    func gains(seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        guard case .ranking(let predictions) = try Self.ranking(&numbers) else { return }
        let lists = predictions.lists
        let best = try RankedLists(
            relevance: lists.relevance, scores: lists.relevance,
            sizes: (0..<lists.count).map { lists.documents(of: $0).count })
        for k in [nil, 1, 3, 100] {
            let gain = try RankingMetrics.discountedGain(lists, k: k)
            #expect(gain <= (try RankingMetrics.discountedGain(best, k: k)) + 1e-12)
            #expect(try RankingMetrics.normalisedGain(lists, k: k) <= 1)
        }
        let scaled = try RankedLists(
            relevance: lists.relevance.map { $0 * 3 }, scores: lists.scores,
            sizes: (0..<lists.count).map { lists.documents(of: $0).count })
        let (one, other) = (
            try RankingMetrics.normalisedGain(lists), try RankingMetrics.normalisedGain(scaled)
        )
        #expect(agrees(one, other, within: 1e-14))
    }

    private static func labels(_ numbers: inout SeededNumbers) -> MetricInput {
        let truth = (0..<40).map { row in
            (0..<4).map { row < 2 ? ($0 + row) % 2 == 0 : Bool.random(using: &numbers) }
        }
        let scores = truth.map { row in row.map { ($0 ? 0.2 : 0) + Double.random(in: 0...0.8, using: &numbers) } }
        let predicted = scores.map { row in row.map { $0 >= 0.5 } }
        guard let truth = LabelMatrix(truth), let predicted = LabelMatrix(predicted) else {
            preconditionFailure("rows are of one length, because they are made so above")
        }
        return .multilabel(MultilabelPredictions(truth: truth, predicted: predicted, scores: ScoreMatrix(scores)))
    }

    private static func regression(_ numbers: inout SeededNumbers) -> MetricInput {
        let truth = (0..<50).map { _ in Double.random(in: 0.1...9, using: &numbers) }
        let predicted = truth.map { $0 * Double.random(in: 0.5...1.5, using: &numbers) }
        return .regression(RegressionPredictions(truth: truth, predicted: predicted))
    }

    private static func ranking(_ numbers: inout SeededNumbers) throws -> MetricInput {
        let sizes = (0..<12).map { _ in Int.random(in: 1...9, using: &numbers) } + [5]
        let count = sizes.reduce(0, +)
        return .ranking(
            RankingPredictions(
                lists: try RankedLists(
                    relevance: (0..<count).map { _ in Double(Int.random(in: 0...4, using: &numbers)) },
                    scores: (0..<count).map { _ in (Double.random(in: 0...1, using: &numbers) * 10).rounded() / 10 },
                    sizes: sizes)))
    }
}
