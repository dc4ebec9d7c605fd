import Documents

/// Plots as `dvc plots` and `varve plots` read them, in the layout of DVCLive's scikit-learn plots.
extension EvaluationResult {
    /// More rows than this are scaled down in the file of a confusion matrix, which has a line for each.
    static let mostConfusionRows = 100_000
    private static let scaledConfusionRows = 20_000

    /// Files below the folder of the output, by their paths there.
    var plotFiles: [(path: String, text: String)] {
        var files: [(path: String, text: String)] = []
        if task == .binary, let curves = curves.first {
            if !curves.roc.contains(where: { $0.x.isNaN || $0.y.isNaN }) {
                files.append(("plots/sklearn/roc.json", Self.file("roc", ["fpr", "tpr"], curves.roc)))
            }
            files.append(
                (
                    "plots/sklearn/precision_recall.json",
                    Self.file("precision_recall", ["recall", "precision"], curves.precisionRecall)
                ))
            if !curves.det.isEmpty {
                files.append(("plots/sklearn/det.json", Self.file("det", ["fpr", "fnr"], curves.det)))
            }
        }
        if let calibration {
            let rows = calibration.curve.sizes.indices.map { bin in
                Value.mapping(
                    Mapping([
                        ("prob_true", .float(calibration.curve.positiveShares[bin])),
                        ("prob_pred", .float(calibration.curve.meanProbabilities[bin])),
                    ]))
            }
            files.append(("plots/sklearn/calibration.json", Self.lines([("calibration", rows)])))
        }
        if let confusion {
            files.append(("plots/sklearn/confusion_matrix.json", Self.rows(of: confusion, scaledFrom: rows)))
        }
        if let residuals {
            let rows = residuals.points.map { point in
                Value.mapping(
                    Mapping([
                        ("actual", .float(point.actual)), ("predicted", .float(point.predicted)),
                        ("residual", .float(point.residual)),
                    ]))
            }
            files.append(("plots/custom/residuals.json", Self.lines([("", rows)])))
        }
        return files
    }

    /// What a reader of the plots should know.
    package var plotNotes: [String] {
        var notes: [String] = []
        if let thinned = curves.first(where: \.isThinned) {
            notes.append(
                "The curves have \(thinned.wholeROC) and \(thinned.wholePrecisionRecall) points; the plots show at most "
                    + "\(ClassCurves.mostPoints) of each. Metrics are computed from all rows.")
        }
        if confusion != nil, rows > Self.mostConfusionRows {
            notes.append(
                "plots/sklearn/confusion_matrix.json has a line for each row, so its counts are scaled from \(rows) rows "
                    + "to about \(Self.scaledConfusionRows); eval.json has the true ones.")
        }
        if let residuals, residuals.points.count < residuals.rows {
            notes.append(
                "The plot of residuals shows \(residuals.points.count) of \(residuals.rows) rows, drawn at random.")
        }
        return notes
    }

    private static func file(_ name: String, _ axes: [String], _ points: [ClassCurves.Point]) -> String {
        let isPrecisionFirst = name == "precision_recall"
        // As in DVCLive's files, the end of a precision-recall curve, which has no threshold, is left out.
        let rows = points.filter { $0.threshold != nil }.map { point in
            let pairs = [
                (axes[0], IndentedJSON.number(point.x)), (axes[1], IndentedJSON.number(point.y)),
            ]
            var row = Mapping(isPrecisionFirst ? pairs.reversed() : pairs)
            row["threshold"] = point.threshold.map(IndentedJSON.number)
            return Value.mapping(row)
        }
        return lines([(name, rows)])
    }

    /// A line for each datapoint; a list alone where it has no name.
    private static func lines(_ lists: [(name: String, rows: [Value])]) -> String {
        func list(_ rows: [Value]) -> String {
            rows.isEmpty ? "[]" : "[\n" + rows.map { JSON.emitPython($0) }.joined(separator: ",\n") + "\n]"
        }
        if lists.count == 1, lists[0].name.isEmpty { return list(lists[0].rows) + "\n" }
        return "{" + lists.map { "\"\($0.name)\": " + list($0.rows) }.joined(separator: ",\n") + "}\n"
    }

    /// A line for each row, as DVCLive has it; of very many rows as many as keep the proportions.
    private static func rows(of confusion: Confusion, scaledFrom rows: Int) -> String {
        let total = confusion.counts.joined().reduce(0, +)
        let share = total > mostConfusionRows ? Double(scaledConfusionRows) / Double(total) : 1
        var lines: [String] = []
        for (truth, counts) in confusion.counts.enumerated() {
            for (predicted, count) in counts.enumerated() where count > 0 {
                let shown = share == 1 ? count : max(1, Int((Double(count) * share).rounded()))
                let row = Mapping([
                    ("actual", .string(confusion.labels[truth])), ("predicted", .string(confusion.labels[predicted])),
                ])
                lines += Array(repeating: JSON.emitPython(.mapping(row)), count: shown)
            }
        }
        return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    }
}
