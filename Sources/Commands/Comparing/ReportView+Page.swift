import Charts
import Rendering
import Versioning

extension ReportView {
    /// The report for a browser, with the plots that differ drawn.
    var page: ChartPage {
        let parts = sections.map(\.page).filter { !$0.lines.isEmpty }
        let blocks = [failures].compactMap { $0 } + [check?.block].compactMap { $0 } + parts
        return ChartPage(
            title: "From \(report.old) to \(report.new)".escapingControlCharacters,
            lead: commits + (isEmpty ? "Nothing changed." : ""), blocks: blocks, charts: report.plots.charts)
    }

    /// What the names stood for when the page was written, since `main` moves on and the page stays.
    private var commits: String {
        let named = [(report.old, report.commits.old), (report.new, report.commits.new)]
        return named.compactMap { name, commit in
            guard let commit, !name.hasPrefix(commit) else { return nil }
            return "\(name) is commit \(commit). ".escapingControlCharacters
        }.joined()
    }

    /// What could not be read; `nil` where all could.
    private var failures: PageBlock? {
        guard !report.failures.isEmpty else { return nil }
        var block = PageBlock(title: "Could not be read")
        block.grid = PageBlock.Grid(
            ["File", "State", "Reason"],
            rows: report.failures.map { failure in
                [
                    failure.path.map { .code(repository.shown($0).escapingControlCharacters) }
                        ?? .text("the project files"),
                    .code(failure.revision.escapingControlCharacters),
                    .text(failure.failure.detail.escapingControlCharacters),
                ]
            })
        return block
    }
}

extension ReportView.Section {
    fileprivate var page: PageBlock {
        var block = PageBlock(title: title)
        if !summary.isEmpty || !rows.isEmpty { block.lines = [summary.isEmpty ? "changed" : summary] }
        block.grid = PageBlock.Grid(headings.map(\.escapingControlCharacters), rows: rows.map { $0.map(\.page) })
        return block
    }
}

extension ReportView.Cell {
    fileprivate var page: PageBlock.Cell {
        switch self {
        case .name(let text): .code(text.escapingControlCharacters)
        case .word(Table.missing): .soft(Table.missing)
        case .word(let text): .number(text.escapingControlCharacters)
        case .loud(let text): text == MetricChange.Verdict.better.rawValue ? .good(text) : .bad(text)
        }
    }
}
