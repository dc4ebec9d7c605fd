import Documents
import Evaluation
import Testing

@Suite struct GoldenCurveTests {
    @Test("ROC, precision-recall and DET curves have scikit-learn's points and thresholds")
    func points() throws {
        let (golden, binary) = (try GoldenFile("curves.json"), try GoldenFile("binary.json"))
        var differences: [String] = []
        for one in golden["curves"] {
            let parts = try #require(one.array)
            let (shape, name) = (try #require(parts[0].string), try #require(parts[1].string))
            let data = try binary.data(name)
            let drop = parts[3].int == 1
            let counts = try ThresholdCounts(
                positives: data.codes("truth").map { $0 == 1 }, scores: data.numbers("scores"),
                weights: data.weights(parts[2]))
            let curve: [[Double]]
            switch shape {
            case "roc":
                let roc = Curves.roc(counts, dropIntermediate: drop)
                curve = [roc.falsePositiveRates, roc.truePositiveRates, roc.thresholds]
            case "precision_recall":
                let precisionRecall = Curves.precisionRecall(counts, dropIntermediate: drop)
                curve = [precisionRecall.precisions, precisionRecall.recalls, precisionRecall.thresholds]
            default:
                do {
                    let det = try Curves.detectionErrors(counts, dropIntermediate: drop)
                    curve = [det.falsePositiveRates, det.falseNegativeRates, det.thresholds]
                } catch { curve = [] }
            }
            let expected = parts[4].array?.map(\.numbers) ?? []
            let agree =
                curve.count == expected.count && zip(curve, expected).allSatisfy { agrees($0, $1, within: 1e-12) }
            if !agree { differences.append("\(shape) of \(name), \(parts[2].string ?? "unweighted"), \(drop)") }
        }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        #expect(golden["curves"].count > 100)
    }

    @Test("calibration curves have scikit-learn's bins, of equal width and of equal count")
    func calibration() throws {
        let (golden, binary) = (try GoldenFile("curves.json"), try GoldenFile("binary.json"))
        var differences: [String] = []
        for one in golden["calibration"] {
            let parts = try #require(one.array)
            let (bins, name) = (try #require(parts[0].string), try #require(parts[1].string))
            let data = try binary.data(name)
            let curve: [[Double]]
            do {
                let calibration = try CalibrationCurve(
                    positives: data.codes("truth").map { $0 == 1 }, probabilities: data.numbers("scores"),
                    count: parts[2].int ?? 0, bins: try #require(CalibrationCurve.Bins(rawValue: bins)))
                curve = [calibration.positiveShares, calibration.meanProbabilities]
            } catch is MetricUndefined { curve = [] }
            let expected = parts[3].array?.map(\.numbers) ?? []
            let agree =
                curve.count == expected.count && zip(curve, expected).allSatisfy { agrees($0, $1, within: 1e-12) }
            if !agree { differences.append("\(bins) \(parts[2]) of \(name): \(curve), not \(expected)") }
        }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        #expect(golden["calibration"].count > 100)
    }
}
