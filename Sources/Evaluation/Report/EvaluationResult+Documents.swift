package import Documents

/// What is written for programs.
extension EvaluationResult {
    package static let schema = "varve.evaluation/v1"

    /// The numbers that `dvc metrics` and `varve metrics` compare: the metrics of all rows, and how unfair they are.
    package var metricsDocument: Value {
        var document = Mapping()
        for metric in overall.metrics where metric.reason == nil || !metric.value.isNaN {
            document[metric.name] = IndentedJSON.number(metric.value)
        }
        // One without a value is there as well, so that nobody takes it for one that was never asked for.
        for metric in overall.metrics where document[metric.name] == nil { document[metric.name] = .string("NaN") }
        if let threshold, threshold.rule != nil { document["threshold"] = IndentedJSON.number(threshold.value) }
        if !fairness.isEmpty {
            document["fairness"] = .mapping(
                Mapping(
                    fairness.map { column in
                        let values = column.measures.map { ($0.measure.rawValue, IndentedJSON.number($0.value)) }
                        return (column.column, Value.mapping(Mapping(values)))
                    }))
        }
        return .mapping(document)
    }

    /// Everything.
    package var document: Value {
        var document = Mapping([
            ("schema", .string(Self.schema)), ("task", .string(task.rawValue)),
            ("task_was_guessed", .bool(isTaskGuessed)),
            ("target", .string(target)), ("n", .int(rows)), ("weight", weight.map(IndentedJSON.number) ?? .null),
        ])
        document["inputs"] = .array(inputs.map(\.document))
        if !classes.isEmpty { document["classes"] = .array(classes.map { .string($0) }) }
        if task == .binary { document["positive"] = classes.last.map { .string($0) } }
        if let threshold { document["threshold"] = threshold.document }
        document["bootstrap"] = resampling.document
        if let baseline { document["baseline"] = baseline.document }
        document["metrics"] = overall.document
        if let confusion { document["confusion_matrix"] = confusion.document }
        if !classTable.isEmpty { document["classes_in_detail"] = .array(classTable.map(\.document)) }
        if !curves.isEmpty { document["curves"] = .array(curves.map(\.document)) }
        if let calibration { document["calibration"] = calibration.document }
        if let residuals { document["residuals"] = residuals.document }
        if !slices.isEmpty { document["slices"] = .array(slices.map(\.document)) }
        if !fairness.isEmpty { document["fairness"] = .array(fairness.map(\.document)) }
        document["gates"] = .mapping(
            Mapping([
                ("status", .string(gateStatusWord)), ("outcomes", .array(gates.map(\.document))),
            ]))
        document["notes"] = .array((notes + plotNotes).map { .string($0) })
        return .mapping(document)
    }

    private var gateStatusWord: String {
        switch GateStatus(gates) {
        case .kept, .error: gates.isEmpty ? "none" : "passed"
        case .failed: "failed"
        case .notEvaluable: "not evaluable"
        }
    }
}

extension EvaluationResult.InputFile {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("role", .string(role)), ("path", .string(path)), ("revision", revision.map { .string($0) } ?? .null),
                ("md5", .string(md5)), ("size", .int(size)),
            ]))
    }
}

extension Threshold {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("value", IndentedJSON.number(value)), ("rule", rule.map { .string($0.text) } ?? .null),
                ("chosen_on", source.map { .string($0) } ?? .null), ("rows", rows.map { .int($0) } ?? .null),
            ]))
    }
}

extension EvaluationResult.Resampling {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("replicates", .int(replicates)), ("confidence", IndentedJSON.number(confidence)),
                ("method", .string(method.rawValue)), ("seed", .int(Int(clamping: seed))), ("unit", .string(unit)),
                ("units", .int(units)),
            ]))
    }
}

extension EvaluationResult.Baseline {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("name", .string(name)), ("rows", .int(rows)), ("rows_only_in_baseline", .int(onlyOld)),
                ("rows_without_baseline", .int(onlyNew)),
                ("threshold", threshold.map(IndentedJSON.number) ?? .null),
            ]))
    }
}

extension Interval {
    fileprivate var document: Value {
        var document = Mapping([
            ("low", IndentedJSON.number(low)), ("high", IndentedJSON.number(high)),
            ("draws_without_value", .int(undefined)),
        ])
        if isFallback { document["method"] = "percentile" }
        return .mapping(document)
    }
}

extension EvaluationResult.Scope {
    fileprivate var document: Value {
        .mapping(Mapping(metrics.map { ($0.name, $0.document) }))
    }
}

extension EvaluationResult.Measured {
    fileprivate var document: Value {
        var document = Mapping([("value", IndentedJSON.number(value))])
        if let reason { document["reason"] = .string(reason) }
        if let isGreaterBetter { document["better"] = .string(isGreaterBetter ? "greater" : "less") }
        if let interval { document["interval"] = interval.document }
        if let difference {
            document["baseline"] = .mapping(
                Mapping([
                    ("old", IndentedJSON.number(difference.old)), ("new", IndentedJSON.number(difference.new)),
                    ("difference", IndentedJSON.number(difference.difference)),
                    ("interval", difference.interval?.document ?? .null),
                    ("p_value", difference.pValue.map(IndentedJSON.number) ?? .null),
                ]))
        }
        return .mapping(document)
    }
}

extension EvaluationResult.Confusion {
    fileprivate var document: Value {
        var document = Mapping([
            ("labels", .array(labels.map { .string($0) })),
            ("counts", .array(counts.map { .array($0.map { .int($0) }) })),
        ])
        if let weighted {
            document["weighted"] = .array(weighted.map { .array($0.map(IndentedJSON.number)) })
        }
        return .mapping(document)
    }
}

extension EvaluationResult.ClassRow {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("class", .string(name)), ("precision", IndentedJSON.number(precision)),
                ("recall", IndentedJSON.number(recall)), ("f1", IndentedJSON.number(f1)),
                ("support", IndentedJSON.number(support)),
            ]))
    }
}

extension ClassCurves {
    /// A summary: the points are in the files of plots.
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("class", .string(name)), ("roc_auc", IndentedJSON.number(auc)),
                ("average_precision", IndentedJSON.number(averagePrecision)),
                ("roc_points", .int(wholeROC)), ("roc_points_kept", .int(roc.count)),
                ("precision_recall_points", .int(wholePrecisionRecall)),
                ("precision_recall_points_kept", .int(precisionRecall.count)),
            ]))
    }
}

extension Calibration {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("of", .string(subject)), ("bins", .int(bins)),
                ("strategy", .string(byQuantile ? "quantile" : "uniform")),
                ("ece", IndentedJSON.number(curve.expectedError)), ("mce", IndentedJSON.number(curve.maximumError)),
                (
                    "brier",
                    .mapping(
                        Mapping([
                            ("score", IndentedJSON.number(brier.score)),
                            ("reliability", IndentedJSON.number(brier.reliability)),
                            ("resolution", IndentedJSON.number(brier.resolution)),
                            ("uncertainty", IndentedJSON.number(brier.uncertainty)),
                            ("within_bins", IndentedJSON.number(brier.remainder)),
                        ]))
                ),
                (
                    "curve",
                    .array(
                        curve.sizes.indices.map { bin in
                            .mapping(
                                Mapping([
                                    ("prob_pred", IndentedJSON.number(curve.meanProbabilities[bin])),
                                    ("prob_true", IndentedJSON.number(curve.positiveShares[bin])),
                                    ("n", IndentedJSON.number(curve.sizes[bin])),
                                ]))
                        })
                ),
            ]))
    }
}

extension Residuals {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("mean", IndentedJSON.number(mean)), ("standard_deviation", IndentedJSON.number(deviation)),
                ("minimum_quartiles_maximum", .array(quantiles.map(IndentedJSON.number))),
                ("points_kept", .int(points.count)),
            ]))
    }
}

extension EvaluationResult.Slice {
    fileprivate var document: Value {
        .mapping(
            Mapping([
                ("by", .array(columns.map { .string($0) })),
                (
                    "groups",
                    .array(
                        groups.map { group in
                            var document = Mapping([
                                ("group", .string(group.name)),
                                (
                                    "values",
                                    .mapping(
                                        Mapping(
                                            group.values.map { ($0.column, $0.value.map { .string($0) } ?? .null) }))
                                ),
                                ("n", .int(group.rows)),
                            ])
                            document["metrics"] = group.scope?.document ?? .null
                            return .mapping(document)
                        })
                ),
            ]))
    }
}

extension Fairness {
    fileprivate var document: Value {
        let groups = groups.map { group in
            var document = Mapping([("group", .string(group.name)), ("n", .int(group.rows))])
            if let rates = group.rates {
                document["selection_rate"] = IndentedJSON.number(rates.selection)
                document["true_positive_rate"] = IndentedJSON.number(rates.truePositive)
                document["false_positive_rate"] = IndentedJSON.number(rates.falsePositive)
                document["accuracy"] = IndentedJSON.number(rates.accuracy)
            }
            return Value.mapping(document)
        }
        let measures = measures.map { measured in
            var document = Mapping([("value", IndentedJSON.number(measured.value))])
            if let interval = measured.interval { document["interval"] = interval.document }
            return (measured.measure.rawValue, Value.mapping(document))
        }
        return .mapping(
            Mapping([
                ("by", .string(column)), ("groups", .array(groups)), ("measures", .mapping(Mapping(measures))),
            ]))
    }
}

extension GateOutcome {
    fileprivate var document: Value {
        var document = Mapping([
            ("result", .string(word)), ("subject", .string(gate.subjectText)),
            ("slice", group.map { .string($0) } ?? .null), ("bound", .string(bound.kind.rawValue)),
            ("limit", IndentedJSON.number(bound.number)),
        ])
        document["n"] = rows.map { .int($0) } ?? .null
        document["value"] = value.map(IndentedJSON.number) ?? .null
        if bound.kind.comparesSides { document["baseline"] = baseline.map(IndentedJSON.number) ?? .null }
        if let significance = gate.significance {
            document["significance"] = IndentedJSON.number(significance)
            document["p_value"] = pValue.map(IndentedJSON.number) ?? .null
        }
        if let reason { document["reason"] = .string(reason) }
        return .mapping(document)
    }
}
