import Charts
import Evaluation
import Rendering

/// What `run evaluate` shows: on a terminal, as Markdown and as a page.
struct EvaluationView {
    let result: EvaluationResult
    /// What may decide about more than the rest: last on a terminal, first on a page.
    private let gates: Section?
    private let sections: [Section]

    /// A table with a title.
    struct Section {
        let title: String
        var lines: [String] = []
        let headings: [String]
        let rows: [[Cell]]
    }

    enum Cell {
        /// Text by others.
        case name(String)
        case number(String)
        case word(String)
        case good(String)
        case bad(String)

        var plain: String {
            switch self {
            case .name(let text), .number(let text), .word(let text), .good(let text), .bad(let text): text
            }
        }

        var markdown: String {
            switch self {
            case .name(let text): MarkdownText.code(text)
            case .bad(let text): "**\(text)**"
            case .number(let text), .word(let text), .good(let text): text
            }
        }
    }

    init(_ result: EvaluationResult) {
        self.result = result
        gates = Self.gates(result)
        sections =
            [Self.metrics(result)] + result.slices.map { Self.slice($0, result) }
            + result.fairness.flatMap { Self.fairness($0, result) }
            + [Self.classes(result), Self.calibration(result)].compactMap { $0 }
    }

    // MARK: Numbers

    private static func number(_ value: Double) -> Cell {
        value.isNaN ? .word(Table.missing) : .number(EvaluationResult.short(value))
    }

    /// A number of rows, which is whole where they have no weights.
    private static func rows(_ count: Double) -> Cell {
        Int(exactly: count).map { .number(String($0)) } ?? number(count)
    }

    private static func interval(_ interval: Interval?) -> Cell {
        guard let interval else { return .word(Table.missing) }
        return .number("\(EvaluationResult.short(interval.low)) … \(EvaluationResult.short(interval.high))")
    }

    private static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + EvaluationResult.short(value)
    }

    // MARK: Sections

    private static func gates(_ result: EvaluationResult) -> Section? {
        guard !result.gates.isEmpty else { return nil }
        let rows = result.gates.map { outcome -> [Cell] in
            let word: Cell = outcome.hasFailed || outcome.isNotEvaluable ? .bad(outcome.word) : .good(outcome.word)
            let subject = outcome.gate.subjectText
            return [
                word, .name(outcome.group.map { "\(subject) of \($0)" } ?? subject), .word(outcome.text),
                number(outcome.value ?? .nan), number(outcome.baseline ?? .nan),
                outcome.pValue.map { number($0) } ?? .word(Table.missing), .word(outcome.reason ?? ""),
            ]
        }
        let hasReasons = result.gates.contains { $0.reason != nil }
        let headings = ["Result", "Metric", "Gate", "Value", "Baseline", "p"] + (hasReasons ? ["Reason"] : [])
        return Section(
            title: "Gates", lines: [gateSentence(result)], headings: headings,
            rows: hasReasons ? rows : rows.map { Array($0.dropLast()) })
    }

    private static func gateSentence(_ result: EvaluationResult) -> String {
        let failed = result.gates.count { $0.hasFailed }
        let missing = result.gates.count { $0.isNotEvaluable }
        let total = counted(result.gates.count, "bound")
        if failed + missing == 0 { return "\(total), all kept." }
        let parts = [failed > 0 ? "\(failed) not kept" : nil, missing > 0 ? "\(missing) without a value" : nil]
        return "\(total): " + parts.compactMap { $0 }.joined(separator: ", ") + "."
    }

    private static func metrics(_ result: EvaluationResult) -> Section {
        let hasIntervals = result.resampling.replicates > 0
        let width = "\(EvaluationResult.short(result.resampling.confidence).trimmedZeros) % interval"
        var headings = ["Metric", "Value"]
        if hasIntervals { headings.append(width) }
        if let baseline = result.baseline {
            headings += [baseline.name, "Change"]
            if hasIntervals { headings += ["of the change", "p"] }
        }
        let rows = result.overall.metrics.map { metric -> [Cell] in
            var cells = [Cell.word(metric.name), number(metric.value)]
            if hasIntervals { cells.append(interval(metric.interval)) }
            guard result.baseline != nil else { return cells }
            guard let difference = metric.difference else {
                return cells + Array(repeating: .word(Table.missing), count: hasIntervals ? 4 : 2)
            }
            cells += [number(difference.old), change(difference, isGreaterBetter: metric.isGreaterBetter)]
            if hasIntervals {
                cells += [interval(difference.interval), difference.pValue.map { number($0) } ?? .word(Table.missing)]
            }
            return cells
        }
        var section = Section(title: "Metrics", headings: headings, rows: rows)
        if let baseline = result.baseline {
            section.lines.append("Compared with \(baseline.name) on \(counted(baseline.rows, "row")).")
        }
        return section
    }

    /// A change that chance does not explain is said to be better or worse.
    private static func change(_ difference: PairedDifference, isGreaterBetter: Bool?) -> Cell {
        let value = difference.difference
        guard !value.isNaN else { return .word(Table.missing) }
        let text = signed(value)
        guard let isGreaterBetter, value != 0, let interval = difference.interval,
            interval.low > 0 || interval.high < 0
        else { return .number(text) }
        return (value > 0) == isGreaterBetter ? .good("\(text) better") : .bad("\(text) worse")
    }

    /// As many metrics as fit beside each other; eval.json has all of them.
    private static let sliceMetrics = 4
    private static let telling = [
        "roc_auc", "accuracy", "f1", "log_loss", "roc_auc_ovr", "f1_macro", "f1_micro", "hamming_loss", "rmse", "mae",
        "r2",
        "ndcg", "ndcg@10",
    ]

    /// The metrics that tell most of a group, in the order in which they were computed.
    private static func sliceNames(_ result: EvaluationResult) -> [String] {
        let names = result.overall.metrics.filter { !$0.value.isNaN }.map(\.name)
        let chosen = Set((names.filter(telling.contains) + names.filter { !telling.contains($0) }).prefix(sliceMetrics))
        return names.filter(chosen.contains)
    }

    private static func slice(_ slice: EvaluationResult.Slice, _ result: EvaluationResult) -> Section {
        let names = sliceNames(result)
        let rows = slice.groups.map { group -> [Cell] in
            var cells = [Cell.name(group.name), .number("\(group.rows)")]
            guard let scope = group.scope else {
                return cells + [.word("too few rows")] + names.dropFirst().map { _ in .word("") }
            }
            for name in names {
                guard let metric = scope.metric(name), !metric.value.isNaN else {
                    cells.append(.word(Table.missing))
                    continue
                }
                var text = EvaluationResult.short(metric.value)
                if let interval = metric.interval {
                    text += " (\(EvaluationResult.short(interval.low)) … \(EvaluationResult.short(interval.high)))"
                }
                cells.append(.number(text))
            }
            return cells
        }
        return Section(
            title: "By \(slice.columns.joined(separator: ", "))", headings: ["Group", "n"] + names, rows: rows)
    }

    private static func fairness(_ fairness: Fairness, _ result: EvaluationResult) -> [Section] {
        let groups = fairness.groups.map { group -> [Cell] in
            let cells = [Cell.name(group.name), .number("\(group.rows)")]
            guard let rates = group.rates else {
                return cells + [.word("too few rows"), .word(""), .word(""), .word("")]
            }
            return cells
                + [rates.selection, rates.truePositive, rates.falsePositive, rates.accuracy].map { number($0) }
        }
        let measures = fairness.measures.map { measured in
            [Cell.word(measured.measure.rawValue), number(measured.value), interval(measured.interval)]
        }
        return [
            Section(
                title: "Fairness by \(fairness.column)",
                headings: [
                    "Group", "n", "Selection rate", "True positive rate", "False positive rate", "Accuracy",
                ], rows: groups),
            Section(
                title: "Differences by \(fairness.column)", headings: ["Measure", "Value", "Interval"], rows: measures),
        ]
    }

    private static func classes(_ result: EvaluationResult) -> Section? {
        guard result.classTable.count > 1 else { return nil }
        return Section(
            title: "Classes", headings: ["Class", "Precision", "Recall", "F1", "Support"],
            rows: result.classTable.map { row in
                [.name(row.name), number(row.precision), number(row.recall), number(row.f1), rows(row.support)]
            })
    }

    private static func calibration(_ result: EvaluationResult) -> Section? {
        guard let calibration = result.calibration else { return nil }
        let brier = calibration.brier
        let pairs = [
            ("Expected calibration error", calibration.curve.expectedError),
            ("Largest error of a bin", calibration.curve.maximumError), ("Brier score", brier.score),
            ("  reliability (less is better)", brier.reliability), ("  resolution (more is better)", brier.resolution),
            ("  uncertainty", brier.uncertainty), ("  within bins", brier.remainder),
        ]
        return Section(
            title: "Calibration of \(calibration.subject)", headings: ["Part", "Value"],
            rows: pairs.map { [.word($0.0), number($0.1)] })
    }

    // MARK: Faces

    /// What was judged, in one line.
    var summary: String {
        var parts = [result.task.rawValue + (result.isTaskGuessed ? " (guessed)" : ""), counted(result.rows, "row")]
        if result.task == .binary, let positive = result.classes.last { parts.append("positive class \(positive)") }
        if let threshold = result.threshold {
            let how = threshold.rule.map { " chosen for \($0.text) on \(threshold.source ?? "")" } ?? ""
            parts.append("threshold \(EvaluationResult.short(threshold.value))\(how)")
        }
        if result.resampling.replicates > 0 {
            let resampling = result.resampling
            let units =
                resampling.unit == "query" ? "\(resampling.units) queries" : counted(resampling.units, resampling.unit)
            parts.append("\(resampling.replicates) draws of \(units), seed \(resampling.seed)")
        }
        return parts.joined(separator: " · ")
    }

    var text: String {
        var parts = [summary]
        for section in sections + [gates].compactMap({ $0 }) {
            let table = Table(section.headings, rows: section.rows.map { $0.map(\.plain) }, keepsSpaces: true)
            parts.append(([section.title] + section.lines + [table.plain]).joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    /// How many rows of a table a comment shows.
    private static let longestTable = 100

    var markdown: String {
        var parts = ["## Evaluation", MarkdownText.code(summary)]
        for section in [gates].compactMap({ $0 }) + sections {
            let rows = section.rows.prefix(Self.longestTable).map { $0.map(\.markdown) }
            let table = MarkdownText.table(section.headings.map { MarkdownText.code($0) }, rows)
            let left = section.rows.count - rows.count
            parts.append(
                (["### \(MarkdownText.code(section.title))"] + section.lines.map { MarkdownText.code($0) } + [table]
                    + (left > 0 ? ["… and \(left) more"] : [])).joined(separator: "\n\n"))
        }
        parts += (result.notes + result.plotNotes).map { "- " + MarkdownText.code($0) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    var page: ChartPage {
        var blocks = ([gates].compactMap { $0 } + sections).map { section in
            var block = PageBlock(title: section.title.escapingControlCharacters)
            block.lines = section.lines.map(\.escapingControlCharacters)
            block.grid = PageBlock.Grid(
                section.headings.map(\.escapingControlCharacters), rows: section.rows.map { $0.map(\.page) })
            return block
        }
        let notes = result.notes + result.plotNotes
        if !notes.isEmpty {
            var block = PageBlock(title: "Notes")
            block.lines = notes.map(\.escapingControlCharacters)
            blocks.append(block)
        }
        var inputs = PageBlock(title: "Read from")
        inputs.grid = PageBlock.Grid(
            ["Role", "File", "Revision", "MD5", "Bytes"],
            rows: result.inputs.map { file in
                [
                    .text(file.role), .code(file.path.escapingControlCharacters),
                    file.revision.map { .code($0.escapingControlCharacters) } ?? .soft(Table.missing), .code(file.md5),
                    .number("\(file.size)"),
                ]
            })
        blocks.append(inputs)
        let title = result.target.isEmpty ? "Evaluation" : "Evaluation of \(result.target)"
        return ChartPage(
            title: title.escapingControlCharacters, lead: summary.escapingControlCharacters, blocks: blocks,
            charts: result.charts)
    }
}

extension EvaluationView.Cell {
    fileprivate var page: PageBlock.Cell {
        switch self {
        case .name(let text): .code(text.escapingControlCharacters)
        case .word(Table.missing): .soft(Table.missing)
        case .word(let text): .text(text.escapingControlCharacters)
        case .number(let text): .number(text)
        case .good(let text): .good(text)
        case .bad(let text): .bad(text)
        }
    }
}

extension String {
    /// `95.00` as `95`.
    fileprivate var trimmedZeros: String {
        guard contains(".") else { return self }
        var text = Substring(self)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }
}
