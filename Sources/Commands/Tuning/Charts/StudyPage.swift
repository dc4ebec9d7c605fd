import Basics
import Charts
import Documents
import Pipelines
import Tuning

/// A study as a page: what it came to, its charts, and all its trials.
struct StudyPage {
    let study: ChartedStudy
    /// The charts to draw, in their order; all that the study has something for where it is `nil`.
    let only: [StudyChart]?

    init(_ study: ChartedStudy, only: [StudyChart]? = nil) {
        self.study = study
        self.only = only
    }

    var charts: [Chart] { (only ?? StudyChart.allCases).flatMap { $0.charts(of: study) } }

    var page: ChartPage {
        let summary = StudySummary(record: study.record, settings: study.settings)
        var page = ChartPage(
            title: "Study \(study.record.name)", lead: summary.counts, blocks: [best(summary), facts], charts: charts)
        if !study.record.trials.isEmpty { page.appendix = [table] }
        page.hasContents = true
        return page
    }

    // MARK: Words

    private var names: [String] { study.settings.space.parameters.map(\.name) }

    private func best(_ summary: StudySummary) -> PageBlock {
        let isAlone = study.record.directions.count == 1
        var block = PageBlock(title: isAlone ? "Best trial" : "Trials that no other beats")
        guard let first = summary.best.first else {
            let isBroken = study.record.trials.contains { $0.state == .complete && !$0.isFeasible }
            block.problems = [
                isBroken ? "No complete trial keeps the constraints." : "No trial has come to a value yet."
            ]
            return block
        }
        guard isAlone else {
            block.grid = grid(summary.best, hasState: false)
            return block
        }
        block.facts = [
            (study.name(0), .good(first.value.map(PythonFloat.repr) ?? "")), ("trial", .number(String(first.number))),
        ]
        block.grid = PageBlock.Grid(
            ["parameter", "value"],
            rows: first.settings.map { [.text($0.name), .code(Distribution.text($0.value))] })
        return block
    }

    private var facts: PageBlock {
        let settings = study.settings
        var block = PageBlock(title: "Study")
        for objective in settings.objectives {
            block.facts.append((objective.direction.name, .code(objective.metric)))
        }
        for state in TrialState.allCases {
            let count = study.record.trials.count { $0.state == state }
            if count > 0 { block.facts.append((state.name, .number(String(count)))) }
        }
        block.facts += [
            ("sampler", .code(Distribution.text(settings.sampler.document))),
            ("pruner", .code(Distribution.text(settings.pruner.document))), ("seed", .number(String(settings.seed))),
        ]
        let starts = study.record.trials.compactMap(\.startedAt)
        let ends = study.record.trials.compactMap(\.finishedAt)
        guard let start = starts.min(by: Self.isBefore), let end = ends.max(by: Self.isBefore),
            let from = Timestamp.seconds(start), let to = Timestamp.seconds(end)
        else { return block }
        block.facts.append(("began", .text(String(start.prefix(19)).replacing("T", with: " "))))
        block.facts.append(("took", .text(Duration.seconds(max(0, to - from)).shortText)))
        let busy = study.record.trials.reduce(0.0) { sum, trial in
            guard let start = trial.startedAt.flatMap(Timestamp.seconds),
                let end = trial.finishedAt.flatMap(Timestamp.seconds)
            else { return sum }
            return sum + max(0, end - start)
        }
        block.facts.append(("trials together", .text(Duration.seconds(busy).shortText)))
        return block
    }

    private static func isBefore(_ a: String, _ b: String) -> Bool {
        (Timestamp.seconds(a) ?? 0) < (Timestamp.seconds(b) ?? 0)
    }

    private var table: PageBlock {
        var block = PageBlock(title: "All \(study.record.trials.count) trials")
        block.isFolded = true
        block.grid = grid(study.record.trials, hasState: true)
        return block
    }

    private func grid(_ trials: [Trial], hasState: Bool) -> PageBlock.Grid {
        let objectives = study.settings.objectives.indices
        let headings =
            ["trial"] + (hasState ? ["state"] : []) + objectives.map { study.name($0) } + names
            + (hasState ? ["took"] : [])
        let rows = trials.map { trial -> [PageBlock.Cell] in
            var row: [PageBlock.Cell] = [.number(String(trial.number))]
            if hasState { row.append(cell(trial)) }
            row += objectives.map { objective in
                let value = trial.values.flatMap { $0.indices.contains(objective) ? $0[objective] : nil }
                return value.map { .number(PythonFloat.repr($0)) } ?? .soft("–")
            }
            row += names.map { name in trial[name].map { .code(Distribution.text($0.value)) } ?? .soft("–") }
            guard hasState else { return row }
            if let start = trial.startedAt.flatMap(Timestamp.seconds),
                let end = trial.finishedAt.flatMap(Timestamp.seconds)
            {
                row.append(.number(Duration.seconds(max(0, end - start)).shortText))
            } else {
                row.append(.soft("–"))
            }
            return row
        }
        return PageBlock.Grid(headings, rows: rows)
    }

    private func cell(_ trial: Trial) -> PageBlock.Cell {
        switch trial.state {
        case .complete where study.best.contains(trial.number): .good("best")
        case .complete: .text(trial.state.name)
        case .failed: .bad(trial.state.name)
        case .pruned, .running, .waiting: .soft(trial.state.name)
        }
    }
}
