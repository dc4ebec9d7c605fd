import Documents
import FileSystem
import Objects
import Rendering
import Versioning

/// What `report` prints.
///
/// A forge takes comments of 65,536 characters; so long tables are folded up, and cut where they would be too long.
struct ReportView {
    let report: ComparisonReport
    let repository: Repository
    let sections: [Section]

    /// Rows of one kind of change.
    struct Section {
        let title: String
        /// How many changes there are, in words.
        let summary: String
        let headings: [String]
        let rows: [[Cell]]
    }

    /// Something of a table: text by others, or a word of ours.
    enum Cell {
        case name(String)
        case word(String)
        case loud(String)

        var plain: String {
            switch self {
            case .name(let text), .word(let text), .loud(let text): text
            }
        }

        var markdown: String {
            switch self {
            case .name(let text): MarkdownText.code(text)
            case .word(let text): text
            case .loud(let text): "**\(text)**"
            }
        }
    }

    /// How many rows of a table are shown, and from how many on it is folded up.
    private static let longestTable = 100
    private static let foldedTable = 20

    init(_ report: ComparisonReport, in repository: Repository) {
        self.report = report
        self.repository = repository
        sections = [
            Self.metrics(report, repository), Self.params(report, repository), Self.data(report, repository),
            Self.plots(report),
        ]
    }

    // MARK: Sections

    private static func metrics(_ report: ComparisonReport, _ repository: Repository) -> Section {
        let verdicts: [MetricChange.Verdict] = [.better, .worse, .same, .changed, .added, .removed]
        let counts = verdicts.compactMap { verdict -> String? in
            let count = report.metrics.count { $0.verdict == verdict }
            return count > 0 ? "\(count) \(verdict == .same ? "the same within tolerance" : verdict.rawValue)" : nil
        }
        return Section(
            title: "Metrics", summary: counts.joined(separator: ", "),
            headings: ["", "Path", "Metric", report.old, report.new, "Change"],
            rows: report.metrics.map { metric in
                let word = metric.verdict.rawValue
                return [metric.verdict == .worse || metric.verdict == .better ? .loud(word) : .word(word)]
                    + row(of: metric.change, at: repository.shown(metric.path), MetricPrecision.standard)
                    + [cell(metric.change.difference, MetricPrecision.standard)]
            })
    }

    private static func params(_ report: ComparisonReport, _ repository: Repository) -> Section {
        let rows = report.params.files.flatMap { file in
            file.changes.map { row(of: $0, at: repository.shown(file.path), nil) }
        }
        return Section(
            title: "Parameters", summary: rows.isEmpty ? "" : "\(rows.count) changed",
            headings: ["Path", "Parameter", report.old, report.new], rows: rows)
    }

    private static func row(of change: ValueChange, at path: String, _ precision: Int?) -> [Cell] {
        [.name(path), .name(change.key), cell(change.old, precision), cell(change.new, precision)]
    }

    /// Numbers are ours to show; texts are by others.
    private static func cell(_ value: Value?, _ precision: Int?) -> Cell {
        guard let value, !value.isNull else { return .word(Table.missing) }
        let text = value.cell(precision: precision)
        return value.number == nil ? .name(text) : .word(text)
    }

    private static func data(_ report: ComparisonReport, _ repository: Repository) -> Section {
        let data = report.data
        var rows: [[Cell]] = []
        rows += data.added.map { [.word("added"), .name($0.name)] }
        rows += data.deleted.map { [.word("deleted"), .name($0.name)] }
        rows += data.modified.map { [.word("modified"), .name($0.new.name)] }
        rows += data.renamed.map { [.word("renamed"), .name("\($0.old.name) -> \($0.new.name)")] }
        func count(_ names: [String], _ word: String) -> String? {
            let files = names.count { !$0.hasSuffix("/") }
            return files > 0 ? "\(counted(files, "file")) \(word)" : nil
        }
        let counts = [
            count(data.added.map(\.name), "added"), count(data.deleted.map(\.name), "deleted"),
            count(data.modified.map(\.new.name), "modified"), count(data.renamed.map(\.new.name), "renamed"),
        ]
        return Section(
            title: "Data", summary: counts.compactMap { $0 }.joined(separator: ", "), headings: ["", "Path"],
            rows: rows)
    }

    private static func plots(_ report: ComparisonReport) -> Section {
        let kinds: [PlotChange.Kind] = [.added, .removed, .changed, .same]
        let counts = kinds.compactMap { kind -> String? in
            let count = report.plots.changes.count { $0.kind == kind }
            return count > 0 ? "\(count) \(kind == .same ? "the same" : kind.rawValue)" : nil
        }
        return Section(
            title: "Plots", summary: counts.joined(separator: ", "), headings: ["", "Plot", "Drawn from"],
            rows: report.plots.differing.map { plot in
                let sources = plot.sources == [plot.id] ? "" : plot.sources.joined(separator: ", ")
                return [.word(plot.kind.rawValue), .name(plot.id), .name(sources)]
            })
    }

    var check: MetricCheckView? {
        report.check.map { MetricCheckView($0, from: report.old, to: report.new, in: repository) }
    }

    // MARK: Faces

    var text: String {
        var parts = ["From \(report.old) to \(report.new)"]
        for section in sections where !section.rows.isEmpty {
            let table = Table(section.headings, rows: section.rows.map { $0.map(\.plain) })
            parts.append("\(section.title)\(section.summary.isEmpty ? "" : ": \(section.summary)")\n\n\(table.plain)")
        }
        if let check { parts.append("Gates\n\n\(check.text)") }
        if isEmpty { parts.append("Nothing changed.") }
        return (parts + notes { $0 }).joined(separator: "\n\n")
    }

    var markdown: String {
        let old = MarkdownText.code(report.old)
        let new = MarkdownText.code(report.new)
        var parts = ["## From \(old) to \(new)"]
        if let check { parts.append("### Gates\n\n\(check.markdown)") }
        for section in sections where !section.rows.isEmpty {
            let headings = section.headings.map { $0 == report.old ? old : $0 == report.new ? new : $0 }
            let shown = section.rows.prefix(Self.longestTable).map { $0.map(\.markdown) }
            var body = MarkdownText.table(headings, shown)
            let left = section.rows.count - shown.count
            if left > 0 { body += "\n\n… and \(left) more" }
            if section.rows.count > Self.foldedTable {
                body = MarkdownText.folded(section.summary.isEmpty ? section.title : section.summary, body)
            } else if !section.summary.isEmpty {
                body = "\(section.summary)\n\n\(body)"
            }
            parts.append("### \(section.title)\n\n\(body)")
        }
        if isEmpty { parts.append("Nothing changed.") }
        return (parts + notes(MarkdownText.code)).joined(separator: "\n\n")
    }

    var isEmpty: Bool { sections.allSatisfy(\.rows.isEmpty) }

    /// What could not be read, in one paragraph; none where all could.
    private func notes(_ name: (String) -> String) -> [String] {
        guard !report.failures.isEmpty else { return [] }
        let shown = report.failures.prefix(Self.foldedTable).map { failure in
            let file = failure.path.map { name(repository.shown($0)) } ?? "the project files"
            return "- \(file) in \(name(failure.revision)): \(name(failure.failure.detail))"
        }
        let left = report.failures.count - shown.count
        return [
            "Could not be read:\n\n" + shown.joined(separator: "\n") + (left > 0 ? "\n- … and \(left) more" : "")
        ]
    }

    // MARK: JSON

    var value: Mapping {
        var value = Mapping([("old", .string(report.old)), ("new", .string(report.new))])
        value["metrics"] = .array(
            report.metrics.map { metric in
                .mapping(
                    Mapping([
                        ("path", .string(repository.shown(metric.path))), ("metric", .string(metric.change.key)),
                        ("old", metric.change.old ?? .null), ("new", metric.change.new ?? .null),
                        ("diff", metric.change.difference ?? .null), ("verdict", .string(metric.verdict.rawValue)),
                    ]))
            })
        value["params"] = .mapping(ValueDiffView(report.params, in: repository).value)
        value["data"] = .mapping(DiffView(report.data, showsHashes: false, showsMissing: false).value)
        value["plots"] = .array(
            report.plots.changes.map { plot in
                .mapping(
                    Mapping([
                        ("id", .string(plot.id)), ("change", .string(plot.kind.rawValue)),
                        ("sources", .array(plot.sources.map(Value.string))),
                    ]))
            })
        value["check"] = check.map { .mapping($0.value) } ?? .null
        value["errors"] = .array(
            report.failures.map { failure in
                var entry = failure.failure.entry
                entry["revision"] = .string(failure.revision)
                entry["path"] = failure.path.map { .string(repository.shown($0)) } ?? .null
                return .mapping(entry)
            })
        return value
    }
}
