import Evaluation
import Testing

/// Three hundred rows that no random generator is needed for: fractions of multiples of irrational numbers. Expected
/// values are scikit-learn's, to twelve digits.
@Suite struct GeneratedSetTests {
    let u = Self.fractions(0.6180339887498949)
    let v = Self.fractions(0.7548776662466927)
    let w = Self.fractions(0.5698402909980532)

    private static func fractions(_ step: Double) -> [Double] {
        (1...300).map { (Double($0) * step).truncatingRemainder(dividingBy: 1) }
    }

    @Test("a binary classifier on 300 rows")
    func binary() throws {
        let truth = u.indices.map { u[$0] + 0.3 * (v[$0] - 0.5) > 0.6 ? 1 : 0 }
        let scores = u.indices.map { row in
            (min(max(0.15 + 0.7 * u[row] + 0.2 * (w[row] - 0.5), 0), 1) * 100).rounded(.toNearestOrEven) / 100
        }
        let predicted = scores.map { $0 >= 0.5 ? 1 : 0 }
        #expect(truth.count { $0 == 1 } == 119)
        try expect(
            .binary(BinaryPredictions(truth: truth, predicted: predicted, scores: scores)),
            [
                "accuracy": 0.873333333333, "balanced_accuracy": 0.892149124843, "precision": 0.764705882353,
                "recall": 0.983193277311, "f1": 0.860294117647, "roc_auc": 0.97722735503,
                "average_precision": 0.964536354062, "log_loss": 0.431046819325, "brier_score": 0.130116,
                "matthews_corrcoef": 0.767519876335, "cohen_kappa": 0.747709467534,
            ])
        #expect(
            try ConfusionMatrix(truth: truth, predicted: predicted, classCount: 2).rows == [[145, 36], [2, 117]])
        let counts = try ThresholdCounts(positives: truth.map { $0 == 1 }, scores: scores)
        #expect(Curves.roc(counts).thresholds.count == 58)
        #expect(Curves.roc(counts, dropIntermediate: false).thresholds.count == 86)
        #expect(Curves.precisionRecall(counts).precisions.count == 86)
    }

    @Test("a classifier of four classes on 300 rows")
    func multiclass() throws {
        let truth = u.map { Int(4 * $0) }
        let predicted = u.indices.map { Int(4 * min(max(u[$0] + 0.25 * (w[$0] - 0.5), 0), 0.999)) }
        try expect(
            .multiclass(MulticlassPredictions(truth: truth, predicted: predicted, classCount: 4)),
            [
                "f1_macro": 0.810410189107, "f1_micro": 0.81, "f1_weighted": 0.810410189107,
                "cohen_kappa_quadratic": 0.923592493298, "mcc": 0.746744110813,
            ])
    }

    @Test("a regression on 300 rows")
    func regression() throws {
        let truth = u.indices.map { 10 * u[$0] + v[$0] }
        let predicted = u.indices.map { 10 * u[$0] + 2 * w[$0] - 0.5 }
        try expect(
            .regression(RegressionPredictions(truth: truth, predicted: predicted)),
            [
                "mae": 0.540650107931, "rmse": 0.644352947963, "r2": 0.950094538527, "mape": 0.180580435333,
                "median_absolute_error": 0.49024838103, "explained_variance": 0.950105399011,
            ])
    }

    private func expect(_ input: MetricInput, _ values: [String: Double]) throws {
        for (name, value) in values {
            #expect(agrees(try MetricCatalogue.evaluate(name: name, input), value, within: 1e-12), "\(name)")
        }
    }
}
