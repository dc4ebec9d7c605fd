package import Charts

/// Pictures for the page of a report.
extension EvaluationResult {
    /// More curves than this in one picture cannot be told apart.
    private static let mostCurves = 7

    package var charts: [Chart] {
        var charts: [Chart] = []
        if !curves.isEmpty { charts += curveCharts }
        if let confusion { charts.append(Self.chart(confusion)) }
        if let calibration { charts.append(Self.chart(calibration)) }
        if let residuals { charts += Self.charts(residuals) }
        if let slices = slices.first.flatMap(chart) { charts.append(slices) }
        return charts
    }

    private var curveCharts: [Chart] {
        let shown = Array(curves.prefix(Self.mostCurves))
        var notes: [String] = []
        if curves.count > shown.count {
            notes.append("Only the \(shown.count) most frequent of \(curves.count) classes are drawn.")
        }
        if let thinned = shown.first(where: \.isThinned) {
            notes.append(
                "Drawn with at most \(ClassCurves.mostPoints) of \(max(thinned.wholeROC, thinned.wholePrecisionRecall)) "
                    + "points.")
        }
        let isBinary = task == .binary
        func series(_ points: (ClassCurves) -> [ClassCurves.Point], _ note: (ClassCurves) -> String) -> [Series] {
            shown.enumerated().map { place, curve in
                let name = isBinary ? note(curve) : "\(curve.name): \(note(curve))"
                return Series(
                    name: name.escapingForPage, color: place, points: points(curve).map { Point(x: $0.x, y: $0.y) })
            }
        }
        let chance = Series(
            name: "chance", color: Self.mostCurves - 1, style: 1, points: [Point(x: 0, y: 0), Point(x: 1, y: 1)])
        let rocs = series(\.roc) { "AUC \(Self.short($0.auc))" }
        let precisions = series(\.precisionRecall) { "average precision \(Self.short($0.averagePrecision))" }
        let dets = series(\.det) { _ in "error rates" }
        var charts = [
            Chart(
                title: "ROC curve",
                content: .lines(
                    Plane(xLabel: "False positive rate", yLabel: "True positive rate", series: rocs + [chance])),
                sources: notes),
            Chart(
                title: "Precision and recall",
                content: .lines(Plane(xLabel: "Recall", yLabel: "Precision", series: precisions)), sources: notes),
        ]
        if isBinary, dets.contains(where: { !$0.points.isEmpty }) {
            charts.append(
                Chart(
                    title: "Detection error trade-off",
                    content: .lines(
                        Plane(xLabel: "False positive rate", yLabel: "False negative rate", series: dets))))
        }
        return charts
    }

    private static func chart(_ confusion: Confusion) -> Chart {
        let labels = confusion.labels.map(\.escapingForPage)
        func matrix(_ name: String, _ isNormalized: Bool) -> Matrix {
            Matrix(
                name: name, xLabel: "Predicted", yLabel: "True", columns: labels, rows: labels,
                counts: confusion.counts,
                isNormalized: isNormalized)
        }
        return Chart(
            title: "Confusion matrix",
            content: .matrices([matrix("Rows", false), matrix("Share of the true class", true)]))
    }

    private static func chart(_ calibration: Calibration) -> Chart {
        let curve = calibration.curve
        let points = curve.sizes.indices.map { Point(x: curve.meanProbabilities[$0], y: curve.positiveShares[$0]) }
        let perfect = Series(
            name: "perfect", color: mostCurves - 1, style: 1, points: [Point(x: 0, y: 0), Point(x: 1, y: 1)])
        return Chart(
            title: "Calibration of \(calibration.subject)".escapingForPage,
            content: .lines(
                Plane(
                    xLabel: "Mean predicted probability", yLabel: "Share of positive rows",
                    series: [
                        Series(name: "ECE \(short(curve.expectedError))", color: 0, points: points), perfect,
                    ])))
    }

    private static func charts(_ residuals: Residuals) -> [Chart] {
        let note =
            residuals.points.count < residuals.rows
            ? ["\(residuals.points.count) of \(residuals.rows) rows, drawn at random."] : []
        let numbers = residuals.points.flatMap { [$0.actual, $0.predicted] }
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
        let diagonal = (0...60).map { low + (high - low) * Double($0) / 60 }
        let fitted = Series(
            name: "rows", color: 0, points: residuals.points.map { Point(x: $0.predicted, y: $0.actual) })
        let rest = Series(
            name: "rows", color: 0, points: residuals.points.map { Point(x: $0.predicted, y: $0.residual) })
        let perfect = Series(
            name: "perfect", color: mostCurves - 1, style: 3, points: diagonal.map { Point(x: $0, y: $0) })
        return [
            Chart(
                title: "True and predicted",
                content: .points(Plane(xLabel: "Predicted", yLabel: "True", series: [fitted, perfect])), sources: note),
            Chart(
                title: "Residuals",
                content: .points(Plane(xLabel: "Predicted", yLabel: "True less predicted", series: [rest])),
                sources: note),
            Chart(
                title: "Residuals by size",
                content: .bars(
                    Bars(
                        categories: residuals.histogram.map { short($0.low) },
                        categoryLabel: "True less predicted, from",
                        valueLabel: "Rows", isHorizontal: false,
                        series: [
                            Bars.Row(name: "rows", color: 0, values: residuals.histogram.map { Double($0.rows) })
                        ]))),
        ]
    }

    /// The first metric of each group, one slice's groups as bars.
    private func chart(_ slice: Slice) -> Chart? {
        let groups = slice.groups.filter { $0.scope != nil }.prefix(40)
        guard groups.count > 1, let name = overall.metrics.first(where: { !$0.value.isNaN })?.name else { return nil }
        let values = groups.map { group -> Double? in
            let value = group.scope?.metric(name)?.value ?? .nan
            return value.isNaN ? nil : value
        }
        return Chart(
            title: "\(name) by \(slice.columns.joined(separator: ", "))".escapingForPage,
            content: .bars(
                Bars(
                    categories: groups.map(\.name.escapingForPage), categoryLabel: "", valueLabel: name,
                    isHorizontal: true, series: [Bars.Row(name: name, color: 0, values: values)])))
    }

    /// About four digits.
    package static func short(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-∞" : "∞" }
        let size = abs(number)
        if size != 0, size < 1e-3 || size >= 1e6 {
            var exponent = 0
            var rest = number
            while abs(rest) >= 10 {
                rest /= 10
                exponent += 1
            }
            while abs(rest) < 1 {
                rest *= 10
                exponent -= 1
            }
            return fixed(rest, 3) + "e\(exponent)"
        }
        return size >= 1000 ? fixed(number, 1) : size >= 10 ? fixed(number, 2) : fixed(number, 4)
    }

    private static func fixed(_ number: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(number) * scale).rounded()
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (number < 0 && scaled > 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}

extension String {
    /// Without characters that a browser would obey or hide; words of a table come from strangers.
    fileprivate var escapingForPage: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}
